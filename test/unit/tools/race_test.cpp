// SPDX-License-Identifier: Apache-2.0
#include "tools/report/race.h"

#include <gtest/gtest.h>

#include "tools/report/read.h"

namespace baton::tools {
namespace {

TEST(ShortName, IsWithoutParametersTemplateReturnType) {
  EXPECT_EQ(short_name("incCounter(int)"), "incCounter");
  EXPECT_EQ(short_name("void bank::move<int, std::pair<int, int>>(int&)"), "bank::move<int, std::pair<int, int>>");
  EXPECT_EQ(short_name("main::$_0::operator()() const"), "main::$_0::operator()");
  EXPECT_EQ(short_name("(anonymous namespace)::f(long)"), "(anonymous namespace)::f");
  EXPECT_EQ(short_name("??"), "??");
}

TEST(UserFrame, IsTheFirstOfTheProgramsOwn) {
  auto frame = [](const char* function, const char* file) {
    Frame one;
    one.function = function;
    one.file = file;
    return one;
  };
  const Stack stack = {frame("std::vector<int>::push_back(int&&)", "/usr/include/c++/12/bits/stl_vector.h"),
                       frame("fill()", "/src/fill.cpp"), frame("main()", "/src/main.cpp")};
  EXPECT_EQ(user_frame(stack)->function, "fill()");
  EXPECT_EQ(user_frame({stack[0]})->function, stack[0].function);
  EXPECT_EQ(user_frame({}), nullptr);
}

TEST(Actor, TellsThreadsFromGoroutines) {
  EXPECT_EQ(actor(1), "main goroutine");
  EXPECT_EQ(actor(7), "goroutine 7");
  EXPECT_EQ(actor(kThreadBit | 1), "thread T1");
}

// Whatever is cut off the end of a log, what comes before it is read and there is at most one complaint.
TEST(Read, BearsAnyTruncation) {
  const std::string text =
      "hello\n==================\nWARNING: DATA RACE\nWrite at 0x0000005da5c0 by goroutine 8:\n  f(int)\n"
      "      /src/f.cpp:49 +0xa4\n\nPrevious read at 0x0000005da5c0 by main goroutine:\n  main()\n"
      "      /src/f.cpp:40 +0x84\n\nGoroutine 8 (running) created at:\n  main()\n      /src/f.cpp:26 +0x50\n"
      "==================\nFound 1 data race(s)\n";
  for (size_t size = 0; size <= text.size(); ++size) {
    Log log;
    read_text_of_log("log", text.substr(0, size), log);
    EXPECT_LE(log.problems.size(), 1u) << size;
    EXPECT_LE(log.races.size(), 1u) << size;
  }
  Log log;
  read_text_of_log("log", text, log);
  ASSERT_EQ(log.races.size(), 1u);
  EXPECT_TRUE(log.problems.empty());
  EXPECT_EQ(log.races[0].accesses[0].stack[0].line, 49);
  EXPECT_EQ(log.races[0].accesses[1].goroutine, 1u);
}

}  // namespace
}  // namespace baton::tools
