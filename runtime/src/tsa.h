// SPDX-License-Identifier: Apache-2.0
//
// Clang's thread-safety annotations, empty under other compilers: which lock guards a field, which function takes or
// needs a lock. Checked by -Wthread-safety. A lock that one function takes and a callback on another stack releases
// (park with an unlock function) is outside what the analysis can see; such functions say BATON_NO_TSA.
#pragma once

#if defined(__clang__)
#define BATON_TSA(x) __attribute__((x))
#else
#define BATON_TSA(x)
#endif

#define BATON_CAPABILITY(name) BATON_TSA(capability(name))
#define BATON_SCOPED_CAPABILITY BATON_TSA(scoped_lockable)
#define BATON_GUARDED_BY(lock) BATON_TSA(guarded_by(lock))
#define BATON_REQUIRES(...) BATON_TSA(requires_capability(__VA_ARGS__))
#define BATON_EXCLUDES(...) BATON_TSA(locks_excluded(__VA_ARGS__))
#define BATON_ACQUIRES(...) BATON_TSA(acquire_capability(__VA_ARGS__))
#define BATON_RELEASES(...) BATON_TSA(release_capability(__VA_ARGS__))
#define BATON_TRY_ACQUIRES(...) BATON_TSA(try_acquire_capability(__VA_ARGS__))
#define BATON_NO_TSA BATON_TSA(no_thread_safety_analysis)
