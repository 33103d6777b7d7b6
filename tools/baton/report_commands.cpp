// SPDX-License-Identifier: Apache-2.0
//
// `baton report`, `baton merge` and `baton baseline`: logs in, one entry a race out. Whatever cannot be read is said on
// standard error, a line each, and makes the status 1; what can be read is processed all the same.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>

#include "tools/baton/commands.h"
#include "tools/baton/gate.h"
#include "tools/baton/options.h"
#include "tools/common/terminal.h"
#include "tools/report/baseline.h"
#include "tools/report/formats.h"
#include "tools/report/merge.h"
#include "tools/report/read.h"
#include "tools/report/sources.h"

namespace baton::tools {

namespace {

constexpr char kBaselineFile[] = "races.baseline";

Log read_logs(const std::string& command, const Words& files) {
  if (files.empty()) throw UsageError(command + ": no FILE; logs of checked programs, or - for standard input");
  Log log;
  for (const std::string& file : files) read_log(file, log);
  say(log.problems);
  return log;
}

// Into `file` as a whole or not at all; "" or "-" is standard output.
void write_to(const std::string& file, const std::string& text) {
  const bool standard = file.empty() || file == "-";
  const std::string name = file + ".new";
  FILE* out = standard ? stdout : std::fopen(name.c_str(), "we");
  if (out == nullptr) throw std::system_error(errno, std::generic_category(), "cannot write " + file);
  const bool written = std::fwrite(text.data(), 1, text.size(), out) == text.size() && std::fflush(out) == 0;
  const int error = errno;
  if (!standard) {
    const bool closed = std::fclose(out) == 0;
    if (!written || !closed || std::rename(name.c_str(), file.c_str()) != 0) {
      const int reason = written ? errno : error;
      unlink(name.c_str());
      throw std::system_error(reason, std::generic_category(), "cannot write " + file);
    }
  } else if (!written) {
    throw std::system_error(error, std::generic_category(), "cannot write the report");
  }
}

void set_root(const Parsed& parsed) {
  if (parsed.has("root")) set_source_root(parsed.value("root"));
}

int update_baseline(const Parsed& parsed, const Words& files) {
  const std::string file = parsed.value("baseline", kBaselineFile);
  const std::string expires = parsed.value("expires");
  if (!expires.empty() && !is_day(expires)) {
    throw UsageError("baseline: --expires=" + expires + " is no day like 2026-12-31");
  }
  const Baseline baseline = read_baseline(file, /*may_be_missing=*/true);
  if (!baseline.problems.empty()) {  // writing it anew would lose what could not be read
    say(baseline.problems);
    std::fprintf(stderr, "baton: %s is left as it is\n", file.c_str());
    return kExitFailed;
  }
  const Log log = read_logs("baseline", files);
  const std::string text =
      updated_baseline(baseline, merge_races(log.races), parsed.has("prune"), parsed.value("reason"), expires);
  write_to(file, text);
  const auto entries = static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
  std::fprintf(stderr, "baton: %s: %s, %zu before\n", file.c_str(),
               (std::to_string(entries) + (entries == 1 ? " entry" : " entries")).c_str(), baseline.entries.size());
  return log.problems.empty() ? 0 : kExitFailed;
}

}  // namespace

int report_command(const Words& args) {
  const Parsed parsed = parse("report", args);
  set_root(parsed);
  const Log log = read_logs("report", parsed.words());
  std::vector<Race> races = merge_races(log.races);
  const Gate gate = pass_gate(parsed, "none", races);
  const std::string format = parsed.value("format", "text");
  const bool colour = format == "text" && !parsed.has("output") && wants_colour(STDOUT_FILENO);
  write_to(parsed.value("output"), colour ? text_report(races, colour) : write_as(format, races));
  const bool failed = gate.failed || !log.problems.empty();
  const int status = gate.raced ? kExitRaces : failed ? kExitFailed : 0;
  if (parsed.has("baseline") || parsed.has("fail-on")) {
    // The last line says it too, for those who throw statuses away.
    std::fprintf(stderr, "baton: %zu new, %zu known; exit %d\n", gate.fresh, races.size() - gate.fresh, status);
  }
  return status;
}

int merge_command(const Words& args) {
  const Parsed parsed = parse("merge", args);
  const Log log = read_logs("merge", parsed.words());
  const std::vector<Race> races = merge_races(log.races);
  write_to(parsed.value("output"), write_json(races));
  std::fprintf(stderr, "baton: %s of %s\n", plural(races.size(), "race").c_str(),
               plural(log.races.size(), "report").c_str());
  return log.problems.empty() ? 0 : kExitFailed;
}

int baseline_command(const Words& args) {
  const Parsed parsed = parse("baseline", args);
  set_root(parsed);
  Words words = parsed.words();
  const std::string action = words.empty() ? "" : words[0];
  if (action != "update") {
    throw UsageError("baseline: " + (action.empty() ? "no action" : "unknown action '" + action + "'") +
                     "; actions are: update");
  }
  words.erase(words.begin());
  return update_baseline(parsed, words);
}

}  // namespace baton::tools
