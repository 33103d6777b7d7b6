// SPDX-License-Identifier: Apache-2.0
//
// SARIF 2.1.0. What GitHub code scanning makes of it decides the details: only the first location is shown, so it is
// the one that primary_access chooses; only primaryLocationLineHash tells one alert from another, so our fingerprint
// stands there, or a race whose two sides change places would be two alerts; names of files are relative to the
// sources.
#include <nlohmann/json.hpp>

#include "tools/report/escape.h"
#include "tools/report/formats.h"
#include "tools/report/sources.h"

namespace baton::tools {

namespace {

using nlohmann::ordered_json;

constexpr const char* kRules[][3] = {
    {"data race", "Two goroutines access the same memory at the same time, and at least one of them writes.",
     "Order the two accesses: protect both with one Mutex, make them atomic, or hand the data over by a channel."},
    {"use after free", "A goroutine accesses memory that another frees without waiting for it.",
     "Free the memory after the other goroutine has ended or handed it over."},
    {"double free", "Two goroutines free the same memory.", "Let one of them own it, or share it by std::shared_ptr."},
    {"double close", "Two goroutines close one channel.", "Let one goroutine, the sender, close the channel."},
    {"send and close", "A goroutine sends on a channel that another closes without waiting for it.",
     "Close the channel after the last send, in the goroutine that sends or after waiting for it."},
    {"add and wait", "WaitGroup::add runs at the same time as wait.", "Call add before the goroutine is started."},
};

std::string rule_id(const std::string& kind) {
  std::string id = "baton/";
  for (char c : kind) id += c == ' ' ? '-' : c;
  return id;
}

ordered_json artifact(const std::string& file) {
  const std::string name = relative_name(file);
  if (name.starts_with('/')) return {{"uri", "file://" + uri_path(name)}};
  return {{"uri", uri_path(name)}, {"uriBaseId", "SRCROOT"}};
}

ordered_json place(const std::string& file, int line, int column) {
  ordered_json region = {{"startLine", std::max(1, line)}, {"startColumn", std::max(1, column)}};
  region["endLine"] = region["startLine"];
  const std::vector<SourceLine> lines = lines_around(file, line, 0, 0);
  if (!lines.empty()) {
    const std::string& text = lines[0].text;
    if (column < 1) {
      region["startColumn"] = static_cast<int>(std::min(text.find_first_not_of(" \t"), text.size())) + 1;
    }
    region["endColumn"] = static_cast<int>(text.size()) + 1;
    region["snippet"] = {{"text", text}};
  }
  return {{"artifactLocation", artifact(file)}, {"region", region}};
}

ordered_json location(const Frame& frame, const std::string& message) {
  ordered_json object;
  if (!frame.file.empty()) object["physicalLocation"] = place(frame.file, frame.line, frame.column);
  object["logicalLocations"] = ordered_json::array({{{"fullyQualifiedName", frame.function}, {"kind", "function"}}});
  if (!message.empty()) object["message"] = {{"text", message}};
  return object;
}

// From the outermost frame to the innermost, as the program went. Of a deep recursion the innermost frames: GitHub
// takes 10,000 steps of a result.
void add_steps(ordered_json& steps, const Stack& whole, const std::string& last, int level, int& order) {
  constexpr size_t kMost = 1000;
  const Stack stack(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(std::min(kMost, whole.size())));
  for (size_t i = stack.size(); i-- > 0;) {
    ordered_json step = {{"location", location(stack[i], i == 0 ? last : "")},
                         {"nestingLevel", level + static_cast<int>(stack.size() - 1 - i)},
                         {"executionOrder", ++order},
                         {"importance", i == 0 ? "essential" : "important"}};
    if (is_library(stack[i]) && i != 0) step["importance"] = "unimportant";
    steps.push_back(step);
  }
}

ordered_json thread_flow(const Race& race, int which, int& order) {
  const Access& access = race.accesses[which];
  ordered_json steps = ordered_json::array();
  const Goroutine* goroutine = goroutine_of(race, access.goroutine);
  if (goroutine != nullptr && !goroutine->created.empty()) {
    add_steps(steps, goroutine->created.front(), actor(access.goroutine) + " created here", 0, order);
  }
  add_steps(steps, access.stack, access.kind + " by " + actor(access.goroutine), 0, order);
  return {{"id", actor(access.goroutine)}, {"message", {{"text", actor(access.goroutine)}}}, {"locations", steps}};
}

ordered_json stack_object(const Access& access) {
  ordered_json frames = ordered_json::array();
  for (const Frame& frame : access.stack) {
    if (frames.size() == 1000) break;
    frames.push_back({{"location", location(frame, frame.function)}});
  }
  return {{"message", {{"text", access.kind + " by " + actor(access.goroutine)}}}, {"frames", frames}};
}

ordered_json result_of(const Race& race) {
  const int primary = primary_access(race);
  const Access& first = race.accesses[primary];
  const Access& second = race.accesses[1 - primary];
  const Frame* there = user_frame(second.stack);
  ordered_json related = location(*there, "conflicting " + second.kind);
  related["id"] = 1;
  // The earlier access runs first.
  int order = 0;
  ordered_json earlier = thread_flow(race, 1, order);
  ordered_json later = thread_flow(race, 0, order);
  std::string message = headline(race) + ": this " + first.kind + " and the [" + second.kind +
                        "](1) by another goroutine are not ordered.";
  if (!race.help.empty()) message += " " + race.help;
  ordered_json result = {
      {"ruleId", rule_id(race.kind)},
      {"level", "error"},
      {"kind", "fail"},
      {"message", {{"text", message}}},
      {"locations", ordered_json::array({location(*user_frame(first.stack), "")})},
      {"relatedLocations", ordered_json::array({related})},
      {"partialFingerprints", {{"primaryLocationLineHash", race.fingerprint}, {"baton/race/v1", race.fingerprint}}},
      {"occurrenceCount", race.seen.size()},
      {"baselineState", race.standing == Standing::kKnown ? "unchanged" : "new"},
      {"codeFlows", ordered_json::array({{{"message", {{"text", "Nothing orders the ends of these two."}}},
                                          {"threadFlows", ordered_json::array({earlier, later})}}})},
      {"stacks", ordered_json::array({stack_object(first), stack_object(second)})}};
  if (!race.reason.empty()) {
    result["suppressions"] = ordered_json::array({{{"kind", "external"}, {"justification", race.reason}}});
  }
  return result;
}

ordered_json rules() {
  ordered_json list = ordered_json::array();
  for (const auto& [kind, what, help] : kRules) {
    list.push_back(
        {{"id", rule_id(kind)},
         {"name", kind},
         {"shortDescription", {{"text", what}}},
         {"fullDescription", {{"text", what}}},
         {"help", {{"text", help}, {"markdown", help}}},
         {"defaultConfiguration", {{"level", "error"}}},
         {"properties",
          {{"tags", {"correctness", "concurrency"}}, {"precision", "very-high"}, {"problem.severity", "error"}}}});
  }
  return list;
}

}  // namespace

// One result a line, each made and written by itself: a log of ten thousand races would be a gigabyte as one tree.
std::string write_sarif(const std::vector<Race>& races) {
  const auto text_of = [](const ordered_json& object) {
    return object.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  };
  const ordered_json driver = {
      {"name", "baton"}, {"version", BATON_VERSION}, {"semanticVersion", BATON_VERSION}, {"rules", rules()}};
  const ordered_json bases = {{"SRCROOT", {{"uri", "file://" + uri_path(source_root()) + "/"}}}};
  std::string text =
      "{\"$schema\": \"https://json.schemastore.org/sarif-2.1.0.json\", \"version\": \"2.1.0\", \"runs\": [{\n"
      "\"tool\": {\"driver\": " +
      text_of(driver) + "},\n\"automationDetails\": {\"id\": \"baton/\"},\n\"originalUriBaseIds\": " + text_of(bases) +
      ",\n\"columnKind\": \"utf16CodeUnits\",\n\"results\": [";
  const char* separator = "\n";
  for (const Race& race : races) {
    text += separator + text_of(result_of(race));
    separator = ",\n";
  }
  return text + "\n]}]}\n";
}

}  // namespace baton::tools
