// SPDX-License-Identifier: Apache-2.0
//
// What <baton/net.hpp> needs of the library: untyped, without exceptions and memory of its own. Programs include
// net.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

namespace baton::internal {

struct NetFd;

// What is no errno.
struct NetCode {
  static constexpr int kEof = -1;
  static constexpr int kClosed = -2;
  static constexpr int kTimeout = -3;
  static constexpr int kUnknownNetwork = -4;
  static constexpr int kMissingPort = -5;
  static constexpr int kTooManyColons = -6;
  static constexpr int kBadPort = -7;
  static constexpr int kNoSuchHost = -8;
  static constexpr int kBadPath = -9;
  static constexpr int kErrnoBase = 1000;
};

inline constexpr std::int64_t kNoDeadline = std::numeric_limits<std::int64_t>::max();

struct NetOpen {
  NetFd* fd;  // null: it failed
  int code;
  const char* step;  // the system call that failed
};
struct NetResult {
  std::size_t n;
  int code;
};

NetOpen net_listen(const char* network, const char* address);
NetOpen net_dial(const char* network, const char* address, std::int64_t timeout);
NetOpen net_accept(NetFd* listener);
NetOpen net_adopt(int fd);
int net_pipe(NetFd** reader, NetFd** writer);
NetResult net_read(NetFd* fd, void* p, std::size_t n);
NetResult net_write(NetFd* fd, const void* p, std::size_t n);
int net_close(NetFd* fd);
int net_shutdown(NetFd* fd, bool read);
int net_set_deadline(NetFd* fd, std::int64_t delay, bool read, bool write);
std::size_t net_address(NetFd* fd, bool remote, char* out, std::size_t n);
const char* net_network(const NetFd* fd) noexcept;
std::size_t net_error_text(int code, char* out, std::size_t n);
void net_retain(NetFd* fd) noexcept;
void net_drop(NetFd* fd) noexcept;

}  // namespace baton::internal
