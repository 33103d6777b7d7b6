// SPDX-License-Identifier: Apache-2.0
//
// A lock that the detector does not see: what it orders in time stays unordered in happens-before. Never held across
// anything that could switch goroutines.
#pragma once

#include <sched.h>

#include <atomic>

namespace oracle {

class RawLock {
 public:
  // Pairs with unlock.
  void lock() {
    while (taken_.test_and_set(std::memory_order_acquire)) sched_yield();
  }
  void unlock() { taken_.clear(std::memory_order_release); }

  class Holder {
   public:
    explicit Holder(RawLock& lock) : lock_(lock) { lock_.lock(); }
    ~Holder() { lock_.unlock(); }
    Holder(const Holder&) = delete;
    Holder& operator=(const Holder&) = delete;

   private:
    RawLock& lock_;
  };

 private:
  std::atomic_flag taken_;
};

}  // namespace oracle
