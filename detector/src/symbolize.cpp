// SPDX-License-Identifier: Apache-2.0
//
// See symbolize.h. libbacktrace reads the program's own DWARF; it is looked up at the return address minus one, which
// lies inside the call instruction. llvm-symbolizer as a child process was rejected: a report must not depend on a tool
// being installed where the program runs, and a child is slower than reading the tables once.

#include "detector/include/baton/symbolize.h"

#include <cxxabi.h>
#include <link.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <atomic>

#include "detector/src/short_names.h"

// Debian installs libbacktrace in gcc's private folder, whose headers clang does not search: declared here.
extern "C" {
struct backtrace_state;
using BacktraceError = void (*)(void* data, const char* message, int error);
using BacktraceFull = int (*)(void* data, uintptr_t pc, const char* file, int line, const char* function);
using BacktraceSymbol = void (*)(void* data, uintptr_t pc, const char* name, uintptr_t start, uintptr_t size);
backtrace_state* backtrace_create_state(const char* file, int threaded, BacktraceError error, void* data);
int backtrace_pcinfo(backtrace_state* state, uintptr_t pc, BacktraceFull full, BacktraceError error, void* data);
int backtrace_syminfo(backtrace_state* state, uintptr_t pc, BacktraceSymbol symbol, BacktraceError error, void* data);

// Programs are linked with --wrap=dl_iterate_phdr, so that libbacktrace asks us which modules there are. Null
// elsewhere: there it reads all of them.
[[gnu::weak]] int __real_dl_iterate_phdr(int (*each)(dl_phdr_info* info, size_t size, void* data), void* data);
}

namespace baton::detector {
namespace {

void ignore_error(void*, const char*, int) {}

using Headers = const ElfW(Phdr) *;  // of a module: names it
using EachModule = int (*)(dl_phdr_info* info, size_t size, void* data);

int for_each_module(EachModule each, void* data) {
  return __real_dl_iterate_phdr != nullptr ? __real_dl_iterate_phdr(each, data) : dl_iterate_phdr(each, data);
}

// The module that libbacktrace is to see on this thread; null: all.
constinit thread_local Headers only_module = nullptr;

// An executable or shared library, with a state of libbacktrace that knows only it. Few frames lie in libraries, and
// where the distribution's debug information of them is installed, reading it takes longer than all the rest.
struct Module {
  Headers headers;
  uintptr_t lo, hi;
  backtrace_state* state;
};

constexpr uint32_t kMaxModules = 256;
constinit Module modules[kMaxModules] = {};
constinit std::atomic<uint32_t> module_count{0};  // released after the module is written; pairs with known_module()
constinit pthread_mutex_t modules_lock = PTHREAD_MUTEX_INITIALIZER;  // of who adds one

const Module* known_module(uintptr_t pc) {
  const uint32_t count = module_count.load(std::memory_order_acquire);
  for (uint32_t i = 0; i < count; ++i) {
    if (pc >= modules[i].lo && pc < modules[i].hi) return &modules[i];
  }
  return nullptr;
}

// Whether the module holds the address that `to` asks for in `lo`; if so, its bounds.
int take_bounds(dl_phdr_info* info, size_t, void* to) {
  Module& module = *static_cast<Module*>(to);
  uintptr_t lo = UINTPTR_MAX;
  uintptr_t hi = 0;
  bool found = false;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr)& header = info->dlpi_phdr[i];
    if (header.p_type != PT_LOAD) continue;
    const uintptr_t begin = info->dlpi_addr + header.p_vaddr;
    const uintptr_t end = begin + header.p_memsz;
    found |= module.lo >= begin && module.lo < end;
    if (begin < lo) lo = begin;
    if (end > hi) hi = end;
  }
  if (found) module = {info->dlpi_phdr, lo, hi, nullptr};
  return found ? 1 : 0;
}

const Module* add_module(uintptr_t pc) {
  Module found = {nullptr, pc, 0, nullptr};
  if (for_each_module(take_bounds, &found) == 0) return nullptr;
  pthread_mutex_lock(&modules_lock);
  const Module* module = known_module(pc);
  const uint32_t count = module_count.load(std::memory_order_relaxed);
  if (module == nullptr && count < kMaxModules) {
    found.state = backtrace_create_state(nullptr, 1, ignore_error, nullptr);
    modules[count] = found;
    module = &modules[count];
    module_count.store(count + 1, std::memory_order_release);
  }
  pthread_mutex_unlock(&modules_lock);
  return module;
}

// Calls look(state) with the state that knows `pc`.
template <class Look>
void look_up(uintptr_t pc, Look look) {
  const Module* module = known_module(pc);
  if (module == nullptr) module = add_module(pc);
  if (module == nullptr || module->state == nullptr) return;
  only_module = module->headers;
  look(module->state);
  only_module = nullptr;
}

struct Forward {
  EachModule each;
  void* data;
};

int forward_only(dl_phdr_info* info, size_t size, void* to) {
  if (info->dlpi_phdr != only_module) return 0;
  const Forward& forward = *static_cast<const Forward*>(to);
  return forward.each(info, size, forward.data);
}

struct Symbol {
  const char* name = nullptr;
  uintptr_t start = 0;
  uintptr_t size = 0;
};

void keep_symbol(void* data, uintptr_t, const char* name, uintptr_t start, uintptr_t size) {
  *static_cast<Symbol*>(data) = {name, start, size};
}

// A text of malloc, which may have failed.
class Text {
 public:
  explicit Text(char* text) : text_(text) {}
  Text(const Text&) = delete;
  Text& operator=(const Text&) = delete;
  ~Text() { free(text_); }
  char* get() const { return text_; }

 private:
  char* text_;
};

// Null unless `name` is mangled. The prefix counts: alone, "n" would be a type, __int128.
char* demangle(const char* name) {
  int status = 0;
  return strncmp(name, "_Z", 2) == 0 ? abi::__cxa_demangle(name, nullptr, nullptr, &status) : nullptr;
}

// "incCounter(int)" from a mangled name; a C name gets "()", as Go prints every function. In short and in full.
class FunctionName {
 public:
  explicit FunctionName(const char* name)
      : full_(readable(name)), short_(full_.get() != nullptr ? strdup(full_.get()) : nullptr) {
    if (short_.get() != nullptr) shorten_name(short_.get());
  }
  const char* full() const { return full_.get() != nullptr ? full_.get() : "??"; }
  const char* text() const { return short_.get() != nullptr ? short_.get() : "??"; }

 private:
  static char* readable(const char* name) {
    if (name == nullptr) return nullptr;
    const Text demangled(demangle(name));
    const char* text = demangled.get() != nullptr ? demangled.get() : name;
    const size_t need = strlen(text) + 3;
    char* copy = static_cast<char*>(malloc(need));
    if (copy != nullptr) snprintf(copy, need, "%s%s", text, strchr(text, '(') != nullptr ? "" : "()");
    return copy;
  }

  Text full_;
  Text short_;
};

// libbacktrace reports a frame only when it is known whether another one follows it at the same address; one is held.
struct Walk {
  int (*each)(void* arg, const baton_frame* frame);
  void* arg;
  Symbol symbol;
  uintptr_t return_pc;
  bool held = false;
  bool stopped = false;
  const char* file = nullptr;
  const char* function = nullptr;
  int line = 0;

  void emit(bool inlined) {
    // The symbol table's name is the machine function's; debug information may lack the mangled form of it.
    const char* raw = function;
    if (!inlined && symbol.name != nullptr && (raw == nullptr || strncmp(raw, "_Z", 2) != 0)) raw = symbol.name;
    const FunctionName name(raw);
    const Text clean(path_without_dots(file));
    baton_frame frame = {.function = name.text(),
                         .full_name = name.full(),
                         .file = clean.get() != nullptr ? clean.get() : file,
                         .line = file != nullptr ? line : 0,
                         .offset = symbol.start != 0 ? return_pc - symbol.start : 0,
                         .inlined = inlined ? 1 : 0};
    if (each(arg, &frame) == 0) stopped = true;
  }
};

// libbacktrace puts the compilation directory in front of names that are absolute already.
const char* file_name(const char* file) {
  const char* absolute = file != nullptr ? strstr(file, "//") : nullptr;
  return absolute != nullptr ? absolute + 1 : file;
}

int on_frame(void* data, uintptr_t, const char* file, int line, const char* function) {
  Walk* walk = static_cast<Walk*>(data);
  if (walk->held) walk->emit(true);
  walk->held = true;
  walk->file = file_name(file);
  walk->line = line;
  walk->function = function;
  return walk->stopped ? 1 : 0;
}

}  // namespace
}  // namespace baton::detector

using namespace baton::detector;

extern "C" void __baton_symbolize(uintptr_t return_pc, int (*each)(void* arg, const baton_frame* frame), void* arg) {
  Walk walk = {.each = each, .arg = arg, .symbol = {}, .return_pc = return_pc};
  look_up(return_pc - 1, [&](backtrace_state* state) {
    backtrace_syminfo(state, return_pc - 1, keep_symbol, ignore_error, &walk.symbol);
    backtrace_pcinfo(state, return_pc - 1, on_frame, ignore_error, &walk);
  });
  if (!walk.stopped) walk.emit(false);
}

extern "C" int __baton_symbolize_data(uintptr_t address, char* name, uintptr_t name_size, uintptr_t* start,
                                      uintptr_t* size) {
  Symbol symbol;
  look_up(address,
          [&](backtrace_state* state) { backtrace_syminfo(state, address, keep_symbol, ignore_error, &symbol); });
  if (symbol.name == nullptr || symbol.size == 0) return 0;
  char* demangled = demangle(symbol.name);
  snprintf(name, name_size, "%s", demangled != nullptr ? demangled : symbol.name);
  free(demangled);
  *start = symbol.start;
  *size = symbol.size;
  return 1;
}

extern "C" int __wrap_dl_iterate_phdr(int (*each)(dl_phdr_info* info, size_t size, void* data), void* data) {
  if (only_module == nullptr) return for_each_module(each, data);
  Forward forward = {each, data};
  return for_each_module(forward_only, &forward);
}
