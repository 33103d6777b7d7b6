// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace baton::tools {

// Whether a text on this descriptor may have colours: it is a terminal, not a dumb one, and NO_COLOR is not set.
bool wants_colour(int fd);

}  // namespace baton::tools
