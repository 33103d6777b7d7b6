// SPDX-License-Identifier: Apache-2.0
#include "tools/report/read.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "tools/report/merge.h"

namespace baton::tools {

namespace {

constexpr std::string_view kTitle = "WARNING: DATA RACE";
constexpr std::string_view kSeparator = "==================";

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.emplace_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// Without the escape sequences of a coloured terminal.
std::string plain(const std::string& line) {
  std::string text;
  for (size_t i = 0; i < line.size(); i++) {
    if (line[i] == '\033' && i + 1 < line.size() && line[i + 1] == '[') {
      for (i += 2; i < line.size() && (line[i] < '@' || line[i] > '~');) i++;
      continue;
    }
    text += line[i];
  }
  return text;
}

// A report from the line after its separator. CI systems and ctest put the same number of characters before every line
// of a program (a time, a test's number): as many as before the title. Returns the line after the report.
size_t read_report(const std::string& file, const std::vector<std::string>& lines, size_t title, Log& log) {
  const size_t margin = plain(lines[title]).find(kTitle);
  std::vector<std::string> report;
  size_t next = title;
  for (; next < lines.size(); next++) {
    std::string line = plain(lines[next]);
    line.erase(0, std::min(margin, line.size()));
    if (line.starts_with(kSeparator) || (next > title && line.starts_with(kTitle))) break;
    report.push_back(line);
  }
  const bool ended = next < lines.size();
  size_t at = 0;
  const std::string wrong = read_go_report(report, log, at);
  if (!wrong.empty()) {
    log.problems.push_back(file + ":" + std::to_string(title + 1 + at) + ": " + wrong);
    return next;
  }
  Race& race = log.races.back();
  race.program = file;
  race.seen = {sighting(race)};
  if (!ended) {
    log.problems.push_back(file + ":" + std::to_string(lines.size()) + ": the report from line " +
                           std::to_string(title + 1) + " on has no end");
  }
  return next;
}

// The line that the explanation of a report has for tools: "= id: b1:…".
void note_fingerprint(const std::string& coloured, Log& log) {
  const std::string line = plain(coloured);
  const size_t at = line.find("= id: b1:");
  if (log.races.empty() || at == line.npos || log.races.back().fingerprint.starts_with("b1:")) return;
  const std::string word = line.substr(at + 6, 19);
  if (word.size() == 19 && word.find_first_not_of("0123456789abcdef", 3) == word.npos) {
    log.races.back().fingerprint = word;
  }
}

}  // namespace

void read_text_of_log(const std::string& file, std::string_view text, Log& log) {
  const std::vector<std::string> lines = lines_of(text);
  bool after_report = false;
  for (size_t i = 0; i < lines.size();) {
    const std::string& line = lines[i];
    if (line.find(kTitle) != line.npos && line.find('{') == line.npos) {
      const size_t before = log.races.size();
      i = read_report(file, lines, i, log);
      after_report = log.races.size() > before;
      continue;
    }
    const size_t brace = line.find("{\"type\":");
    if (brace != line.npos || line.starts_with("{")) {
      const std::string wrong = read_json_line(line.substr(brace == line.npos ? 0 : brace), log);
      if (!wrong.empty()) log.problems.push_back(file + ":" + std::to_string(i + 1) + ": " + wrong);
      after_report = false;
    } else if (after_report) {
      note_fingerprint(line, log);
    }
    i++;
  }
}

std::string read_file(const std::string& file) {
  const int fd = file == "-" ? dup(STDIN_FILENO) : open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), file);
  std::string text;
  char buffer[1 << 16];
  ssize_t n;
  do {
    n = read(fd, buffer, sizeof buffer);
    if (n > 0) text.append(buffer, static_cast<size_t>(n));
  } while (n > 0 || (n < 0 && errno == EINTR));
  const int error = n < 0 ? errno : 0;
  close(fd);
  if (error != 0) throw std::system_error(error, std::generic_category(), file);
  return text;
}

void read_log(const std::string& file, Log& log) {
  try {
    read_text_of_log(file, read_file(file), log);
  } catch (const std::system_error& error) {
    log.problems.push_back(file + ": cannot be read: " + std::strerror(error.code().value()));
  }
}

}  // namespace baton::tools
