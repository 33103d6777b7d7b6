// SPDX-License-Identifier: Apache-2.0
//
// A destructor that waits for those who still call virtual functions of the object: that it stores the vtable pointer
// which is there already is no write.
//
// RUN: for level in 0 1 2; do \
// RUN:   %baton_cxx -race -O$level %s -o %t && %S/Inputs/check.sh %t %rounds || exit 1; \
// RUN: done
#include "Inputs/rounds.h"

#include <thread>

namespace {

class Base {
 public:
  virtual ~Base() = default;
  virtual int step() = 0;
};

class Worker : public Base {
 public:
  Worker() {
    wg_.go([this] {
      Base* self = this;
      for (int i = 0; i < 20; i++) {
        sum_ += self->step();
        gosched();
      }
    });
    thread_ = std::thread([this] {
      Base* self = this;
      for (int i = 0; i < 20; i++) other_ += self->step();
    });
  }
  ~Worker() override {
    wg_.wait();
    thread_.join();
  }
  int step() override { return 1; }

 private:
  WaitGroup wg_;
  std::thread thread_;
  int sum_ = 0;
  int other_ = 0;
};

}  // namespace

void round_once(int) {
  Worker worker;
  gosched();
}
