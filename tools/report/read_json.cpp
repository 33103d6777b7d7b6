// SPDX-License-Identifier: Apache-2.0
//
// One line of docs/json.md. Keys that are not there, or null, have the value that means "unknown"; only what makes a
// race (its accesses with their stacks, its fingerprint) has to be there.
#include <nlohmann/json.hpp>

#include "tools/report/merge.h"
#include "tools/report/read.h"

namespace baton::tools {

namespace {

using nlohmann::json;

constexpr int kVersion = 1;

std::string text(const json& object, const char* key) {
  auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

int64_t number(const json& object, const char* key) {
  auto found = object.find(key);
  return found != object.end() && found->is_number() ? found->get<int64_t>() : 0;
}

// Of a goroutine under `key`, or of a thread.
uint64_t actor_number(const json& object, const char* key) {
  if (object.contains("thread")) return kThreadBit | static_cast<uint64_t>(number(object, "thread"));
  return static_cast<uint64_t>(number(object, key));
}

bool flag(const json& object, const char* key) {
  auto found = object.find(key);
  return found != object.end() && found->is_boolean() && found->get<bool>();
}

const json& list(const json& object, const char* key) {
  static const json kEmpty = json::array();
  auto found = object.find(key);
  return found != object.end() && found->is_array() ? *found : kEmpty;
}

Stack stack_of(const json& frames) {
  Stack stack;
  for (const json& frame : frames) {
    if (!frame.is_object()) continue;
    stack.push_back({.function = text(frame, "function"),
                     .file = text(frame, "file"),
                     .line = static_cast<int>(number(frame, "line")),
                     .column = static_cast<int>(number(frame, "column")),
                     .offset = static_cast<uint64_t>(number(frame, "offset")),
                     .inlined = flag(frame, "inlined"),
                     .module = text(frame, "module")});
  }
  return stack;
}

LocksTold locks_told(const json& object) {
  if (!object.contains("locks_known")) return LocksTold::kNothing;
  return flag(object, "locks_known") ? LocksTold::kAll : LocksTold::kVary;
}

Access access_of(const json& object) {
  Access access = {.kind = text(object, "kind"),
                   .write = flag(object, "write"),
                   .atomic = flag(object, "atomic"),
                   .size = static_cast<uint64_t>(number(object, "size")),
                   .address = text(object, "address"),
                   .goroutine = actor_number(object, "goroutine"),
                   .locks = {},
                   .locks_told = locks_told(object),
                   .stack = stack_of(list(object, "stack"))};
  if (access.kind.empty()) access.kind = access.write ? "write" : "read";
  for (const json& lock : list(object, "locks")) {
    if (!lock.is_object()) continue;
    access.locks.push_back(
        {text(lock, "address"), text(lock, "name"), text(lock, "mode"), stack_of(list(lock, "stack"))});
  }
  return access;
}

Location location_of(const json& object) {
  Location location = {.kind = text(object, "kind").empty() ? "unknown" : text(object, "kind"),
                       .name = text(object, "name"),
                       .variable = text(object, "variable"),
                       .type = text(object, "type"),
                       .address = text(object, "address"),
                       .size = static_cast<uint64_t>(number(object, "size")),
                       .file = text(object, "file"),
                       .line = static_cast<int>(number(object, "line")),
                       .goroutine = actor_number(object, "goroutine"),
                       .stack = stack_of(list(object, "stack")),
                       .freed = {}};
  if (auto freed = object.find("freed"); freed != object.end() && freed->is_object()) {
    location.freed_by = actor_number(*freed, "goroutine");
    location.freed = stack_of(list(*freed, "stack"));
  }
  return location;
}

// "": fine.
std::string read_race(const json& object, Race& race) {
  if (!text(object, "kind").empty()) race.kind = text(object, "kind");
  race.fingerprint = text(object, "fingerprint");
  race.pattern = text(object, "pattern");
  race.help = text(object, "help");
  race.program = text(object, "program");
  race.build_id = text(object, "build_id");
  race.time = text(object, "time");
  race.pid = number(object, "pid");
  race.number = number(object, "number");
  race.reason = text(object, "reason");
  if (text(object, "standing") == "known") race.standing = Standing::kKnown;
  for (const json& access : list(object, "accesses")) {
    if (access.is_object()) race.accesses.push_back(access_of(access));
  }
  if (auto found = object.find("location"); found != object.end() && found->is_object()) {
    race.location = location_of(*found);
  }
  for (const json& goroutine : list(object, "goroutines")) {
    if (!goroutine.is_object()) continue;
    Goroutine& one = race.goroutines.emplace_back();
    one.id = actor_number(goroutine, "id");
    one.state = text(goroutine, "state");
    for (const json& stack : list(goroutine, "created")) one.created.push_back(stack_of(stack));
  }
  for (const json& seen : list(object, "seen")) {
    if (seen.is_string()) race.seen.push_back(seen.get<std::string>());
  }
  if (race.seen.empty()) race.seen = {sighting(race)};
  if (race.fingerprint.empty()) return "a race without a fingerprint";
  if (race.accesses.size() != 2) return "a race with " + std::to_string(race.accesses.size()) + " accesses, not two";
  for (const Access& access : race.accesses) {
    if (access.stack.empty()) return "a race with an access that has no stack";
  }
  return "";
}

}  // namespace

std::string read_json_line(const std::string& line, Log& log) {
  const json object = json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (object.is_discarded()) {
    const size_t end = line.find_last_not_of(" \t");
    return end == line.npos || line[end] != '}' ? "a truncated JSON line: it does not end with '}'"
                                                : "not a JSON object";
  }
  const std::string type = object.is_object() ? text(object, "type") : "";
  if (type != "race" && type != "summary") return "";  // other programs write JSON too
  if (number(object, "version") > kVersion) {
    return "version " + std::to_string(number(object, "version")) + " of the format; this baton reads up to version " +
           std::to_string(kVersion);
  }
  if (type == "summary") {
    log.suppressed += number(object, "suppressed");
    return "";
  }
  Race race;
  const std::string wrong = read_race(object, race);
  if (wrong.empty()) log.races.push_back(std::move(race));
  return wrong;
}

}  // namespace baton::tools
