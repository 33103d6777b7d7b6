// SPDX-License-Identifier: Apache-2.0
//
// The way of an access whose inline test missed (race_abi.h, cold_x86_64.S).
//
// Rule: on this way no vector register is touched, since the caller's values may be in any of them and saving them
// would cost more than the access. The files on it are compiled without SSE; what they call outside must
// keep to it (system calls do), or be called through keep_vectors(). test/lit/structure/cold_path.test reads the
// machine code.
#pragma once

extern "C" void baton_keep_vectors(void (*body)(void*), void* argument);

namespace baton::detector {

// Asks the processor what it has to save. Before the first keep_vectors(); otherwise only SSE registers are kept.
void init_cold_path();

// Calls body(), which may use any register.
template <class Body>
void keep_vectors(Body body) {
  baton_keep_vectors([](void* argument) { (*static_cast<Body*>(argument))(); }, &body);
}

}  // namespace baton::detector
