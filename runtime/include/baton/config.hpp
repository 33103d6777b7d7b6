// SPDX-License-Identifier: Apache-2.0
//
// What every public header needs of the compiler.
#pragma once

// Functions of the public headers that only stand between the user's code and the library. They are always inlined and
// carry no debug information of their own, so that stacks, reports and debuggers show the line that called them.
#if defined(__clang__)
#define BATON_INLINE inline __attribute__((always_inline, nodebug))
#elif defined(__GNUC__)
#define BATON_INLINE inline __attribute__((always_inline, artificial))
#else
#define BATON_INLINE inline
#endif

// For a function whose loops must not give way to other goroutines: BATON_NO_PREEMPT void f();
#if defined(__clang__)
#define BATON_NO_PREEMPT __attribute__((annotate("baton_no_preempt")))
#else
#define BATON_NO_PREEMPT
#endif

// For a pointer parameter whose address nobody keeps after the call.
#if defined(__clang__)
#define BATON_NOESCAPE [[clang::noescape]]
#else
#define BATON_NOESCAPE
#endif

// A program may be compiled without exceptions; then nothing is ever caught.
#if defined(__cpp_exceptions)
#define BATON_TRY try
#define BATON_CATCH_EXCEPTION catch (const std::exception&)
#else
#define BATON_TRY if constexpr (true)
#define BATON_CATCH_EXCEPTION else
#endif
