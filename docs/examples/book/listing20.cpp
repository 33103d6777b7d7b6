// SPDX-License-Identifier: Apache-2.0
//
// Listing 6.20 of the book: a game of tennis. The ball is a value in an unbuffered channel.
#include <baton/baton.hpp>
#include <random>

using namespace baton;

void player(const char* name, chan<int> court);
int intn(int n);

// wg lets main wait for the end of the game.
WaitGroup wg;

// Where random numbers come from; see intn.
Mutex sourceMutex;
std::mt19937 source(std::random_device{}());

// The program starts here, as goroutine 1.
int main() {
  // An unbuffered channel.
  auto court = make_chan<int>();

  // Two goroutines to wait for.
  wg.add(2);

  // The players take their places.
  go(player, "Nadal", court);
  go(player, "Djokovic", court);

  // Serve.
  court << 1;

  // Wait for the end of the game.
  wg.wait();
}

// player plays for one of the two.
void player(const char* name, chan<int> court) {
  // Whatever happens, main hears that we are done.
  defer(wg.done());

  for (;;) {
    // Wait for the ball.
    auto [ball, ok] = court.recv_ok();
    if (!ok) {
      // The channel was closed: the other one missed.
      std::printf("Player %s Won\n", name);
      return;
    }

    // Do we hit the ball?
    int n = intn(100);
    if (n % 13 == 0) {
      std::printf("Player %s Missed\n", name);

      // Closing the channel says that we lost.
      close(court);
      return;
    }

    // Show the number of the hit, and count it.
    std::printf("Player %s Hit %d\n", name, ball);
    ball++;

    // Play the ball back.
    court << ball;
  }
}

// intn draws a number from 0 to n - 1. Both players draw from one source, so it is locked.
int intn(int n) {
  std::scoped_lock lock(sourceMutex);
  return std::uniform_int_distribution<int>(0, n - 1)(source);
}
