// SPDX-License-Identifier: Apache-2.0
//
// The functions of race.hpp. In the name of the call in the user's code, which is where they return to.
#include <baton/race.hpp>

#include "runtime/src/race.h"

namespace baton::internal {
namespace {

const void* plain(const volatile void* p) { return const_cast<const void*>(p); }

}  // namespace

int race_errors() noexcept { return static_cast<int>(rt::race::count()); }

void race_acquire(const volatile void* p) noexcept { rt::race::acquire(plain(p)); }
void race_release(const volatile void* p) noexcept { rt::race::release(plain(p)); }
void race_release_merge(const volatile void* p) noexcept { rt::race::release_merge(plain(p)); }

void race_access(const volatile void* p, std::size_t n, bool writes) noexcept {
  if (writes) {
    rt::race::object_write(plain(p), n, __builtin_return_address(0));
  } else {
    rt::race::object_read(plain(p), n, __builtin_return_address(0));
  }
}

void race_ignore_sync(bool begins) noexcept { rt::race::ignore_sync(begins); }

}  // namespace baton::internal
