// SPDX-License-Identifier: Apache-2.0

#include "detector/src/suppress.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "detector/src/options.h"

namespace baton::detector {
namespace {

enum class Type { kRace, kRaceTop, kCalledFromLib, kFingerprint, kOther };

struct TypeName {
  const char* name;
  Type type;
};
constexpr TypeName kTypes[] = {
    {"race", Type::kRace},
    {"race_top", Type::kRaceTop},
    {"called_from_lib", Type::kCalledFromLib},
    {"mutex", Type::kOther},
    {"thread", Type::kOther},
    {"signal", Type::kOther},
    {"deadlock", Type::kOther},
    {"fingerprint", Type::kFingerprint},
};

struct Suppression {
  Type type;
  const char* text;  // the line
  const char* pattern;
  const char* reason;  // null if none is given
  int line;
  uint64_t hits;
  Suppression* next;
};

constinit Arena kept;
constinit Suppression* suppressions =
    nullptr;  // written by init_suppressions(); hits are guarded by the mutex of report.cpp
constexpr off_t kMaxFile = 64 << 20;

char* read_file(const char* path, size_t* size) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  struct stat status;
  if (fd < 0) return nullptr;
  char* text = nullptr;
  if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size > kMaxFile) {
    errno = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
  } else {
    text = kept.array<char>(static_cast<size_t>(status.st_size) + 1);
    *size = 0;
    for (ssize_t n; (n = read(fd, text + *size, static_cast<size_t>(status.st_size) - *size)) > 0;) {
      *size += static_cast<size_t>(n);
    }
  }
  int error = errno;
  close(fd);
  errno = error;
  return text;
}

// What stands after "# key:" in a comment; null if it is another comment.
const char* directive(const char* comment, const char* key) {
  const char* at = comment + 1;
  while (*at == ' ' || *at == '\t') ++at;
  if (strncmp(at, key, strlen(key)) != 0) return nullptr;
  at += strlen(key);
  while (*at == ' ' || *at == '\t') ++at;
  return at;
}

bool is_day(const char* text) {
  for (int i = 0; i < 10; ++i) {
    if (i == 4 || i == 7 ? text[i] != '-' : text[i] < '0' || text[i] > '9') return false;
  }
  return text[10] == '\0';
}

// The parser's state between lines.
class Parser {
 public:
  Parser() {
    time_t now = time(nullptr);
    tm day;
    gmtime_r(&now, &day);
    strftime(today_, sizeof today_, "%Y-%m-%d", &day);
  }

  void parse(char* line, int number) {
    char* end = line + strlen(line);
    while (end > line && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r')) *--end = '\0';
    while (*line == ' ' || *line == '\t') ++line;
    if (*line == '\0') return;
    if (*line == '#') {
      comment(line, number);
      return;
    }
    add(line, number);
    expires_ = nullptr;
    reason_ = nullptr;
  }

 private:
  static void say(int number, const char* line, const char* what) {
    fprintf(stderr, "baton: suppressions: %s:%d: '%s': %s\n", options.suppressions, number, line, what);
  }

  void comment(const char* line, int number) {
    if (const char* reason = directive(line, "reason:")) reason_ = reason;
    const char* day = directive(line, "expires:");
    if (day == nullptr) return;
    if (is_day(day)) {
      expires_ = day;
    } else {
      say(number, line, "not a day like 2027-03-01; ignored");
    }
  }

  void add(const char* line, int number) {
    const char* colon = strchr(line, ':');
    for (const TypeName& type : kTypes) {
      if (colon == nullptr || strlen(type.name) != static_cast<size_t>(colon - line) ||
          strncmp(line, type.name, strlen(type.name)) != 0) {
        continue;
      }
      if (colon[1] == '\0') {
        say(number, line, "has no pattern; ignored");
      } else if (expires_ != nullptr && strcmp(expires_, today_) < 0) {
        fprintf(stderr, "baton: suppressions: %s:%d: '%s' has expired on %s and does not hold%s%s\n",
                options.suppressions, number, line, expires_, reason_ != nullptr ? "; its reason was: " : "",
                reason_ != nullptr ? reason_ : "");
      } else {
        Suppression* suppression = kept.array<Suppression>(1);
        *suppression = {type.type, line, colon + 1, reason_, number, 0, nullptr};
        *last_ = suppression;
        last_ = &suppression->next;
      }
      return;
    }
    say(number, line, "expected TYPE:PATTERN with race, race_top, called_from_lib or fingerprint as TYPE; ignored");
  }

  char today_[16];
  const char* expires_ = nullptr;
  const char* reason_ = nullptr;
  Suppression** last_ = &suppressions;
};

// Whether the text up to `end` matches from its beginning; `open`: it may go on after the pattern.
bool matches_here(const char* pattern, const char* end, const char* text, bool open) {
  for (; pattern < end; ++pattern, ++text) {
    if (*pattern == '*') {
      for (;; ++text) {
        if (matches_here(pattern + 1, end, text, open)) return true;
        if (*text == '\0') return false;
      }
    }
    if (*text != *pattern) return false;
  }
  return open || *text == '\0';
}

// A function is matched with its parameter types and without them: ThreadSanitizer prints main, we print main().
bool matches_function(const char* pattern, const char* function) {
  if (matches_pattern(pattern, function)) return true;
  const char* parameters = strrchr(function, '(');
  if (parameters == nullptr || parameters == function) return false;
  char bare[1024];
  snprintf(bare, sizeof bare, "%.*s", static_cast<int>(parameters - function), function);
  return matches_pattern(pattern, bare);
}

bool matches_frame(const char* pattern, const Frame& frame) {
  return matches_function(pattern, frame.function) || matches_function(pattern, frame.full_name) ||
         (frame.path != nullptr && matches_pattern(pattern, frame.path)) || matches_pattern(pattern, frame.module);
}

bool matches_stack(const Suppression& suppression, const Stack& stack) {
  for (const Frame* frame : stack) {
    bool found = suppression.type == Type::kCalledFromLib ? matches_pattern(suppression.pattern, frame->module)
                                                          : matches_frame(suppression.pattern, *frame);
    if (found) return true;
    if (suppression.type == Type::kRaceTop) return false;
  }
  return false;
}

bool matches(const Suppression& suppression, const RaceReport& report) {
  if (suppression.type == Type::kOther) return false;
  if (suppression.type == Type::kFingerprint) {
    char fingerprint[32];
    snprintf(fingerprint, sizeof fingerprint, "b1:%016llx", static_cast<unsigned long long>(report.fingerprint));
    return strcmp(fingerprint, suppression.pattern) == 0;
  }
  if (matches_stack(suppression, report.current.stack) || matches_stack(suppression, report.previous.stack))
    return true;
  return suppression.type == Type::kRace && report.location.name != nullptr &&
         matches_pattern(suppression.pattern, report.location.name);
}

}  // namespace

bool matches_pattern(const char* pattern, const char* text) {
  const char* end = pattern + strlen(pattern);
  const bool anchored = *pattern == '^';
  if (anchored) ++pattern;
  const bool open = end == pattern || end[-1] != '$';
  if (!open) --end;
  if (anchored) return matches_here(pattern, end, text, open);
  for (;; ++text) {
    if (matches_here(pattern, end, text, open)) return true;
    if (*text == '\0') return false;
  }
}

void init_suppressions() {
  if (*options.suppressions == '\0') return;
  size_t size = 0;
  char* text = read_file(options.suppressions, &size);
  if (text == nullptr) {
    fprintf(stderr, "baton: suppressions: cannot read %s: %s; nothing is suppressed\n", options.suppressions,
            strerror(errno));
    return;
  }
  Parser parser;
  int number = 1;
  for (char* line = text; line < text + size; ++number) {
    char* end = static_cast<char*>(memchr(line, '\n', static_cast<size_t>(text + size - line)));
    if (end == nullptr) end = text + size;
    *end = '\0';
    parser.parse(line, number);
    line = end + 1;
  }
}

bool is_suppressed(const RaceReport& report) {
  bool found = false;
  for (Suppression* suppression = suppressions; suppression != nullptr; suppression = suppression->next) {
    if (!matches(*suppression, report)) continue;
    ++suppression->hits;
    found = true;
  }
  return found;
}

void print_unmatched_suppressions(Writer& out) {
  constexpr uint64_t kMostNamed = 10;
  uint64_t unmatched = 0;
  for (const Suppression* suppression = suppressions; suppression != nullptr; suppression = suppression->next) {
    if (suppression->hits != 0 || suppression->type == Type::kOther || ++unmatched > kMostNamed) continue;
    if (unmatched == 1) out.print("baton: suppressions: %s: matched no race:", options.suppressions);
    out.print("%s '%s' (line %d)", unmatched == 1 ? "" : ",", suppression->text, suppression->line);
  }
  if (unmatched > kMostNamed) {
    out.print(" and %llu more (GORACE=print_suppressions=2 names all)",
              static_cast<unsigned long long>(unmatched - kMostNamed));
  }
  if (unmatched != 0) out.print("\n");
}

void print_suppressions(Writer& out) {
  for (const Suppression* suppression = suppressions; suppression != nullptr; suppression = suppression->next) {
    out.print("baton: suppressions: %s:%d: '%s' ", options.suppressions, suppression->line, suppression->text);
    if (suppression->hits == 0) {
      out.print("matched no race");
    } else {
      out.print("matched %llu race(s)", static_cast<unsigned long long>(suppression->hits));
    }
    if (suppression->reason != nullptr) out.print("; its reason: %s", suppression->reason);
    out.print("\n");
  }
}

}  // namespace baton::detector
