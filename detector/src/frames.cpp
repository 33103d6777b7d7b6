// SPDX-License-Identifier: Apache-2.0

#include "detector/src/frames.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "detector/include/baton/symbolize.h"
#include "detector/src/debug_info.h"
#include "detector/src/options.h"
#include "detector/src/pointer_table.h"
#include "detector/src/short_names.h"

namespace baton::detector {
namespace {

// Frames of a runtime and of the C++ library. A stack ends at the first kind; frames of the second are left out where a
// stack begins.
constexpr const char* kEntries[] = {"baton::internal::GoCall<", "baton::internal::goroutine_main(",
                                    "baton::detector::(anonymous namespace)::run_thread(", "std::thread::_Invoker<"};
constexpr const char* kInternals[] = {"baton::internal::", "baton::rt::", "std::thread::_M_start_thread(",
                                      "std::thread::thread<"};

constinit Arena kept;  // frames and texts, for ever

bool starts_with(const char* text, const char* prefix) { return strncmp(text, prefix, strlen(prefix)) == 0; }

bool names_function(const char* text, const char* prefix) { return starts_with(qualified_name(text), prefix); }

uint64_t hash_text(const char* text) {
  uint64_t hash = 0xcbf29ce484222325ull;
  for (; *text != '\0'; ++text) hash = (hash ^ static_cast<unsigned char>(*text)) * 0x100000001b3ull;  // FNV-1a
  return hash;
}

// The compiler numbers the initialisers of a file: names that the next change of the file would change.
const char* shown_function(const char* function) {
  return starts_with(function, "__cxx_global_var_init") ? "static initialiser()" : function;
}

// What one return address stands for, innermost inlined function first.
struct Place {
  uintptr_t pc;
  uint32_t count;
  Frame frames[];
};

constinit PointerTable<const char> texts;
constinit PointerTable<Place> places;

constexpr uint32_t kMaxInlined = 256;

struct Gathered {
  Frame frames[kMaxInlined];
  uint32_t count = 0;
  uintptr_t pc = 0;
};

Place* look_up(uintptr_t pc) {
  Gathered gathered;
  gathered.pc = pc;
  __baton_symbolize(
      pc,
      [](void* to, const baton_frame* frame) {
        Gathered* gathered = static_cast<Gathered*>(to);
        const char* path = frame->file != nullptr ? keep_text(frame->file) : nullptr;
        int line = frame->line;
        int column = 0;
        // Only of the innermost: the others are at calls.
        if (gathered->count == 0 && line != 0) column = column_of(gathered->pc, line);
        if (gathered->count == 0 && line == 0) {
          const SourcePlace place = nearest_place(gathered->pc);
          char* clean = path_without_dots(place.file);
          if (place.line != 0) path = keep_text(clean != nullptr ? clean : place.file);
          free(clean);
          line = place.line;
        }
        gathered->frames[gathered->count++] = {.function = keep_text(shown_function(frame->function)),
                                               .full_name = keep_text(frame->full_name),
                                               .file = shown_file(path),
                                               .path = path,
                                               .module = "",
                                               .pc = 0,
                                               .offset = frame->offset,
                                               .line = line,
                                               .column = column,
                                               .inlined = frame->inlined != 0};
        return gathered->count < kMaxInlined ? 1 : 0;
      },
      &gathered);
  Dl_info info;
  const char* module = "";
  if (dladdr(reinterpret_cast<void*>(pc), &info) != 0 && info.dli_fname != nullptr) module = keep_text(info.dli_fname);
  auto* place = static_cast<Place*>(kept.alloc(sizeof(Place) + gathered.count * sizeof(Frame)));
  place->pc = pc;
  place->count = gathered.count;
  for (uint32_t i = 0; i < gathered.count; ++i) {
    gathered.frames[i].pc = pc;
    gathered.frames[i].module = module;
    place->frames[i] = gathered.frames[i];
  }
  return place;
}

const Place& place_of(uintptr_t pc) {
  uint64_t hash = pc * 0x9e3779b97f4a7c15ull >> 16;
  Place* place = places.find(hash, [&](const Place* other) { return other->pc == pc; });
  if (place == nullptr) {
    place = look_up(pc);
    places.insert(hash, place);
  }
  return *place;
}

// Calls each(frame) for the frames that are shown.
template <class Each>
void for_each_shown(ContextId context, Each each) {
  bool shown = false;
  for_each_frame(context, [&](uintptr_t pc) {
    const Place& place = place_of(pc);
    for (uint32_t i = 0; i < place.count; ++i) {
      const Frame& frame = place.frames[i];
      for (const char* entry : kEntries) {
        if (names_function(frame.function, entry)) return false;
      }
      bool skipped = false;
      for (const char* internal : kInternals) skipped |= !shown && names_function(frame.function, internal);
      // What calls the static initialisers of a file has no line of its own.
      if (shown && starts_with(frame.function, "_GLOBAL__sub_I_")) return false;
      if (skipped) continue;
      shown = true;
      each(frame);
      if (!frame.inlined && strcmp(frame.function, "main()") == 0) return false;
    }
    return true;
  });
}

}  // namespace

const char* qualified_name(const char* function) {
  const char* name = function;
  int depth = 0;
  for (const char* c = function; *c != '\0'; ++c) {
    if (starts_with(c, "(anonymous namespace)")) {
      c += strlen("(anonymous namespace)") - 1;
    } else if (*c == '<') {
      ++depth;
    } else if (*c == '>') {
      --depth;
    } else if (depth == 0 && *c == ' ') {
      name = c + 1;
    } else if (depth == 0 && (*c == '(' || (starts_with(c, "operator") && (c == name || c[-1] == ':')))) {
      break;
    }
  }
  return name;
}

const char* shown_file(const char* path) {
  if (path == nullptr || *options.strip_path_prefix == '\0' || !starts_with(path, options.strip_path_prefix)) {
    return path;
  }
  return path + strlen(options.strip_path_prefix);
}

const char* keep_text(const char* text) {
  uint64_t hash = hash_text(text);
  const char* known = texts.find(hash, [&](const char* other) { return strcmp(text, other) == 0; });
  if (known == nullptr) {
    known = kept.copy(text, strlen(text));
    texts.insert(hash, known);
  }
  return known;
}

Stack shown_stack(Arena& arena, ContextId context) {
  Stack stack;
  for_each_shown(context, [&](const Frame&) { ++stack.count; });
  stack.items = arena.array<const Frame*>(stack.count);
  size_t i = 0;
  for_each_shown(context, [&](const Frame& frame) { stack.items[i++] = &frame; });
  return stack;
}

const char* called_function(uintptr_t pc) {
  const auto* code = reinterpret_cast<const unsigned char*>(pc);
  if (code[-5] != 0xe8) return nullptr;  // call rel32
  int32_t distance;
  memcpy(&distance, code - 4, sizeof distance);
  const Place& place = place_of(pc + static_cast<uintptr_t>(static_cast<intptr_t>(distance)) + 1);
  return place.count == 0 ? nullptr : place.frames[place.count - 1].function;
}

bool is_library_function(const char* function) {
  for (const char* prefix : {"std::", "__gnu_cxx::", "baton::", "operator new", "operator delete", "__"}) {
    if (names_function(function, prefix)) return true;
  }
  return false;
}

}  // namespace baton::detector
