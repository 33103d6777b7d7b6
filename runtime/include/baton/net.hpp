// SPDX-License-Identifier: Apache-2.0
//
// Connections. A goroutine that waits for one is parked in the network poller and holds no thread, so ten thousand of
// them cost ten thousand goroutines and no more. Follows Go's package net.
//
//   auto [listener, err] = listen("tcp", "127.0.0.1:8080");
//   for (;;) {
//     auto [conn, err] = listener.accept();
//     if (err) break;
//     go([conn] { serve(conn); });
//   }
//
// Conn and Listener are cheap handles, as channels are; any number of goroutines may use one. Dropping the last handle
// closes the connection. Nothing here raises SIGPIPE or throws: what goes wrong is an error, and the named ones below
// can be compared with. Operations on a connection that was closed, by whomever, return err_closed.
//
// Edges: a write happens before the reads that receive its bytes, on connections and pipes within the process; a close
// before the read that returns eof.
#pragma once

#include <baton/config.hpp>
#include <baton/error.hpp>
#include <baton/net_library.hpp>
#include <baton/time.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace baton {

// The end of the stream: the other side has closed it. Go's io.EOF.
inline const error eof("EOF");
// The connection was closed on this side. Go's net.ErrClosed.
inline const error err_closed("use of closed network connection");
// A deadline has passed. Go's os.ErrDeadlineExceeded.
inline const error err_timeout("i/o timeout");

struct ConnResult;
struct ListenerResult;
struct PipeResult;

inline ConnResult dial(const std::string& network, const std::string& address);
inline ConnResult new_conn(int fd);
inline PipeResult pipe();
inline ListenerResult listen(const std::string& network, const std::string& address);

namespace internal {

// A handle of a NetFd.
class NetHandle {
 public:
  constexpr NetHandle() noexcept = default;
  explicit NetHandle(NetFd* adopted) noexcept : fd_(adopted) {}
  NetHandle(const NetHandle& other) noexcept : fd_(other.fd_) {
    if (fd_ != nullptr) net_retain(fd_);
  }
  NetHandle(NetHandle&& other) noexcept : fd_(std::exchange(other.fd_, nullptr)) {}
  NetHandle& operator=(NetHandle other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~NetHandle() {
    if (fd_ != nullptr) net_drop(fd_);
  }
  NetFd* get() const noexcept { return fd_; }

 private:
  NetFd* fd_ = nullptr;
};

inline std::string net_address_of(NetFd* fd, bool remote) {
  char text[160];
  if (fd == nullptr) return {};
  const std::size_t n = net_address(fd, remote, text, sizeof text);
  return std::string(text, n < sizeof text ? n : sizeof text - 1);
}

// Go's net.OpError: "dial tcp 127.0.0.1:1: connect: connection refused".
inline error net_error(int code, const std::string& what, const char* step) {
  if (code == 0) return nil;
  if (code == NetCode::kEof) return eof;
  if (code == NetCode::kClosed) return err_closed;
  if (code == NetCode::kTimeout) return err_timeout;
  char text[160];
  net_error_text(code, text, sizeof text);
  return error(what + ": " + step + (*step != '\0' ? ": " : "") + text);
}

inline error net_error_on(NetFd* fd, int code, const char* step) {
  if (code <= 0) return net_error(code, {}, step);
  const std::string remote = net_address_of(fd, true);
  const std::string ends = remote.empty() ? "" : " " + net_address_of(fd, false) + "->" + remote;
  return net_error(code, std::string(step) + " " + net_network(fd) + ends, step);
}

template <class Clock, class Duration>
std::int64_t time_left(const std::chrono::time_point<Clock, Duration>& when) {
  if (when == std::chrono::time_point<Clock, Duration>()) return kNoDeadline;
  return to_nanoseconds(when - Clock::now());
}

}  // namespace internal

// How many bytes, and why not all: `auto [n, err] = conn.read(buffer);`
struct IoResult {
  std::size_t n = 0;
  error err;
};

// One end of a connection or pipe. Default-constructed it is nil: every operation returns err_closed.
class Conn {
 public:
  Conn() noexcept = default;

  // Waits for bytes and reads at most n of them; with n = 0 it does not wait. At the end of the stream the error is
  // eof. One goroutine reads at a time, others wait for it. Go's Read.
  BATON_INLINE IoResult read(void* p, std::size_t n) const {
    if (fd() == nullptr) return {0, err_closed};
    const internal::NetResult result = internal::net_read(fd(), p, n);
    return {result.n, failure(result.code, "read")};
  }
  BATON_INLINE IoResult read(std::span<char> buffer) const { return read(buffer.data(), buffer.size()); }

  // Writes all n bytes, waiting where it must; fewer only with an error. Writes of several goroutines follow each
  // other whole. Go's Write.
  BATON_INLINE IoResult write(const void* p, std::size_t n) const {
    if (fd() == nullptr) return {0, err_closed};
    const internal::NetResult result = internal::net_write(fd(), p, n);
    return {result.n, failure(result.code, "write")};
  }
  BATON_INLINE IoResult write(std::string_view text) const { return write(text.data(), text.size()); }

  // Closes it: reads and writes that wait return err_closed. Returns when its descriptor is closed; err_closed if it
  // was before. Go's Close.
  error close() const { return fd() == nullptr ? err_closed : failure(internal::net_close(fd()), "close"); }
  // No more writes: the other side reads eof once it has all. Sockets only. Go's CloseWrite.
  error close_write() const {
    return fd() == nullptr ? err_closed : failure(internal::net_shutdown(fd(), false), "shutdown");
  }
  // No more reads. Sockets only. Go's CloseRead.
  error close_read() const {
    return fd() == nullptr ? err_closed : failure(internal::net_shutdown(fd(), true), "shutdown");
  }

  // From this time on, of any clock, reads and writes return err_timeout, those that wait already too; a
  // default-constructed time: never. A duration counts from now. Go's SetDeadline.
  template <class When>
  error set_deadline(const When& when) const {
    return set_deadline_of(when, true, true);
  }
  // The same for reads only, and for writes only. A write that times out may have written a part.
  template <class When>
  error set_read_deadline(const When& when) const {
    return set_deadline_of(when, true, false);
  }
  template <class When>
  error set_write_deadline(const When& when) const {
    return set_deadline_of(when, false, true);
  }

  // The addresses of the two ends, as in "127.0.0.1:80", "[::1]:80", a path, or "@name"; empty if there is none.
  std::string local_addr() const { return internal::net_address_of(fd(), false); }
  std::string remote_addr() const { return internal::net_address_of(fd(), true); }

  // Whether it is a connection at all; a closed one is.
  explicit operator bool() const noexcept { return fd() != nullptr; }
  friend bool operator==(const Conn& a, const Conn& b) noexcept { return a.fd() == b.fd(); }

 private:
  friend class Listener;
  friend ConnResult dial(const std::string& network, const std::string& address);
  template <class Rep, class Period>
  friend ConnResult dial_timeout(const std::string& network, const std::string& address,
                                 const std::chrono::duration<Rep, Period>& timeout);
  friend ConnResult new_conn(int fd);
  friend PipeResult pipe();

  explicit Conn(internal::NetFd* adopted) noexcept : handle_(adopted) {}
  internal::NetFd* fd() const noexcept { return handle_.get(); }
  error failure(int code, const char* step) const { return internal::net_error_on(fd(), code, step); }

  template <class Clock, class Duration>
  error set_deadline_of(const std::chrono::time_point<Clock, Duration>& when, bool read, bool write) const {
    return set_deadline_in(internal::time_left(when), read, write);
  }
  template <class Rep, class Period>
  error set_deadline_of(const std::chrono::duration<Rep, Period>& delay, bool read, bool write) const {
    return set_deadline_in(internal::to_nanoseconds(delay), read, write);
  }
  error set_deadline_in(std::int64_t delay, bool read, bool write) const {
    if (fd() == nullptr) return err_closed;
    return failure(internal::net_set_deadline(fd(), delay, read, write), "set deadline");
  }

  internal::NetHandle handle_;
};

// `auto [conn, err] = dial("tcp", "127.0.0.1:80");`
struct ConnResult {
  Conn conn;
  error err;
};

// Waits for connections. Default-constructed it is nil.
class Listener {
 public:
  Listener() noexcept = default;

  // Waits for the next connection. Go's Accept.
  inline ConnResult accept() const;

  // Stops listening: an accept that waits returns err_closed. Removes the path of a unix socket. Go's Close.
  error close() const {
    return fd() == nullptr ? err_closed : internal::net_error_on(fd(), internal::net_close(fd()), "close");
  }

  // From this time on accept returns err_timeout; as Conn::set_deadline.
  template <class Clock, class Duration>
  error set_deadline(const std::chrono::time_point<Clock, Duration>& when) const {
    return set_deadline_in(internal::time_left(when));
  }
  template <class Rep, class Period>
  error set_deadline(const std::chrono::duration<Rep, Period>& delay) const {
    return set_deadline_in(internal::to_nanoseconds(delay));
  }

  // Where it listens: for port 0 the port that the system chose. Go's Addr.
  std::string addr() const { return internal::net_address_of(fd(), false); }

  explicit operator bool() const noexcept { return fd() != nullptr; }

 private:
  friend ListenerResult listen(const std::string& network, const std::string& address);

  explicit Listener(internal::NetFd* adopted) noexcept : handle_(adopted) {}
  internal::NetFd* fd() const noexcept { return handle_.get(); }
  error set_deadline_in(std::int64_t delay) const {
    if (fd() == nullptr) return err_closed;
    return internal::net_error_on(fd(), internal::net_set_deadline(fd(), delay, true, true), "set deadline");
  }

  internal::NetHandle handle_;
};

inline ConnResult Listener::accept() const {
  if (fd() == nullptr) return {{}, err_closed};
  const internal::NetOpen result = internal::net_accept(fd());
  if (result.fd != nullptr) return {Conn(result.fd), nil};
  const std::string what = std::string("accept ") + internal::net_network(fd()) + " " + addr();
  return {{}, internal::net_error(result.code, what, result.step)};
}

// `auto [listener, err] = listen("tcp", "127.0.0.1:0");`
struct ListenerResult {
  Listener listener;
  error err;
};

// `auto [reader, writer, err] = pipe();`
struct PipeResult {
  Conn reader;
  Conn writer;
  error err;
};

// Listens on "tcp", "tcp4" or "tcp6" ("host:port"; no host: all addresses of the machine; port 0: any that is free) or
// "unix" (a path, "@name" for an abstract one). A host name is looked up, which may block. Go's net.Listen.
inline ListenerResult listen(const std::string& network, const std::string& address) {
  const internal::NetOpen result = internal::net_listen(network.c_str(), address.c_str());
  if (result.fd != nullptr) return {Listener(result.fd), nil};
  return {{}, internal::net_error(result.code, "listen " + network + " " + address, result.step)};
}

// Connects; the addresses of a name are tried in turn. Parks the goroutine until it is decided. Go's net.Dial.
inline ConnResult dial(const std::string& network, const std::string& address) {
  const internal::NetOpen result = internal::net_dial(network.c_str(), address.c_str(), internal::kNoDeadline);
  if (result.fd != nullptr) return {Conn(result.fd), nil};
  return {{}, internal::net_error(result.code, "dial " + network + " " + address, result.step)};
}

// The same for at most this long: then the error is err_timeout. Looking up a name is not cut short. Go's
// net.DialTimeout.
template <class Rep, class Period>
ConnResult dial_timeout(const std::string& network, const std::string& address,
                        const std::chrono::duration<Rep, Period>& timeout) {
  const internal::NetOpen result =
      internal::net_dial(network.c_str(), address.c_str(), internal::to_nanoseconds(timeout));
  if (result.fd != nullptr) return {Conn(result.fd), nil};
  return {{}, internal::net_error(result.code, "dial " + network + " " + address, result.step)};
}

// A pipe: what is written to one end is read from the other. Go's os.Pipe.
inline PipeResult pipe() {
  internal::NetFd* reader = nullptr;
  internal::NetFd* writer = nullptr;
  const int code = internal::net_pipe(&reader, &writer);
  if (code != 0) return {{}, {}, internal::net_error(code, "pipe", "pipe2")};
  return {Conn(reader), Conn(writer), nil};
}

// Takes over an open descriptor that can be polled (a pipe, socket, terminal, eventfd, ...; not a regular file) and
// makes it non-blocking, for everybody who shares it. If it fails the descriptor stays the caller's. Go's os.NewFile.
inline ConnResult new_conn(int fd) {
  const internal::NetOpen result = internal::net_adopt(fd);
  if (result.fd != nullptr) return {Conn(result.fd), nil};
  return {{}, internal::net_error(result.code, "descriptor " + std::to_string(fd), result.step)};
}

}  // namespace baton
