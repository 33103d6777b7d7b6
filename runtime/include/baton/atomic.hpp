// SPDX-License-Identifier: Apache-2.0
//
// Atomic operations on plain variables, as Go's sync/atomic functions. All are sequentially consistent and never block.
// An access through them never races with another one; it does race with an unordered plain access to the variable.
// The variable must be aligned to its size. For variables that are always atomic, std::atomic says so in the type.
#pragma once

#include <baton/config.hpp>
#include <concepts>
#include <cstddef>
#include <type_traits>

namespace baton {

namespace internal {

template <class T>
concept AtomicNumber = std::integral<T> && !std::same_as<std::remove_cv_t<T>, bool>;
template <class T>
concept AtomicPointer = std::is_pointer_v<T>;
template <class T>
concept AtomicValue = std::integral<T> || std::is_enum_v<T> || AtomicPointer<T>;

}  // namespace internal

// Adds delta and returns the new value; wraps around. Go's atomic.AddInt64(p, delta).
template <internal::AtomicNumber T>
BATON_INLINE T atomic_add(T* p, std::type_identity_t<T> delta) noexcept {
  return __atomic_add_fetch(p, delta, __ATOMIC_SEQ_CST);
}

// Moves a pointer by delta elements and returns the new one.
template <internal::AtomicPointer T>
BATON_INLINE T atomic_add(T* p, std::ptrdiff_t delta) noexcept {
  using Element = std::remove_pointer_t<T>;
  return __atomic_add_fetch(p, delta * static_cast<std::ptrdiff_t>(sizeof(Element)), __ATOMIC_SEQ_CST);
}

// The value. Go's atomic.LoadInt64(p).
template <internal::AtomicValue T>
BATON_INLINE std::remove_cv_t<T> atomic_load(T* p) noexcept {
  std::remove_cv_t<T> value;
  __atomic_load(p, &value, __ATOMIC_SEQ_CST);
  return value;
}

// Sets the value. Go's atomic.StoreInt64(p, value).
template <internal::AtomicValue T>
BATON_INLINE void atomic_store(T* p, std::type_identity_t<T> value) noexcept {
  __atomic_store(p, &value, __ATOMIC_SEQ_CST);
}

// Sets the value and returns the old one. Go's atomic.SwapInt64(p, value).
template <internal::AtomicValue T>
BATON_INLINE T atomic_swap(T* p, std::type_identity_t<T> value) noexcept {
  T old;
  __atomic_exchange(p, &value, &old, __ATOMIC_SEQ_CST);
  return old;
}

// Sets the value to `desired` if it is `expected`, and returns whether it did. Go's atomic.CompareAndSwapInt64(p,
// expected, desired).
template <internal::AtomicValue T>
BATON_INLINE bool atomic_cas(T* p, std::type_identity_t<T> expected, std::type_identity_t<T> desired) noexcept {
  return __atomic_compare_exchange(p, &expected, &desired, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

}  // namespace baton
