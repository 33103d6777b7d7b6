// SPDX-License-Identifier: Apache-2.0
//
// The ends of a process that no exit handler sees: _exit, quick_exit, abort, and signals whose default action ends it.
// The summary is written then too. And fork: a child's reports are its own.
//
// A process that is killed by a signal still is: its handler, installed only where the default action stood, writes the
// summary and raises the signal again.
#pragma once

namespace baton::detector {

// Called once, when the detector starts.
void watch_process_end();

// Ends the process now, with this status, whatever was found.
[[noreturn]] void end_process(int status);

}  // namespace baton::detector
