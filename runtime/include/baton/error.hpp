// SPDX-License-Identifier: Apache-2.0
//
// error: why something failed, or nothing. What Context and ErrGroup report. Errors that are reported and exceptions
// are different things: a panic is for what should not happen at all.
#pragma once

#include <baton/chan.hpp>
#include <baton/config.hpp>
#include <baton/counted.hpp>
#include <ostream>
#include <string>
#include <utility>

namespace baton {

namespace internal {

struct ErrorText final : Counted {
  explicit ErrorText(std::string t) : text(std::move(t)) {}
  const std::string text;
};

}  // namespace internal

// An error, or nil. A cheap handle; two are equal if one is a copy of the other, whatever their texts, so that named
// errors can be recognised. Go's error, as errors.New makes it.
class error {
 public:
  constexpr error() noexcept = default;
  constexpr error(nil_t) noexcept {}
  // A new error, different from all others. Go's errors.New.
  explicit error(std::string text) : text_(internal::Ref<internal::ErrorText>::make(std::move(text))) {}

  // The text; "<nil>" if there is no error.
  std::string text() const { return text_ ? text_->text : "<nil>"; }

  explicit operator bool() const noexcept { return static_cast<bool>(text_); }
  friend bool operator==(const error& a, const error& b) noexcept { return a.text_.get() == b.text_.get(); }
  friend bool operator==(const error& a, nil_t) noexcept { return !a.text_; }
  friend std::ostream& operator<<(std::ostream& out, const error& e) { return out << e.text(); }

 private:
  internal::Ref<internal::ErrorText> text_;
};

}  // namespace baton
