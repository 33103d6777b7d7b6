// SPDX-License-Identifier: Apache-2.0
//
// Listing 6.16 of the book: a mutex makes a section of code critical: one goroutine at a time.
// Compare listing 6.9, where increments are lost.
#include <baton/baton.hpp>

using namespace baton;

void incCounter(int id);

// What the goroutines share. That counter belongs to mutex is an agreement of
// the program; the race detector checks it.
// Every goroutine increments counter.
int counter;

// wg lets main wait for the end of the program.
WaitGroup wg;

// mutex makes a section of code critical.
Mutex mutex;
// All three are safe to use from several goroutines, as they are used here.

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

// incCounter increments the global counter twice,
// with the mutex locked.
void incCounter([[maybe_unused]] int id) {
  // Whatever happens, main hears that we are done.
  defer(wg.done());

  for (int count = 0; count < 2; count++) {
    // Only one goroutine at a time
    // gets past this line.
    mutex.lock();
    {
      // Take a copy of counter.
      int value = counter;

      // Give up the thread and go to the end of the queue.
      gosched();

      // Increment the copy.
      value++;

      // Put it back.
      counter = value;
    }
    mutex.unlock();
    // The next goroutine may
    // come in.
  }
}
