// SPDX-License-Identifier: Apache-2.0
//
// The Go-shaped text (reports.md), also as `go build -race` prints it. Text has no fingerprint and not all that makes
// one; it gets its own, "t1:", of access kinds, functions and the variable's name, which is as stable but another. Logs
// in JSON are better for a baseline.
#include <cstdio>
#include <regex>

#include "tools/report/read.h"

namespace baton::tools {

namespace {

const std::regex& access_line() {
  static const std::regex kLine(
      "(Previous )?([A-Za-z][A-Za-z ]*?) at (0x[0-9a-f]+) by (goroutine [0-9]+|thread T[0-9]+|main goroutine):");
  return kLine;
}

const std::regex& created_line() {
  static const std::regex kLine("(Goroutine [0-9]+|Thread T[0-9]+) \\((running|finished)\\) created at:");
  return kLine;
}

const std::regex& heap_line() {
  static const std::regex kLine(
      "Heap block of size ([0-9]+) at (0x[0-9a-f]+)(?: \\((.+)\\))? allocated by (goroutine [0-9]+|thread T[0-9]+|main "
      "goroutine).*:");
  return kLine;
}

const std::regex& variable_line() {
  static const std::regex kLine(
      "(Global|Local|Stack|Thread-local) var(?:iable)? (.+?)(?: of size ([0-9]+))?(?: at (0x[0-9a-f]+))?"
      "(?: of (goroutine [0-9]+|thread T[0-9]+|main goroutine))?(?: declared at (.+):([0-9]+))?:?");
  return kLine;
}

const std::regex& freed_line() {
  static const std::regex kLine("Freed by (goroutine [0-9]+|thread T[0-9]+|main goroutine):");
  return kLine;
}

const std::regex& place_line() {
  static const std::regex kLine("      (.+?)(?::([0-9]+))?(?: \\+0x([0-9a-f]+))?");
  return kLine;
}

// Of "goroutine 7", "Thread T1", "main goroutine".
uint64_t goroutine_number(const std::string& actor) {
  const size_t digits = actor.find_first_of("0123456789");
  if (digits == actor.npos) return 1;
  return std::stoull(actor.substr(digits)) | (actor[digits - 1] == 'T' ? kThreadBit : 0);
}

class Reader {
 public:
  explicit Reader(const std::vector<std::string>& lines) : lines_(lines) {}

  // "": fine; else what is wrong, with `at()`.
  std::string read(Race& race) {
    for (at_ = 1; at_ < lines_.size();) {
      const std::string& line = lines_[at_];
      std::smatch match;
      if (line.empty()) {
        at_++;
      } else if (std::regex_match(line, match, access_line())) {
        at_++;
        Access& access = race.accesses.emplace_back();
        access.kind = match[2].str();
        for (char& c : access.kind) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        access.atomic = access.kind.starts_with("atomic ");
        access.write = !access.kind.ends_with("read");
        access.address = match[3].str();
        access.goroutine = goroutine_number(match[4].str());
        access.stack = stack();
        if (access.stack.empty()) {
          at_--;
          return "an access without a stack";
        }
      } else if (std::regex_match(line, match, created_line())) {
        at_++;
        Goroutine& goroutine = race.goroutines.emplace_back();
        goroutine.id = goroutine_number(match[1].str());
        goroutine.state = match[2].str();
        goroutine.created = {stack()};
      } else if (std::regex_match(line, match, heap_line())) {
        at_++;
        race.location.kind = "heap";
        race.location.size = std::stoull(match[1].str());
        race.location.address = match[2].str();
        race.location.name = match[3].str();
        race.location.goroutine = goroutine_number(match[4].str());
        race.location.stack = stack();
      } else if (std::regex_match(line, match, freed_line())) {
        at_++;
        race.location.freed_by = goroutine_number(match[1].str());
        race.location.freed = stack();
      } else if (std::regex_match(line, match, variable_line())) {
        at_++;
        race.location.kind = match[1] == "Global" ? "global" : match[1] == "Thread-local" ? "thread-local" : "stack";
        race.location.name = match[2].str();
        if (match[3].matched) race.location.size = std::stoull(match[3].str());
        if (match[5].matched) race.location.goroutine = goroutine_number(match[5].str());
        race.location.file = match[6].str();
        if (match[7].matched) race.location.line = std::stoi(match[7].str());
        stack();
      } else {
        at_++;  // a section of a later version
        stack();
      }
    }
    if (race.accesses.size() == 2) return "";
    at_ = 0;
    return "a report with " + std::to_string(race.accesses.size()) + " accesses, not two";
  }

  size_t at() const { return at_; }

 private:
  // Pairs of lines: two spaces and the function, six spaces and the place.
  Stack stack() {
    Stack stack;
    while (at_ + 1 < lines_.size() && lines_[at_].starts_with("  ") && !lines_[at_].starts_with("   ")) {
      Frame frame;
      frame.function = lines_[at_].substr(2);
      std::smatch match;
      if (!std::regex_match(lines_[at_ + 1], match, place_line())) break;
      if (match[1] != "??") frame.file = match[1].str();
      if (match[2].matched) frame.line = std::stoi(match[2].str());
      if (match[3].matched) frame.offset = std::stoull(match[3].str(), nullptr, 16);
      stack.push_back(frame);
      at_ += 2;
    }
    return stack;
  }

  const std::vector<std::string>& lines_;
  size_t at_ = 0;
};

uint64_t hash(uint64_t value, const std::string& text) {
  for (char c : text) {
    if (c < '0' || c > '9') value = (value ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;  // FNV-1a
  }
  return (value ^ '\n') * 0x100000001b3ull;
}

std::string fingerprint_of_text(const Race& race) {
  constexpr uint64_t kStart = 0xcbf29ce484222325ull;
  uint64_t sides[2] = {kStart, kStart};
  for (int i = 0; i < 2; i++) {
    sides[i] = hash(sides[i], race.accesses[i].kind);
    int taken = 0;
    for (const Frame& frame : race.accesses[i].stack) {
      if (taken == 3) break;
      if (is_library(frame)) continue;
      sides[i] = hash(sides[i], short_name(frame.function));
      taken++;
    }
  }
  uint64_t whole = hash(hash(kStart, race.location.kind), race.location.name);
  for (uint64_t side : {std::min(sides[0], sides[1]), std::max(sides[0], sides[1])}) {
    whole = (whole ^ side) * 0x100000001b3ull;
  }
  char text[32];
  std::snprintf(text, sizeof text, "t1:%016llx", static_cast<unsigned long long>(whole));
  return text;
}

}  // namespace

std::string read_go_report(const std::vector<std::string>& lines, Log& log, size_t& at) {
  Race race;
  Reader reader(lines);
  std::string wrong = reader.read(race);
  at = reader.at();
  if (!wrong.empty()) return wrong;
  race.fingerprint = fingerprint_of_text(race);
  race.number = static_cast<int64_t>(log.races.size()) + 1;
  log.races.push_back(std::move(race));
  return "";
}

}  // namespace baton::tools
