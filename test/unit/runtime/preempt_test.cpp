// SPDX-License-Identifier: Apache-2.0
//
// What a poll does when its goroutine is to give way, and where it does nothing. The polls are calls by hand: this file
// is not compiled with the pass.
#include <signal.h>

#include <cstring>

#include "test/unit/runtime/goroutines.h"

extern "C" {
void __baton_preempt() noexcept;
// preempt.cpp: which of two ways to keep vector registers is right.
__attribute__((visibility("hidden"))) extern bool baton_has_avx;
}

namespace baton::test {
namespace {

class Preemption : public WithProcessors {};
BATON_TEST_WITH_PROCESSORS(Preemption);

struct alignas(32) Registers {
  uint64_t vectors[16][4];
  uint64_t general[9];  // those that a call may change
};

// Loads all registers that a loop may use at a poll, polls, and stores them. The upper halves of the vectors only if
// they are 256 bits wide.
[[gnu::noinline]] void preempted_with(Registers* r, bool wide) {
#define BATON_EACH(M) M(0) M(1) M(2) M(3) M(4) M(5) M(6) M(7) M(8) M(9) M(10) M(11) M(12) M(13) M(14) M(15)
#define BATON_LOAD(n) "vmovdqu " #n "*32(%%rbx), %%ymm" #n "\n\t"
#define BATON_STORE(n) "vmovdqu %%ymm" #n ", " #n "*32(%%rbx)\n\t"
#define BATON_LOAD_HALF(n) "movdqu " #n "*32(%%rbx), %%xmm" #n "\n\t"
#define BATON_STORE_HALF(n) "movdqu %%xmm" #n ", " #n "*32(%%rbx)\n\t"
#define BATON_POLL(load, store) \
  asm volatile(                                                                                               \
      "movq %%rsp, %%r12\n\tandq $-16, %%rsp\n\tsubq $128, %%rsp\n\t" BATON_EACH(                             \
          load) "movq 512(%%rbx), %%rax\n\tmovq 520(%%rbx), %%rcx\n\tmovq 528(%%rbx), %%rdx\n\t"              \
                "movq 536(%%rbx), %%rsi\n\tmovq 544(%%rbx), %%rdi\n\tmovq 552(%%rbx), %%r8\n\t"               \
                "movq 560(%%rbx), %%r9\n\tmovq 568(%%rbx), %%r10\n\tmovq 576(%%rbx), %%r11\n\t"               \
                "callq __baton_preempt\n\t"                                                                   \
                "movq %%rax, 512(%%rbx)\n\tmovq %%rcx, 520(%%rbx)\n\tmovq %%rdx, 528(%%rbx)\n\t"              \
                "movq %%rsi, 536(%%rbx)\n\tmovq %%rdi, 544(%%rbx)\n\tmovq %%r8, 552(%%rbx)\n\t"               \
                "movq %%r9, 560(%%rbx)\n\tmovq %%r10, 568(%%rbx)\n\tmovq %%r11, 576(%%rbx)\n\t" BATON_EACH(   \
                    store) "movq %%r12, %%rsp\n\t"                                                            \
      :                                                                                                       \
      : "b"(r)                                                                                                \
      : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "memory", "cc", "xmm0", "xmm1",   \
        "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13",   \
        "xmm14", "xmm15")
  if (wide) {
    BATON_POLL(BATON_LOAD, BATON_STORE);
    asm volatile("vzeroupper");
  } else {
    BATON_POLL(BATON_LOAD_HALF, BATON_STORE_HALF);
  }
}

TEST_P(Preemption, AllRegistersSurviveAPreemption) {
  const bool has_avx = baton_has_avx;
  for (const bool wide : {false, true}) {
    if (wide && !has_avx) continue;
    baton_has_avx = wide;
    std::atomic<int> wrong{0};
    WaitGroup wg;
    for (uint64_t id = 1; id <= 8; id++) {
      wg.go([id, wide, &wrong] {
        Registers expected;
        auto* words = reinterpret_cast<uint64_t*>(&expected);
        for (size_t i = 0; i < sizeof expected / sizeof *words; i++) words[i] = id << 32 | i;
        for (int round = 0; round < 100; round++) {
          Registers now = expected;
          preempted_with(&now, wide);
          if (std::memcmp(&now, &expected, sizeof now) != 0) wrong++;
        }
      });
    }
    wg.wait();
    EXPECT_EQ(wrong, 0) << (wide ? "wide" : "narrow");
  }
  baton_has_avx = has_avx;
}

// With one processor: whether another goroutine ran while f did.
template <class F>
bool others_ran_during(F f) {
  gomaxprocs(1);
  bool ran = false;
  WaitGroup wg;
  wg.go([&] { ran = true; });
  f();
  const bool result = ran;
  wg.wait();
  return result;
}

TEST(PreemptionTest, APollGivesWay) {
  EXPECT_TRUE(others_ran_during([] { __baton_preempt(); }));
}

bool handled;
void on_signal(int) {
  __baton_preempt();
  handled = true;
}

TEST(PreemptionTest, APollInASignalHandlerGoesOn) {
  struct sigaction action = {};
  struct sigaction before;
  action.sa_handler = on_signal;
  // On the goroutine's stack, and on the thread's own for signals, where no signal has to be blocked.
  for (const int flags : {0, SA_ONSTACK | SA_NODEFER}) {
    action.sa_flags = flags;
    sigaction(SIGUSR1, &action, &before);
    handled = false;
    EXPECT_FALSE(others_ran_during([] { raise(SIGUSR1); }));
    EXPECT_TRUE(handled);
    handled = false;
    auto done = make_chan<bool>();
    go([=] { done << others_ran_during([] { raise(SIGUSR1); }); });
    EXPECT_FALSE(done.recv());
    EXPECT_TRUE(handled);
    sigaction(SIGUSR1, &before, nullptr);
  }
}

// The first move is the argument's, in the goroutine's own code; the second one the channel's, which is locked then.
struct PollsWhenMovedTwice {
  int moves = 0;
  PollsWhenMovedTwice() = default;
  PollsWhenMovedTwice(PollsWhenMovedTwice&& other) noexcept : moves(other.moves + 1) {
    if (moves == 2) __baton_preempt();
  }
};

TEST(PreemptionTest, APollInAChannelsMoveGoesOn) {
  auto c = make_chan<PollsWhenMovedTwice>(1);
  EXPECT_FALSE(others_ran_during([&] { c.send(PollsWhenMovedTwice()); }));
  EXPECT_GE(c.recv().moves, 2);
}

}  // namespace
}  // namespace baton::test
