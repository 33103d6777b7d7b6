// SPDX-License-Identifier: Apache-2.0
//
// Fields of heap blocks (variables.h). What a block holds is told by where it was allocated: the template argument of
// an allocator or of make_unique, or the word after `new` in the source line. If neither is known, by the class whose
// member function accesses it, provided that the sizes agree.

#include <dwarf.h>
#include <string.h>

#include "detector/src/debug_info.h"
#include "detector/src/frames.h"
#include "detector/src/source.h"
#include "detector/src/type_path.h"
#include "detector/src/variables.h"

namespace baton::detector {
namespace {

constexpr int kMaxFrames = 8;  // allocator functions of a library are never deeper

bool starts_with(const char* text, const char* prefix) { return strncmp(text, prefix, strlen(prefix)) == 0; }

bool template_argument(Dwarf_Die* die, Dwarf_Die* type) {
  bool found = false;
  for_each_child(die, [&](Dwarf_Die* child) {
    const char* name = dw.dwarf_tag(child) == DW_TAG_template_type_parameter ? name_of(child) : nullptr;
    if (name == nullptr || (strcmp(name, "_Tp") != 0 && strcmp(name, "T") != 0)) return true;
    found = type_of(child, type);
    return false;
  });
  return found;
}

bool is_artificial(Dwarf_Die* parameter) {
  Dwarf_Attribute attribute;
  return dw.dwarf_attr_integrate(parameter, DW_AT_artificial, &attribute) != nullptr;
}

// The class of the object that a member function was called for.
bool class_of_this(Dwarf_Die* function, Dwarf_Die* type) {
  bool found = false;
  for_each_child(function, [&](Dwarf_Die* child) {
    if (dw.dwarf_tag(child) != DW_TAG_formal_parameter) return false;  // it is the first
    Dwarf_Die pointer;
    Dwarf_Die pointee;
    found = is_artificial(child) && type_of(child, &pointer) && dw.dwarf_peel_type(&pointer, &pointer) == 0 &&
            type_of(&pointer, &pointee) && dw.dwarf_peel_type(&pointee, type) == 0;
    return false;
  });
  return found;
}

// An inlined function's die names the function it is an instance of.
Dwarf_Die origin_of(Dwarf_Die* die) {
  Dwarf_Die origin = *die;
  Dwarf_Attribute attribute;
  for (unsigned name : {DW_AT_abstract_origin, DW_AT_specification}) {
    Dwarf_Die next;
    if (dw.dwarf_attr(&origin, name, &attribute) != nullptr && dw.dwarf_formref_die(&attribute, &next) != nullptr) {
      origin = next;
    }
  }
  return origin;
}

// Calls each(function) for the functions at a return address, innermost inlined one first, until it returns false.
template <class Each>
bool for_each_function(uintptr_t return_pc, Each each) {
  Module* module = module_of(return_pc - 1);
  if (module == nullptr) return true;
  for (Dwarf_Off scope : scopes_of(*module, return_pc - 1)) {
    Dwarf_Die die;
    if (dw.dwarf_offdie(module->dwarf, scope, &die) == nullptr || dw.dwarf_tag(&die) == DW_TAG_lexical_block) continue;
    if (!each(&die)) return false;
  }
  return true;
}

bool find_type(Dwarf_Die* parent, const char* name, size_t length, int depth, Dwarf_Die* type) {
  bool found = false;
  for_each_child(parent, [&](Dwarf_Die* child) {
    int tag = dw.dwarf_tag(child);
    if (tag == DW_TAG_namespace && depth < 16) found = find_type(child, name, length, depth + 1, type);
    if (tag != DW_TAG_structure_type && tag != DW_TAG_class_type && tag != DW_TAG_base_type && tag != DW_TAG_typedef &&
        tag != DW_TAG_union_type) {
      return !found;
    }
    const char* own = name_of(child);
    if (own != nullptr && strlen(own) == length && memcmp(own, name, length) == 0 &&
        !dw.dwarf_hasattr(child, DW_AT_declaration)) {
      *type = *child;
      found = true;
    }
    return !found;
  });
  return found;
}

// The type after `new` in the source line of the call.
bool type_in_source(ContextId allocation, Dwarf_Die* type) {
  uintptr_t pc = 0;
  SourceLine line;
  Arena arena;
  for (const Frame* frame : shown_stack(arena, allocation)) {
    if (is_library_function(frame->function)) continue;
    line = source_line(frame->path, frame->line);
    pc = frame->pc;
    break;
  }
  arena.release();
  const char* at = find_word(line, "new");
  if (at == nullptr) return false;
  const char* end = line.text + line.length;
  at += 3;
  while (at < end && *at == ' ') ++at;
  const char* name = at;
  for (; at < end && (is_identifier_char(*at) || *at == ':'); ++at) {
    if (*at == ':') name = at + 1;
  }
  Module* module = module_of(pc - 1);
  Dwarf_Die unit;
  if (name == at || module == nullptr || !unit_of(*module, pc - 1, &unit)) return false;
  return find_type(&unit, name, static_cast<size_t>(at - name), 0, type);
}

bool type_by_allocator(ContextId allocation, Dwarf_Die* type) {
  bool found = false;
  int frames = 0;
  for_each_frame(allocation, [&](uintptr_t pc) {
    for_each_function(pc, [&](Dwarf_Die* scope) {
      Dwarf_Die function = origin_of(scope);
      const char* name = name_of(&function);
      if (name == nullptr) return true;
      if (strcmp(name, "allocate") == 0) {
        Dwarf_Die allocator;
        Dwarf_Die declaration = origin_of(&function);
        found = (class_of_this(scope, &allocator) || class_of_this(&declaration, &allocator)) &&
                template_argument(&allocator, type);
      } else if (starts_with(name, "make_unique")) {
        found = template_argument(&function, type);
      }
      return !found;
    });
    return !found && ++frames < kMaxFrames;
  });
  return found;
}

// The class in whose member function the access is.
bool type_by_access(ContextId access, size_t block_size, Dwarf_Die* type) {
  bool found = false;
  for_each_frame(access, [&](uintptr_t pc) {
    for_each_function(pc, [&](Dwarf_Die* scope) {
      Dwarf_Die function = origin_of(scope);
      Dwarf_Die candidate;
      if (!class_of_this(scope, &candidate) && !class_of_this(&function, &candidate)) return true;
      if (size_of(&candidate) != block_size || is_library_type(&candidate)) return true;
      *type = candidate;
      found = true;
      return false;
    });
    return false;  // the machine function of the access itself
  });
  return found;
}

// What is known of the blocks that were allocated in one context: direct-mapped, the latest wins.
struct KnownType {
  ContextId allocation;
  bool found;
  Dwarf_Die type;
};
constexpr uint32_t kKnownTypes = 1024;
constinit KnownType known_types[kKnownTypes] = {};

bool type_by_allocation(ContextId allocation, Dwarf_Die* type) {
  KnownType& known = known_types[allocation % kKnownTypes];
  if (known.allocation != allocation) {
    known.allocation = allocation;
    known.found = type_by_allocator(allocation, &known.type) || type_in_source(allocation, &known.type);
  }
  *type = known.type;
  return known.found;
}

// The value of a type of the library that keeps one in a buffer, as the nodes of containers do, and where it lies.
bool value_in_storage(Dwarf_Die* record, Dwarf_Die* value, uint64_t* begin) {
  bool found = false;
  for_each_child(record, [&](Dwarf_Die* child) {
    const int tag = dw.dwarf_tag(child);
    const bool is_base = tag == DW_TAG_inheritance;
    const char* name = tag == DW_TAG_member ? name_of(child) : nullptr;
    Dwarf_Die type;
    if (!is_base && (name == nullptr || strcmp(name, "_M_storage") != 0)) return true;
    if (!type_of(child, &type) || dw.dwarf_peel_type(&type, &type) != 0) return true;
    uint64_t inside = 0;
    uint64_t at = 0;
    found = is_base ? value_in_storage(&type, value, &inside) : template_argument(&type, value);
    number_of(child, DW_AT_data_member_location, &at);
    *begin = at + inside;
    return !found;
  });
  return found;
}

// Of the pair in a map's node the part at `offset`, which becomes the offset in it; what it is called.
const char* part_of_pair(Dwarf_Die* pair, size_t* offset, Dwarf_Die* part) {
  const char* what = nullptr;
  for_each_child(pair, [&](Dwarf_Die* child) {
    Dwarf_Die type;
    uint64_t at = 0;
    const char* name = dw.dwarf_tag(child) == DW_TAG_member ? name_of(child) : nullptr;
    if (name == nullptr || !type_of(child, &type)) return true;
    number_of(child, DW_AT_data_member_location, &at);
    if (*offset < at || *offset >= at + size_of(&type)) return true;
    what = strcmp(name, "first") == 0 ? "map key" : "map value";
    *offset -= at;
    *part = type;
    return false;
  });
  return what;
}

bool find_in_node(Dwarf_Die* node, size_t offset, size_t size, Variable* variable) {
  Dwarf_Die value;
  uint64_t begin = 0;
  if (!value_in_storage(node, &value, &begin) || dw.dwarf_peel_type(&value, &value) != 0) return false;
  if (offset < begin || offset + size > begin + size_of(&value)) return false;
  offset -= begin;
  const char* name = name_of(&value);
  const char* what = "element";
  if (name != nullptr && starts_with(name, "pair<") && !starts_with(name_of(node), "_List_node<")) {
    what = part_of_pair(&value, &offset, &value);
    if (what == nullptr || dw.dwarf_peel_type(&value, &value) != 0) return false;
  }
  ShortText path;
  ShortText type_name;
  const int tag = dw.dwarf_tag(&value);
  const bool is_class = tag == DW_TAG_structure_type || tag == DW_TAG_class_type || tag == DW_TAG_union_type;
  if (is_class && !is_library_type(&value)) {
    describe_type(&value, path);
  } else {
    path.add(what);
  }
  variable->root = keep_text(path.c_str());
  ShortText part;
  describe_part(&value, offset, size, part, type_name);
  path.add(part.c_str());
  variable->name = keep_text(path.c_str());
  variable->type = keep_text(type_name.c_str());
  return true;
}

}  // namespace

bool find_in_block(uintptr_t address, size_t size, uintptr_t block, size_t block_size, ContextId allocation,
                   ContextId access, Variable* variable) {
  Dwarf_Die type;
  if (!type_by_allocation(allocation, &type) && !type_by_access(access, block_size, &type)) return false;
  size_t offset = address - block;
  const char* name = name_of(&type);
  // make_shared puts the object behind its counts.
  constexpr size_t kCounts = 16;
  if (name != nullptr && starts_with(name, "_Sp_counted_ptr_inplace<") && offset >= kCounts &&
      template_argument(&type, &type)) {
    offset -= kCounts;
    block_size -= kCounts;
  }
  variable->address = block;
  variable->size = block_size;
  // A node of a container; other types of the library are shown as a whole, as in a vector of strings.
  name = name_of(&type);
  if (is_library_type(&type) && (name == nullptr || name[0] == '_')) {
    return find_in_node(&type, offset, size, variable);
  }
  // make_unique<T[]>
  if (dw.dwarf_tag(&type) == DW_TAG_array_type && size_of(&type) == 0 && !type_of(&type, &type)) return false;
  size_t step = size_of(&type);
  if (step == 0) return false;
  // new T[n] of a class with a destructor keeps n in front.
  bool is_array = block_size >= 2 * step;
  if (is_array && block_size % step != 0 && (block_size - 8) % step == 0 && offset >= 8) offset -= 8;
  ShortText path;
  ShortText type_name;
  describe_type(&type, path);
  variable->root = keep_text(path.c_str());
  if (is_array) path.print("[%zu]", offset / step);
  ShortText part;
  describe_part(&type, offset % step, size, part, type_name);
  path.add(part.c_str());
  variable->name = keep_text(path.c_str());
  variable->type = keep_text(type_name.c_str());
  return true;
}

}  // namespace baton::detector
