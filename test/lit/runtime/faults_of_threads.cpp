// SPDX-License-Identifier: Apache-2.0
//
// A fault on a thread that the program started goes to the handler that was in force before main.
// RUN: %baton_cxx -O1 %s -o %t && %exits 7 %t sigaction && %exits 8 %t signal
// RUN: %baton_cxx -O1 -race %s -o %t.race && %exits 7 %t.race sigaction && %exits 8 %t.race signal
#include <signal.h>
#include <unistd.h>

#include <baton/baton.hpp>
#include <string>
#include <thread>

static char page;

static void on_fault(int number) { _exit(number == SIGSEGV ? 8 : 1); }
static void on_fault_with_info(int number, siginfo_t* info, void*) {
  _exit(number == SIGSEGV && info->si_addr == &page + (1l << 40) ? 7 : 1);
}

// Reads the command line as main has not begun.
__attribute__((constructor)) static void install(int, char** argv, char**) {
  struct sigaction action = {};
  if (argv[1] == std::string("signal")) {
    action.sa_handler = on_fault;
  } else {
    action.sa_sigaction = on_fault_with_info;
    action.sa_flags = SA_SIGINFO;
  }
  sigaction(SIGSEGV, &action, nullptr);
}

int main() {
  std::thread([] { *(volatile char*)(&page + (1l << 40)) = 1; }).join();
}
