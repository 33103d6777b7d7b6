// SPDX-License-Identifier: Apache-2.0
//
// What C++ keeps per thread and a goroutine must keep for itself: exceptions being handled, errno, registers.
#include <errno.h>

#include <exception>
#include <stdexcept>

#include "test/unit/runtime/goroutines.h"

namespace baton::test {
namespace {

class ExceptionsTest : public WithProcessors {};
BATON_TEST_WITH_PROCESSORS(ExceptionsTest);

TEST_P(ExceptionsTest, CatchBlocksOfGoroutinesInterleave) {
  std::atomic<int> wrong{0};
  WaitGroup wg;
  for (int id = 0; id < 20; id++) {
    wg.go([id, &wrong] {
      for (int round = 0; round < 50; round++) {
        const std::string text = std::to_string(id) + "/" + std::to_string(round);
        try {
          throw std::runtime_error(text);
        } catch (const std::exception& outer) {
          gosched();
          try {
            throw std::logic_error("inner " + text);
          } catch (const std::exception& inner) {
            gosched();
            if (inner.what() != "inner " + text) wrong++;
          }
          gosched();
          if (outer.what() != text) wrong++;
          try {
            throw;
          } catch (const std::runtime_error& again) {
            gosched();
            if (again.what() != text) wrong++;
          }
        }
        if (std::current_exception() != nullptr) wrong++;
      }
    });
  }
  wg.wait();
  EXPECT_EQ(wrong, 0);
}

struct YieldsWhenDestroyed {
  std::atomic<int>& wrong;
  ~YieldsWhenDestroyed() {
    if (std::uncaught_exceptions() != 1) wrong++;
    gosched();
    if (std::uncaught_exceptions() != 1) wrong++;
  }
};

TEST_P(ExceptionsTest, DestructorsMayYieldWhileUnwinding) {
  std::atomic<int> wrong{0};
  WaitGroup wg;
  for (int id = 0; id < 20; id++) {
    wg.go([&wrong] {
      for (int round = 0; round < 50; round++) {
        if (std::uncaught_exceptions() != 0) wrong++;
        try {
          YieldsWhenDestroyed guard{wrong};
          throw 1;
        } catch (int) {
          gosched();
        }
      }
    });
  }
  wg.wait();
  EXPECT_EQ(wrong, 0);
}

// Not inlined: the address of errno must be looked up again after a switch.
[[gnu::noinline]] void set_errno(int value) { errno = value; }
[[gnu::noinline]] int get_errno() { return errno; }

TEST_P(ExceptionsTest, ErrnoBelongsToTheGoroutine) {
  std::atomic<int> wrong{0};
  WaitGroup wg;
  for (int id = 1; id <= 20; id++) {
    wg.go([id, &wrong] {
      for (int round = 0; round < 100; round++) {
        set_errno(id);
        gosched();
        if (get_errno() != id) wrong++;
      }
    });
  }
  wg.wait();
  EXPECT_EQ(wrong, 0);
}

// Fills the callee-saved registers, yields, and looks at them again.
[[gnu::noinline]] bool registers_survive(uint64_t seed) {
  uint64_t same = reinterpret_cast<uint64_t>(&gosched);
  asm volatile(
      "movq %%rdx, %%rbx\n\t"
      "leaq 1(%%rbx), %%r12\n\t"
      "leaq 2(%%rbx), %%r13\n\t"
      "leaq 3(%%rbx), %%r14\n\t"
      "subq $128, %%rsp\n\t"
      "movq %%rsp, %%r15\n\t"
      "andq $-16, %%rsp\n\t"
      "callq *%%rax\n\t"
      "movq %%r15, %%rsp\n\t"
      "addq $128, %%rsp\n\t"
      "subq %%rbx, %%r12\n\t"
      "subq %%rbx, %%r13\n\t"
      "subq %%rbx, %%r14\n\t"
      "shlq $8, %%r13\n\t"
      "shlq $16, %%r14\n\t"
      "orq %%r13, %%r12\n\t"
      "orq %%r14, %%r12\n\t"
      "cmpq $0x30201, %%r12\n\t"
      "sete %%al\n\t"
      "movzbl %%al, %%eax\n\t"
      : "+a"(same), "+d"(seed)
      :
      : "rbx", "r12", "r13", "r14", "r15", "rcx", "rsi", "rdi", "r8", "r9", "r10", "r11", "memory", "cc", "xmm0",
        "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13",
        "xmm14", "xmm15");
  return same == 1;
}

TEST_P(ExceptionsTest, CalleeSavedRegistersSurviveASwitch) {
  std::atomic<int> wrong{0};
  WaitGroup wg;
  for (uint64_t id = 1; id <= 8; id++) {
    wg.go([id, &wrong] {
      for (int round = 0; round < 100; round++) {
        if (!registers_survive(id << 40)) wrong++;
      }
    });
  }
  wg.wait();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace baton::test
