// SPDX-License-Identifier: Apache-2.0
//
// Reading the logs of checked programs: JSON lines (docs/json.md) and the Go-shaped text, also both in one file and in
// the middle of other output, as in the log of a CI job. What cannot be read is said in one line with file and line
// number, and everything else is still read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/report/race.h"

namespace baton::tools {

struct Log {
  std::vector<Race> races;
  std::vector<std::string> problems;  // "FILE:LINE: what is wrong"
  int64_t suppressed = 0;             // by the processes, according to their last lines
};

// Adds what `file` holds ("-" is standard input).
void read_log(const std::string& file, Log& log);

// The same from memory, under the name `file`.
void read_text_of_log(const std::string& file, std::string_view text, Log& log);

// One JSON line into `log` (read_json.cpp). An empty result: read; else what is wrong with it.
std::string read_json_line(const std::string& line, Log& log);

// A Go-shaped report from its lines, "WARNING: DATA RACE" first (read_text.cpp). An empty result: read; else what is
// wrong with it, with `at` the index of the line.
std::string read_go_report(const std::vector<std::string>& lines, Log& log, size_t& at);

// A whole file. Throws std::system_error.
std::string read_file(const std::string& file);

}  // namespace baton::tools
