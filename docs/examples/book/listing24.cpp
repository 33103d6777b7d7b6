// SPDX-License-Identifier: Apache-2.0
//
// Listing 6.24 of the book: a fixed number of goroutines works off tasks from a buffered channel.
#include <baton/baton.hpp>
#include <random>

using namespace baton;

void worker(chan<std::string> tasks, int worker);
int intn(int n);
// Constants, as in the book:
// the size of the work.
// The size of the work.
constexpr int numberGoroutines = 4;  // goroutines that work
constexpr int taskLoad = 10;         // tasks to be done
// There are more tasks than goroutines.

// wg lets main wait for the end of the program.
WaitGroup wg;

// Where random numbers come from; see intn. It is
// seeded before main starts.
Mutex sourceMutex;
// Every program run gets other numbers.
std::mt19937 source(std::random_device{}());
// (There is no function init in C++: constructors do its work.)

// The program starts here, as goroutine 1.
int main() {
  // A buffered channel for the tasks.
  auto tasks = make_chan<std::string>(taskLoad);

  // Start the workers.
  wg.add(numberGoroutines);
  for (int gr = 1; gr <= numberGoroutines; gr++) {
    go(worker, tasks, gr);
  }

  // Hand out the tasks.
  for (int post = 1; post <= taskLoad; post++) {
    tasks << "Task : " + std::to_string(post);
  }

  // Close the channel: the workers go home
  // when everything is done.
  close(tasks);

  // Wait for all of them.
  wg.wait();
}

// worker works off tasks from
// the buffered channel.
void worker(chan<std::string> tasks, int worker) {
  // Whatever happens, main hears that we are done.
  defer(wg.done());

  for (;;) {
    // Wait for a task.
    auto [task, ok] = tasks.recv_ok();
    if (!ok) {
      // The channel is empty and closed.
      std::printf("Worker: %d : Shutting Down\n", worker);
      return;
    }

    // Say that we start.
    std::printf("Worker: %d : Started %s\n", worker, task.c_str());

    // Working takes its time.
    int milliseconds = intn(100);
    sleep(milliseconds * 1ms);

    // Say that we are ready.
    std::printf("Worker: %d : Completed %s\n", worker, task.c_str());
  }
}

// intn draws a number from 0 to n - 1. All workers draw from one source, so it is locked.
int intn(int n) {
  std::scoped_lock lock(sourceMutex);
  return std::uniform_int_distribution<int>(0, n - 1)(source);
}
