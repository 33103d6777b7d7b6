// SPDX-License-Identifier: Apache-2.0
//
// fork with goroutines, timers and the poller at work: exec and _exit in the child, system, popen; a child that goes on
// may do what needs nobody else, starts no threads, and ends with a clear text when it has to wait.
// RUN: %baton_cxx -O1 %s -o %t && for p in 1 2 8; do \
// RUN:   GOMAXPROCS=$p timeout 60 %t 2>&1 | FileCheck %s || exit 1; done
// RUN: %baton_cxx -O1 -race %s -o %t.race && GOMAXPROCS=2 timeout 60 %t.race 2>&1 | FileCheck %s
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <baton/baton.hpp>
#include <cstdlib>
using namespace baton;

static int status_of(pid_t child) {
  int status = 0;
  blocking([&] { return waitpid(child, &status, 0); });
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

int main() {
  std::setvbuf(stdout, nullptr, _IONBF, 0);
  // No thread has been started yet, and the child starts none for the processors that are idle.
  pid_t child = fork();
  if (child == 0) {
    go([] { _exit(1); });
    const timespec pause = {.tv_sec = 0, .tv_nsec = 50'000'000};
    syscall(SYS_nanosleep, &pause, nullptr);
    _exit(8);
  }
  std::printf("alone: %d\n", status_of(child));
  // CHECK: alone: 8
  auto [reader, writer, error] = baton::pipe();
  auto stop = make_chan<int>();
  WaitGroup wg;
  for (int i = 0; i < 4; i++) {
    wg.go([=] {
      Ticker ticker(1ms);
      for (;;) {
        switch (select(on_recv(ticker.c), on_recv(stop))) {
          case 0:
            continue;
          default:
            return;
        }
      }
    });
  }
  wg.go([r = reader] {
    char byte;
    (void)r.read(&byte, 1);
  });
  for (int i = 0; i < 20; i++) {
    const pid_t child = fork();
    if (child == 0) {
      execl("/bin/true", "true", nullptr);
      _exit(1);
    }
    if (status_of(child) != 0) std::printf("exec failed\n");
  }
  child = fork();
  if (child == 0) _exit(7);
  std::printf("_exit: %d\n", status_of(child));
  // CHECK: _exit: 7
  std::printf("system: %d\n", WEXITSTATUS(std::system("exit 3")));
  // CHECK: system: 3
  FILE* command = popen("echo from popen", "r");
  char line[64] = {};
  (void)std::fgets(line, sizeof line, command);
  std::printf("%s", line);
  // CHECK: from popen
  std::printf("pclose: %d\n", pclose(command));
  // CHECK: pclose: 0
  child = fork();
  if (child == 0) {
    auto c = make_chan<int>(1);
    c << 5;
    std::printf("child: %d\n", c.recv());
    // CHECK: child: 5
    Mutex mu;
    mu.lock();
    mu.unlock();
    make_chan<int>().recv();
  }
  std::printf("waiting child: %d\n", status_of(child));
  // CHECK: fatal error: a child of fork() cannot wait for goroutines: it has to exec or _exit
  // CHECK: goroutine 1 [chan receive]:
  // CHECK: waiting child: 2
  for (int i = 0; i < 4; i++) stop << 1;
  writer.write("x");
  wg.wait();
  std::printf("all goroutines go on\n");
  // CHECK: all goroutines go on
}
