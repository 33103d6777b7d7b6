// SPDX-License-Identifier: Apache-2.0
#include "runtime/src/net_address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <algorithm>
#include <baton/blocking.hpp>
#include <baton/net_library.hpp>

#include "runtime/src/race.h"

namespace baton::rt {
namespace {

using internal::NetCode;

// The parts of "host:port" or "[host]:port".
struct HostPort {
  char host[NI_MAXHOST] = {};
  char port[NI_MAXSERV] = {};
};

bool copy(char* to, size_t room, const char* from, size_t n) noexcept {
  if (n >= room) return false;
  memcpy(to, from, n);
  to[n] = '\0';
  return true;
}

int split(const char* address, HostPort* out) noexcept {
  const char* colon = strrchr(address, ':');
  if (colon == nullptr) return NetCode::kMissingPort;
  const char* end = colon;
  if (*address == '[') {
    if (colon == address || colon[-1] != ']') return NetCode::kMissingPort;
    address++;
    end--;
  } else if (memchr(address, ':', static_cast<size_t>(colon - address)) != nullptr) {
    return NetCode::kTooManyColons;
  }
  if (!copy(out->host, sizeof(out->host), address, static_cast<size_t>(end - address))) return NetCode::kNoSuchHost;
  if (!copy(out->port, sizeof(out->port), colon + 1, strlen(colon + 1))) return NetCode::kBadPort;
  return 0;
}

int resolve_unix(const char* path, NetAddresses* out) noexcept {
  sockaddr_un& address = out->items[0].unix_path;
  address = {};
  address.sun_family = AF_UNIX;
  const size_t n = strlen(path);
  if (n == 0 || n >= sizeof(address.sun_path)) return NetCode::kBadPath;
  memcpy(address.sun_path, path, n);
  const bool abstract = path[0] == '@';
  if (abstract) address.sun_path[0] = '\0';
  out->sizes[0] = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + n + (abstract ? 0 : 1));
  out->count = 1;
  return 0;
}

// Adds what getaddrinfo finds of one family.
void add_family(const addrinfo* found, int family, NetAddresses* out) noexcept {
  for (const addrinfo* at = found; at != nullptr && out->count < NetAddresses::kMax; at = at->ai_next) {
    if (at->ai_family != family) continue;
    memcpy(&out->items[out->count].storage, at->ai_addr, at->ai_addrlen);
    out->sizes[out->count++] = at->ai_addrlen;
  }
}

int resolve_tcp(int family, const char* text, bool listening, NetAddresses* out) noexcept {
  HostPort parts;
  if (const int code = split(text, &parts); code != 0) return code;
  // Nothing named: listen on everything, with one socket for both families if the system can; dial this machine.
  const char* host = parts.host[0] == '\0' ? nullptr : parts.host;
  addrinfo hints = {};
  hints.ai_family = family;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = listening ? AI_PASSIVE : 0;
  addrinfo* found = nullptr;
  // What the resolver does with memory is not the program's.
  race::IgnoreScope ignore;
  const char* port = parts.port[0] == '\0' ? "0" : parts.port;
  const int error = blocking([&] { return getaddrinfo(host, port, &hints, &found); });
  if (error == EAI_SERVICE) return NetCode::kBadPort;
  if (error != 0) return NetCode::kNoSuchHost;
  // As Go: a wildcard is IPv6 with IPv4 in it; a name is rather IPv4.
  const bool wildcard = listening && host == nullptr;
  add_family(found, wildcard ? AF_INET6 : AF_INET, out);
  add_family(found, wildcard ? AF_INET : AF_INET6, out);
  freeaddrinfo(found);
  return out->count == 0 ? NetCode::kNoSuchHost : 0;
}

}  // namespace

int net_resolve(const char* network, const char* address, bool listening, NetAddresses* out) noexcept {
  if (strcmp(network, "unix") == 0) return resolve_unix(address, out);
  if (strcmp(network, "tcp") == 0) return resolve_tcp(AF_UNSPEC, address, listening, out);
  if (strcmp(network, "tcp4") == 0) return resolve_tcp(AF_INET, address, listening, out);
  if (strcmp(network, "tcp6") == 0) return resolve_tcp(AF_INET6, address, listening, out);
  return NetCode::kUnknownNetwork;
}

size_t net_address_text(const NetAddress& address, socklen_t size, char* out, size_t n) noexcept {
  char host[INET6_ADDRSTRLEN] = {};
  int length = 0;
  if (address.any.sa_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    inet_ntop(AF_INET, &v4.sin_addr, host, sizeof(host));
    length = snprintf(out, n, "%s:%u", host, ntohs(v4.sin_port));
  } else if (address.any.sa_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
      inet_ntop(AF_INET, &v6.sin6_addr.s6_addr[12], host, sizeof(host));
      length = snprintf(out, n, "%s:%u", host, ntohs(v6.sin6_port));
    } else {
      inet_ntop(AF_INET6, &v6.sin6_addr, host, sizeof(host));
      length = snprintf(out, n, "[%s]:%u", host, ntohs(v6.sin6_port));
    }
  } else if (address.any.sa_family == AF_UNIX && size > offsetof(sockaddr_un, sun_path)) {
    const char* path = address.unix_path.sun_path;
    const bool abstract = path[0] == '\0';
    const size_t room = size - offsetof(sockaddr_un, sun_path);
    const size_t characters = abstract ? room - 1 : strnlen(path, room);
    length = snprintf(out, n, "%s%.*s", abstract ? "@" : "", static_cast<int>(characters), path + (abstract ? 1 : 0));
  } else if (n > 0) {
    *out = '\0';
  }
  return static_cast<size_t>(std::max(length, 0));
}

}  // namespace baton::rt
