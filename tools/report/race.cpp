// SPDX-License-Identifier: Apache-2.0
#include "tools/report/race.h"

#include <algorithm>
#include <cctype>
#include <tuple>

namespace baton::tools {

namespace {

std::string memory_text(const Race& race) {
  const Location& location = race.location;
  if (!location.name.empty()) return location.name;
  if (location.kind == "heap") return "a heap block of " + std::to_string(location.size) + " bytes";
  if (location.kind == "stack") return "a local variable";
  if (location.kind == "thread-local") return "a thread-local variable";
  if (location.kind == "global") return "a global variable";
  return "";
}

auto place_of(const Access& access) {
  const Frame* frame = user_frame(access.stack);
  return frame == nullptr ? std::tuple<std::string, int, std::string, std::string>("", 0, "", access.kind)
                          : std::tuple(frame->file, frame->line, frame->function, access.kind);
}

}  // namespace

bool is_library(const Frame& frame) {
  constexpr const char* kFolders[] = {"/usr/include/", "/usr/lib/", "/include/baton/", "/runtime/checked/"};
  constexpr const char* kNames[] = {"std::", "__gnu_cxx::", "baton::", "testing::", "operator new", "operator delete"};
  for (const char* folder : kFolders) {
    if (frame.file.find(folder) != frame.file.npos) return true;
  }
  return std::any_of(std::begin(kNames), std::end(kNames), [&](const char* name) {
    return frame.function.starts_with(name) || frame.function.starts_with("void " + std::string(name)) ||
           frame.function.starts_with("bool " + std::string(name));
  });
}

std::string short_name(const std::string& function) {
  std::string name;
  int depth = 0;
  for (size_t i = 0; i < function.size(); i++) {
    const char c = function[i];
    if (depth == 0 && function.compare(i, 21, "(anonymous namespace)") == 0) {
      name += "(anonymous namespace)";
      i += 20;
      continue;
    }
    if (depth == 0 && function.compare(i, 10, "operator()") == 0) return name + "operator()";
    if (depth == 0 && c == '(') break;
    if (c == '<') depth++;
    name += c;
    if (c == '>') depth--;
    if (depth == 0 && c == ' ') name.clear();  // a return type
  }
  return name.empty() ? function : name;
}

const Frame* user_frame(const Stack& stack) {
  for (const Frame& frame : stack) {
    if (!frame.file.empty() && !is_library(frame)) return &frame;
  }
  for (const Frame& frame : stack) {
    if (!frame.file.empty()) return &frame;
  }
  return stack.empty() ? nullptr : &stack.front();
}

std::string headline(const Race& race) {
  std::string text = race.kind;
  const std::string memory = memory_text(race);
  if (!memory.empty()) text += (race.kind == "data race" ? " on " : " of ") + memory;
  std::vector<std::string> names;
  for (const Access& access : race.accesses) {
    const Frame* frame = user_frame(access.stack);
    if (frame != nullptr) names.push_back(short_name(frame->function));
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  for (size_t i = 0; i < names.size(); i++) text += (i == 0 ? " in " : " and ") + names[i];
  return text;
}

std::string access_title(const Access& access, bool previous) {
  std::string title = (previous ? "previous " : "") + access.kind;
  title[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(title[0])));
  return title;
}

std::string actor(uint64_t goroutine) {
  if ((goroutine & kThreadBit) != 0) return "thread T" + std::to_string(goroutine & ~kThreadBit);
  return goroutine == 1 ? "main goroutine" : "goroutine " + std::to_string(goroutine);
}

int primary_access(const Race& race) {
  if (race.accesses.size() < 2) return 0;
  return place_of(race.accesses[1]) < place_of(race.accesses[0]) ? 1 : 0;
}

bool canonical_order(const Race& a, const Race& b) {
  auto key = [](const Race& race) {
    return std::tuple(race.standing == Standing::kKnown, place_of(race.accesses[primary_access(race)]),
                      race.fingerprint);
  };
  return key(a) < key(b);
}

const Goroutine* goroutine_of(const Race& race, uint64_t id) {
  for (const Goroutine& goroutine : race.goroutines) {
    if (goroutine.id == id) return &goroutine;
  }
  return nullptr;
}

}  // namespace baton::tools
