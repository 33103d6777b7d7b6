// SPDX-License-Identifier: Apache-2.0
//
// Counted objects of the library's own headers, and handles of them. Unlike with std::shared_ptr, copying and dropping
// handles gives no order between goroutines: that would hide races from the detector.
#pragma once

#include <atomic>
#include <baton/config.hpp>
#include <cstdint>
#include <utility>

namespace baton::internal {

// Starts with one reference. The last handle destroys it, on whichever goroutine that is.
struct Counted {
  Counted() noexcept = default;
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

  std::atomic<std::uint32_t> references{1};
};

void counted_retain(Counted* object) noexcept;
void counted_drop(Counted* object, void (*destroy)(Counted*)) noexcept;

template <class T>
class Ref {
 public:
  constexpr Ref() noexcept = default;
  template <class... A>
  static Ref make(A&&... args) {
    return Ref(new T(std::forward<A>(args)...));
  }
  BATON_INLINE static Ref share(T* object) noexcept {
    if (object) counted_retain(object);
    return Ref(object);
  }
  BATON_INLINE Ref(const Ref& other) noexcept : object_(other.object_) {
    if (object_) counted_retain(object_);
  }
  BATON_INLINE Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  BATON_INLINE Ref& operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  BATON_INLINE ~Ref() {
    if (object_) counted_drop(object_, [](Counted* object) { delete static_cast<T*>(object); });
  }

  BATON_INLINE T* get() const noexcept { return object_; }
  BATON_INLINE T* operator->() const noexcept { return object_; }
  BATON_INLINE explicit operator bool() const noexcept { return object_ != nullptr; }

 private:
  BATON_INLINE explicit Ref(T* adopted) noexcept : object_(adopted) {}

  T* object_ = nullptr;
};

}  // namespace baton::internal
