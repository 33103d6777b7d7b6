// SPDX-License-Identifier: Apache-2.0
//
// mix SECONDS [SEED]: rounds of randomly chosen scenarios that run side by side, with every primitive of the runtime
// and a number of processors that changes under way. Each scenario checks what must hold whatever the schedule was. The
// seed of each round is printed before it; with SEED only that round runs.
#include <chrono>
#include <cstdlib>
#include <iterator>
#include <random>

#include "test/stress/scenarios.h"

using namespace baton;
using namespace baton::stress;

namespace {

constexpr void (*kScenarios[])(Random) = {channel,           dynamic_select, births,         locks,   condition,
                                          time_and_contexts, groups,         pools_and_maps, network, pipes,
                                          threads,           blocking_calls, locked_threads};

void round_of(std::uint64_t seed) {
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  std::fflush(stdout);
  Random random(seed);
  gomaxprocs(pick(random, 1, 8));
  WaitGroup wg;
  for (int i = pick(random, 1, 16); i > 0; i--) {
    wg.go([scenario = kScenarios[pick(random, 0, std::size(kScenarios) - 1)], mine = Random(random())] {
      scenario(mine);
    });
  }
  for (int i = pick(random, 0, 3); i > 0; i--) {
    sleep(std::chrono::microseconds(pick(random, 0, 2000)));
    gomaxprocs(pick(random, 1, 8));
    if (pick(random, 0, 3) == 0) static_cast<void>(stack_trace(true));
  }
  wg.wait();
}

}  // namespace

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::atof(argv[1]) : 0;
  if (argc > 3 || seconds <= 0) {
    std::fprintf(stderr, "usage: mix SECONDS [SEED]\n");
    return 64;
  }
  if (argc == 3) {
    round_of(std::strtoull(argv[2], nullptr, 10));
    return 0;
  }
  std::random_device device;
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  int rounds = 0;
  for (; std::chrono::steady_clock::now() < end; rounds++) round_of(std::uint64_t{device()} << 32 | device());
  std::printf("%d rounds\n", rounds);
}
