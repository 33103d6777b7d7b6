// SPDX-License-Identifier: Apache-2.0
//
// Child processes of baton, and the signals that arrive meanwhile.
//
// A signal from the terminal goes to the whole foreground group, so the children have it already; one that was sent to
// baton alone (kill PID, a service manager) is passed on to them. baton itself survives both until its children have
// ended, to remove its temporary files, and then ends in the same way.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

namespace baton::tools {

// Catches SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGUSR1 and SIGUSR2 for the rest of the process, as said above.
void watch_signals();

// The first of those signals that arrived while a build was going on; 0 if none.
int pending_signal();

// Starts words[0] with the arguments `words`; its output goes to the descriptor `output` unless that is -1. The child
// has the default signal actions and dies with baton. Throws std::system_error when no process can be made; a program
// that cannot be executed ends with status 127 after one line on standard error.
pid_t start(const std::vector<std::string>& words, int output = -1);
// Its output goes into the file `log`.
pid_t start_into(const std::vector<std::string>& words, const std::string& log);

// Waits for one child, any of those started, and gives its wait status.
pid_t wait_for_any(int& status);
// The same, but gives 0 if none has ended by `deadline`.
pid_t wait_for_any_until(int& status, std::chrono::steady_clock::time_point deadline);
int wait_for(pid_t child);

// Ends the process as a child with this wait status ended: same exit status, or the same signal.
int exit_status_like(int wait_status);
[[noreturn]] void die_of_signal(int signal);

}  // namespace baton::tools
