// SPDX-License-Identifier: Apache-2.0
//
// Initialisations that run once, in the C and C++ library's own forms: static variables of functions
// (__cxa_guard_acquire) and pthread_once, so also std::call_once. The libraries make others wait by blocking the
// thread. These definitions take their place in the whole program: a goroutine whose partner is parked within the
// initialisation parks too.
#pragma once

namespace baton::rt {

// Brings the definitions into the program.
void use_one_time() noexcept;

}  // namespace baton::rt
