// SPDX-License-Identifier: Apache-2.0
//
// A goroutine's stack has an end that unwinders find, and its frames are what a trace shows.
#include <dlfcn.h>
#include <unwind.h>

#include <algorithm>
#include <vector>

#include "test/unit/runtime/goroutines.h"

namespace baton::test {
namespace {

_Unwind_Reason_Code collect(_Unwind_Context* context, void* arg) {
  auto* frames = static_cast<std::vector<uintptr_t>*>(arg);
  frames->push_back(_Unwind_GetIP(context));
  return frames->size() < 1000 ? _URC_NO_REASON : _URC_END_OF_STACK;
}

[[gnu::noinline]] _Unwind_Reason_Code walk(std::vector<uintptr_t>* frames) {
  return _Unwind_Backtrace(&collect, frames);
}

TEST(UnwindTest, EndsAtTheEntryOfTheGoroutine) {
  std::vector<uintptr_t> frames;
  _Unwind_Reason_Code result = _URC_NO_REASON;
  WaitGroup wg;
  wg.go([&] { result = walk(&frames); });
  wg.wait();
  EXPECT_EQ(result, _URC_END_OF_STACK);
  EXPECT_GT(frames.size(), 3u);
  EXPECT_LT(frames.size(), 30u);
}

// Whatever lies above it: an unwinder that looked for a caller of the entry would find this address again and again.
TEST(UnwindTest, NothingAboveTheEntryIsTakenForACaller) {
  std::vector<uintptr_t> frames;
  const auto entry = reinterpret_cast<uintptr_t>(&walk);
  WaitGroup wg;
  wg.go([&] {
    auto* above = reinterpret_cast<uintptr_t*>(rt::current()->stack.hi);
    for (int i = 0; i < 4; i++) above[i] = entry + 1;
    walk(&frames);
  });
  wg.wait();
  EXPECT_LT(frames.size(), 30u);
  EXPECT_LT(std::count(frames.begin(), frames.end(), entry + 1), 1);
}

TEST(UnwindTest, FramePointersEndWithZero) {
  int frames = 0;
  bool ended = false;
  WaitGroup wg;
  wg.go([&] {
    auto* frame = static_cast<void**>(__builtin_frame_address(0));
    while (frame != nullptr && frames < 1000) {
      frame = static_cast<void**>(*frame);
      frames++;
    }
    ended = frame == nullptr;
  });
  wg.wait();
  EXPECT_TRUE(ended);
  EXPECT_GT(frames, 1);
}

int destroyed;  // by goroutines that have ended before it is read
struct Counts {
  ~Counts() { destroyed++; }
};

[[gnu::noinline]] void leave_from_below() {
  Counts counts;
  goexit();
}

TEST(UnwindTest, GoexitRunsDestructorsAndDefers) {
  destroyed = 0;
  bool deferred = false;
  bool returned = false;
  auto done = make_chan<int>();
  go([&] {
    defer(done.send(1));
    defer(deferred = true);
    Counts counts;
    leave_from_below();
    returned = true;
  });
  done.recv();
  EXPECT_EQ(destroyed, 2);
  EXPECT_TRUE(deferred);
  EXPECT_FALSE(returned);
}

TEST(UnwindTest, GoexitPassesARethrowingCatchAll) {
  auto done = make_chan<int>();
  bool caught = false;
  go([&] {
    defer(done.send(1));
    try {
      goexit();
    } catch (const std::exception&) {
      ADD_FAILURE() << "goexit is not a std::exception";
    } catch (...) {
      caught = true;
      throw;
    }
  });
  done.recv();
  EXPECT_TRUE(caught);
}

}  // namespace
}  // namespace baton::test
