// SPDX-License-Identifier: Apache-2.0
//
// Why a goroutine is parked. The list and its texts are in wait_reason.def.
#pragma once

#include <stdint.h>

namespace baton::rt {

enum class WaitReason : uint8_t {
#define WAIT(name, text) k##name,
#include "runtime/src/wait_reason.def"
#undef WAIT
};

// By number. Debuggers read it too (tools/gdb/baton-gdb.py).
inline constexpr const char* kWaitReasonTexts[] = {
#define WAIT(name, text) text,
#include "runtime/src/wait_reason.def"
#undef WAIT
};

inline const char* wait_reason_text(WaitReason why) noexcept { return kWaitReasonTexts[static_cast<uint8_t>(why)]; }

}  // namespace baton::rt
