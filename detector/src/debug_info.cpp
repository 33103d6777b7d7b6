// SPDX-License-Identifier: Apache-2.0

#include "detector/src/debug_info.h"

#include <dlfcn.h>
#include <dwarf.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <string.h>

#include "detector/src/arena.h"
#include "detector/src/pointer_table.h"

namespace baton::detector {

constinit Libdw dw;

namespace {

// The code of a compilation unit: one of its ranges.
struct CodeRange {
  uintptr_t begin;
  uintptr_t end;
  Dwarf_Off unit;
};

struct LoadedModule : Module {
  uintptr_t begin;
  uintptr_t end;
  List<CodeRange> code;
};

constexpr size_t kMaxModules = 256;
constinit LoadedModule modules[kMaxModules] = {};
constinit size_t module_count = 0;
constinit bool tried = false;
constinit Arena kept;  // ranges, for ever

struct Scopes {
  uintptr_t pc;
  List<Dwarf_Off> dies;
};
constinit PointerTable<const Scopes> scopes;

// The way down from a compilation unit to the innermost scope with a place.
struct Descent {
  static constexpr size_t kMaxDepth = 256;
  Dwarf_Addr pc;  // in the file
  Dwarf_Off dies[kMaxDepth];
  size_t count;

  bool run(Dwarf_Die* parent) {
    bool found = false;
    for_each_child(parent, [&](Dwarf_Die* child) {
      int tag = dw.dwarf_tag(child);
      if (tag == DW_TAG_namespace) {
        found = run(child);
      } else if ((tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine || tag == DW_TAG_lexical_block) &&
                 count < kMaxDepth && dw.dwarf_haspc(child, pc) == 1) {
        dies[count++] = dw.dwarf_dieoffset(child);
        run(child);
        found = true;
      }
      return !found;
    });
    return found;
  }
};

bool load_library() {
  if (tried) return dw.dwarf_begin != nullptr;
  tried = true;
  void* library = dlopen("libdw.so.1", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return false;
  Libdw found;
#define BATON_LIBDW(name)                                                  \
  found.name = reinterpret_cast<decltype(&::name)>(dlsym(library, #name)); \
  if (found.name == nullptr) return false;
  BATON_LIBDW_FUNCTIONS(BATON_LIBDW)
#undef BATON_LIBDW
  dw = found;
  return true;
}

template <class Each>
void for_each_range(const Module& module, Each each) {
  for_each_unit(module, [&](Dwarf_Die* unit) {
    Dwarf_Addr base = 0;
    Dwarf_Addr begin = 0;
    Dwarf_Addr end = 0;
    for (ptrdiff_t at = 0; (at = dw.dwarf_ranges(unit, at, &base, &begin, &end)) > 0;) {
      if (begin < end && begin != 0) each(begin, end, dw.dwarf_dieoffset(unit));
    }
    return true;
  });
}

void open_module(LoadedModule& module, const char* path) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  module.dwarf = dw.dwarf_begin(fd, DWARF_C_READ);  // keeps the descriptor
  if (module.dwarf == nullptr) return;
  size_t count = 0;
  for_each_range(module, [&](uintptr_t, uintptr_t, Dwarf_Off) { ++count; });
  module.code = {kept.array<CodeRange>(count), 0};
  for_each_range(module, [&](uintptr_t begin, uintptr_t end, Dwarf_Off unit) {
    if (module.code.count < count) module.code[module.code.count++] = {begin, end, unit};
  });
}

struct Search {
  uintptr_t address;  // 0: the executable
  LoadedModule* found;
};

int meet_module(dl_phdr_info* info, size_t, void* data) {
  Search* search = static_cast<Search*>(data);
  LoadedModule module = {};
  module.base = info->dlpi_addr;
  module.begin = UINTPTR_MAX;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr)& header = info->dlpi_phdr[i];
    uintptr_t begin = info->dlpi_addr + header.p_vaddr;
    if (header.p_type == PT_LOAD && begin < module.begin) module.begin = begin;
    if (header.p_type == PT_LOAD && begin + header.p_memsz > module.end) module.end = begin + header.p_memsz;
    if (header.p_type == PT_TLS) module.tls_size = header.p_memsz;
  }
  if (search->address != 0 && (search->address < module.begin || search->address >= module.end)) return 0;
  for (size_t i = 0; i < module_count; ++i) {
    if (modules[i].begin == module.begin && modules[i].end == module.end) search->found = &modules[i];
  }
  if (search->found == nullptr && module_count < kMaxModules) {
    search->found = &modules[module_count++];
    *search->found = module;
    open_module(*search->found, info->dlpi_name[0] != '\0' ? info->dlpi_name : "/proc/self/exe");
  }
  if (search->found != nullptr) search->found->tls = reinterpret_cast<uintptr_t>(info->dlpi_tls_data);
  return 1;
}

LoadedModule* find_module(uintptr_t address) {
  if (!load_library()) return nullptr;
  Search search = {address, nullptr};
  dl_iterate_phdr(meet_module, &search);
  return search.found != nullptr && search.found->dwarf != nullptr ? search.found : nullptr;
}

}  // namespace

Module* module_of(uintptr_t address) { return address != 0 ? find_module(address) : nullptr; }
Module* main_module() { return find_module(0); }

bool unit_of(const Module& module, uintptr_t pc, Dwarf_Die* unit) {
  for (const CodeRange& range : static_cast<const LoadedModule&>(module).code) {
    if (pc - module.base >= range.begin && pc - module.base < range.end) {
      return dw.dwarf_offdie(module.dwarf, range.unit, unit) != nullptr;
    }
  }
  return false;
}

List<Dwarf_Off> scopes_of(const Module& module, uintptr_t pc) {
  const uint64_t hash = pc * 0x9e3779b97f4a7c15ull >> 16;
  const Scopes* known = scopes.find(hash, [&](const Scopes* other) { return other->pc == pc; });
  if (known == nullptr) {
    Dwarf_Die unit;
    Descent descent = {pc - module.base, {}, 0};
    if (unit_of(module, pc, &unit)) descent.run(&unit);
    auto* found = static_cast<Scopes*>(kept.alloc(sizeof(Scopes)));
    *found = {pc, {kept.array<Dwarf_Off>(descent.count), descent.count}};
    for (size_t i = 0; i < descent.count; ++i) found->dies[i] = descent.dies[descent.count - 1 - i];
    scopes.insert(hash, found);
    known = found;
  }
  return known->dies;
}

int column_of(uintptr_t return_pc, int line) {
  Dwarf_Die unit;
  Module* module = module_of(return_pc - 1);
  if (module == nullptr || !unit_of(*module, return_pc - 1, &unit)) return 0;
  Dwarf_Line* row = dw.dwarf_getsrc_die(&unit, return_pc - 1 - module->base);
  int number = 0;
  int column = 0;
  if (row == nullptr || dw.dwarf_lineno(row, &number) != 0 || number != line) return 0;
  return dw.dwarf_linecol(row, &column) == 0 ? column : 0;
}

namespace {

// The function, perhaps an inlined one, with the code at `pc`: its die's place, 0 if there is none.
Dwarf_Off function_at(const Module& module, uintptr_t pc) {
  for (Dwarf_Off scope : scopes_of(module, pc)) {
    Dwarf_Die die;
    if (dw.dwarf_offdie(module.dwarf, scope, &die) != nullptr && dw.dwarf_tag(&die) != DW_TAG_lexical_block) {
      return scope;
    }
  }
  return 0;
}

// The index of the last row of the line table at or before `address`; `count` if there is none.
size_t row_at(Dwarf_Lines* rows, size_t count, Dwarf_Addr address) {
  size_t low = 0;
  size_t high = count;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    Dwarf_Addr begin = 0;
    dw.dwarf_lineaddr(dw.dwarf_onesrcline(rows, middle), &begin);
    if (begin <= address) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low == 0 ? count : low - 1;
}

// Where the code goes on: checks are made out of line, at the end of a function, and jump back.
uintptr_t continuation(uintptr_t return_pc) {
  const auto* code = reinterpret_cast<const unsigned char*>(return_pc);
  if (code[0] == 0xeb) return return_pc + 2 + static_cast<uintptr_t>(static_cast<signed char>(code[1]));  // jmp rel8
  if (code[0] != 0xe9) return return_pc;
  int32_t distance;  // jmp rel32
  memcpy(&distance, code + 1, sizeof distance);
  return return_pc + 5 + static_cast<uintptr_t>(static_cast<intptr_t>(distance));
}

}  // namespace

SourcePlace nearest_place(uintptr_t return_pc) {
  constexpr size_t kMost = 32;  // rows to look at, either way
  Dwarf_Die unit;
  Dwarf_Die die;
  Dwarf_Lines* rows = nullptr;
  size_t count = 0;
  Module* module = module_of(return_pc - 1);
  if (module == nullptr || !unit_of(*module, return_pc - 1, &unit)) return {};
  const Dwarf_Off function = function_at(*module, return_pc - 1);
  if (function == 0 || dw.dwarf_offdie(module->dwarf, function, &die) == nullptr) return {};
  const char* file = declaration_file(&die);
  if (file == nullptr || dw.dwarf_getsrclines(&unit, &rows, &count) != 0) return {};
  const size_t here = row_at(rows, count, continuation(return_pc) - 1 - module->base);
  // What comes before led here; what comes after need not have run.
  for (const bool back : {true, false}) {
    for (size_t i = 1; here < count && i <= kMost; ++i) {
      if (back ? i > here : here + i >= count) break;
      Dwarf_Line* row = dw.dwarf_onesrcline(rows, back ? here - i : here + i);
      Dwarf_Addr address = 0;
      int line = 0;
      if (dw.dwarf_lineaddr(row, &address) != 0 || dw.dwarf_lineno(row, &line) != 0 || line == 0) continue;
      if (function_at(*module, address + module->base) == function) return {file, line};
    }
  }
  uint64_t declared = 0;
  if (!number_of(&die, DW_AT_decl_line, &declared)) return {};
  return {file, static_cast<int>(declared)};
}

const char* name_of(Dwarf_Die* die) {
  Dwarf_Attribute attribute;
  if (dw.dwarf_attr_integrate(die, DW_AT_name, &attribute) == nullptr) return nullptr;
  return dw.dwarf_formstring(&attribute);
}

// libdw takes file number 0 for "none", as it was before DWARF 5; now it is the source file of the unit.
const char* declaration_file(Dwarf_Die* die) {
  if (const char* file = dw.dwarf_decl_file(die)) return file;
  uint64_t number;
  Dwarf_Die unit;
  if (!number_of(die, DW_AT_decl_file, &number) || number != 0) return nullptr;
  if (dw.dwarf_diecu(die, &unit, nullptr, nullptr) == nullptr) return nullptr;
  const char* name = name_of(&unit);
  Dwarf_Attribute attribute;
  const char* folder = nullptr;
  if (dw.dwarf_attr(&unit, DW_AT_comp_dir, &attribute) != nullptr) folder = dw.dwarf_formstring(&attribute);
  if (name == nullptr || name[0] == '/' || folder == nullptr) return name;
  static char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return path;
}

bool type_of(Dwarf_Die* die, Dwarf_Die* type) {
  Dwarf_Attribute attribute;
  return dw.dwarf_attr_integrate(die, DW_AT_type, &attribute) != nullptr &&
         dw.dwarf_formref_die(&attribute, type) != nullptr;
}

bool number_of(Dwarf_Die* die, unsigned attribute, uint64_t* number) {
  Dwarf_Attribute found;
  Dwarf_Word value = 0;
  if (dw.dwarf_attr_integrate(die, attribute, &found) == nullptr || dw.dwarf_formudata(&found, &value) != 0) {
    return false;
  }
  *number = value;
  return true;
}

}  // namespace baton::detector
