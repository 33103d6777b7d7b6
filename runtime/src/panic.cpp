// SPDX-License-Identifier: Apache-2.0
//
// Panics: where they are thrown, and what happens to those (and other exceptions) that nobody catches. A goroutine's
// outermost frame catches nothing, so such an exception reaches std::terminate without unwinding, and the stack that
// threw is still there to be shown. The one file of the runtime that is compiled with exceptions and type information.
#include <baton/panic.hpp>

#include <cxxabi.h>
#include <stdlib.h>

#include <exception>
#include <typeinfo>

#include "runtime/src/core.h"
#include "runtime/src/fatal.h"

namespace baton {

const char* panic_error::what() const noexcept { return text_.what(); }

namespace internal {

__attribute__((noinline)) void throw_panic(const std::string& text) { throw panic_error(text); }

}  // namespace internal

namespace rt {
namespace {

// Of the exception being handled; there is one.
const char* exception_type() noexcept {
  const char* name = abi::__cxa_current_exception_type()->name();
  int status = 0;
  const char* demangled = abi::__cxa_demangle(name, nullptr, nullptr, &status);
  return status == 0 ? demangled : name;
}

[[noreturn]] void on_terminate() noexcept {
  if (abi::__cxa_current_exception_type() == nullptr) die("fatal error: ", "", "std::terminate was called", true);
  try {
    throw;
  } catch (const panic_error& error) {
    die("panic: ", "", error.what(), false);
  } catch (const std::exception& error) {
    const std::string type = std::string(exception_type()) + ": ";
    die("panic: ", type.c_str(), error.what(), false);
  } catch (...) {
    die("panic: ", "exception of type ", exception_type(), false);
  }
}

}  // namespace

void install_terminate_handler() noexcept { std::set_terminate(&on_terminate); }

void panic_text(const char* text) { baton::internal::throw_panic(text); }

}  // namespace rt
}  // namespace baton
