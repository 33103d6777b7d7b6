// SPDX-License-Identifier: Apache-2.0
//
// The detector's options: the environment variable GORACE, "key=value key=value", and before it the string that the
// program's own `const char* baton_race_default_options()` returns, if it defines one.
#pragma once

namespace baton::detector {

using Text = const char*;
using Number = long;

// One of several words. Written "first|second|third"; the first is the default.
struct Choice {
  const char* words;
  int chosen = 0;
  constexpr Choice(const char* all) : words(all) {}  // NOLINT(google-explicit-constructor): the table's literals
  bool is(const char* word) const;
};

struct Options {
#define BATON_OPTION(kind, name, value, smallest, largest, help) kind name = value;
#include "detector/src/options.def"
#undef BATON_OPTION
};

extern Options options;  // written by parse_options(), read-only afterwards

// Reads both sources. Each entry that is unknown or does not parse: one line on stderr which names it and says what is
// accepted, and the default stays. With help=1 prints the list and ends the process with status 0.
void parse_options();

}  // namespace baton::detector
