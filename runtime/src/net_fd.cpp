// SPDX-License-Identifier: Apache-2.0
#include "runtime/src/net_fd.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <new>

#include "runtime/src/race.h"
#include "runtime/src/sanitize.h"
#include "runtime/src/sched.h"
#include "runtime/src/sema.h"

namespace baton::rt {
namespace {

using internal::NetCode;
using internal::NetResult;

// As Go: more at once is refused or split by some systems.
constexpr size_t kMaxChunk = 1 << 30;

// Never inlined: errno belongs to the thread, and a goroutine may have changed its thread since the last call.
__attribute__((noinline)) long read_fd(const NetFd* fd, const void* p, size_t n) noexcept {
  return sys_result(syscall(SYS_read, fd->fd, p, n));
}

// For sockets cheaper than read, which goes through the layer of files first.
__attribute__((noinline)) long receive_from(const NetFd* fd, const void* p, size_t n) noexcept {
  return sys_result(syscall(SYS_recvfrom, fd->fd, p, n, 0, nullptr, nullptr));
}

__attribute__((noinline)) long send_to(const NetFd* fd, const void* p, size_t n) noexcept {
  return sys_result(syscall(SYS_sendto, fd->fd, p, n, MSG_NOSIGNAL, nullptr, 0));
}

// A pipe without readers raises SIGPIPE, and there is no flag against that. Blocked meanwhile and taken back, it stays
// unseen, as in Go.
__attribute__((noinline)) long write_file(const NetFd* fd, const void* p, size_t n) noexcept {
  sigset_t pipe_signal;
  sigset_t old;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe_signal, &old);
  const long result = sys_result(syscall(SYS_write, fd->fd, p, n));
  if (result == -EPIPE && sigismember(&old, SIGPIPE) == 0) {
    const timespec now = {};
    sigtimedwait(&pipe_signal, nullptr, &now);
  }
  pthread_sigmask(SIG_SETMASK, &old, nullptr);
  return result;
}

__attribute__((noinline)) long accept_fd(const NetFd* fd, const void*, size_t) noexcept {
  return sys_result(syscall(SYS_accept4, fd->fd, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
}

int code_of(PollResult state) noexcept {
  return state == PollResult::kClosed ? NetCode::kClosed : state == PollResult::kTimeout ? NetCode::kTimeout : 0;
}

// Repeats `call` until it does not ask to be repeated; returns its result, or -1 and why in `*code`. No template: what
// dumps leave out of stacks is recognised by its name.
long retry(NetFd* fd, PollMode mode, int* code, long (*call)(const NetFd*, const void*, size_t), const void* p,
           size_t n) noexcept {
  for (;;) {
    const long result = call(fd, p, n);
    if (result >= 0) return result;
    if (result == -EINTR) continue;
    if (result != -EAGAIN) {
      *code = static_cast<int>(-result);
      return result;
    }
    if (const int why = code_of(poll_wait(fd->poll, mode)); why != 0) {
      *code = why;
      return -1;
    }
  }
}

void unlink_socket(const NetFd* fd) noexcept {
  sockaddr_un address;
  socklen_t n = sizeof(address);
  if (getsockname(fd->fd, reinterpret_cast<sockaddr*>(&address), &n) != 0 || address.sun_path[0] == '\0') return;
  unlink(address.sun_path);
}

StreamClock& incoming(const NetFd* fd) noexcept {
  return fd->stream_in != nullptr ? fd->stream_in->directions[0] : fd->stream->directions[1 - fd->out];
}
StreamClock& outgoing(const NetFd* fd) noexcept { return fd->stream->directions[fd->out]; }

// Nobody is inside any more.
void close_descriptor(NetFd* fd) noexcept {
  if (race::kEnabled && fd->stream != nullptr) {
    outgoing(fd).begin_write();
    outgoing(fd).end_write(0);
  }
  if (fd->unlink_path) unlink_socket(fd);
  poll_close(fd->poll, fd->fd);
  sanitize::close_descriptor(fd->fd);
  sema_release(&fd->closed, false);
}

// Inside a read or write for the length of a scope, if it is not closed.
class Inside {
 public:
  Inside(NetFd* fd, bool read) noexcept : fd_(fd), read_(read), entered_(fd->mutex.lock(read)) {}
  ~Inside() {
    if (entered_ && fd_->mutex.unlock(read_)) close_descriptor(fd_);
  }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;
  explicit operator bool() const noexcept { return entered_; }

 private:
  NetFd* fd_;
  bool read_;
  bool entered_;
};

int prepare_operation(NetFd* fd, PollMode mode) noexcept { return code_of(poll_prepare(fd->poll, mode)); }

void destroy(NetFd* fd) noexcept {
  race::IgnoreScope ignore;
  if (fd->stream != nullptr) stream_pair_drop(fd->stream);
  if (fd->stream_in != nullptr) stream_pair_drop(fd->stream_in);
  fd->~NetFd();
  free(fd);
}

}  // namespace

__attribute__((noinline)) long sys_result(long result) noexcept { return result < 0 ? -errno : result; }

NetFd* net_fd_new(int fd, NetFd::Kind kind, const char* network, int* error) noexcept {
  PollDesc* poll = poll_open(fd, error);
  if (poll == nullptr) return nullptr;
  race::IgnoreScope ignore;
  void* memory = malloc(sizeof(NetFd));
  if (memory == nullptr) fatal("out of memory");
  auto* n = new (memory) NetFd();
  n->fd = fd;
  n->kind = kind;
  n->network = network;
  n->poll = poll;
  return n;
}

int net_fd_connected(NetFd* fd, int64_t until) noexcept {
  int code = 0;
  if (until != 0) poll_set_deadline(fd->poll, until, true, true);
  for (;;) {
    if ((code = code_of(poll_wait(fd->poll, PollMode::kWrite))) != 0) break;
    int error = 0;
    socklen_t n = sizeof(error);
    if (getsockopt(fd->fd, SOL_SOCKET, SO_ERROR, &error, &n) != 0) error = EBADF;
    sockaddr_storage peer;
    n = sizeof(peer);
    if (error != 0) {
      code = error;
      break;
    }
    // The poller may have been early: only a connected socket has a peer.
    if (getpeername(fd->fd, reinterpret_cast<sockaddr*>(&peer), &n) == 0) break;
  }
  if (until != 0 && code == 0) poll_set_deadline(fd->poll, 0, true, true);
  return code;
}

int net_fd_accept(NetFd* fd) noexcept {
  Inside inside(fd, true);
  if (!inside) return NetCode::kClosed;
  if (const int why = prepare_operation(fd, PollMode::kRead); why != 0) return why;
  for (;;) {
    int code = 0;
    const long accepted = retry(fd, PollMode::kRead, &code, &accept_fd, nullptr, 0);
    if (accepted >= 0) return static_cast<int>(accepted);
    // The client gave up while it was queued.
    if (code == ECONNABORTED) continue;
    return code < 0 ? code : -(code + NetCode::kErrnoBase);
  }
}

}  // namespace baton::rt

namespace baton::internal {

using namespace baton::rt;

NetResult net_read(NetFd* fd, void* p, size_t n) {
  const void* caller = __builtin_return_address(0);
  Inside inside(fd, true);
  if (!inside) return {0, NetCode::kClosed};
  if (const int why = prepare_operation(fd, PollMode::kRead); why != 0) return {0, why};
  if (n == 0) return {0, 0};
  const auto take_in = fd->kind == NetFd::Kind::kSocket ? &receive_from : &read_fd;
  int code = 0;
  const long got = retry(fd, PollMode::kRead, &code, take_in, p, n < kMaxChunk ? n : kMaxChunk);
  if (got < 0) return {0, code};
  if (race::kEnabled) {
    if (fd->stream != nullptr) incoming(fd).read(static_cast<size_t>(got));
    if (got > 0) race::object_write(p, static_cast<size_t>(got), caller);
  }
  return got == 0 ? NetResult{0, NetCode::kEof} : NetResult{static_cast<size_t>(got), 0};
}

NetResult net_write(NetFd* fd, const void* p, size_t n) {
  const void* caller = __builtin_return_address(0);
  Inside inside(fd, false);
  if (!inside) return {0, NetCode::kClosed};
  if (const int why = prepare_operation(fd, PollMode::kWrite); why != 0) return {0, why};
  if (race::kEnabled && n != 0) race::object_read(p, n, caller);
  const auto put_out = fd->kind == NetFd::Kind::kSocket ? &send_to : &write_file;
  size_t done = 0;
  while (done < n) {
    const void* rest = static_cast<const char*>(p) + done;
    const size_t chunk = n - done < kMaxChunk ? n - done : kMaxChunk;
    int code = 0;
    if (race::kEnabled && fd->stream != nullptr) outgoing(fd).begin_write();
    const long put = retry(fd, PollMode::kWrite, &code, put_out, rest, chunk);
    if (race::kEnabled && fd->stream != nullptr) outgoing(fd).end_write(put > 0 ? static_cast<size_t>(put) : 0);
    if (put < 0) return {done, code};
    done += static_cast<size_t>(put);
  }
  return {n, 0};
}

int net_close(NetFd* fd) {
  if (!fd->mutex.close()) return NetCode::kClosed;
  poll_evict(fd->poll);
  net_leave(fd);
  // The last operation that is under way closes the descriptor: then its address can be used again.
  sema_acquire(&fd->closed, false, WaitReason::kIOWait);
  return 0;
}

int net_shutdown(NetFd* fd, bool read) {
  if (!fd->mutex.enter()) return NetCode::kClosed;
  if (race::kEnabled && !read && fd->stream != nullptr) {
    outgoing(fd).begin_write();
    outgoing(fd).end_write(0);
  }
  const long result = sys_result(shutdown(fd->fd, read ? SHUT_RD : SHUT_WR));
  net_leave(fd);
  return static_cast<int>(-result);
}

int net_set_deadline(NetFd* fd, int64_t delay, bool read, bool write) {
  if (!fd->mutex.enter()) return NetCode::kClosed;
  int64_t when = 0;
  if (delay <= 0) when = -1;
  if (delay > 0 && delay != kNoDeadline && __builtin_add_overflow(nanotime(), delay, &when)) when = INT64_MAX;
  poll_set_deadline(fd->poll, when, read, write);
  net_leave(fd);
  return 0;
}

void net_leave(NetFd* fd) noexcept {
  if (fd->mutex.leave()) close_descriptor(fd);
}

void net_retain(NetFd* fd) noexcept { fd->references.fetch_add(1, std::memory_order_relaxed); }

void net_drop(NetFd* fd) noexcept {
  // Pairs with the drops of the other handles.
  if (fd->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  if (fd->mutex.close()) {
    poll_evict(fd->poll);
    net_leave(fd);
  }
  destroy(fd);
}

}  // namespace baton::internal
