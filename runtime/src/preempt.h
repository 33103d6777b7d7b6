// SPDX-License-Identifier: Apache-2.0
//
// Preemption: the pass puts polls into the loops of the program (instrument/preempt.cpp), which test a byte of the
// thread, __baton_poll, and call __baton_preempt when the monitor has set it. The goroutine then gives way like in
// gosched(): on its own stack, at a place that the compiler knows of, never in a signal handler.
#pragma once

#include "runtime/src/core.h"

namespace baton::rt {

// For a scope in which the runtime calls functions of the program with a RuntimeLock held, or in an ignore scope of the
// detector: polls let it go on.
class NoPreemptScope {
 public:
  NoPreemptScope() noexcept : m_(current_m()) {
    if (m_ != nullptr) m_->no_preempt++;
  }
  ~NoPreemptScope() {
    if (m_ != nullptr) m_->no_preempt--;
  }
  NoPreemptScope(const NoPreemptScope&) = delete;
  NoPreemptScope& operator=(const NoPreemptScope&) = delete;

 private:
  M* m_;
};

}  // namespace baton::rt
