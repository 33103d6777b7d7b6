// SPDX-License-Identifier: Apache-2.0
//
// Races, once found: which pairs of stacks were reported, and where reports go. What is in
// a report: race_report.h.
//
// One report is written at a time, with one write. While a thread reports, it runs no task: what symbolising allocates
// and frees is not the program's doing.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "detector/src/chain.h"
#include "detector/src/context.h"
#include "detector/src/frames.h"
#include "detector/src/shadow.h"
#include "detector/src/task.h"

namespace baton::detector {

struct RaceAccess {
  uintptr_t address;
  size_t size;
  Kind kind;
  ContextId context;
  Owner owner;
  const HeldLocks* held;  // null: only what is noted of the context is known
};

// Whether this pair of stacks was reported before; the order does not matter.
bool was_reported(ContextId a, ContextId b);

// Reports a race between the access that just happened and an earlier one, unless a pair of stacks that prints the same
// was reported before. With halt_on_error the process ends here.
void report_race(const RaceAccess& current, const RaceAccess& previous);

// The running task, as the owner of an access.
Owner current_owner(const Task& task);

// Opens the log, or says why it cannot be: then reports go to stderr.
void init_reports();

uint64_t race_count();

// "Found N data race(s)", once, if there were any. Nothing is reported after it: what the destructors of globals do
// while the process ends has no happens-before with goroutines that vanish, and no status to tell it by. Returns the
// status to end the process with in place of `status`.
int finish_reports(int status);

// The same where a signal ends the process, for a shell with status 128 + its number; never waits long.
void finish_reports_in_signal(int signal);

// Around fork: no report is half written in the child, whose reports, count and log are its own.
void hold_reports();
void release_reports();
void begin_child_reports();

// A number for the functions, files and lines that are printed for a stack. Machine code may have several places for
// one line (an unrolled loop, the load and the store of x++); to a reader their stacks are the same.
uint64_t printed_stack(const List<const Frame*>& stack);

}  // namespace baton::detector
