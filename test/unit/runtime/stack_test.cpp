// SPDX-License-Identifier: Apache-2.0
#include "runtime/src/stack.h"

#include <baton/go.hpp>

#include <gtest/gtest.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include <fstream>
#include <set>
#include <string>
#include <vector>

namespace baton::rt {
namespace {

TEST(StackTest, SlotsDoNotOverlapAndAreWritableFromEndToEnd) {
  std::vector<Stack> stacks;
  std::set<char*> slots;
  for (int i = 0; i < 600; i++) {
    stacks.push_back(stack_alloc());
    const Stack& stack = stacks.back();
    ASSERT_EQ(reinterpret_cast<uintptr_t>(stack.hi) % 16, 0u);
    ASSERT_GT(stack.hi - stack.lo, static_cast<ptrdiff_t>(slot_size() - kGuardSize - 4096));
    ASSERT_EQ(reinterpret_cast<uintptr_t>(stack.lo) % slot_size(), kGuardSize);
    ASSERT_TRUE(slots.insert(stack.lo).second);
    *stack.lo = 1;
    stack.hi[-1] = 1;
  }
  for (const Stack& stack : stacks) stack_free(stack);
}

TEST(StackTest, AFreedSlotIsUsedFirst) {
  const Stack stack = stack_alloc();
  stack_free(stack);
  const Stack again = stack_alloc();
  EXPECT_EQ(again.lo, stack.lo);
  EXPECT_EQ(again.hi, stack.hi);
  stack_free(again);
}

TEST(StackTest, StacksBeginAtDifferentOffsets) {
  std::vector<Stack> stacks;
  std::set<uintptr_t> offsets;
  for (int i = 0; i < 16; i++) {
    stacks.push_back(stack_alloc());
    offsets.insert(reinterpret_cast<uintptr_t>(stacks.back().hi) % 4096);
  }
  EXPECT_GT(offsets.size(), 8u);
  for (const Stack& stack : stacks) stack_free(stack);
}

// Else the kernel might give 2 MB at the first touch of a stack.
TEST(StackTest, StacksHaveNoHugePages) {
  if (access("/sys/kernel/mm/transparent_hugepage", F_OK) != 0) GTEST_SKIP() << "this kernel has none at all";
  const Stack stack = stack_alloc();
  std::ifstream maps("/proc/self/smaps");
  uintptr_t begin = 0;
  uintptr_t end = 0;
  std::string line;
  while (std::getline(maps, line)) {
    sscanf(line.c_str(), "%lx-%lx ", &begin, &end);
    const auto address = reinterpret_cast<uintptr_t>(stack.lo);
    if (line.starts_with("VmFlags:") && begin <= address && address < end) break;
  }
  EXPECT_NE(line.find(" nh"), std::string::npos) << line;
  stack_free(stack);
}

void write_to(char* p) {
  signal(SIGSEGV, SIG_DFL);  // a sanitizer would report the fault and exit
  *p = 1;
}

TEST(StackDeathTest, TheGuardStopsAnOverflow) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  EXPECT_EXIT(write_to(stack_alloc().lo - 1), testing::KilledBySignal(SIGSEGV), "");
  EXPECT_EXIT(write_to(stack_alloc().lo - kGuardSize), testing::KilledBySignal(SIGSEGV), "");
}

// A kernel that refuses guard regions, as every one does in locked memory: the guard is there all the same.
TEST(StackDeathTest, TheGuardStopsAnOverflowInLockedMemory) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  const auto overflow = [] {
    set_max_stack(size_t{2} << 20);  // a size of which there are no slots yet
    signal(SIGSEGV, SIG_DFL);
    if (mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) != 0) raise(SIGSEGV);  // it may not
    write_to(stack_alloc().lo - 1);
  };
  EXPECT_EXIT(overflow(), testing::KilledBySignal(SIGSEGV), "");
}

}  // namespace
}  // namespace baton::rt
