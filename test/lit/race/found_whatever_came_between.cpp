// SPDX-License-Identifier: Apache-2.0
//
// The first access, then a great many other things, then an access that races with the first: found every time. Each
// case once loses ThreadSanitizer or Go its race at a hundredth of the size given here, or less. By default a few
// rounds at a small part of the size, and all but the longest once at the full size; ctest -L soak -C soak does 100
// rounds at the full size, of the releases 5. A round has a variable of its own.
//
// RUN: %clangxx -std=c++20 -O1 -fno-exceptions -I%root -c %S/Inputs/count_findings.cpp -o %t.o
// RUN: %baton_cxx -race -O2 %s %t.o -o %t
// RUN: for case in accesses locks releases goroutines readers channels bytes descriptors calls; do \
// RUN:   %t $case %size || exit 1; \
// RUN: done
// RUN: for case in accesses locks goroutines readers channels bytes descriptors calls; do \
// RUN:   %t $case 100 1 || exit 1; \
// RUN: done
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "Inputs/order.h"
using namespace baton;

extern std::atomic<long> findings;

namespace {

long percent;  // of the full size

[[clang::disable_sanitizer_instrumentation, gnu::noinline]] long found() { return findings.load(); }

long scaled(long size) { return size * percent / 100 + 1; }

volatile long sink;
long table[1 << 12];

[[gnu::noinline]] long call(long i) { return i + table[i & 7]; }

void accesses() {
  for (long i = 0; i < scaled(12'000'000); i++) table[i * 61 % (1 << 12)] += i;
}

void locks(long count) {
  Mutex mutex;
  for (long i = 0; i < count; i++) {
    mutex.lock();
    table[0]++;
    mutex.unlock();
  }
}

void goroutines() {
  WaitGroup wg;
  for (long i = 0; i < scaled(100'000); i++) {
    auto own = std::make_unique<long>(i);
    wg.go([p = own.get()] { ++*p; });
    wg.wait();
  }
}

// Reads of x by many goroutines, all ordered one after the other and before the last write.
void readers(const int* x) {
  for (long i = 0; i < scaled(1000); i++) {
    auto done = make_chan<int>(1);
    go([x, done] { done << *x; });
    sink = done.recv();
  }
}

void channels() {
  auto c = make_chan<int>(1);
  for (long i = 0; i < scaled(20'000'000); i++) {
    c << 1;
    c.recv();
  }
}

void descriptors() {
  const int fd = open("/dev/null", O_WRONLY);
  const int zero = open("/dev/zero", O_RDONLY);
  char byte = 0;
  for (long i = 0; i < scaled(10'000); i++) {
    if (write(fd, "x", 1) != 1 || read(zero, &byte, 1) != 1) std::abort();
  }
  close(fd);
  close(zero);
}

void calls() {
  long sum = 0;
  for (long i = 0; i < scaled(10'000'000); i++) sum += call(i);
  sink = sum;
}

// What one goroutine does between its own write of x and the moment another goroutine writes it.
void between(const char* name, int* x) {
  if (std::strcmp(name, "accesses") == 0) accesses();
  if (std::strcmp(name, "locks") == 0) locks(scaled(2'000'000));
  if (std::strcmp(name, "releases") == 0) locks(scaled(425'000'000));
  if (std::strcmp(name, "goroutines") == 0) goroutines();
  if (std::strcmp(name, "readers") == 0) readers(x);
  if (std::strcmp(name, "channels") == 0) channels();
  if (std::strcmp(name, "descriptors") == 0) descriptors();
  if (std::strcmp(name, "calls") == 0) calls();
}

// 500 goroutines, none ordered with another, write 500 neighbouring bytes; then main writes the first.
void bytes_of_one_line(int turn) {
  auto bytes = std::make_unique<char[]>(512);
  for (int i = 0; i < 500; i++) {
    go([p = bytes.get() + i] {
      *p = 1;
      next_turn();
    });
  }
  await_turn(turn + 500);
  bytes[0] = 2;
  // The goroutines write nothing any more; freeing the block is a race too, by the same right, and counts for nothing.
  static_cast<void>(bytes.release());
}

}  // namespace

int main(int, char** argv) {
  const char* name = argv[1];
  percent = std::atol(argv[2]);
  int rounds = std::atoi(argv[3]);
  // A round at the full size takes minutes on a busy machine; a hundred would take hours.
  if (percent == 100 && std::strcmp(name, "releases") == 0) rounds = std::min(rounds, 5);
  // The readers race with the last write as well; they have one stack.
  const long expected = std::strcmp(name, "readers") == 0 ? 2 : 1;
  int missed = 0, extra = 0;
  for (int round = 0; round < rounds; round++) {
    const long before = found();
    if (std::strcmp(name, "bytes") == 0) {
      bytes_of_one_line(500 * round);
    } else {
      int* x = new int(0);
      // After the race, so that the next round's goroutine is ordered behind this one.
      auto ended = make_chan<int>(1);
      go([name, x, ended] {
        *x = 1;
        between(name, x);
        next_turn();
        ended << 1;
      });
      await_turn(round + 1);
      *x = 2;
      ended.recv();
    }
    missed += found() - before < expected ? 1 : 0;
    extra += found() - before > expected ? 1 : 0;
  }
  if (missed + extra != 0) std::printf("%s: %d of %d missed, %d found more\n", name, missed, rounds, extra);
  return missed + extra == 0 ? 0 : 1;
}
