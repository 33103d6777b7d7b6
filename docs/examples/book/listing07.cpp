// SPDX-License-Identifier: Apache-2.0
//
// Listing 6.7 of the book: the same program on two logical processors. Now both goroutines can run at the same
// time, and their letters may mix, if there are two CPUs to run them and they run long enough to
// meet.
#include <baton/baton.hpp>

using namespace baton;

// Nothing but the number of processors differs from listing 6.1.
// The program starts here, as goroutine 1.
int main() {
  // Two logical processors for the scheduler.
  gomaxprocs(2);

  // wg lets main wait for the end of the program.
  // It counts two goroutines.
  WaitGroup wg;
  wg.add(2);

  std::printf("Start Goroutines\n");

  // A goroutine made of a function without a name.
  go([&wg] {
    // Whatever happens, main hears that we are done.
    defer(wg.done());

    // Three times the alphabet.
    for (int count = 0; count < 3; count++) {
      for (char letter = 'a'; letter < 'a' + 26; letter++) {
        std::printf("%c ", letter);
      }
    }
  });

  // Another one.
  go([&wg] {
    // Whatever happens, main hears that we are done.
    defer(wg.done());

    // Three times the alphabet.
    for (int count = 0; count < 3; count++) {
      for (char letter = 'A'; letter < 'A' + 26; letter++) {
        std::printf("%c ", letter);
      }
    }
  });

  // Wait for both.
  std::printf("Waiting To Finish\n");
  wg.wait();

  std::printf("\nTerminating Program\n");
}
