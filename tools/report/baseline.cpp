// SPDX-License-Identifier: Apache-2.0
#include "tools/report/baseline.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <system_error>

#include "tools/report/read.h"
#include "tools/report/sources.h"

namespace baton::tools {

namespace {

using nlohmann::ordered_json;

std::string today() {
  const auto day = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  const std::chrono::year_month_day date(day);
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()));
  return text;
}

bool matches(const char* pattern, const char* text) {
  for (; *pattern != '\0'; pattern++, text++) {
    if (*pattern == '*') {
      for (; *text != '\0'; text++) {
        if (matches(pattern + 1, text)) return true;
      }
      return matches(pattern + 1, text);
    }
    if (*text != *pattern) return false;
  }
  return *text == '\0';
}

bool matches_race(const std::string& pattern, const Race& race) {
  const std::string anywhere = "*" + pattern + "*";
  auto fits = [&](const std::string& text) { return !text.empty() && matches(anywhere.c_str(), text.c_str()); };
  if (fits(race.location.name)) return true;
  for (const Access& access : race.accesses) {
    for (const Frame& frame : access.stack) {
      if (fits(frame.function) || fits(frame.file)) return true;
    }
  }
  return false;
}

bool holds_for(const BaselineEntry& entry, const Race& race) {
  return entry.match.empty() ? entry.fingerprint == race.fingerprint : matches_race(entry.match, race);
}

bool expired(const BaselineEntry& entry) { return !entry.expires.empty() && entry.expires < today(); }

// "": fine.
std::string read_entry(const std::string& line, BaselineEntry& entry) {
  const ordered_json object = ordered_json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (object.is_discarded() || !object.is_object()) return "not a JSON object, which an entry is";
  auto text = [&](const char* key) {
    auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : "";
  };
  entry.fingerprint = text("fingerprint");
  entry.match = text("match");
  entry.race = text("race");
  entry.since = text("since");
  entry.commit = text("commit");
  entry.reason = text("reason");
  entry.expires = text("expires");
  if (auto found = object.find("at"); found != object.end() && found->is_array()) {
    for (const auto& place : *found) {
      if (place.is_string()) entry.at.push_back(place.get<std::string>());
    }
  }
  if (entry.fingerprint.empty() == entry.match.empty()) return "an entry has either `fingerprint` or `match`";
  if (!entry.expires.empty() && !is_day(entry.expires)) {
    return "`expires` is \"" + entry.expires + "\", which is no day like 2026-12-31";
  }
  return "";
}

std::string written(const BaselineEntry& entry) {
  ordered_json object;
  auto put = [&](const char* key, const std::string& value) {
    if (!value.empty()) object[key] = value;
  };
  put("fingerprint", entry.fingerprint);
  put("match", entry.match);
  put("race", entry.race);
  if (!entry.at.empty()) object["at"] = entry.at;
  put("since", entry.since);
  put("commit", entry.commit);
  put("reason", entry.reason);
  put("expires", entry.expires);
  return object.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::string name_of(const BaselineEntry& entry) {
  std::string name = entry.match.empty() ? entry.fingerprint : "\"" + entry.match + "\"";
  if (!entry.race.empty()) name += " (" + entry.race + ")";
  return name;
}

BaselineEntry entry_of(const Race& race, const std::string& reason, const std::string& expires) {
  BaselineEntry entry;
  entry.fingerprint = race.fingerprint;
  entry.race = headline(race);
  entry.since = today();
  for (const char* variable : {"GITHUB_SHA", "CI_COMMIT_SHA"}) {
    const char* commit = std::getenv(variable);
    if (entry.commit.empty() && commit != nullptr) entry.commit = commit;
  }
  entry.reason = reason;
  entry.expires = expires;
  for (const Access& access : race.accesses) {
    if (const Frame* frame = user_frame(access.stack)) {
      entry.at.push_back(relative_name(frame->file) + ":" + std::to_string(frame->line));
    }
  }
  std::sort(entry.at.begin(), entry.at.end());
  return entry;
}

}  // namespace

bool is_day(const std::string& text) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int used = 0;
  if (text.size() != 10 || std::sscanf(text.c_str(), "%4d-%2u-%2u%n", &year, &month, &day, &used) != 3) return false;
  return used == 10 &&
         std::chrono::year_month_day(std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)).ok();
}

Baseline read_baseline(const std::string& file, bool may_be_missing) {
  Baseline baseline;
  baseline.file = file;
  std::string text;
  try {
    text = read_file(file);
  } catch (const std::system_error& error) {
    if (may_be_missing && error.code().value() == ENOENT) return baseline;
    baseline.problems.push_back(file + ": the baseline cannot be read: " + std::strerror(error.code().value()));
    return baseline;
  }
  size_t number = 0;
  for (size_t start = 0; start < text.size();) {
    const size_t end = std::min(text.find('\n', start), text.size());
    const std::string line = text.substr(start, end - start);
    start = end + 1;
    number++;
    if (line.find_first_not_of(" \t\r") == line.npos) continue;
    BaselineEntry entry;
    entry.line = number;
    const std::string wrong = read_entry(line, entry);
    if (wrong.empty()) {
      baseline.entries.push_back(entry);
    } else {
      baseline.problems.push_back(file + ":" + std::to_string(number) + ": " + wrong);
    }
  }
  return baseline;
}

std::vector<std::string> apply_baseline(const Baseline& baseline, std::vector<Race>& races) {
  std::vector<std::string> notes;
  for (const BaselineEntry& entry : baseline.entries) {
    bool used = false;
    for (Race& race : races) {
      if (!holds_for(entry, race)) continue;
      used = true;
      if (expired(entry)) continue;
      race.standing = Standing::kKnown;
      race.reason = entry.reason;
    }
    const std::string place = baseline.file + ":" + std::to_string(entry.line) + ": ";
    if (expired(entry)) {
      notes.push_back(place + "entry " + name_of(entry) + " expired on " + entry.expires +
                      (entry.reason.empty() ? "" : ": " + entry.reason));
    } else if (!used) {
      notes.push_back(place + "entry " + name_of(entry) + " matches no race of these logs");
    }
  }
  std::sort(races.begin(), races.end(), canonical_order);
  return notes;
}

std::string updated_baseline(const Baseline& baseline, const std::vector<Race>& races, bool prune,
                             const std::string& reason, const std::string& expires) {
  std::set<std::string> lines;
  std::set<const Race*> known;
  for (const BaselineEntry& entry : baseline.entries) {
    bool used = false;
    for (const Race& race : races) {
      if (!holds_for(entry, race)) continue;
      used = true;
      if (!expired(entry)) known.insert(&race);
    }
    // What is expired and still there is written anew below; a pattern that is expired stays, for a person to decide.
    const bool renewed = expired(entry) && used && entry.match.empty();
    if (!renewed && (used || !prune)) lines.insert(written(entry));
  }
  for (const Race& race : races) {
    if (known.count(&race) == 0) lines.insert(written(entry_of(race, reason, expires)));
  }
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

}  // namespace baton::tools
