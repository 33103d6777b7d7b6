// SPDX-License-Identifier: Apache-2.0
//
// What CI systems read: JUnit XML, GitLab's code quality report, GitHub's annotations, and Markdown for a pull request.
#include <nlohmann/json.hpp>
#include <set>

#include "tools/report/escape.h"
#include "tools/report/formats.h"
#include "tools/report/sources.h"

namespace baton::tools {

namespace {

using nlohmann::ordered_json;

constexpr size_t kMostAnnotations = 10;  // GitHub shows no more in one step

const Frame& primary_frame(const Race& race) { return *user_frame(race.accesses[primary_access(race)].stack); }
const Frame& other_frame(const Race& race) { return *user_frame(race.accesses[1 - primary_access(race)].stack); }

bool known(const Race& race) { return race.standing == Standing::kKnown; }

std::string place_of(const Frame& frame) {
  if (frame.file.empty()) return "??";
  return relative_name(frame.file) + ":" + std::to_string(frame.line);
}

size_t count_new(const std::vector<Race>& races) {
  size_t n = 0;
  for (const Race& race : races) n += known(race) ? 0 : 1;
  return n;
}

}  // namespace

// A race that the baseline knows is a test that was skipped.
std::string write_junit(const std::vector<Race>& races) {
  const std::string counts = "tests=\"" + std::to_string(races.size()) + "\" failures=\"" +
                             std::to_string(count_new(races)) + "\" errors=\"0\" skipped=\"" +
                             std::to_string(races.size() - count_new(races)) + "\"";
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"baton\" " + counts +
                     ">\n  <testsuite name=\"data races\" " + counts + " time=\"0\">\n";
  for (const Race& race : races) {
    const Frame& frame = primary_frame(race);
    text += "    <testcase classname=\"race." + xml_escaped(short_name(frame.function)) + "\" name=\"" +
            xml_escaped(headline(race) + " (" + race.fingerprint + ")") + "\" file=\"" +
            xml_escaped(relative_name(frame.file)) + "\" line=\"" + std::to_string(frame.line) + "\" time=\"0\">\n";
    if (known(race)) {
      text += "      <skipped message=\"" + xml_escaped(race.reason.empty() ? "known" : race.reason) + "\"/>\n";
    } else {
      text += "      <failure type=\"DataRace\" message=\"" + xml_escaped(race.fingerprint + ": " + headline(race)) +
              "\">" + xml_escaped(go_report(race)) + "</failure>\n";
    }
    text += "    </testcase>\n";
  }
  return text + "  </testsuite>\n</testsuites>\n";
}

std::string write_gitlab(const std::vector<Race>& races) {
  ordered_json list = ordered_json::array();
  for (const Race& race : races) {
    const Frame& frame = primary_frame(race);
    list.push_back(
        {{"description", headline(race) + "; the other access: " + place_of(other_frame(race))},
         {"check_name", "baton"},
         {"fingerprint", race.fingerprint},
         {"severity", known(race) ? "info" : "critical"},
         {"location", {{"path", relative_name(frame.file)}, {"lines", {{"begin", std::max(1, frame.line)}}}}}});
  }
  return list.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::string write_github(const std::vector<Race>& races) {
  std::string text;
  size_t written = 0;
  for (const Race& race : races) {
    if (++written == kMostAnnotations && races.size() > kMostAnnotations) {
      text += "::notice title=Data races::" +
              github_message(plural(races.size() - written + 1, "more race") +
                             " not shown here: GitHub shows ten annotations of a step") +
              "\n";
      break;
    }
    const Frame& frame = primary_frame(race);
    std::string message = headline(race) + "\nthe other access: " + place_of(other_frame(race));
    if (!race.help.empty()) message += "\n" + race.help;
    text += std::string(known(race) ? "::warning " : "::error ");
    if (!frame.file.empty()) {
      text += "file=" + github_property(relative_name(frame.file)) + ",line=" + std::to_string(frame.line) + ",";
    }
    text += "title=" + github_property((known(race) ? "Known data race " : "Data race ") + race.fingerprint) +
            "::" + github_message(message) + "\n";
  }
  return text;
}

// GitHub cuts a summary of a step at 1 MiB, and shows none of a longer one.
std::string write_markdown(const std::vector<Race>& races) {
  constexpr size_t kMost = 1000000;
  const size_t fresh = count_new(races);
  std::string text =
      "## Data races: " + std::to_string(fresh) + " new, " + std::to_string(races.size() - fresh) + " known\n\n";
  if (races.empty()) return text + "None were found.\n";
  text += "| | race | accesses | seen |\n|---|---|---|---|\n";
  size_t rows = 0;
  for (const Race& race : races) {
    if (text.size() > kMost / 2) {
      text += "\n" + plural(races.size() - rows, "more race") + " not in this table.\n";
      break;
    }
    rows++;
    text += std::string("| ") + (known(race) ? "known" : "**new**") + " | " + markdown_escaped(headline(race)) + " | " +
            markdown_escaped(race.accesses[primary_access(race)].kind) + " `" + place_of(primary_frame(race)) +
            "`<br>" + markdown_escaped(race.accesses[1 - primary_access(race)].kind) + " `" +
            place_of(other_frame(race)) + "` | " + std::to_string(race.seen.size()) + " |\n";
  }
  size_t left = races.size();
  for (const Race& race : races) {
    std::string part = "\n<details><summary>" + xml_escaped(headline(race)) + " (" + race.fingerprint +
                       ")</summary>\n\n````\n" + go_report(race) + "````\n";
    if (!race.help.empty()) part += "\nHelp: " + markdown_escaped(race.help) + "\n";
    if (!race.reason.empty()) part += "\nKnown because: " + markdown_escaped(race.reason) + "\n";
    part += "\n</details>\n";
    if (text.size() + part.size() > kMost) {
      text += "\nThe reports of " + plural(left, "more race") + " are left out: a summary has room for 1 MiB.\n";
      break;
    }
    text += part;
    left--;
  }
  return text;
}

}  // namespace baton::tools
