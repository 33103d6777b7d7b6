// SPDX-License-Identifier: Apache-2.0
//
// The network poller: goroutines that wait until a descriptor can be read or written, without holding a thread. One
// epoll instance watches all descriptors, edge-triggered and for both directions from the first moment, so waiting
// costs no system call of its own. Follows Go's netpoll.go and netpoll_epoll.go.
//
// Each descriptor has a PollDesc with two words, one for its reader and one for its writer:
//      nothing -> kReady         an event came and nobody waited: the next wait returns at once
//      nothing -> kWaiting -> G  a goroutine announces itself, parks, and puts itself there once it is off its stack
// Whoever replaces a G in the word (event, deadline, close) owns it and readies it. An event for a descriptor that was
// closed meanwhile can reach the next user of the PollDesc: readiness is a hint, the system call is tried again.
//
// Rules:
//  * PollDescs are recycled, never freed; late timers and events find a PollDesc, if not the one they meant.
//  * At most one goroutine waits in each direction of a descriptor (FdMutex sees to it).
//  * PollDesc::lock comes before the lock of a TimerHeap; nothing is readied with it held.
//
// Who looks for events: a processor without work (find_runnable), the keeper when all sleep (spin.cpp), and the monitor
// when all are busy.
#pragma once

#include <stdint.h>

#include "runtime/src/runq.h"

namespace baton::rt {

struct PollDesc;

enum class PollMode : uint8_t { kRead, kWrite };
enum class PollResult : uint8_t { kReady, kClosed, kTimeout };

// ---- For owners of descriptors (net_fd.cpp) ----

// Starts watching fd, which must not block. Null if the kernel refuses (`*error` says why): EPERM for regular files.
PollDesc* poll_open(int fd, int* error) noexcept;
// Ends it, before fd is closed. Nobody waits any more (poll_evict).
void poll_close(PollDesc* desc, int fd) noexcept;
// The descriptor is closing: waits return kClosed, now and later.
void poll_evict(PollDesc* desc) noexcept;
// Before a system call is tried: whether waiting for it would make sense.
PollResult poll_prepare(PollDesc* desc, PollMode mode) noexcept;
// Parks the goroutine until the system call is worth another try.
PollResult poll_wait(PollDesc* desc, PollMode mode) noexcept;
// Waits return kTimeout from nanotime() == when on; 0: never; negative: from now on.
void poll_set_deadline(PollDesc* desc, int64_t when, bool read, bool write) noexcept;

// ---- For the scheduler ----

// Whether anybody waits for a descriptor.
bool netpoll_waiting() noexcept;
// Whether the poller has been started: from then on an idle thread sleeps in netpoll and not on a note.
bool netpoll_started() noexcept;
// Appends the goroutines that can go on to `list`, runnable, and returns their number. Blocks until there is an event
// or nanotime() reaches `until`; 0: does not block; INT64_MAX: without limit. netpoll_break ends it early.
uint32_t netpoll(int64_t until, GList* list) noexcept;
void netpoll_break() noexcept;
// For the monitor: looks for events if nobody has for 10 ms.
void netpoll_if_stale(int64_t now) noexcept;

}  // namespace baton::rt
