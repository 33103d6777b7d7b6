// SPDX-License-Identifier: Apache-2.0

#include "detector/src/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern "C" __attribute__((weak)) const char* baton_race_default_options();

namespace baton::detector {

constinit Options options;

namespace {

// Copies of what is parsed: texts in Options point into it. No allocation: this runs before main.
constinit char storage[4096] = {};
constinit size_t storage_used = 0;

void list_names(char* to, size_t room) {
  size_t used = 0;
#define BATON_OPTION(kind, name, value, smallest, largest, help) \
  used += static_cast<size_t>(snprintf(to + used, used < room ? room - used : 0, "%s" #name, used == 0 ? "" : ", "));
#include "detector/src/options.def"
#undef BATON_OPTION
}

void set(Text& option, const char*, char* value, long, long) { option = value; }

void set(Number& option, const char* name, char* value, long smallest, long largest) {
  char* end = nullptr;
  errno = 0;
  long number = strtol(value, &end, 10);
  if (end == value || *end != '\0' || errno != 0 || number < smallest || number > largest) {
    fprintf(stderr, "baton: GORACE: %s=%s: not a whole number from %ld to %ld; using %ld\n", name, value, smallest,
            largest, option);
    return;
  }
  option = number;
}

// The length of the word at `at`, and the one that follows.
size_t word_length(const char* at) { return strcspn(at, "|"); }
const char* next_word(const char* at) { return at[word_length(at)] == '|' ? at + word_length(at) + 1 : nullptr; }

void set(Choice& option, const char* name, char* value, long, long) {
  int index = 0;
  for (const char* word = option.words; word != nullptr; word = next_word(word), ++index) {
    if (strlen(value) == word_length(word) && strncmp(value, word, strlen(value)) == 0) {
      option.chosen = index;
      return;
    }
  }
  fprintf(stderr, "baton: GORACE: %s=%s: not one of %s; using %.*s\n", name, value, option.words,
          static_cast<int>(word_length(option.words)), option.words);
}

const char* show(Text value) { return *value != '\0' ? value : "none"; }
const char* show(Choice value) { return value.words; }
const char* show(Number value) {
  static char digits[24];
  snprintf(digits, sizeof digits, "%ld", value);
  return digits;
}

void print_help() {
  Options defaults;
  printf("GORACE=\"key=value key=value ...\"\n");
#define BATON_OPTION(kind, name, value, smallest, largest, help)                                         \
  printf("  %-18s %s (default %.*s)\n", #name, help, static_cast<int>(word_length(show(defaults.name))), \
         show(defaults.name));
#include "detector/src/options.def"
#undef BATON_OPTION
}

void parse_entry(char* entry) {
  char* equals = strchr(entry, '=');
  char names[512];
  list_names(names, sizeof names);
  if (equals == nullptr) {
    fprintf(stderr, "baton: GORACE: '%s' is not of the form key=value; accepted keys: %s\n", entry, names);
    return;
  }
  *equals = '\0';
#define BATON_OPTION(kind, name, value, smallest, largest, help)                               \
  if (strcmp(entry, #name) == 0) {                                                             \
    set(options.name, #name, equals + 1, smallest, largest);                                   \
    if (strcmp(entry, "history_size") == 0)                                                    \
      fprintf(stderr, "baton: GORACE: %s is ignored: the history has no bound here\n", entry); \
    return;                                                                                    \
  }
#include "detector/src/options.def"
#undef BATON_OPTION
  fprintf(stderr, "baton: GORACE: unknown option '%s'; accepted: %s\n", entry, names);
}

void parse(const char* text) {
  if (text == nullptr) return;
  size_t length = strlen(text);
  if (length >= sizeof storage - storage_used) {
    fprintf(stderr, "baton: GORACE: options are longer than 4 KB, ignored\n");
    return;
  }
  char* copy = storage + storage_used;
  memcpy(copy, text, length + 1);
  storage_used += length + 1;
  for (char* rest = copy; char* entry = strtok_r(rest, " \t\n", &rest);) parse_entry(entry);
}

}  // namespace

bool Choice::is(const char* word) const {
  const char* at = words;
  for (int i = 0; i < chosen; ++i) at = next_word(at);
  return strlen(word) == word_length(at) && strncmp(at, word, strlen(word)) == 0;
}

void parse_options() {
  if (baton_race_default_options != nullptr) parse(baton_race_default_options());
  parse(getenv("GORACE"));
  // What the compiler pass understands too.
  const char* stats = getenv("BATON_STATS");
  if (stats != nullptr && strcmp(stats, "1") == 0) options.stats = 1;
  if (options.help != 0) {
    print_help();
    fflush(stdout);
    _exit(0);
  }
}

}  // namespace baton::detector
