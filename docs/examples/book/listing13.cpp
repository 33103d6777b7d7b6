// SPDX-License-Identifier: Apache-2.0
//
// Listing 6.13 of the book: atomic functions make access to plain numbers safe.
// Compare listing 6.9, where increments are lost.
#include <baton/baton.hpp>

using namespace baton;

void incCounter(int id);

// What the goroutines share. An atomic function works on a plain number; nothing in
// its type says that it is shared.
// Every goroutine increments counter.
std::int64_t counter;

// wg lets main wait for the end of the program.
WaitGroup wg;
// Both are safe to use from several goroutines, as they are used here.

// The program starts here, as goroutine 1.
int main() {
  // Two goroutines to wait for.
  wg.add(2);

  // Create them.
  go(incCounter, 1);
  go(incCounter, 2);

  // Wait for both.
  wg.wait();

  // Show the result.
  std::printf("Final Counter: %lld\n", static_cast<long long>(counter));
}

// incCounter increments the global counter twice.
void incCounter([[maybe_unused]] int id) {
  // Whatever happens, main hears that we are done.
  defer(wg.done());

  for (int count = 0; count < 2; count++) {
    // Add one in a single step.
    atomic_add(&counter, 1);

    // Give up the thread and go to the end of the queue.
    gosched();
  }
}
