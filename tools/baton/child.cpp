// SPDX-License-Identifier: Apache-2.0
#include "tools/baton/child.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <system_error>

namespace baton::tools {

namespace {

constexpr int kSignals[] = {SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2};
constexpr size_t kMaxChildren = 64;

// Written by start() and the wait functions, read by the signal handler on the same thread: relaxed order is enough.
std::atomic<pid_t> children[kMaxChildren];
std::atomic<int> first_signal{0};

// A signal that the kernel made (the terminal's) is in the children's own queues already.
void on_signal(int signal, siginfo_t* info, void*) {
  int saved = errno;
  int none = 0;
  first_signal.compare_exchange_strong(none, signal, std::memory_order_relaxed);
  if (info->si_code <= 0) {
    for (std::atomic<pid_t>& child : children) {
      if (pid_t pid = child.load(std::memory_order_relaxed); pid > 0) kill(pid, signal);
    }
  }
  errno = saved;
}

void replace_child(pid_t from, pid_t to) {
  for (std::atomic<pid_t>& child : children) {
    if (child.load(std::memory_order_relaxed) != from) continue;
    child.store(to, std::memory_order_relaxed);
    return;
  }
}

class BlockedSignals {
 public:
  BlockedSignals() {
    sigset_t set;
    sigemptyset(&set);
    for (int signal : kSignals) sigaddset(&set, signal);
    sigprocmask(SIG_BLOCK, &set, &before_);
  }
  ~BlockedSignals() { restore(); }
  void restore() { sigprocmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_;
};

bool ignored_at_start[NSIG];

}  // namespace

void watch_signals() {
  for (int signal : kSignals) {
    struct sigaction before;
    sigaction(signal, nullptr, &before);
    ignored_at_start[signal] = before.sa_handler == SIG_IGN;
    if (ignored_at_start[signal]) continue;  // nohup, a shell's background job: stays so, for the children too
    struct sigaction action = {};
    action.sa_sigaction = on_signal;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    sigfillset(&action.sa_mask);
    sigaction(signal, &action, nullptr);
  }
}

int pending_signal() { return first_signal.load(std::memory_order_relaxed); }

pid_t start(const std::vector<std::string>& words, int output) {
  std::vector<char*> args;
  for (const std::string& word : words) args.push_back(const_cast<char*>(word.c_str()));
  args.push_back(nullptr);
  // From fork until the child is entered in the table no handler may run: the signal would miss it.
  BlockedSignals blocked;
  pid_t parent = getpid();
  pid_t child = fork();
  if (child < 0) throw std::system_error(errno, std::generic_category(), "cannot start " + words[0]);
  if (child > 0) {
    replace_child(0, child);
    return child;
  }
  for (int signal : kSignals) {
    if (!ignored_at_start[signal]) ::signal(signal, SIG_DFL);
  }
  blocked.restore();
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);
  if (output >= 0) {
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
  }
  execv(args[0], args.data());
  std::fprintf(stderr, "baton: cannot run %s: %s\n", args[0], std::strerror(errno));
  _exit(127);
}

pid_t start_into(const std::vector<std::string>& words, const std::string& log) {
  int fd = open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), log);
  pid_t child = start(words, fd);
  close(fd);
  return child;
}

pid_t wait_for_any(int& status) {
  pid_t child;
  do {
    child = waitpid(-1, &status, 0);
  } while (child < 0 && errno == EINTR);
  if (child < 0) throw std::system_error(errno, std::generic_category(), "cannot wait for a child process");
  replace_child(child, 0);
  return child;
}

pid_t wait_for_any_until(int& status, std::chrono::steady_clock::time_point deadline) {
  constexpr timespec kPause = {0, 5000000};
  while (true) {
    const pid_t child = waitpid(-1, &status, WNOHANG);
    if (child > 0) replace_child(child, 0);
    if (child > 0 || std::chrono::steady_clock::now() >= deadline) return std::max(child, 0);
    if (child < 0 && errno != EINTR) {
      throw std::system_error(errno, std::generic_category(), "cannot wait for a child process");
    }
    nanosleep(&kPause, nullptr);
  }
}

int wait_for(pid_t child) {
  int status = 0;
  while (wait_for_any(status) != child) {
  }
  return status;
}

void die_of_signal(int signal) {
  // The child's core file, if any, is the one that says something.
  rlimit no_core = {0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  ::signal(signal, SIG_DFL);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  sigprocmask(SIG_UNBLOCK, &set, nullptr);
  raise(signal);
  _exit(128 + signal);
}

int exit_status_like(int wait_status) {
  if (WIFSIGNALED(wait_status)) die_of_signal(WTERMSIG(wait_status));
  return WEXITSTATUS(wait_status);
}

}  // namespace baton::tools
