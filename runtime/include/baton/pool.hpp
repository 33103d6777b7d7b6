// SPDX-License-Identifier: Apache-2.0
//
// Pool: objects that are used again instead of being made anew.
#pragma once

#include <array>
#include <atomic>
#include <baton/config.hpp>
#include <functional>
#include <type_traits>
#include <utility>

namespace baton {

namespace internal {

struct PoolNode {
  PoolNode* next = nullptr;
};

// Lists of nodes, one for each of a few groups of processors. Changed under locks of the library.
struct PoolState {
  std::array<std::atomic<PoolNode*>, 8> lists{};
};

void pool_put(PoolState* pool, PoolNode* node) noexcept;
PoolNode* pool_take(PoolState* pool) noexcept;  // null: there is none

}  // namespace internal

// A set of objects that do not matter one by one. Any goroutine may put and get; neither blocks. A put happens before
// the get that returns the same object, and gives no other order. Cannot be copied or moved. Go's sync.Pool.
template <class T>
class Pool {
 public:
  // Without a factory, get makes T{}.
  Pool()
    requires std::is_default_constructible_v<T>
      : make_([] { return T{}; }) {}
  // factory() makes an object when there is none. Go's New.
  template <class F>
    requires std::is_invocable_r_v<T, F&>
  explicit Pool(F factory) : make_(std::move(factory)) {}
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool() {
    while (internal::PoolNode* node = internal::pool_take(&state_)) delete static_cast<Node*>(node);
  }

  // An object that somebody has put, or a new one.
  T get() {
    internal::PoolNode* taken = internal::pool_take(&state_);
    if (taken == nullptr) return make_();
    Node* node = static_cast<Node*>(taken);
    T value = std::move(node->value);
    delete node;
    return value;
  }

  void put(T value) { internal::pool_put(&state_, new Node(std::move(value))); }

 private:
  struct Node : internal::PoolNode {
    explicit Node(T v) : value(std::move(v)) {}
    T value;
  };

  internal::PoolState state_;
  std::function<T()> make_;
};

}  // namespace baton
