// SPDX-License-Identifier: Apache-2.0
//
// Lines of the program's source files, as far as they can be read where the program runs. Guarded by the mutex of
// report.cpp.
#pragma once

#include <stddef.h>

namespace baton::detector {

struct SourceLine {
  const char* text = nullptr;  // not terminated; null: the file cannot be read, or is shorter
  size_t length = 0;
};

// Line `line` (from 1) of the file, without its end.
SourceLine source_line(const char* path, int line);

// The first place of `word` in the line at which no identifier goes on; null if there is none.
const char* find_word(const SourceLine& line, const char* word);

// The last one.
const char* find_last_word(SourceLine line, const char* word);

bool is_identifier_char(char c);

}  // namespace baton::detector
