// SPDX-License-Identifier: Apache-2.0
//
// One file for a browser: no script, no network, light and dark as the reader's system is. New races come first. Each
// has a picture of the two goroutines (picture.cpp), both places in the sources side by side, and the stacks. Sources
// are read when the page is made, from where the program was compiled or below the source root.
#include <algorithm>
#include <string>

#include "tools/report/escape.h"
#include "tools/report/formats.h"
#include "tools/report/picture.h"
#include "tools/report/sources.h"

namespace baton::tools {

namespace {

constexpr size_t kMostRaces = 1000;  // with sources and stacks; a browser bears no more

constexpr char kStyle[] = R"(
:root { color-scheme: light dark; --bg: #ffffff; --panel: #f6f8fa; --text: #1f2328; --dim: #59636e; --line: #d1d9e0;
  --bad: #c4122f; --bad-bg: #ffebe9; --known: #57606a; --good: #1a7f37; --link: #0550ae; --lane: #8c959f; }
@media (prefers-color-scheme: dark) { :root { --bg: #0d1117; --panel: #161b22; --text: #e6edf3; --dim: #9198a1;
  --line: #30363d; --bad: #ff7b72; --bad-bg: #3c1618; --known: #9198a1; --good: #56d364; --link: #79c0ff;
  --lane: #6e7681; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 24px 20px 60px; max-width: 1100px; background: var(--bg); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; }
a { color: var(--link); text-decoration: none; } a:hover { text-decoration: underline; }
h1 { font-size: 26px; margin: 0 0 4px; } h2 { font-size: 19px; margin: 0; overflow-wrap: anywhere; }
code, pre, .mono { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 13px; }
.sub { color: var(--dim); margin: 0 0 20px; }
.index { width: 100%; border-collapse: collapse; margin-bottom: 28px; }
.index td, .index th { text-align: left; vertical-align: top; padding: 7px 10px; border-top: 1px solid var(--line);
  overflow-wrap: anywhere; }
.index th { color: var(--dim); font-weight: 600; border-top: 0; font-size: 13px; }
.index .n { white-space: nowrap; text-align: right; }
.badge { display: inline-block; border-radius: 10px; padding: 0 9px; font-size: 12px; font-weight: 600; white-space: nowrap;
  border: 1px solid; }
.badge.new { color: var(--bad); background: var(--bad-bg); } .badge.known { color: var(--known); }
.race { border: 1px solid var(--line); border-radius: 10px; padding: 18px 20px; margin-bottom: 26px; }
.race > header { display: flex; gap: 12px; align-items: baseline; flex-wrap: wrap; }
.facts { color: var(--dim); font-size: 13px; margin: 4px 0 12px; overflow-wrap: anywhere; }
.help { border-left: 3px solid var(--good); background: var(--panel); padding: 8px 12px; margin: 12px 0; border-radius: 0 6px 6px 0; }
.picture { overflow-x: auto; margin: 6px 0 14px; } .picture svg { --rim: var(--bg); display: block; margin: 0 auto; min-width: 640px; width: 100%;
  max-width: 860px; height: auto; }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 16px; }
.side { min-width: 0; } .side h3 { font-size: 15px; margin: 0 0 6px; font-weight: 600; }
.side h3 b { color: var(--bad); } .side h3 span { color: var(--dim); font-weight: 400; }
.source { border: 1px solid var(--line); border-radius: 6px; background: var(--panel); overflow-x: auto; margin: 0 0 10px; }
.source .name { padding: 4px 10px; border-bottom: 1px solid var(--line); color: var(--dim); }
.source pre { margin: 0; padding: 6px 0; min-width: max-content; tab-size: 4; }
.source .l { display: block; padding: 0 10px; } .source .l i { display: inline-block; width: 4ch; margin-right: 2ch;
  text-align: right; color: var(--dim); font-style: normal; }
.source .hit { background: var(--bad-bg); box-shadow: inset 3px 0 var(--bad); } .source .hit i { color: var(--bad); }
.missing { padding: 8px 10px; color: var(--dim); }
details { margin: 6px 0; } summary { cursor: pointer; color: var(--dim); font-size: 13px; }
.stack { list-style: none; margin: 4px 0 10px; padding: 0; } .stack li { padding: 2px 0 2px 12px; border-left: 2px solid var(--line);
  overflow-wrap: anywhere; } .stack li.library { opacity: .62; } .stack small { color: var(--dim); font-size: 12px; display: block; }
footer { color: var(--dim); font-size: 13px; }
@media print { .race { break-inside: avoid; } }
)";

std::string code(const std::string& text) { return "<code>" + xml_escaped(text) + "</code>"; }

std::string place_text(const Frame& frame) {
  return frame.file.empty() ? "unknown file" : relative_name(frame.file) + ":" + std::to_string(frame.line);
}

std::string stack_html(const Stack& stack) {
  std::string html = "<ul class=\"stack\">";
  for (const Frame& frame : stack) {
    html += std::string("<li") + (is_library(frame) ? " class=\"library\"" : "") + ">" + code(frame.function) +
            "<small class=\"mono\">" + xml_escaped(place_text(frame)) + "</small></li>";
  }
  return html + "</ul>";
}

std::string source_html(const Frame& frame) {
  std::string html = "<div class=\"source\"><div class=\"name mono\">" + xml_escaped(place_text(frame)) + "</div>";
  const std::vector<SourceLine> lines = lines_around(frame.file, frame.line, 4, 3);
  if (lines.empty()) return html + "<div class=\"missing\">The source is not here.</div></div>";
  html += "<pre>";
  for (const SourceLine& line : lines) {
    html += std::string("<span class=\"l") + (line.number == frame.line ? " hit" : "") + "\"><i>" +
            std::to_string(line.number) + "</i>" + xml_escaped(line.text) + "</span>";
  }
  return html + "</pre></div>";
}

std::string locks_html(const Access& access) {
  if (access.locks.empty() && access.locks_told == LocksTold::kNothing) return "";
  if (access.locks.empty()) {
    return access.locks_told == LocksTold::kAll ? "<p class=\"facts\">No lock is held.</p>"
                                                : "<p class=\"facts\">The locks vary.</p>";
  }
  std::string html = "<p class=\"facts\">Holds ";
  for (size_t i = 0; i < access.locks.size(); i++) {
    const Lock& lock = access.locks[i];
    html += (i == 0 ? "" : ", ") + code(lock.name.empty() ? lock.address : lock.name) +
            (lock.mode == "read" ? " (shared)" : "");
    const Frame* frame = user_frame(lock.stack);
    if (frame != nullptr) html += ", taken at " + xml_escaped(place_text(*frame));
  }
  return html + ".</p>";
}

std::string side_html(const Race& race, const Access& access, const char* when) {
  std::string html = "<div class=\"side\"><h3><b>" + xml_escaped(access_title(access, false)) + "</b> by " +
                     actor(access.goroutine) + " <span>" + when + "</span></h3>";
  html += source_html(*user_frame(access.stack)) + locks_html(access);
  html += "<details open><summary>Stack, innermost first</summary>" + stack_html(access.stack) + "</details>";
  const Goroutine* goroutine = goroutine_of(race, access.goroutine);
  for (size_t i = 0; goroutine != nullptr && i < goroutine->created.size(); i++) {
    html +=
        std::string("<details") + (i == 0 ? " open" : "") + "><summary>" +
        (i == 0 ? "Created at (" + xml_escaped(goroutine->state) + ")" : std::string("Its creator was created at")) +
        "</summary>" + stack_html(goroutine->created[i]) + "</details>";
  }
  return html + "</div>";
}

std::string location_html(const Race& race) {
  const Location& location = race.location;
  std::string text;
  if (!location.name.empty()) text = code(location.name) + (location.type.empty() ? "" : ", a " + code(location.type));
  if (location.kind == "heap") {
    text += (text.empty() ? "H" : ", in a h") + std::string("eap block of ") + plural(location.size, "byte");
    if (location.goroutine != 0) text += " allocated by " + actor(location.goroutine);
    if (const Frame* frame = user_frame(location.stack)) text += " at " + xml_escaped(place_text(*frame));
  } else if (!text.empty()) {
    text += ", " + xml_escaped(location.kind == "stack" ? "a local variable" : location.kind + " variable");
  }
  if (!location.file.empty()) {
    text += ", declared at " + xml_escaped(relative_name(location.file)) + ":" + std::to_string(location.line);
  }
  return text.empty() ? "" : "<p class=\"facts\">" + text + ".</p>";
}

std::string badge(const Race& race) {
  return race.standing == Standing::kKnown ? "<span class=\"badge known\">known</span>"
                                           : "<span class=\"badge new\">new</span>";
}

std::string race_html(const Race& race, size_t number) {
  const std::string id = "race-" + std::to_string(number);
  std::string html = "<section class=\"race\" id=\"" + id + "\">\n<header>" + badge(race) + "<h2>" +
                     xml_escaped(headline(race)) + "</h2></header>\n<p class=\"facts\"><span class=\"mono\">" +
                     xml_escaped(race.fingerprint) + "</span> · " + seen_text(race);
  if (!race.program.empty()) html += " · " + xml_escaped(race.program);
  if (!race.time.empty()) html += " · " + xml_escaped(race.time);
  html += "</p>\n" + location_html(race);
  if (!race.reason.empty()) html += "<p class=\"facts\">Known because: " + xml_escaped(race.reason) + "</p>\n";
  if (!race.help.empty()) html += "<div class=\"help\">" + xml_escaped(race.help) + "</div>\n";
  html += "<div class=\"picture\">" + race_picture(race) + "</div>\n<div class=\"sides\">\n";
  html += side_html(race, race.accesses[1], "first") + "\n" + side_html(race, race.accesses[0], "then") + "\n</div>\n";
  return html + "<details><summary>As text</summary><pre>" + xml_escaped(go_report(race)) +
         "</pre></details>\n</section>\n";
}

}  // namespace

std::string write_html(const std::vector<Race>& races) {
  size_t known = 0;
  for (const Race& race : races) known += race.standing == Standing::kKnown ? 1 : 0;
  const std::string counts = std::to_string(races.size() - known) + " new, " + std::to_string(known) + " known";
  std::string html =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Data races: " +
      counts + "</title>\n<style>" + kStyle + "</style>\n</head>\n<body>\n<h1>Data races</h1>\n<p class=\"sub\">" +
      counts + "</p>\n";
  if (races.empty()) html += "<p>None were found.</p>\n";
  if (races.size() > 1) {
    html += "<table class=\"index\"><tr><th></th><th>Race</th><th>Accesses</th><th class=\"n\">Seen</th></tr>\n";
    for (size_t i = 0; i < races.size(); i++) {
      const Race& race = races[i];
      const bool shown = i < kMostRaces;
      html += "<tr><td>" + badge(race) + "</td><td>" +
              (shown ? "<a href=\"#race-" + std::to_string(i + 1) + "\">" : std::string()) +
              xml_escaped(headline(race)) + (shown ? "</a>" : "") + "</td><td class=\"mono\">";
      const int primary = primary_access(race);
      for (int which : {primary, 1 - primary}) {
        const Access& access = race.accesses[which];
        html += xml_escaped(access.kind + " " + place_text(*user_frame(access.stack))) + "<br>";
      }
      html += "</td><td class=\"n\">" + std::to_string(race.seen.size()) + "</td></tr>\n";
    }
    html += "</table>\n";
  }
  for (size_t i = 0; i < std::min(races.size(), kMostRaces); i++) html += race_html(races[i], i + 1);
  if (races.size() > kMostRaces) {
    html += "<p>" + plural(races.size() - kMostRaces, "more race") + " only in the table above: a page has room for " +
            std::to_string(kMostRaces) + ".</p>\n";
  }
  return html + "<footer>Made by baton " BATON_VERSION ".</footer>\n</body>\n</html>\n";
}

}  // namespace baton::tools
