// SPDX-License-Identifier: Apache-2.0
//
// Shows how it was started: arguments, the first line of its input, whether -race is on. Ends with status $RC, or by
// the signal $SIGNAL.
#include <csignal>
#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) {
  for (int i = 1; i < argc; i++) std::printf("argument %d: %s\n", i, argv[i]);
  char line[100];
  if (std::getenv("READ_INPUT") != nullptr && std::fgets(line, sizeof line, stdin) != nullptr) {
    std::printf("input: %s", line);
  }
#ifdef __BATON_RACE__
  std::puts("built with -race");
#else
  std::puts("built without -race");
#endif
  std::fflush(stdout);
  if (const char* signal = std::getenv("SIGNAL")) std::raise(std::atoi(signal));
  const char* status = std::getenv("RC");
  return status != nullptr ? std::atoi(status) : 0;
}
