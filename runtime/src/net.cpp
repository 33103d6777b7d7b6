// SPDX-License-Identifier: Apache-2.0
//
// Listening, dialing, accepting, pipes: how the descriptors of <baton/net.hpp> come to be. Sockets get the options that
// Go gives them.
#include <baton/net_library.hpp>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/src/net_address.h"
#include "runtime/src/net_fd.h"
#include "runtime/src/race.h"
#include "runtime/src/sched.h"

namespace baton::rt {
namespace {

using internal::NetCode;
using internal::NetOpen;

constexpr int kBacklog = 65535;  // the kernel lowers it to net.core.somaxconn
constexpr int kKeepAliveSeconds = 15;

bool is_tcp(const char* network) noexcept { return strncmp(network, "tcp", 3) == 0; }

void set_option(int fd, int level, int option, int value) noexcept {
  // What a system refuses is only an improvement missed.
  static_cast<void>(setsockopt(fd, level, option, &value, sizeof(value)));
}

void set_connection_options(int fd, const char* network) noexcept {
  if (!is_tcp(network)) return;
  set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, kKeepAliveSeconds);
  set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, kKeepAliveSeconds);
}

// The network's own name, which outlives the caller's.
const char* name_of(const char* network) noexcept { return is_tcp(network) ? "tcp" : "unix"; }

// Closes a descriptor that nobody knows yet; returns `code`.
NetOpen failed(int fd, int code, const char* step) noexcept {
  if (fd >= 0) ::close(fd);
  return {nullptr, code, step};
}

__attribute__((noinline)) int last_error() noexcept { return errno; }

// Where a socket is bound, or its peer.
size_t text_of(int fd, bool remote, char* out, size_t n) noexcept {
  NetAddress address = {};
  socklen_t size = sizeof(address);
  const int failure = remote ? getpeername(fd, &address.any, &size) : getsockname(fd, &address.any, &size);
  if (failure == 0) return net_address_text(address, size, out, n);
  if (n > 0) *out = '\0';
  return 0;
}

// With the detector: the two ends of a connection in this process find each other by its addresses. A client of a unix
// socket has none unless it asks for one (dial_one).
void join_stream(NetFd* fd, bool client) noexcept {
  if (!race::kEnabled) return;
  StreamKey key;
  const bool tcp = is_tcp(fd->network);
  const size_t n = text_of(fd->fd, !client, key.bytes, sizeof(key.bytes));
  if (tcp && n + 1 < sizeof(key.bytes)) text_of(fd->fd, client, key.bytes + n + 1, sizeof(key.bytes) - n - 1);
  fd->stream = stream_pair_of(key, client);
  fd->out = client ? 0 : 1;
}

NetOpen listen_one(const char* network, const NetAddress& address, socklen_t size) noexcept {
  const int fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return failed(fd, last_error(), "socket");
  if (is_tcp(network)) set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  if (address.any.sa_family == AF_INET6) set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, strcmp(network, "tcp6") == 0);
  if (bind(fd, &address.any, size) != 0) return failed(fd, last_error(), "bind");
  if (::listen(fd, kBacklog) != 0) return failed(fd, last_error(), "listen");
  int error;
  NetFd* n = net_fd_new(fd, NetFd::Kind::kSocket, name_of(network), &error);
  if (n == nullptr) return failed(fd, error, "epoll_ctl");
  n->unlink_path = address.any.sa_family == AF_UNIX;
  return {n, 0, ""};
}

NetOpen dial_one(const char* network, const NetAddress& address, socklen_t size, int64_t until) noexcept {
  const int fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return failed(fd, last_error(), "socket");
  set_connection_options(fd, network);
  if (race::kEnabled && address.any.sa_family == AF_UNIX) {
    const sa_family_t any_name = AF_UNIX;
    static_cast<void>(bind(fd, reinterpret_cast<const sockaddr*>(&any_name), sizeof(any_name)));
  }
  int error = ::connect(fd, &address.any, size) == 0 ? 0 : last_error();
  const bool under_way = error == EINPROGRESS || error == EINTR;
  if (error != 0 && !under_way) return failed(fd, error, "connect");
  NetFd* n = net_fd_new(fd, NetFd::Kind::kSocket, name_of(network), &error);
  if (n == nullptr) return failed(fd, error, "epoll_ctl");
  if (under_way) error = net_fd_connected(n, until);
  if (under_way && error != 0) {
    internal::net_drop(n);
    return failed(-1, error, "connect");
  }
  join_stream(n, true);
  return {n, 0, ""};
}

}  // namespace
}  // namespace baton::rt

namespace baton::internal {

using namespace baton::rt;

NetOpen net_listen(const char* network, const char* address) {
  NetAddresses found;
  if (const int code = net_resolve(network, address, true, &found); code != 0) return {nullptr, code, ""};
  NetOpen result = {};
  for (int i = 0; i < found.count && result.fd == nullptr; i++) {
    result = listen_one(network, found.items[i], found.sizes[i]);
  }
  return result;
}

NetOpen net_dial(const char* network, const char* address, int64_t timeout) {
  int64_t until = 0;
  if (timeout != kNoDeadline && __builtin_add_overflow(nanotime(), timeout > 0 ? timeout : 1, &until))
    until = INT64_MAX;
  NetAddresses found;
  if (const int code = net_resolve(network, address, false, &found); code != 0) return {nullptr, code, ""};
  // The first failure is the one to report, as in Go.
  NetOpen first = {};
  for (int i = 0; i < found.count; i++) {
    const NetOpen result = dial_one(network, found.items[i], found.sizes[i], until);
    if (result.fd != nullptr) return result;
    if (i == 0) first = result;
    if (result.code == NetCode::kTimeout) break;
  }
  return first;
}

NetOpen net_accept(NetFd* listener) {
  const int fd = net_fd_accept(listener);
  if (fd <= -NetCode::kErrnoBase) return {nullptr, -fd - NetCode::kErrnoBase, "accept"};
  if (fd < 0) return {nullptr, fd, "accept"};
  set_connection_options(fd, listener->network);
  int error;
  NetFd* n = net_fd_new(fd, NetFd::Kind::kSocket, listener->network, &error);
  if (n == nullptr) return failed(fd, error, "epoll_ctl");
  join_stream(n, false);
  return {n, 0, ""};
}

int net_pipe(NetFd** reader, NetFd** writer) {
  int ends[2];
  if (pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0) return last_error();
  int error;
  *reader = net_fd_new(ends[0], NetFd::Kind::kFile, "pipe", &error);
  if (*reader == nullptr) {
    ::close(ends[0]);
    ::close(ends[1]);
    return error;
  }
  *writer = net_fd_new(ends[1], NetFd::Kind::kFile, "pipe", &error);
  if (*writer == nullptr) {
    net_drop(*reader);
    ::close(ends[1]);
    return error;
  }
  if (race::kEnabled) {
    StreamPair* pair = stream_pair_new();
    (*writer)->stream = pair;
    (*reader)->stream = pair;
    (*reader)->out = 1;
  }
  return 0;
}

NetOpen net_adopt(int fd) {
  struct stat about;
  if (fstat(fd, &about) != 0) return {nullptr, last_error(), "fstat"};
  const int flags = fcntl(fd, F_GETFL);
  if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0) return {nullptr, last_error(), "fcntl"};
  const bool socket = S_ISSOCK(about.st_mode);
  int error;
  NetFd* n = net_fd_new(fd, socket ? NetFd::Kind::kSocket : NetFd::Kind::kFile, socket ? "socket" : "file", &error);
  if (n == nullptr) {
    static_cast<void>(fcntl(fd, F_SETFL, flags));
    return {nullptr, error, "epoll_ctl"};
  }
  return {n, 0, ""};
}

const char* net_network(const NetFd* fd) noexcept { return fd->network; }

size_t net_address(NetFd* fd, bool remote, char* out, size_t n) {
  if (n > 0) *out = '\0';
  if (fd->kind != NetFd::Kind::kSocket || !fd->mutex.enter()) return 0;
  const size_t length = text_of(fd->fd, remote, out, n);
  net_leave(fd);
  return length;
}

size_t net_error_text(int code, char* out, size_t n) {
  switch (code) {
    case NetCode::kUnknownNetwork:
      return static_cast<size_t>(snprintf(out, n, "unknown network"));
    case NetCode::kMissingPort:
      return static_cast<size_t>(snprintf(out, n, "missing port in address"));
    case NetCode::kTooManyColons:
      return static_cast<size_t>(snprintf(out, n, "too many colons in address"));
    case NetCode::kBadPort:
      return static_cast<size_t>(snprintf(out, n, "unknown port"));
    case NetCode::kNoSuchHost:
      return static_cast<size_t>(snprintf(out, n, "no such host"));
    case NetCode::kBadPath:
      return static_cast<size_t>(snprintf(out, n, "a path of a unix socket has 1 to 107 characters"));
    default:
      break;
  }
  char text[128];
  const char* message = strerror_r(code, text, sizeof(text));
  const int length = snprintf(out, n, "%s", message);
  // Go's messages begin in lower case, but for names.
  if (out[0] >= 'A' && out[0] <= 'Z' && out[1] >= 'a' && out[1] <= 'z')
    out[0] = static_cast<char>(out[0] + ('a' - 'A'));
  return static_cast<size_t>(length);
}

}  // namespace baton::internal
