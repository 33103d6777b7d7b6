// SPDX-License-Identifier: Apache-2.0
//
// Listing 6.15 of the book: an atomic flag, stored by one goroutine and loaded by others, tells them to stop.
// Without the atomic functions this would be a data race.
#include <baton/baton.hpp>

using namespace baton;

void doWork(const char* name);

// A namespace of its own, because the C library has a function shutdown.
// (The same name for a variable outside would stand in that
// function's way.)
namespace {
// shutdown tells the goroutines to stop.
std::int64_t shutdown;

// wg lets main wait for the end of the program.
WaitGroup wg;
}  // namespace

// The program starts here, as goroutine 1.
int main() {
  // Two goroutines to wait for.
  wg.add(2);

  // Create them.
  go(doWork, "A");
  go(doWork, "B");

  // Let them run for a while.
  sleep(1s);

  // It is time to stop.
  std::printf("Shutdown Now\n");
  atomic_store(&shutdown, 1);

  // Wait for both.
  wg.wait();
}

// doWork pretends to work, and looks at the
// shutdown flag in between.
void doWork(const char* name) {
  // Whatever happens, main hears that we are done.
  defer(wg.done());

  for (;;) {
    std::printf("Doing %s Work\n", name);
    sleep(250ms);

    // Shall we stop?
    if (atomic_load(&shutdown) == 1) {
      std::printf("Shutting %s Down\n", name);
      break;
    }
  }
}
