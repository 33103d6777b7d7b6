// SPDX-License-Identifier: Apache-2.0
//
// nanosleep, clock_nanosleep, usleep and sleep park the goroutine that calls them.
#pragma once

namespace baton::rt {

// Brings the definitions into the program.
void use_sleep_calls() noexcept;

}  // namespace baton::rt
