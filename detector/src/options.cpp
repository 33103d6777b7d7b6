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

void set(Text& option, const char*, char* value, long, long, Text) { option = value; }

void set(Number& option, const char* name, char* value, long smallest, long largest, Number) {
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

void print_help() {
  printf("GORACE=\"key=value key=value ...\"\n");
#define BATON_OPTION(kind, name, value, smallest, largest, help) \
  printf("  %-18s %s (default %s)\n", #name, help, #value);
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
    set(options.name, #name, equals + 1, smallest, largest, kind{});                           \
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

void parse_options() {
  if (baton_race_default_options != nullptr) parse(baton_race_default_options());
  parse(getenv("GORACE"));
  if (options.help != 0) {
    print_help();
    fflush(stdout);
    _exit(0);
  }
}

}  // namespace baton::detector
