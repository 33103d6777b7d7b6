// SPDX-License-Identifier: Apache-2.0
//
// Prints "ready", waits for one of three signals, and ends with its number.
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <initializer_list>

int main() {
  for (int signal : {SIGTERM, SIGINT, SIGHUP}) {
    std::signal(signal, [](int got) { _exit(got); });
  }
  std::puts("ready");
  std::fflush(stdout);
  for (;;) pause();
}
