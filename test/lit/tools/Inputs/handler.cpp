// SPDX-License-Identifier: Apache-2.0
//
// Prints "ready", waits for one of three signals, and ends with its number.
#include <csignal>
#include <cstdio>
#include <initializer_list>

namespace {
volatile std::sig_atomic_t got;
void on_signal(int signal) { got = signal; }
}  // namespace

int main() {
  sigset_t wanted;
  sigset_t before;
  sigemptyset(&wanted);
  for (int signal : {SIGTERM, SIGINT, SIGHUP}) {
    std::signal(signal, on_signal);
    sigaddset(&wanted, signal);
  }
  sigprocmask(SIG_BLOCK, &wanted, &before);
  std::puts("ready");
  std::fflush(stdout);
  while (got == 0) sigsuspend(&before);
  return got;
}
