// SPDX-License-Identifier: Apache-2.0
//
// goexit(): a forced unwinding, as pthread_exit does it. Destructors run, catch clauses do not, except catch (...),
// which C++ enters for this too and which must rethrow.
#include <baton/go.hpp>

#include <unwind.h>

#include "runtime/src/core.h"

namespace baton {
namespace {

constexpr _Unwind_Exception_Class kGoexit = 0x4241544f4e474f00;  // "BATONGO\0"

_Unwind_Reason_Code at_frame(int, _Unwind_Action actions, _Unwind_Exception_Class, _Unwind_Exception*, _Unwind_Context*,
                             void*) {
  if ((actions & _UA_END_OF_STACK) != 0) rt::end_goroutine();
  return _URC_NO_REASON;
}

void swallowed(_Unwind_Reason_Code, _Unwind_Exception*) {
  rt::fatal("goexit() was swallowed by a catch (...) that did not rethrow");
}

}  // namespace

void goexit() {
  rt::G* g = rt::current();
  if (g == nullptr || g->thread_wake != nullptr) rt::fatal("goexit() called by a thread that is not a goroutine");
  g->goexit = {};
  g->goexit.exception_class = kGoexit;
  g->goexit.exception_cleanup = &swallowed;
  _Unwind_ForcedUnwind(&g->goexit, &at_frame, nullptr);
  rt::throw_("goexit: the stack cannot be unwound");
}

}  // namespace baton
