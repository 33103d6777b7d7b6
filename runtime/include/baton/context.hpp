// SPDX-License-Identifier: Apache-2.0
//
// Context: tells goroutines that what they work for is not wanted any more, through any number of calls. Contexts form
// a tree: what ends one ends all that were made from it. Follows Go's package context.
//
//   auto [ctx, cancel] = with_timeout(background(), 2s);
//   defer(cancel());
//   switch (select(on_recv(results, v), on_recv(ctx.done()))) { ... }
//
// As in Go, cancel must be called in the end: until then the parent keeps the context.
//
// Edges: the cancel happens before the receive from done() that it makes possible; err() is ordered by a lock.
#pragma once

#include <baton/chan.hpp>
#include <baton/config.hpp>
#include <baton/counted.hpp>
#include <baton/error.hpp>
#include <baton/sync.hpp>
#include <baton/timer.hpp>
#include <chrono>
#include <concepts>
#include <mutex>
#include <optional>
#include <type_traits>
#include <unordered_set>
#include <utility>
#include <variant>

namespace baton {

// What err() says. Go's context.Canceled and context.DeadlineExceeded.
inline const error canceled("context canceled");
inline const error deadline_exceeded("context deadline exceeded");

class Context;
class CancelFunc;
struct ContextAndCancel;

namespace internal {

// What can end. Its parent has to be alive: it holds a reference.
struct CancelNode final : Counted {
  CancelNode(Ref<CancelNode> p, std::optional<TimePoint> d) : parent(std::move(p)), deadline(d) {}

  const Ref<CancelNode> parent;  // the nearest one above that can end
  const std::optional<TimePoint> deadline;
  const chan<std::monostate> done = make_chan<std::monostate>();

  Mutex mu;
  // Guarded by mu.
  error err;
  std::unordered_set<CancelNode*> children;  // each with a reference
  Timer timer;

  // Ends it and all below, for this reason, unless it has ended.
  void cancel(const error& why) {
    std::unordered_set<CancelNode*> orphans;
    Timer stopped;
    {
      std::scoped_lock lock(mu);
      if (err) return;
      err = why;
      close(done);
      orphans.swap(children);
      // The timer's function refers to this node.
      std::swap(stopped, timer);
      if (has_timer) static_cast<void>(stopped.stop());
      has_timer = false;
    }
    for (CancelNode* child : orphans) {
      child->cancel(why);
      counted_drop(child, &destroy);
    }
    if (parent) parent->forget(this);
  }

  // Ends `child` with this node, or at once if this one has ended.
  void adopt(CancelNode* child) {
    error why;
    {
      std::scoped_lock lock(mu);
      why = err;
      if (!why) {
        counted_retain(child);
        children.insert(child);
      }
    }
    if (why) child->cancel(why);
  }

  void forget(CancelNode* child) {
    bool had;
    {
      std::scoped_lock lock(mu);
      had = children.erase(child) != 0;
    }
    if (had) counted_drop(child, &destroy);
  }

  void start_timer(std::chrono::nanoseconds d) {
    std::scoped_lock lock(mu);
    if (err) return;
    timer = after_func(d, [self = Ref<CancelNode>::share(this)] { self->cancel(deadline_exceeded); });
    has_timer = true;
  }

 private:
  static void destroy(Counted* node) { delete static_cast<CancelNode*>(node); }

  bool has_timer = false;  // guarded by mu
};

// A value, with the values further up.
struct ValueNode : Counted {
  explicit ValueNode(Ref<ValueNode> p) : parent(std::move(p)) {}
  virtual ~ValueNode() = default;
  // The value, if it is of the type and has the key that the tags and `key` say.
  virtual const void* find(const void* key_tag, const void* key, const void* value_tag) const = 0;

  const Ref<ValueNode> parent;
};

// Its address stands for the type.
template <class T>
inline constexpr char kTypeTag = 0;

template <class K, class V>
struct KeyedValue final : ValueNode {
  KeyedValue(Ref<ValueNode> p, K k, V v) : ValueNode(std::move(p)), key(std::move(k)), value(std::move(v)) {}
  const void* find(const void* key_tag, const void* wanted, const void* value_tag) const override {
    if (key_tag != &kTypeTag<K> || value_tag != &kTypeTag<V> || !(*static_cast<const K*>(wanted) == key))
      return nullptr;
    return &value;
  }

  const K key;
  const V value;
};

// Keys that are texts are compared as such.
template <class K>
using ContextKey = std::conditional_t<std::is_convertible_v<K, const char*>, std::string, std::decay_t<K>>;

}  // namespace internal

// A cheap handle, to be passed by value or reference; any number of goroutines may use it. Default-constructed it is
// background(). Go's context.Context.
class Context {
 public:
  Context() noexcept = default;

  // Closed when the context ends; nil if it never does. Go's Done.
  recv_chan<std::monostate> done() const {
    if (!node_) return nil;
    return node_->done;
  }

  // Nil until the context ends, then `canceled` or `deadline_exceeded`. Go's Err.
  error err() const {
    if (!node_) return nil;
    std::scoped_lock lock(node_->mu);
    return node_->err;
  }

  // When the context ends by itself, if it does. Go's Deadline.
  std::optional<std::chrono::steady_clock::time_point> deadline() const {
    if (!node_) return std::nullopt;
    return node_->deadline;
  }

  // The value of type V that with_value gave to this context or one above it for `key`; null if there is none. It lives
  // as long as the context. Go's Value.
  template <class V, class K>
  const V* value(const K& key) const {
    using Key = internal::ContextKey<K>;
    const Key wanted(key);
    for (const internal::ValueNode* at = values_.get(); at != nullptr; at = at->parent.get()) {
      const void* found = at->find(&internal::kTypeTag<Key>, &wanted, &internal::kTypeTag<V>);
      if (found != nullptr) return static_cast<const V*>(found);
    }
    return nullptr;
  }

 private:
  friend ContextAndCancel with_cancel(const Context& parent);
  template <class Rep, class Period>
  friend ContextAndCancel with_timeout(const Context& parent, const std::chrono::duration<Rep, Period>& d);
  template <class K, class V>
  friend Context with_value(const Context& parent, const K& key, V&& value);

  internal::Ref<internal::CancelNode> node_;
  internal::Ref<internal::ValueNode> values_;
};

// Ends a context, with `canceled`, and frees what it holds. Later calls do nothing. Go's context.CancelFunc.
class CancelFunc {
 public:
  explicit CancelFunc(internal::Ref<internal::CancelNode> node) noexcept : node_(std::move(node)) {}
  void operator()() const { node_->cancel(canceled); }

 private:
  internal::Ref<internal::CancelNode> node_;
};

// `auto [ctx, cancel] = with_cancel(parent);`
struct ContextAndCancel {
  Context ctx;
  CancelFunc cancel;
};

// The context that never ends, at the root of all others. Go's context.Background.
[[nodiscard]] inline Context background() noexcept { return {}; }

// A context that ends when its cancel is called, or with its parent. Go's context.WithCancel.
[[nodiscard]] inline ContextAndCancel with_cancel(const Context& parent) {
  Context ctx = parent;
  ctx.node_ = internal::Ref<internal::CancelNode>::make(parent.node_, parent.deadline());
  if (parent.node_) parent.node_->adopt(ctx.node_.get());
  return {ctx, CancelFunc(ctx.node_)};
}

// The same, ending by itself after d, with `deadline_exceeded`. Go's context.WithTimeout.
template <class Rep, class Period>
[[nodiscard]] ContextAndCancel with_timeout(const Context& parent, const std::chrono::duration<Rep, Period>& d) {
  const std::chrono::nanoseconds left(internal::to_nanoseconds(d));
  const auto now = std::chrono::steady_clock::now();
  const auto end = left > internal::TimePoint::max() - now ? internal::TimePoint::max() : now + left;
  const auto above = parent.deadline();
  if (above && *above <= end) return with_cancel(parent);
  Context ctx = parent;
  ctx.node_ = internal::Ref<internal::CancelNode>::make(parent.node_, end);
  if (parent.node_) parent.node_->adopt(ctx.node_.get());
  if (left.count() == 0) {
    ctx.node_->cancel(deadline_exceeded);
  } else {
    ctx.node_->start_timer(left);
  }
  return {ctx, CancelFunc(ctx.node_)};
}

// The same, at a time of any clock. Go's context.WithDeadline.
template <class Clock, class Duration>
[[nodiscard]] ContextAndCancel with_deadline(const Context& parent,
                                             const std::chrono::time_point<Clock, Duration>& when) {
  return with_timeout(parent, when - Clock::now());
}

// The parent with a value for `key`, of any type that compares with ==. Go's context.WithValue.
template <class K, class V>
[[nodiscard]] Context with_value(const Context& parent, const K& key, V&& value) {
  using Node = internal::KeyedValue<internal::ContextKey<K>, std::decay_t<V>>;
  Context ctx = parent;
  const auto node = internal::Ref<Node>::make(parent.values_, internal::ContextKey<K>(key), std::forward<V>(value));
  ctx.values_ = internal::Ref<internal::ValueNode>::share(node.get());
  return ctx;
}

}  // namespace baton
