// SPDX-License-Identifier: Apache-2.0
//
// Listing 6.4 of the book: two goroutines that compute for long share one logical processor.
// The scheduler takes turns between them if they run long enough to need it.
#include <baton/baton.hpp>

using namespace baton;

void printPrime(const char* prefix);

// wg lets main wait for the end of the program.
WaitGroup wg;

// The program starts here, as goroutine 1.
int main() {
  // One logical processor for the scheduler.
  gomaxprocs(1);

  // Two goroutines to wait for.
  wg.add(2);

  // Create them.
  std::printf("Create Goroutines\n");
  go(printPrime, "A");
  go(printPrime, "B");

  // Wait for both.
  std::printf("Waiting To Finish\n");
  wg.wait();

  std::printf("Terminating Program\n");
}

// printPrime prints the prime numbers below 5000.
void printPrime(const char* prefix) {
  // Whatever happens, main hears that we are done.
  defer(wg.done());

  // C++ has no `continue next`: the label stands at the end of the loop's body.
  for (int outer = 2; outer < 5000; outer++) {
    for (int inner = 2; inner < outer; inner++) {
      if (outer % inner == 0) {
        goto next;
      }
    }
    std::printf("%s:%d\n", prefix, outer);
  next:;
  }
  std::printf("Completed %s\n", prefix);
}
