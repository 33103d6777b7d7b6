// SPDX-License-Identifier: Apache-2.0
//
// Locks of the C library that belong to the thread that took them: recursive, error-checking, robust and
// priority-inheriting mutexes (std::recursive_mutex), reader-writer locks held for writing (std::shared_mutex), streams
// (flockfile). A goroutine that went on in another thread could not give them up, and one that took its place would
// find itself the owner. So a goroutine that holds one stays in its thread, as after lock_os_thread().
//
// The definitions of the functions take the place of the C library's in the whole program. With the detector they are
// the detector's, which tells of such locks by __baton_thread_lock.
#pragma once

namespace baton::rt {

// Brings the definitions into the program.
void use_thread_locks() noexcept;

}  // namespace baton::rt
