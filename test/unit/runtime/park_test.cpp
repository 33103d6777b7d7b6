// SPDX-License-Identifier: Apache-2.0
//
// park and ready: a lost wake-up is a hang, so each case runs under an alarm.
#include <unistd.h>

#include <thread>

#include "runtime/src/lock.h"
#include "runtime/src/sched.h"
#include "runtime/src/timer.h"
#include "test/unit/runtime/goroutines.h"

namespace baton::test {
namespace {

class ParkTest : public WithProcessors {
 protected:
  void SetUp() override {
    alarm(60);
    WithProcessors::SetUp();
  }
  void TearDown() override { alarm(0); }
};
BATON_TEST_WITH_PROCESSORS(ParkTest);

// A token that goes round: each waits until it is his turn.
class Ring {
 public:
  void wait_for(int me) {
    lock_.lock();
    while (turn_ != me) {
      Waiting waiting{this, me};
      rt::park(&Ring::publish, &waiting, rt::WaitReason::kChanReceive);
      lock_.lock();
    }
    lock_.unlock();
  }

  void pass_to(int other) {
    lock_.lock();
    turn_ = other;
    rt::G* g = waiting_[other];
    waiting_[other] = nullptr;
    lock_.unlock();
    if (g != nullptr) rt::ready(g);
  }

 private:
  struct Waiting {
    Ring* ring;
    int me;
  };

  static bool publish(rt::G* g, void* arg) {
    auto* waiting = static_cast<Waiting*>(arg);
    Ring* ring = waiting->ring;  // the goroutine, and `waiting`, may be gone once the lock is free
    ring->waiting_[waiting->me] = g;
    ring->lock_.unlock();
    return true;
  }

  rt::RuntimeLock lock_;
  int turn_ = 0;
  rt::G* waiting_[64] = {};
};

TEST_P(ParkTest, PingPongLosesNoWakeUp) {
  constexpr int kRounds = 20'000;
  Ring ring;
  WaitGroup wg;
  wg.go([&] {
    for (int i = 0; i < kRounds; i++) {
      ring.wait_for(1);
      ring.pass_to(0);
    }
  });
  for (int i = 0; i < kRounds; i++) {
    ring.pass_to(1);
    ring.wait_for(0);
  }
  wg.wait();
}

TEST_P(ParkTest, ATokenGoesRound) {
  constexpr int kGoroutines = 64;
  constexpr int kRounds = 200;
  Ring ring;
  int visits = 0;
  WaitGroup wg;
  for (int i = 0; i < kGoroutines; i++) {
    wg.go([&, i] {
      for (int round = 0; round < kRounds; round++) {
        ring.wait_for(i);
        visits++;
        ring.pass_to((i + 1) % kGoroutines);
      }
    });
  }
  wg.wait();
  EXPECT_EQ(visits, kGoroutines * kRounds);
}

TEST_P(ParkTest, RefusalToParkGoesOnAtOnce) {
  int calls = 0;
  rt::park(
      [](rt::G*, void* arg) {
        ++*static_cast<int*>(arg);
        return false;
      },
      &calls, rt::WaitReason::kNone);
  EXPECT_EQ(calls, 1);
}

TEST_P(ParkTest, AForeignThreadMayReady) {
  for (int i = 0; i < 50; i++) {
    std::atomic<rt::G*> parked{nullptr};
    std::thread thread([&] {
      while (parked == nullptr) std::this_thread::yield();
      rt::ready(parked);
    });
    rt::park(
        [](rt::G* g, void* arg) {
          *static_cast<std::atomic<rt::G*>*>(arg) = g;
          return true;
        },
        &parked, rt::WaitReason::kNone);
    thread.join();
  }
}

TEST_P(ParkTest, AForeignThreadMayStartGoroutines) {
  std::atomic<int> finished{0};
  std::thread([&] {
    for (int i = 0; i < 100; i++) go([&] { finished++; });
  }).join();
  wait_until([&] { return finished == 100; });
}

// Pairs of goroutines and idle threads in between: processors go idle and come back all the time.
TEST_P(ParkTest, IdleThreadsAreWokenForBursts) {
  for (int burst = 0; burst < 300; burst++) {
    Ring rings[4];
    WaitGroup wg;
    for (Ring& ring : rings) {
      wg.go([&] {
        for (int i = 0; i < 10; i++) {
          ring.wait_for(1);
          ring.pass_to(0);
        }
      });
      wg.go([&] {
        for (int i = 0; i < 10; i++) {
          ring.pass_to(1);
          ring.wait_for(0);
        }
      });
    }
    wg.wait();
    if (burst % 16 == 0) rt::sleep_until(rt::nanotime() + 200'000);
  }
}

}  // namespace
}  // namespace baton::test
