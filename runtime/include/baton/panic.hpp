// SPDX-License-Identifier: Apache-2.0
//
// panic(v) and the exception that it throws. A panic that nobody catches ends the process with "panic: TEXT", the
// goroutine's stack and exit status 2.
#pragma once

#include <baton/config.hpp>
#include <cstddef>
#include <exception>
#include <ostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace baton {

// What panic() and the run-time errors of the library throw: a text. Copying it never throws.
class panic_error : public std::exception {
 public:
  explicit panic_error(const std::string& text) : text_(text) {}
  const char* what() const noexcept override;

 private:
  std::runtime_error text_;  // a shared, immutable string
};

namespace internal {

template <class T>
concept Streamable = requires(std::ostream& out, const T& value) { out << value; };

// The name of T, also where there is no type information at run time.
template <class T>
constexpr std::string_view type_name() {
  constexpr std::string_view kHere = __PRETTY_FUNCTION__;
  constexpr std::size_t kBegin = kHere.find("T = ") + 4;
  constexpr std::size_t kEnd = kHere.find_first_of(";]", kBegin);
  return kHere.substr(kBegin, kEnd - kBegin);
}

// The text of any value, as a panic shows it.
template <class T>
std::string panic_string(const T& value) {
  if constexpr (std::is_null_pointer_v<T>) {
    return "nil";
  } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    if constexpr (std::is_pointer_v<T>) {
      if (value == nullptr) return "nil";
    }
    return std::string(static_cast<std::string_view>(value));
  } else if constexpr (std::is_base_of_v<std::exception, T>) {
    return value.what();
  } else if constexpr (Streamable<T>) {
    std::ostringstream out;
    out << std::boolalpha << value;
    return std::move(out).str();
  } else {
    return "(" + std::string(type_name<T>()) + ")";
  }
}

// Throws panic_error.
[[noreturn]] void throw_panic(const std::string& text);

}  // namespace internal

// Throws panic_error with the text of `value`: anything convertible to std::string_view, an exception's what(),
// whatever operator<< prints, or else the name of its type in parentheses. Follows Go's panic.
template <class T>
[[noreturn]] BATON_INLINE void panic(const T& value) {
  internal::throw_panic(internal::panic_string(value));
}

}  // namespace baton
