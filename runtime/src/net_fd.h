// SPDX-License-Identifier: Apache-2.0
//
// A descriptor that goroutines read, write, accept from and close: what is behind Conn and Listener. Every operation is
// tried first and parks the goroutine in the network poller when it would block. Follows Go's internal/poll/fd_unix.go.
//
// Rules:
//  * Memory of NetFds is the runtime's own: the detector sees of an operation only the program's buffer, and the edges
//    of stream_clock.h.
//  * System calls are made directly, not by the C library's functions, which the detector may have replaced.
#pragma once

#include <sys/socket.h>

#include <atomic>
#include <baton/net_library.hpp>

#include "runtime/src/fd_mutex.h"
#include "runtime/src/netpoll.h"
#include "runtime/src/stream_clock.h"

namespace baton::internal {

// Leaves a descriptor that was entered through its mutex.
void net_leave(NetFd* fd) noexcept;

struct NetFd {
  enum class Kind : uint8_t { kFile, kSocket };

  std::atomic<uint32_t> references{1};  // handles
  int fd = -1;
  Kind kind = Kind::kFile;
  const char* network = "file";
  rt::PollDesc* poll = nullptr;
  rt::FdMutex mutex;
  std::atomic<uint32_t> closed{0};  // a semaphore: the descriptor is closed
  bool unlink_path = false;         // a listening unix socket made by us

  // With the detector only. `out` is the direction that this end writes to.
  rt::StreamPair* stream = nullptr;
  int out = 0;
  rt::StreamPair* stream_in = nullptr;  // null: the other direction of `stream`
};

}  // namespace baton::internal

namespace baton::rt {

using internal::NetFd;

// Takes over an open descriptor. Null if it cannot be polled (`*error` says why); then it is still open.
NetFd* net_fd_new(int fd, NetFd::Kind kind, const char* network, int* error) noexcept;

// Waits until a connection that is being made is there. 0, or why not: an errno or a code of net_library.hpp. `until`:
// a deadline for that, 0 for none.
int net_fd_connected(NetFd* fd, int64_t until) noexcept;

// The next connection of a listening socket: a descriptor that does not block, or a negative code.
int net_fd_accept(NetFd* fd) noexcept;

// System calls that return what the C library's do, or a negative errno.
long sys_result(long result) noexcept;

}  // namespace baton::rt
