// SPDX-License-Identifier: Apache-2.0
//
// The picture of a race as inline SVG: a lane for each of the two goroutines, from where it was created to its access,
// and between the accesses the edge that is missing. Colours are the page's (write_html.cpp).
#pragma once

#include <string>

#include "tools/report/race.h"

namespace baton::tools {

std::string race_picture(const Race& race);

}  // namespace baton::tools
