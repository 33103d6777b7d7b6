// SPDX-License-Identifier: Apache-2.0
//
// Listing 6.9 of the book: a data race, on purpose. Built with -race, the program reports it.
// The report names lines 40 and 49, and lines 25 and 26, where the goroutines were created.
#include <baton/baton.hpp>

using namespace baton;

void incCounter(int id);

// What the goroutines share:
// Every goroutine increments counter.
int counter;

// wg lets main wait for the end of the program.
WaitGroup wg;
// Only wg is safe to use from several goroutines.

// The program starts here, as goroutine 1.
int main() {
  // Two goroutines to wait for.
  wg.add(2);

  // Create them.
  go(incCounter, 1);
  go(incCounter, 2);

  // Wait for both.
  wg.wait();
  std::printf("Final Counter: %d\n", counter);
}

// incCounter increments the global counter twice.
void incCounter([[maybe_unused]] int id) {
  // Whatever happens, main hears that we are done.
  defer(wg.done());

  for (int count = 0; count < 2; count++) {
    // Take a copy of counter.
    int value = counter;

    // Give up the thread and go to the end of the queue.
    gosched();

    // Increment the copy.
    value++;

    // Put it back: increments made by others meanwhile are lost.
    counter = value;
  }
}
