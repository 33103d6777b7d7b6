// SPDX-License-Identifier: Apache-2.0
//
// Globals and thread-locals (variables.h): an index of all variables of a module that have an address, made when the
// first of them is asked for.

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#include "detector/include/baton/symbolize.h"
#include "detector/src/debug_info.h"
#include "detector/src/frames.h"
#include "detector/src/task.h"
#include "detector/src/type_path.h"
#include "detector/src/variables.h"

namespace baton::detector {
namespace {

struct StaticVariable {
  uintptr_t start;  // in the file; of a thread-local, in its block
  uint64_t size : 63;
  uint64_t is_thread_local : 1;
  Dwarf_Off die;
};

constexpr size_t kMaxVariables = 1 << 22;
constexpr size_t kMaxModules = 64;

struct Index {
  const Module* module;
  StaticVariable* variables;  // by is_thread_local, then by start
  size_t count;
};
constinit Index indices[kMaxModules] = {};
constinit size_t index_count = 0;

uintptr_t thread_pointer() { return reinterpret_cast<uintptr_t>(__builtin_thread_pointer()); }

bool place_of(Dwarf_Die* die, StaticVariable* variable) {
  Dwarf_Attribute attribute;
  Dwarf_Op* ops;
  size_t count;
  if (dw.dwarf_attr(die, DW_AT_location, &attribute) == nullptr) return false;
  if (dw.dwarf_getlocation(&attribute, &ops, &count) != 0 || count == 0) return false;
  variable->start = ops[0].number;
  variable->is_thread_local = false;
  if (ops[0].atom == DW_OP_addrx || ops[0].atom == DW_OP_GNU_addr_index || ops[0].atom == DW_OP_constx ||
      ops[0].atom == DW_OP_GNU_const_index) {
    Dwarf_Attribute indirect;
    Dwarf_Addr address;
    if (dw.dwarf_getlocation_attr(&attribute, &ops[0], &indirect) != 0 || dw.dwarf_formaddr(&indirect, &address) != 0) {
      return false;
    }
    variable->start = address;
  } else if (ops[0].atom != DW_OP_addr && ops[0].atom != DW_OP_const4u && ops[0].atom != DW_OP_const8u) {
    return false;
  }
  for (size_t i = 1; i < count; ++i) {
    if (ops[i].atom == DW_OP_GNU_push_tls_address || ops[i].atom == DW_OP_form_tls_address) {
      variable->is_thread_local = true;
    } else if (ops[i].atom == DW_OP_plus_uconst) {
      variable->start += ops[i].number;
    } else {
      return false;
    }
  }
  return true;
}

void collect(Dwarf_Die* parent, Index& index, int depth) {
  for_each_child(parent, [&](Dwarf_Die* child) {
    int tag = dw.dwarf_tag(child);
    if (tag == DW_TAG_variable) {
      StaticVariable variable;
      Dwarf_Die type;
      if (index.count < kMaxVariables && place_of(child, &variable) && type_of(child, &type)) {
        variable.size = size_of(&type);
        variable.die = dw.dwarf_dieoffset(child);
        if (variable.size != 0) index.variables[index.count++] = variable;
      }
    } else if ((tag == DW_TAG_namespace || tag == DW_TAG_subprogram || tag == DW_TAG_lexical_block) && depth < 64) {
      collect(child, index, depth + 1);
    }
    return true;
  });
}

int compare(const void* a, const void* b) {
  const auto& x = *static_cast<const StaticVariable*>(a);
  const auto& y = *static_cast<const StaticVariable*>(b);
  if (x.is_thread_local != y.is_thread_local) return x.is_thread_local ? 1 : -1;
  return x.start < y.start ? -1 : x.start > y.start ? 1 : 0;
}

const Index* index_of(const Module& module) {
  for (size_t i = 0; i < index_count; ++i) {
    if (indices[i].module == &module) return &indices[i];
  }
  if (index_count == kMaxModules) return nullptr;
  Index& index = indices[index_count++];
  index.module = &module;
  index.variables =
      static_cast<StaticVariable*>(reserve(kMaxVariables * sizeof(StaticVariable), "an index of variables"));
  for_each_unit(module, [&](Dwarf_Die* unit) {
    collect(unit, index, 0);
    return true;
  });
  qsort(index.variables, index.count, sizeof(StaticVariable), compare);
  return &index;
}

const StaticVariable* find(const Module& module, uintptr_t place, bool is_thread_local) {
  const Index* index = index_of(module);
  if (index == nullptr) return nullptr;
  const StaticVariable key = {place, 0, is_thread_local, 0};
  size_t low = 0;
  for (size_t high = index->count; low < high;) {
    size_t middle = (low + high) / 2;
    if (compare(&index->variables[middle], &key) <= 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == 0) return nullptr;
  const StaticVariable& variable = index->variables[low - 1];
  if (variable.is_thread_local != is_thread_local || place - variable.start >= variable.size) return nullptr;
  return &variable;
}

// A variable known by its die; `base` is what its `start` is relative to, `root` its name if known better.
void describe(const Module& module, const StaticVariable& place, uintptr_t base, const char* root, uintptr_t address,
              size_t size, Variable* variable) {
  Dwarf_Die die;
  Dwarf_Die type;
  if (dw.dwarf_offdie(module.dwarf, place.die, &die) == nullptr || !type_of(&die, &type)) return;
  ShortText name;
  ShortText type_name;
  if (root == nullptr) root = name_of(&die);
  variable->root = keep_text(root != nullptr ? root : "(unnamed)");
  name.add(variable->root);
  describe_part(&type, address - base - place.start, size, name, type_name);
  variable->name = keep_text(name.c_str());
  variable->type = keep_text(type_name.c_str());
  variable->address = base + place.start;
  variable->size = place.size;
  variable->thread_local_storage = place.is_thread_local;
  const char* file = declaration_file(&die);
  if (file != nullptr && dw.dwarf_decl_line(&die, &variable->line) == 0) variable->file = keep_text(file);
}

bool find_thread_local(uintptr_t address, size_t size, Variable* variable) {
  Module* module = main_module();
  if (module == nullptr || module->tls == 0) return false;
  const uintptr_t distance = thread_pointer() - module->tls;  // the same in every thread
  for (uint32_t i = 0; i < noted_threads(); ++i) {
    const uintptr_t pointer = noted_thread(i);
    if (pointer == 0 || address >= pointer || address < pointer - distance) continue;
    uintptr_t block = pointer - distance;
    const StaticVariable* place = find(*module, address - block, true);
    if (place == nullptr) return false;
    describe(*module, *place, block, nullptr, address, size, variable);
    return true;
  }
  return false;
}

}  // namespace

bool find_static(uintptr_t address, size_t size, Variable* variable) {
  char symbol[1024];
  uintptr_t start = 0;
  uintptr_t length = 0;
  bool has_symbol =
      __baton_symbolize_data(address, symbol, sizeof symbol, &start, &length) != 0 && address - start < length;
  if (Module* module = module_of(address)) {
    const StaticVariable* place = find(*module, address - module->base, false);
    if (place != nullptr) {
      const char* root = has_symbol && start == module->base + place->start ? symbol : nullptr;
      describe(*module, *place, module->base, root, address, size, variable);
      return true;
    }
  }
  if (!has_symbol) return find_thread_local(address, size, variable);
  variable->root = variable->name = keep_text(symbol);
  variable->address = start;
  variable->size = length;
  return true;
}

}  // namespace baton::detector
