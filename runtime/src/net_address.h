// SPDX-License-Identifier: Apache-2.0
//
// Network addresses as text and as the system's structures, in Go's form: "host:port" with a name or a number for each,
// "[::1]:80", ":80"; a path for unix sockets, "@name" for the abstract ones of Linux.
#pragma once

#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace baton::rt {

union NetAddress {
  sockaddr any;
  sockaddr_storage storage;
  sockaddr_un unix_path;
};

struct NetAddresses {
  static constexpr int kMax = 16;

  NetAddress items[kMax];
  socklen_t sizes[kMax];
  int count = 0;
};

// Finds the addresses for a network ("tcp", "tcp4", "tcp6", "unix") and an address, in the order in which they are to
// be tried. Asks name servers only for names; that blocks the thread. 0, or a code of net_library.hpp.
int net_resolve(const char* network, const char* address, bool listening, NetAddresses* out) noexcept;

// Writes the text of an address; returns its length, which may exceed n.
size_t net_address_text(const NetAddress& address, socklen_t size, char* out, size_t n) noexcept;

}  // namespace baton::rt
