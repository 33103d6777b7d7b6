// SPDX-License-Identifier: Apache-2.0
//
// usage FILE PROGRAM [ARGS]: runs PROGRAM and writes what it took into FILE: seconds of processor time, seconds of wall
// time, and its largest resident set in KiB. Exits as PROGRAM did. A small program of its own, because the largest
// resident set of a process counts that of the process it was forked from, and that of an interpreter is large.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: %s FILE PROGRAM [ARGS]\n", argv[0]);
    return 64;
  }
  auto start = std::chrono::steady_clock::now();
  pid_t child = fork();
  if (child == 0) {
    execv(argv[2], argv + 2);
    std::perror(argv[2]);
    _exit(127);
  }
  int status = 0;
  rusage used{};
  if (child < 0 || wait4(child, &status, 0, &used) != child) {
    std::perror("usage");
    return 1;
  }
  std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  FILE* file = std::fopen(argv[1], "w");
  if (file == nullptr) {
    std::perror(argv[1]);
    return 1;
  }
  std::fprintf(file, "%.6f %.6f %ld\n", seconds(used.ru_utime) + seconds(used.ru_stime), wall.count(), used.ru_maxrss);
  std::fclose(file);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
