// SPDX-License-Identifier: Apache-2.0
//
// The Go-shaped report (reports.md), from what a log says.
#include <algorithm>
#include <cstdio>

#include "tools/report/formats.h"
#include "tools/report/sources.h"

namespace baton::tools {

namespace {

std::string stack_text(const Stack& stack) {
  std::string text;
  for (const Frame& frame : stack) {
    char offset[32];
    std::snprintf(offset, sizeof offset, " +0x%llx", static_cast<unsigned long long>(frame.offset));
    text += "  " + frame.function + "\n      " +
            (frame.file.empty() ? "??" : frame.file + ":" + std::to_string(frame.line)) + offset + "\n";
  }
  return text;
}

std::string location_text(const Location& location) {
  if (location.kind == "heap") {
    std::string text = "\nHeap block of size " + std::to_string(location.size) + " at " + location.address;
    if (!location.name.empty()) text += " (" + location.name + ")";
    if (location.goroutine != 0) text += " allocated by " + actor(location.goroutine);
    return text + ":\n" + stack_text(location.stack);
  }
  if (location.name.empty()) {
    if (location.kind != "stack") return "";
    return "\nAddress " + location.address + " is on the stack of " + actor(location.goroutine) + "\n";
  }
  const std::string kind = location.kind == "global"         ? "Global"
                           : location.kind == "thread-local" ? "Thread-local"
                                                             : "Stack";
  std::string text = "\n" + kind + " var " + location.name;
  if (location.size != 0) text += " of size " + std::to_string(location.size);
  if (!location.address.empty()) text += " at " + location.address;
  if (location.kind == "stack" && location.goroutine != 0) text += " of " + actor(location.goroutine);
  if (!location.file.empty()) text += " declared at " + location.file + ":" + std::to_string(location.line);
  return text + "\n";
}

// Go knows two kinds of access.
const char* go_name(const Access& access, bool previous) {
  if (previous) return access.write ? "write" : "read";
  return access.write ? "Write" : "Read";
}

}  // namespace

std::string go_report(const Race& race) {
  std::string text = "==================\nWARNING: DATA RACE\n";
  bool previous = false;
  for (const Access& access : race.accesses) {
    if (previous) text += "\n";
    text += std::string(previous ? "Previous " : "") + go_name(access, previous) + " at " + access.address + " by " +
            actor(access.goroutine) + ":\n" + stack_text(access.stack);
    previous = true;
  }
  text += location_text(race.location);
  const bool shows_free = std::any_of(race.accesses.begin(), race.accesses.end(),
                                      [](const Access& access) { return access.kind == "free"; });
  if (race.location.freed_by != 0 && !shows_free) {
    text += "\nFreed by " + actor(race.location.freed_by) + ":\n" + stack_text(race.location.freed);
  }
  for (const Goroutine& goroutine : race.goroutines) {
    if (goroutine.id == 1 || goroutine.created.empty()) continue;
    std::string title = actor(goroutine.id);
    title[0] = static_cast<char>(title[0] - 'a' + 'A');
    text += "\n" + title + " (" + goroutine.state + ") created at:\n" + stack_text(goroutine.created.front());
  }
  return text + "==================\n";
}

std::string text_report(const std::vector<Race>& races, bool colour) {
  std::string text;
  for (const Race& race : races) text += go_report(race) + explanation(race, colour) + "\n";
  return text + plural(races.size(), "data race") + "\n";
}

std::string write_text(const std::vector<Race>& races) { return text_report(races, /*colour=*/false); }

}  // namespace baton::tools
