// SPDX-License-Identifier: Apache-2.0
#include "runtime/src/stack.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <set>
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

void write_to(char* p) {
  signal(SIGSEGV, SIG_DFL);  // a sanitizer would report the fault and exit
  *p = 1;
}

TEST(StackDeathTest, TheGuardStopsAnOverflow) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  EXPECT_EXIT(write_to(stack_alloc().lo - 1), testing::KilledBySignal(SIGSEGV), "");
  EXPECT_EXIT(write_to(stack_alloc().lo - kGuardSize), testing::KilledBySignal(SIGSEGV), "");
}

}  // namespace
}  // namespace baton::rt
