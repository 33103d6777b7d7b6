// SPDX-License-Identifier: Apache-2.0
//
// Channels: chan<T>, its two directions, make_chan, close. Follows Go's channels exactly, but for one thing that C++
// adds: a channel is a counted handle, and the memory goes with the last handle. Dropping handles does not close.
//
// Every handle is cheap to copy, comparable, and nil when default-constructed. All operations may be called by any
// number of goroutines at once. Sends and receives block the goroutine, never the thread. On a nil channel send and
// receive block for ever, the try_ forms find nothing, len and cap are 0, close panics.
//
// Elements move: a value is moved into the channel and out of it. T's move constructor and destructor must not throw
// and must not use channels or locks, because they may run on behalf of another goroutine.
//
// Rule for this file: the user's variables are touched only here, in code that is inlined into the caller. The library
// (internal::chan_*) sees temporaries in the frames of sender and receiver, so each access belongs to the goroutine
// that made it.
#pragma once

#include <baton/config.hpp>
#include <concepts>
#include <cstddef>
#include <iterator>
#include <memory>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>

namespace baton {

namespace internal {

struct Channel;

// How the library handles elements of a type it does not know. `move` is null for types that are copied by memcpy,
// `destroy` for types without destructor.
struct ElementOps {
  std::size_t size;
  std::size_t align;
  void (*move)(void* to, void* from) noexcept;  // constructs *to from *from, which stays alive
  void (*destroy)(void* at) noexcept;
};

template <class T>
inline constexpr ElementOps kElementOps = {
    sizeof(T), alignof(T),
    std::is_trivially_copyable_v<T>
        ? nullptr
        : +[](void* to, void* from) noexcept { ::new (to) T(std::move(*static_cast<T*>(from))); },
    std::is_trivially_destructible_v<T> ? nullptr : +[](void* at) noexcept { static_cast<T*>(at)->~T(); }};

enum class Received { kNothing, kClosed, kValue };

Channel* chan_make(const ElementOps* ops, std::ptrdiff_t capacity);
void chan_retain(Channel* c) noexcept;
void chan_drop(Channel* c) noexcept;
void chan_send(Channel* c, void* element);
bool chan_try_send(Channel* c, void* element);
bool chan_recv(Channel* c, void* element);
Received chan_try_recv(Channel* c, void* element);
void chan_close(Channel* c);
std::size_t chan_len(const Channel* c) noexcept;
std::size_t chan_cap(const Channel* c) noexcept;

// Room for one element in the receiver's frame. The library constructs the element, the receiver takes it out.
template <class T>
class Landing {
 public:
  Landing() noexcept = default;
  Landing(const Landing&) = delete;
  Landing& operator=(const Landing&) = delete;
  BATON_INLINE ~Landing() { clear(); }

  BATON_INLINE void* address() noexcept { return bytes_; }
  BATON_INLINE bool landed(bool full) noexcept { return full_ = full; }
  BATON_INLINE T& value() noexcept { return *std::launder(reinterpret_cast<T*>(bytes_)); }
  BATON_INLINE void clear() noexcept {
    if (full_) value().~T();
    full_ = false;
  }

 private:
  alignas(T) unsigned char bytes_[sizeof(T)];
  bool full_ = false;
};

}  // namespace internal

// The nil channel, for assignments and comparisons: `c = nil`, `c == nil`.
struct nil_t {
  explicit constexpr nil_t() = default;
};
inline constexpr nil_t nil{};

template <class T>
class chan;
template <class T>
class send_chan;
template <class T>
class recv_chan;
template <class T>
chan<T> make_chan(std::ptrdiff_t capacity = 0);

namespace internal {

// What the three kinds of handles have in common: the counted reference.
template <class T>
class ChanHandle {
 public:
  using value_type = T;
  static_assert(std::is_object_v<T> && std::move_constructible<T>, "a channel carries movable objects");

  constexpr ChanHandle() noexcept = default;
  constexpr ChanHandle(nil_t) noexcept {}
  BATON_INLINE ChanHandle(const ChanHandle& other) noexcept : channel_(other.channel_) {
    if (channel_) chan_retain(channel_);
  }
  BATON_INLINE ChanHandle(ChanHandle&& other) noexcept : channel_(std::exchange(other.channel_, nullptr)) {}
  BATON_INLINE ChanHandle& operator=(ChanHandle other) noexcept {
    std::swap(channel_, other.channel_);
    return *this;
  }
  BATON_INLINE ~ChanHandle() {
    if (channel_) chan_drop(channel_);
  }

  // Number of elements in the buffer, and its capacity: 0 for nil and unbuffered channels. They do not block; without
  // other synchronisation the length may be stale at once. Go's len(c), cap(c).
  BATON_INLINE std::size_t len() const noexcept { return channel_ ? chan_len(channel_) : 0; }
  BATON_INLINE std::size_t cap() const noexcept { return channel_ ? chan_cap(channel_) : 0; }

  // Whether two handles, of whatever direction, stand for the same channel.
  friend BATON_INLINE bool operator==(const ChanHandle& a, const ChanHandle& b) noexcept {
    return a.channel_ == b.channel_;
  }
  friend BATON_INLINE bool operator==(const ChanHandle& a, nil_t) noexcept { return a.channel_ == nullptr; }

  // The untyped channel, for select. Not counted.
  BATON_INLINE Channel* untyped() const noexcept { return channel_; }
  // A new handle of it: one more, or one that somebody gives up.
  BATON_INLINE static ChanHandle share(Channel* c) noexcept {
    if (c) chan_retain(c);
    return ChanHandle(c);
  }
  BATON_INLINE static ChanHandle adopt(Channel* c) noexcept { return ChanHandle(c); }

 protected:
  constexpr explicit ChanHandle(Channel* adopted) noexcept : channel_(adopted) {}

 private:
  Channel* channel_ = nullptr;
};

// The same functions once more, for elements that are copied as bytes: the element is the caller's own temporary, and
// nobody keeps its address, so its accesses are no business of the detector's. Not for other elements: moving one may
// leave a pointer to itself in it, which the compiler would think impossible.
void chan_send_bytes(Channel* c, BATON_NOESCAPE void* element);
bool chan_try_send_bytes(Channel* c, BATON_NOESCAPE void* element);
bool chan_recv_bytes(Channel* c, BATON_NOESCAPE void* element);
Received chan_try_recv_bytes(Channel* c, BATON_NOESCAPE void* element);

template <class T>
BATON_INLINE void send_value(Channel* c, T element) {
  if constexpr (std::is_trivially_copyable_v<T>) {
    chan_send_bytes(c, std::addressof(element));
  } else {
    chan_send(c, std::addressof(element));
  }
}

template <class T>
BATON_INLINE bool try_send_value(Channel* c, T element) {
  if constexpr (std::is_trivially_copyable_v<T>) {
    return chan_try_send_bytes(c, std::addressof(element));
  } else {
    return chan_try_send(c, std::addressof(element));
  }
}

template <class T>
BATON_INLINE bool recv_value(Channel* c, Landing<T>& landing) {
  if constexpr (std::is_trivially_copyable_v<T>) {
    return landing.landed(chan_recv_bytes(c, landing.address()));
  } else {
    return landing.landed(chan_recv(c, landing.address()));
  }
}

template <class T>
BATON_INLINE Received try_recv_value(Channel* c, Landing<T>& landing) {
  Received received;
  if constexpr (std::is_trivially_copyable_v<T>) {
    received = chan_try_recv_bytes(c, landing.address());
  } else {
    received = chan_try_recv(c, landing.address());
  }
  landing.landed(received == Received::kValue);
  return received;
}

}  // namespace internal

// What recv_ok returns: `auto [v, ok] = c.recv_ok();`
template <class T>
struct recv_result {
  T value;
  bool ok;
};

// The sending operations. U converts implicitly to T, as in an initialisation of a T.
template <class Self, class T>
class SendOperations {
 public:
  // Sends v: blocks until a receiver takes it or the buffer has room. Panics "send on closed channel", also if the
  // channel is closed while the goroutine waits. Go's `c <- v`.
  template <class U = T>
    requires std::convertible_to<U&&, T>
  BATON_INLINE void send(U&& v) const {
    internal::send_value<T>(self().untyped(), std::forward<U>(v));
  }
  template <class U = T>
    requires std::convertible_to<U&&, T>
  BATON_INLINE const Self& operator<<(U&& v) const {
    internal::send_value<T>(self().untyped(), std::forward<U>(v));
    return self();
  }

  // Sends v if that is possible at once and returns whether it was; v is lost if not. Does not block. Panics as send.
  // Go's `select { case c <- v: default: }`.
  template <class U = T>
    requires std::convertible_to<U&&, T>
  BATON_INLINE bool try_send(U&& v) const {
    return internal::try_send_value<T>(self().untyped(), std::forward<U>(v));
  }

 private:
  BATON_INLINE const Self& self() const noexcept { return static_cast<const Self&>(*this); }
};

// The receiving operations. "Closed" means closed and drained: elements sent before the close are still received.
template <class Self, class T>
class RecvOperations {
 public:
  // Receives: blocks until there is an element or the channel is closed; then returns T{}. Go's `<-c`.
  BATON_INLINE T recv() const
    requires std::default_initializable<T>
  {
    internal::Landing<T> landing;
    if (internal::recv_value(self().untyped(), landing)) return std::move(landing.value());
    return T{};
  }

  // The same, into v. Go's `v = <-c`.
  BATON_INLINE const Self& operator>>(T& v) const
    requires std::default_initializable<T>
  {
    internal::Landing<T> landing;
    if (internal::recv_value(self().untyped(), landing)) {
      v = std::move(landing.value());
    } else {
      v = T{};
    }
    return self();
  }

  // The same, telling an element (ok) from a closed channel (T{}, not ok). Go's `v, ok := <-c`.
  BATON_INLINE recv_result<T> recv_ok() const
    requires std::default_initializable<T>
  {
    internal::Landing<T> landing;
    if (internal::recv_value(self().untyped(), landing)) {
      return {std::move(landing.value()), true};
    }
    return {T{}, false};
  }

  // The same for any T: empty if the channel is closed.
  BATON_INLINE std::optional<T> recv_opt() const {
    internal::Landing<T> landing;
    if (internal::recv_value(self().untyped(), landing)) return std::move(landing.value());
    return std::nullopt;
  }

  // Receives if there is an element at once; empty if there is none or the channel is closed. Does not block.
  BATON_INLINE std::optional<T> try_recv() const {
    internal::Landing<T> landing;
    if (internal::try_recv_value(self().untyped(), landing) == internal::Received::kValue)
      return std::move(landing.value());
    return std::nullopt;
  }

  // Receives into v if that is possible at once and returns whether it was; from a closed channel it is: v = T{}, ok
  // false. Does not block. Go's `select { case v, ok = <-c: default: }`.
  BATON_INLINE bool try_recv(T& v, bool& ok) const
    requires std::default_initializable<T>
  {
    internal::Landing<T> landing;
    const internal::Received received = internal::try_recv_value(self().untyped(), landing);
    if (received == internal::Received::kValue) {
      v = std::move(landing.value());
    } else if (received == internal::Received::kClosed) {
      v = T{};
    } else {
      return false;
    }
    ok = received == internal::Received::kValue;
    return true;
  }
  BATON_INLINE bool try_recv(T& v) const
    requires std::default_initializable<T>
  {
    bool ok = false;
    return try_recv(v, ok);
  }

  // The elements until the channel is closed, each received when the iterator comes to it: `for (auto v : c)`. An input
  // range: there is one pass, and two loops over one channel share its elements. Go's `for v := range c`.
  class iterator {
   public:
    using iterator_concept = std::input_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    // Elements that cannot be copied are moved out by the loop variable's initialisation.
    using reference = std::conditional_t<std::copy_constructible<T>, T&, T&&>;

    BATON_INLINE explicit iterator(Self c) : chan_(std::move(c)) { next(); }
    BATON_INLINE reference operator*() const noexcept { return static_cast<reference>(*value_); }
    BATON_INLINE iterator& operator++() {
      next();
      return *this;
    }
    BATON_INLINE void operator++(int) { next(); }
    friend BATON_INLINE bool operator==(const iterator& it, std::default_sentinel_t) noexcept {
      return !it.value_.has_value();
    }

   private:
    BATON_INLINE void next() {
      internal::Landing<T> landing;
      value_.reset();
      if (internal::recv_value(chan_.untyped(), landing)) value_.emplace(std::move(landing.value()));
    }

    Self chan_;
    mutable std::optional<T> value_;
  };

  BATON_INLINE iterator begin() const { return iterator(self()); }
  BATON_INLINE std::default_sentinel_t end() const noexcept { return {}; }

 private:
  BATON_INLINE const Self& self() const noexcept { return static_cast<const Self&>(*this); }
};

// A channel that can only be sent to. Go's `chan<- T`.
template <class T>
class send_chan : public internal::ChanHandle<T>, public SendOperations<send_chan<T>, T> {
 public:
  constexpr send_chan() noexcept = default;
  constexpr send_chan(nil_t) noexcept {}
  BATON_INLINE send_chan(const chan<T>& c) noexcept : internal::ChanHandle<T>(c) {}
  BATON_INLINE send_chan(chan<T>&& c) noexcept : internal::ChanHandle<T>(std::move(c)) {}
};

// A channel that can only be received from. Go's `<-chan T`.
template <class T>
class recv_chan : public internal::ChanHandle<T>, public RecvOperations<recv_chan<T>, T> {
 public:
  constexpr recv_chan() noexcept = default;
  constexpr recv_chan(nil_t) noexcept {}
  BATON_INLINE recv_chan(const chan<T>& c) noexcept : internal::ChanHandle<T>(c) {}
  BATON_INLINE recv_chan(chan<T>&& c) noexcept : internal::ChanHandle<T>(std::move(c)) {}

  // For the library: takes over a counted reference, or shares one.
  BATON_INLINE explicit recv_chan(internal::ChanHandle<T>&& handle) noexcept
      : internal::ChanHandle<T>(std::move(handle)) {}
};

// A channel of T. Converts to both directions. Go's `chan T`.
template <class T>
class chan : public internal::ChanHandle<T>, public SendOperations<chan<T>, T>, public RecvOperations<chan<T>, T> {
 public:
  constexpr chan() noexcept = default;
  constexpr chan(nil_t) noexcept {}

 private:
  friend chan make_chan<T>(std::ptrdiff_t capacity);
  constexpr explicit chan(internal::Channel* adopted) noexcept : internal::ChanHandle<T>(adopted) {}
};

// A new channel whose buffer holds `capacity` elements; 0: unbuffered. Does not block; also works before main. Panics
// "makechan: size out of range" on a capacity that is negative or too large. Go's `make(chan T, capacity)`.
template <class T>
BATON_INLINE chan<T> make_chan(std::ptrdiff_t capacity) {
  return chan<T>(internal::chan_make(&internal::kElementOps<T>, capacity));
}

// Closes the channel: receivers get what is in the buffer, then T{} at once; goroutines that wait to receive are woken,
// those that wait to send panic. Does not block. Panics "close of closed channel", "close of nil channel". Go's close.
template <class T>
BATON_INLINE void close(const chan<T>& c) {
  internal::chan_close(c.untyped());
}
template <class T>
BATON_INLINE void close(const send_chan<T>& c) {
  internal::chan_close(c.untyped());
}
template <class T>
void close(const recv_chan<T>& c) = delete;

}  // namespace baton
