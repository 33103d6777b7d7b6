// SPDX-License-Identifier: Apache-2.0
//
// Listing 6.1 of the book: how goroutines are created, and how the scheduler treats them. On one logical
// processor each of the two finishes its alphabets before the other gets a turn, and the one that was
// created last goes first.
#include <baton/baton.hpp>

using namespace baton;

// Letters of the two goroutines never mix here: nothing interrupts the first one before it has finished.
// The program starts here, as goroutine 1.
int main() {
  // One logical processor for the scheduler.
  gomaxprocs(1);

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
