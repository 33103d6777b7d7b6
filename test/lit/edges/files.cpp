// SPDX-License-Identifier: Apache-2.0
//
// A write to a pipe, a socket pair, an eventfd or a file happens before the read that receives its bytes, also by
// duplicated descriptors; descriptors that have nothing to do with each other order nothing.
//
// RUN: %baton_cxx -race -O1 %s -o %t
// RUN: for edge in pipe pair eventfd file duplicate; do %repeat 10 %exits 0 %t $edge || exit 1; done
// RUN: for none in unrelated direction reused; do %exits 66 %t $none 2>&1 | FileCheck %s || exit 1; done
// CHECK: Write at {{.*}} by main goroutine
// CHECK: Previous write at {{.*}} by goroutine
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <baton/baton.hpp>
#include <cstdlib>
#include <string>
using namespace baton;

int shared;
std::atomic<bool> there;  // relaxed: no edge

void put(int fd) {
  long word = 1;
  if (write(fd, &word, sizeof word) != sizeof word) abort();
}
void get(int fd) {
  long word;
  if (read(fd, &word, sizeof word) != sizeof word) abort();
}

// A goroutine writes `shared` and then to `out`; main reads from `in` and writes `shared`.
template <class Between>
void exchange(int out, int in, Between between) {
  go([=] {
    shared = 1;
    put(out);
    there.store(true, std::memory_order_relaxed);
  });
  while (!there.load(std::memory_order_relaxed)) gosched();
  between();
  get(in);
  shared = 2;
}
void exchange(int out, int in) {
  exchange(out, in, [] {});
}

int main(int, char** args) {
  const std::string what = args[1];
  int ends[2];
  int others[2];
  if (what == "pair" || what == "direction") {
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return 1;
  } else if (pipe(ends) != 0) {
    return 1;
  }
  if (pipe2(others, O_CLOEXEC) != 0) return 1;
  if (what == "pipe") exchange(ends[1], ends[0]);
  if (what == "pair") exchange(ends[1], ends[0]);
  if (what == "eventfd") {
    const int fd = eventfd(0, 0);
    exchange(fd, fd);
  }
  if (what == "file") {
    char name[] = "/tmp/baton-edges-XXXXXX";
    const int fd = mkstemp(name);
    unlink(name);
    exchange(fd, fd, [=] { lseek(fd, 0, SEEK_SET); });
  }
  if (what == "duplicate") exchange(dup(ends[1]), fcntl(ends[0], F_GETFD) >= 0 ? dup2(ends[0], 100) : -1);
  put(others[1]);
  if (what == "unrelated") exchange(ends[1], others[0]);
  if (what == "direction") {
    put(ends[0]);
    exchange(ends[1], ends[1]);  // reads what came the other way
  }
  if (what == "reused") {
    // The numbers of a closed pipe are given to another one.
    go([=] {
      shared = 1;
      put(ends[1]);
      there.store(true, std::memory_order_relaxed);
    });
    while (!there.load(std::memory_order_relaxed)) gosched();
    close(ends[0]);
    close(ends[1]);
    if (pipe(ends) != 0) return 1;
    put(ends[1]);
    get(ends[0]);
    shared = 2;
  }
}
