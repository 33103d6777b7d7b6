// SPDX-License-Identifier: Apache-2.0
//
// The lines of docs/json.md again, one for each race, with `seen` and `standing` added: what `baton merge` writes and
// every command reads.
#include <nlohmann/json.hpp>

#include "tools/report/formats.h"

namespace baton::tools {

namespace {

using nlohmann::ordered_json;

ordered_json or_null(const std::string& text) { return text.empty() ? ordered_json(nullptr) : ordered_json(text); }

// A goroutine's number under `key`, or a thread's.
void put_actor(ordered_json& object, const char* key, uint64_t goroutine) {
  object[(goroutine & kThreadBit) != 0 ? "thread" : key] = goroutine & ~kThreadBit;
}

ordered_json stack_json(const Stack& stack) {
  ordered_json frames = ordered_json::array();
  for (const Frame& frame : stack) {
    frames.push_back({{"function", frame.function},
                      {"file", or_null(frame.file)},
                      {"line", frame.line},
                      {"column", frame.column},
                      {"offset", frame.offset},
                      {"inlined", frame.inlined},
                      {"module", or_null(frame.module)}});
  }
  return frames;
}

ordered_json access_json(const Access& access) {
  ordered_json locks = ordered_json::array();
  for (const Lock& lock : access.locks) {
    locks.push_back({{"address", lock.address},
                     {"name", or_null(lock.name)},
                     {"mode", lock.mode},
                     {"stack", stack_json(lock.stack)}});
  }
  ordered_json object = {{"kind", access.kind},
                         {"write", access.write},
                         {"atomic", access.atomic},
                         {"size", access.size},
                         {"address", access.address}};
  put_actor(object, "goroutine", access.goroutine);
  object["locks"] = locks;
  if (access.locks_told != LocksTold::kNothing) object["locks_known"] = access.locks_told == LocksTold::kAll;
  object["stack"] = stack_json(access.stack);
  return object;
}

ordered_json location_json(const Location& location) {
  ordered_json object = {
      {"kind", location.kind},          {"name", or_null(location.name)}, {"variable", or_null(location.variable)},
      {"type", or_null(location.type)}, {"address", location.address},    {"size", location.size},
      {"file", or_null(location.file)}, {"line", location.line}};
  put_actor(object, "goroutine", location.goroutine);
  object["stack"] = stack_json(location.stack);
  if (location.freed_by != 0) {
    object["freed"] = {{"stack", stack_json(location.freed)}};
    put_actor(object["freed"], "goroutine", location.freed_by);
  }
  return object;
}

ordered_json race_json(const Race& race) {
  ordered_json accesses = ordered_json::array();
  for (const Access& access : race.accesses) accesses.push_back(access_json(access));
  ordered_json goroutines = ordered_json::array();
  for (const Goroutine& goroutine : race.goroutines) {
    ordered_json created = ordered_json::array();
    for (const Stack& stack : goroutine.created) created.push_back(stack_json(stack));
    ordered_json object;
    put_actor(object, "id", goroutine.id);
    object["state"] = goroutine.state;
    object["created"] = created;
    goroutines.push_back(object);
  }
  return {{"type", "race"},
          {"version", 1},
          {"pid", race.pid},
          {"program", race.program},
          {"build_id", race.build_id},
          {"time", race.time},
          {"number", race.number},
          {"kind", race.kind},
          {"fingerprint", race.fingerprint},
          {"pattern", or_null(race.pattern)},
          {"help", or_null(race.help)},
          {"accesses", accesses},
          {"location", location_json(race.location)},
          {"goroutines", goroutines},
          {"standing", race.standing == Standing::kKnown ? "known" : "new"},
          {"reason", or_null(race.reason)},
          {"seen", race.seen}};
}

}  // namespace

std::string write_json(const std::vector<Race>& races) {
  std::string text;
  for (const Race& race : races) {
    text += race_json(race).dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
  }
  return text;
}

}  // namespace baton::tools
