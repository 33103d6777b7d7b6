// SPDX-License-Identifier: Apache-2.0
#include "runtime/src/core.h"
#include "runtime/src/traceback.h"
#include "test/unit/runtime/goroutines.h"

namespace baton::test {
namespace {

class StackTrace : public WithProcessors {};
BATON_TEST_WITH_PROCESSORS(StackTrace);

TEST_P(StackTrace, ShowsTheCaller) {
  const std::string text = stack_trace();
  EXPECT_EQ(text.rfind("goroutine 1 [running]:\n", 0), 0u) << text;
  EXPECT_NE(text.find("ShowsTheCaller"), std::string::npos) << text;
}

TEST_P(StackTrace, ShowsTheOthersIfAsked) {
  auto c = make_chan<int>();
  go([=] { c.recv(); });
  settle();
  EXPECT_EQ(stack_trace(false).find("chan receive"), std::string::npos);
  EXPECT_NE(stack_trace(true).find("[chan receive]:"), std::string::npos);
  close(c);
}

TEST_P(StackTrace, MayBeTakenWhileOthersRun) {
  std::atomic<bool> stop{false};
  WaitGroup wg;
  for (int i = 0; i < 10; i++) {
    wg.go([&] {
      while (!stop) gosched();
    });
  }
  for (int i = 0; i < 20; i++) EXPECT_FALSE(stack_trace(true).empty());
  stop = true;
  wg.wait();
}

std::string dump_of(const rt::G* g) {
  rt::Text text;
  {
    rt::Out out(&text);
    rt::print_goroutine(out, g);
  }
  std::string result(text.at, text.size);
  free(text.at);
  return result;
}

// The clock is turned back instead of waiting.
TEST_P(StackTrace, SaysHowLongAGoroutineHasWaited) {
  constexpr int64_t kMinute = 60'000'000'000;
  auto c = make_chan<int>();
  std::atomic<rt::G*> waiter{nullptr};
  go([&] {
    waiter = rt::current();
    c.recv();
  });
  wait_until([&] { return waiter != nullptr && waiter.load()->status == rt::GStatus::kWaiting; });
  rt::G* g = waiter;
  EXPECT_NE(dump_of(g).find("[chan receive]:"), std::string::npos);
  g->waits_since = rt::nanotime() - kMinute + 1'000'000'000;
  EXPECT_NE(dump_of(g).find("[chan receive]:"), std::string::npos);
  g->waits_since = rt::nanotime() - 3 * kMinute;
  EXPECT_NE(dump_of(g).find("[chan receive, 3 minutes]:"), std::string::npos);
  c << 1;
}

}  // namespace
}  // namespace baton::test
