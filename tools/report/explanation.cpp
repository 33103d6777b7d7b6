// SPDX-License-Identifier: Apache-2.0
//
// What a checked program prints under its reports (detector/src/print_explain.cpp), from a log: logs in JSON have
// everything but the sources, which are read here.
#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>

#include "tools/report/formats.h"
#include "tools/report/sources.h"

namespace baton::tools {

namespace {

struct Colours {
  const char *bad, *earlier, *frame, *end;
};
constexpr Colours kNone = {"", "", "", ""};
constexpr Colours kColours = {"\033[1;31m", "\033[1;35m", "\033[1;34m", "\033[0m"};

bool is_identifier(char c) { return c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0; }

size_t find_word(std::string_view line, std::string_view word) {
  if (word.empty()) return line.npos;
  for (size_t at = line.find(word); at != line.npos; at = line.find(word, at + 1)) {
    const size_t end = at + word.size();
    if ((at == 0 || !is_identifier(line[at - 1])) && (end == line.size() || !is_identifier(line[end]))) return at;
  }
  return line.npos;
}

size_t find_last_word(std::string_view line, std::string_view word) {
  size_t last = line.npos;
  for (size_t from = 0;;) {
    const size_t at = find_word(line.substr(from), word);
    if (at == line.npos) return last;
    last = from + at;
    from = last + word.size();
  }
}

// "balance" of "account.balance", "name" of "tab[3].name[2]".
std::string last_name(std::string name) {
  while (name.ends_with(']')) name.erase(name.rfind('[') == name.npos ? 0 : name.rfind('['));
  size_t begin = name.size();
  while (begin > 0 && is_identifier(name[begin - 1])) begin--;
  return name.substr(begin);
}

// "++" or "--" before its operand.
bool is_prefix(const std::string& line, size_t at) {
  if (line.compare(at, 2, "++") != 0 && line.compare(at, 2, "--") != 0) return false;
  const size_t operand = line.find_first_not_of('*', at + 2);
  return operand != line.npos && is_identifier(line[operand]);
}

// The part of a line to mark, as the program does it: see Explanation::find_mark there.
struct Mark {
  size_t begin, length;
};
Mark mark_in(const std::string& line, int column, const Location& location) {
  const size_t at = column > 0 ? static_cast<size_t>(column) - 1 : 0;
  const auto word_end = [&](size_t from) {
    while (from < line.size() && is_identifier(line[from])) from++;
    return from;
  };
  if (column > 0 && at < line.size() && is_identifier(line[at])) return {at, word_end(at) - at};
  if (column > 0) {
    const bool prefix = at < line.size() && is_prefix(line, at);
    const size_t place =
        prefix ? line.npos : find_last_word(std::string_view(line).substr(0, at), last_name(location.name));
    if (place != line.npos) return {place, word_end(place) - place};
    size_t end = at;
    while (end < line.size() && std::string_view("+-*/%&|^=<>!~").find(line[end]) != std::string_view::npos) end++;
    if (prefix) end = word_end(end);
    return {at, std::max<size_t>(1, end - at)};
  }
  // A log in text does not say what the variable is; the field will do.
  const std::string name = location.variable.empty() ? last_name(location.name) : location.variable;
  const size_t place = find_word(line, name);
  if (place != line.npos) return {place, name.size()};
  const size_t begin = std::min(line.find_first_not_of(" \t"), line.size());
  return {begin, std::max<size_t>(1, line.size() - begin)};
}

// What is marked, below a line: tabs are one blank in both, and continuation bytes of UTF-8 take no column.
std::string marks(const std::string& line, const Mark& mark, char sign) {
  std::string text;
  const auto columns = [&](size_t from, size_t to, char c) {
    for (size_t i = from; i < to; i++) {
      if (i >= line.size() || (static_cast<unsigned char>(line[i]) & 0xc0) != 0x80) text += c;
    }
  };
  columns(0, mark.begin, ' ');
  columns(mark.begin, mark.begin + mark.length, sign);
  return text;
}

std::string locks_text(const Access& access) {
  if (access.locks.empty() && access.locks_told == LocksTold::kNothing) return "";
  if (access.locks.empty()) return access.locks_told == LocksTold::kAll ? ", no lock held" : ", locks vary";
  std::string text;
  for (const Lock& lock : access.locks) {
    text += (text.empty() ? ", holding " : ", ");
    text += lock.name.empty() ? "the lock at " + lock.address : "`" + lock.name + "`";
    if (lock.mode == "read") text += " for reading";
    const Frame* frame = user_frame(lock.stack);
    if (frame != nullptr && !frame->file.empty()) text += " (locked at line " + std::to_string(frame->line) + ")";
  }
  return text;
}

std::string place_text(const Frame& frame, bool with_column) {
  if (frame.file.empty()) return frame.module.empty() ? "??" : frame.module;
  std::string text = frame.file + ":" + std::to_string(frame.line);
  if (with_column && frame.column != 0) text += ":" + std::to_string(frame.column);
  return text;
}

class Explanation {
 public:
  Explanation(const Race& race, bool colour) : race_(race), colours_(colour ? kColours : kNone) {
    for (const Access& access : race.accesses) {
      margin_ = std::max(margin_, std::to_string(user_frame(access.stack)->line).size());
    }
  }

  std::string text() {
    add_title();
    add_side(race_.accesses[0], "-->", '^', colours_.bad, "");
    add_side(race_.accesses[1], ":::", '-', colours_.earlier, "earlier ");
    for (const Goroutine& goroutine : race_.goroutines) add_ancestry(goroutine);
    if (!race_.pattern.empty()) add_note("pattern", race_.pattern);
    if (!race_.help.empty()) add_note("help", race_.help);
    const bool known = race_.standing == Standing::kKnown;
    add_note("id", race_.fingerprint + (known ? ", known, " : ", new, ") + seen_text(race_));
    if (!race_.reason.empty()) add_note("known because", race_.reason);
    return text_;
  }

 private:
  void add_title() {
    const Location& location = race_.location;
    text_ += colours_.bad + race_.kind + colours_.end;
    if (!location.name.empty()) text_ += " on `" + location.name + "`";
    if (!location.type.empty()) text_ += " of type " + location.type;
    if (location.kind == "heap") {
      const Frame* frame = user_frame(location.stack);
      text_ += ", in a heap block of " + plural(location.size, "byte");
      if (frame != nullptr && !frame->file.empty()) text_ += " from " + place_text(*frame, false);
    } else if (!location.file.empty()) {
      text_ += ", declared at " + location.file + ":" + std::to_string(location.line);
    }
    text_ += "\n";
  }

  std::string bar() const { return colours_.frame + std::string(margin_, ' ') + " |" + colours_.end; }

  void add_side(const Access& access, const char* arrow, char sign, const char* colour, const char* when) {
    const Frame& frame = *user_frame(access.stack);
    text_ += colours_.frame + std::string(margin_, ' ') + arrow + colours_.end + " " + place_text(frame, true) +
             " in " + frame.function + "\n" + bar();
    const std::vector<SourceLine> lines = lines_around(frame.file, frame.line, 0, 0);
    if (!lines.empty()) {
      std::string shown = lines[0].text.substr(0, 240);
      for (char& c : shown) c = static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
      const std::string number = std::to_string(frame.line);
      text_ += "\n" + (colours_.frame + std::string(margin_ - number.size(), ' ')) + number + " |" + colours_.end +
               " " + shown + "\n" + bar() + " " + colour +
               marks(lines[0].text, mark_in(lines[0].text, frame.column, race_.location), sign) + colours_.end;
    }
    text_ += std::string(" ") + colour + when + access.kind + " by " +
             (access.goroutine == 1 ? "the main goroutine" : actor(access.goroutine)) + locks_text(access) +
             colours_.end + "\n";
  }

  void add_ancestry(const Goroutine& goroutine) {
    std::string text;
    for (const Stack& stack : goroutine.created) {
      const Frame* frame = user_frame(stack);
      if (frame == nullptr) continue;
      text += (text.empty() ? " was created in " : ", by a goroutine created in ") + frame->function;
      if (!frame->file.empty()) text += " at " + place_text(*frame, false);
    }
    if (!text.empty()) add_note("note", actor(goroutine.id) + text);
  }

  void add_note(const char* what, const std::string& note) {
    text_ += colours_.frame + std::string(margin_, ' ') + " =" + colours_.end + " " + what + ": " + note + "\n";
  }

  const Race& race_;
  const Colours colours_;
  size_t margin_ = 1;
  std::string text_;
};

}  // namespace

std::string explanation(const Race& race, bool colour) { return Explanation(race, colour).text(); }

}  // namespace baton::tools
