// SPDX-License-Identifier: Apache-2.0
//
// Listing 6.22 of the book: a relay race of four goroutines. The baton is a value in an unbuffered channel.
// The variable may be called baton, like the namespace.
#include <baton/baton.hpp>

using namespace baton;

void Runner(chan<int> baton);

// wg lets main wait for the end of the race.
WaitGroup wg;

// The program starts here, as goroutine 1.
int main() {
  // An unbuffered channel.
  auto baton = make_chan<int>();

  // Only the last runner is waited for.
  wg.add(1);

  // The first runner takes his place.
  go(Runner, baton);

  // Go!
  baton << 1;

  // Wait for the end of the race.
  wg.wait();
}

// Runner runs for one of the four.
void Runner(chan<int> baton) {
  int newRunner = 0;

  // Wait for the baton.
  int runner = baton.recv();

  // Run.
  std::printf("Runner %d Running With Baton\n", runner);

  // The next runner takes his place.
  if (runner != 4) {
    newRunner = runner + 1;
    std::printf("Runner %d To The Line\n", newRunner);
    go(Runner, baton);
  }

  // Once around the track.
  sleep(100ms);

  // Was that the last one?
  if (runner == 4) {
    std::printf("Runner %d Finished, Race Over\n", runner);
    wg.done();
    return;
  }

  // Hand over.
  std::printf("Runner %d Exchange With Runner %d\n",  //
              runner,                                 //
              newRunner);

  baton << newRunner;
}
