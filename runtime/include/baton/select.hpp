// SPDX-License-Identifier: Apache-2.0
//
// select: waits for the first of several channel operations. Follows Go's select statement:
//
//   switch (select(on_recv(a, v), on_send(b, x), otherwise)) {
//     case 0: ...  // v was received from a
//     case 1: ...  // x was sent to b
//     default: ... // neither was possible at once
//   }
//
// The result is the position of the case that was performed, `otherwise` counted. If several are possible, one of them
// is chosen at random. A case with a nil channel is never chosen. Inside the switch `break`, `continue` and `return`
// mean what they mean in Go.
//
// Rules:
//  * Channel and value of each case are evaluated once, before the choice, as in Go. The value is copied into its case.
//    An rvalue of the element type is moved there, and back to where it was if another case is chosen.
//  * Variables that receive keep their values unless their case is chosen.
//  * As everywhere (chan.hpp), the user's variables are touched only here, in code that is inlined into the caller. The
//    library sees temporaries.
#pragma once

#include <baton/chan.hpp>
#include <baton/config.hpp>
#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace baton {

namespace internal {

enum class CaseKind : unsigned char { kOtherwise, kSend, kRecv };

// One case as the library sees it. `element` is what shall be sent, or where the received element is constructed.
struct SelectOp {
  Channel* channel = nullptr;
  void* element = nullptr;
  CaseKind kind = CaseKind::kOtherwise;
};

// Position of the performed case. `received`: for a receive, whether there is an element (not: the channel is closed).
struct SelectOutcome {
  std::size_t index;
  bool received;
};

SelectOutcome select_run(const SelectOp* ops, std::size_t n);
[[noreturn]] void select_nothing() noexcept;

// A receive into *v and *ok; either may be null.
template <class T>
class RecvCase {
 public:
  using element_type = T;

  BATON_INLINE RecvCase(Channel* c, T* v, bool* ok) noexcept : channel_(c), v_(v), ok_(ok) {}
  RecvCase(const RecvCase&) = delete;
  RecvCase& operator=(const RecvCase&) = delete;

  BATON_INLINE SelectOp op() noexcept { return {channel_, landing_.address(), CaseKind::kRecv}; }

  // The case was chosen: stores what was received.
  BATON_INLINE void finish(bool received) {
    landing_.landed(received);
    if constexpr (std::default_initializable<T> && std::is_move_assignable_v<T>) {
      if (v_) *v_ = received ? std::move(landing_.value()) : T{};
    }
    if (ok_) *ok_ = received;
    landing_.clear();
  }
  BATON_INLINE void give_up() noexcept {}

  BATON_INLINE Channel* channel() const noexcept { return channel_; }
  BATON_INLINE T* variable() const noexcept { return v_; }
  BATON_INLINE bool* flag() const noexcept { return ok_; }

 private:
  Channel* channel_;
  T* v_;
  bool* ok_;
  Landing<T> landing_;
};

// A send. `home` is where the value was moved from; null if it was copied or converted.
template <class T>
class SendCase {
 public:
  using element_type = T;

  template <class U>
  BATON_INLINE SendCase(Channel* c, T* home, U&& value) : channel_(c), home_(home), element_(std::forward<U>(value)) {}
  SendCase(const SendCase&) = delete;
  SendCase& operator=(const SendCase&) = delete;

  BATON_INLINE SelectOp op() noexcept { return {channel_, std::addressof(element_), CaseKind::kSend}; }
  BATON_INLINE void finish(bool) noexcept {}
  BATON_INLINE void give_up() {
    if constexpr (std::is_move_assignable_v<T>) {
      if (home_) *home_ = std::move(element_);
    }
  }

  BATON_INLINE Channel* channel() const noexcept { return channel_; }
  BATON_INLINE T&& take_element() noexcept { return std::move(element_); }

 private:
  Channel* channel_;
  T* home_;
  T element_;
};

struct Otherwise {
  BATON_INLINE SelectOp op() const noexcept { return {}; }
  BATON_INLINE void finish(bool) const noexcept {}
  BATON_INLINE void give_up() const noexcept {}
};

template <class C>
inline constexpr bool kIsCase = false;
template <class T>
inline constexpr bool kIsCase<RecvCase<T>> = true;
template <class T>
inline constexpr bool kIsCase<SendCase<T>> = true;
template <>
inline constexpr bool kIsCase<Otherwise> = true;
template <class C>
concept SelectCase = kIsCase<std::remove_cvref_t<C>>;
template <class C>
inline constexpr bool kIsOtherwise = std::is_same_v<std::remove_cvref_t<C>, Otherwise>;

// Handles that can receive, or send, T.
template <class C>
concept Receiver = requires(const C& c) { recv_chan<typename C::value_type>(c); };
template <class C>
concept Sender = requires(const C& c) { send_chan<typename C::value_type>(c); };

// Whether a value of type U is moved into its case, so that it can be moved back.
template <class U, class T>
inline constexpr bool kMovesBack =
    std::is_same_v<U, T> && !std::is_trivially_copyable_v<T> && std::is_move_assignable_v<T>;

// Performs the cases. What Go's compiler does for a single case, and a single one with `default`, is done here
// likewise: they are the plain operations of the channel.
template <class... Cases>
BATON_INLINE SelectOutcome select_cases(Cases&... cases) {
  const SelectOp ops[] = {cases.op()...};
  constexpr std::size_t kCount = sizeof...(Cases);
  constexpr bool kIsDefault[kCount + 1] = {kIsOtherwise<Cases>...};  // one more: there is a second one to be named
  if constexpr (kCount == 1 && !kIsDefault[0]) {
    if (ops[0].kind == CaseKind::kRecv) return {0, chan_recv(ops[0].channel, ops[0].element)};
    chan_send(ops[0].channel, ops[0].element);
    return {0, false};
  } else if constexpr (kCount == 2 && kIsDefault[0] != kIsDefault[1]) {
    constexpr std::size_t kOther = kIsDefault[0] ? 0 : 1;
    const SelectOp& op = ops[1 - kOther];
    if (op.kind == CaseKind::kSend) return {chan_try_send(op.channel, op.element) ? 1 - kOther : kOther, false};
    const Received received = chan_try_recv(op.channel, op.element);
    return {received == Received::kNothing ? kOther : 1 - kOther, received == Received::kValue};
  } else {
    return select_run(ops, kCount);
  }
}

// The cases of a select_case.
struct CaseBody {
  virtual ~CaseBody() = default;
  virtual SelectOp prepare() = 0;
  virtual void finish(bool received) = 0;
};

template <class T>
struct RecvBody final : CaseBody {
  explicit RecvBody(const RecvCase<T>& c)
      : handle(ChanHandle<T>::share(c.channel())), typed(c.channel(), c.variable(), c.flag()) {}
  SelectOp prepare() override { return typed.op(); }
  void finish(bool received) override { typed.finish(received); }

  ChanHandle<T> handle;
  RecvCase<T> typed;
};

template <class T>
struct SendBody final : CaseBody {
  explicit SendBody(SendCase<T>& c) : handle(ChanHandle<T>::share(c.channel())), value(c.take_element()) {}
  SelectOp prepare() override {
    if constexpr (std::copy_constructible<T>) {
      return {handle.untyped(), std::addressof(copy.emplace(value)), CaseKind::kSend};
    } else {
      return {handle.untyped(), std::addressof(value), CaseKind::kSend};
    }
  }
  void finish(bool) override {}

  ChanHandle<T> handle;
  T value;
  std::optional<T> copy;
};

}  // namespace internal

// The case that is chosen if no other one is possible at once. Go's `default`.
inline constexpr internal::Otherwise otherwise{};

// A receive; what was received is dropped. c may be a temporary. The case is an argument of select, or becomes a
// select_case at once. Go's `case <-c:`.
template <internal::Receiver C>
[[nodiscard]] BATON_INLINE internal::RecvCase<typename C::value_type> on_recv(const C& c) {
  return {c.untyped(), nullptr, nullptr};
}

// A receive into v; from a closed channel v becomes T{}. Go's `case v = <-c:`.
template <internal::Receiver C>
  requires std::default_initializable<typename C::value_type>
[[nodiscard]] BATON_INLINE internal::RecvCase<typename C::value_type> on_recv(const C& c, typename C::value_type& v) {
  return {c.untyped(), std::addressof(v), nullptr};
}

// The same; ok says whether v is an element or the channel is closed. Go's `case v, ok = <-c:`.
template <internal::Receiver C>
  requires std::default_initializable<typename C::value_type>
[[nodiscard]] BATON_INLINE internal::RecvCase<typename C::value_type> on_recv(const C& c, typename C::value_type& v,
                                                                              bool& ok) {
  return {c.untyped(), std::addressof(v), &ok};
}

// A send of v, converted to the element type. Chosen on a closed channel it panics. Go's `case c <- v:`.
template <internal::Sender C, class U = typename C::value_type>
  requires std::convertible_to<U&&, typename C::value_type>
[[nodiscard]] BATON_INLINE internal::SendCase<typename C::value_type> on_send(const C& c, U&& v) {
  using T = typename C::value_type;
  T* home = nullptr;
  if constexpr (internal::kMovesBack<U, T>) home = std::addressof(v);
  return {c.untyped(), home, std::forward<U>(v)};
}

// Blocks for ever. Go's `select {}`.
[[noreturn]] BATON_INLINE void select() noexcept { internal::select_nothing(); }

// Performs one of the cases, at most one of them `otherwise`, and returns its position. Blocks until one is possible
// unless there is `otherwise`. Panics "send on closed channel" if it chooses a send to a closed channel. Any number of
// goroutines may use the same channels. Go's select statement.
template <internal::SelectCase... Cases>
  requires(sizeof...(Cases) > 0)
[[nodiscard]] BATON_INLINE std::size_t select(Cases&&... cases) {
  static_assert((internal::kIsOtherwise<Cases> + ...) <= 1, "select: more than one `otherwise`");
  const internal::SelectOutcome outcome = internal::select_cases(cases...);
  std::size_t i = 0;
  ((i++ == outcome.index ? cases.finish(outcome.received) : cases.give_up()), ...);
  return outcome.index;
}

// A case of any type, for lists that are made at run time. Owns a handle of the channel, and for a send the value. May
// be used in several selects, one after the other; the value of a send is copied each time if it can be, else it is
// gone once it was sent. The variables of a receive must live as long. Go's reflect.SelectCase.
class select_case {
 public:
  template <class T>
  BATON_INLINE select_case(internal::RecvCase<T>&& c) : body_(std::make_unique<internal::RecvBody<T>>(c)) {}
  template <class T>
  BATON_INLINE select_case(internal::SendCase<T>&& c) : body_(std::make_unique<internal::SendBody<T>>(c)) {}
  BATON_INLINE select_case(internal::Otherwise) noexcept {}

  // For select: null stands for `otherwise`.
  BATON_INLINE internal::CaseBody* body() const noexcept { return body_.get(); }

 private:
  std::unique_ptr<internal::CaseBody> body_;
};

// The same for a list made at run time: `std::vector<select_case> cases; ... select(cases)`. With an empty one it
// blocks for ever. Go's reflect.Select.
[[nodiscard]] BATON_INLINE std::size_t select(std::span<select_case> cases) {
  if (cases.empty()) internal::select_nothing();
  std::vector<internal::SelectOp> ops;
  ops.reserve(cases.size());
  for (const select_case& c : cases) ops.push_back(c.body() ? c.body()->prepare() : internal::SelectOp{});
  const internal::SelectOutcome outcome = internal::select_run(ops.data(), ops.size());
  if (cases[outcome.index].body()) cases[outcome.index].body()->finish(outcome.received);
  return outcome.index;
}

}  // namespace baton
