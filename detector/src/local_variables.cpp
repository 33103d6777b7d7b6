// SPDX-License-Identifier: Apache-2.0
//
// Locals (variables.h). Whose frame an address lies in is read off the stack itself: instrumented code and baton's own
// keep frame pointers. From the address downwards, the first record whose caller's frame lies above the address belongs
// to the function that was called from there, and its return address leads into the function that owns the frame.

#include <dlfcn.h>
#include <dwarf.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "detector/src/debug_info.h"
#include "detector/src/frames.h"
#include "detector/src/type_path.h"
#include "detector/src/variables.h"

namespace baton::detector {
namespace {

constexpr uintptr_t kSearch = 256 << 10;  // bytes below the address
constexpr int kMaxCandidates = 64;
constexpr uintptr_t kPage = 4096;
constexpr int kRbp = 6;  // as DWARF numbers them
constexpr int kRsp = 7;

// The memory of another goroutine, which may be running or going away: read through the system.
class Memory {
 public:
  bool word(uintptr_t address, uintptr_t* value) {
    uintptr_t page = address & ~(kPage - 1);
    if (page != page_) {
      iovec to = {words_, kPage};
      iovec from = {reinterpret_cast<void*>(page), kPage};
      page_ = process_vm_readv(getpid(), &to, 1, &from, 1, 0) == static_cast<ssize_t>(kPage) ? page : 0;
    }
    if (page_ == 0) return false;
    *value = words_[(address - page) / sizeof(uintptr_t)];
    return true;
  }

 private:
  uintptr_t page_ = 0;
  uintptr_t words_[kPage / sizeof(uintptr_t)];
};

// A function's frame: what its registers were when it made the call that returns to `pc`.
struct FrameState {
  uintptr_t pc;
  uintptr_t rbp;
  uintptr_t rsp;
};

// Whether the record of a frame leads further up, or is the last one. A caller without frame pointers (GoogleTest, as
// Debian builds it) has left any value there: then the frame is one if it returns into code.
bool leads_up(Memory& memory, uintptr_t record, uintptr_t stack_end, bool callers_keep_frames) {
  uintptr_t above;
  if (!memory.word(callers_keep_frames ? record : record + 8, &above)) return false;
  if (callers_keep_frames) return above == 0 || (above > record && above <= stack_end);
  Dl_info info;
  return dladdr(reinterpret_cast<void*>(above), &info) != 0;
}

// Calls each(frame) for what may be the frame around `address`, the likeliest first, until it returns true. Unused
// parts of a frame may still hold a record of an earlier call.
template <class Each>
bool for_each_frame_around(uintptr_t address, uintptr_t stack_end, bool callers_keep_frames, Each each) {
  Memory near;
  Memory far;
  int left = kMaxCandidates;
  uintptr_t lowest = address > kSearch ? address - kSearch : 0;
  for (uintptr_t at = (address & ~uintptr_t{7}) - 16; at > lowest; at -= 8) {
    uintptr_t next;
    uintptr_t return_pc;
    if (!near.word(at, &next)) return false;
    if (next <= address || next >= stack_end || next % 16 != 0) continue;
    if (!near.word(at + 8, &return_pc) || !is_program_text(return_pc)) continue;
    if (!leads_up(far, next, stack_end, callers_keep_frames)) continue;
    if (each(FrameState{return_pc, next, at + 16})) return true;
    if (--left == 0) return false;
  }
  return false;
}

// The value of an expression that is one register and an offset.
bool evaluate(const Dwarf_Op& op, const FrameState& frame, uintptr_t frame_base, uintptr_t* address) {
  if (op.atom == DW_OP_fbreg) {
    *address = frame_base + op.number;
  } else if (op.atom == DW_OP_breg0 + kRbp) {
    *address = frame.rbp + op.number;
  } else if (op.atom == DW_OP_breg0 + kRsp) {
    *address = frame.rsp + op.number;
  } else if (op.atom == DW_OP_reg0 + kRbp) {
    *address = frame.rbp;
  } else if (op.atom == DW_OP_reg0 + kRsp) {
    *address = frame.rsp;
  } else if (op.atom == DW_OP_call_frame_cfa) {
    *address = frame.rbp + 16;
  } else {
    return false;
  }
  return true;
}

bool location_of(Dwarf_Die* die, unsigned attribute_name, uintptr_t pc, const FrameState& frame, uintptr_t frame_base,
                 uintptr_t* address) {
  Dwarf_Attribute attribute;
  Dwarf_Op* ops;
  size_t count;
  if (dw.dwarf_attr(die, attribute_name, &attribute) == nullptr) return false;
  if (dw.dwarf_getlocation_addr(&attribute, pc, &ops, &count, 1) != 1 || count != 1) return false;
  return evaluate(ops[0], frame, frame_base, address);
}

class LocalSearch {
 public:
  LocalSearch(uintptr_t address, size_t size, const FrameState& frame, uintptr_t pc)
      : address_(address), size_(size), frame_(frame), pc_(pc) {}

  // The scopes around pc, innermost first, then the blocks that are over or not yet begun.
  bool run(const Module& module, const List<Dwarf_Off>& scopes, Variable* variable) {
    Dwarf_Die die;
    if (scopes.empty() || dw.dwarf_offdie(module.dwarf, scopes[scopes.count - 1], &die) == nullptr ||
        !location_of(&die, DW_AT_frame_base, pc_, frame_, 0, &frame_base_)) {
      return false;
    }
    for (Dwarf_Off scope : scopes) {
      if (dw.dwarf_offdie(module.dwarf, scope, &die) != nullptr && look_in(&die, false, variable)) return true;
    }
    return look_in(&die, true, variable);
  }

 private:
  bool look_in(Dwarf_Die* scope, bool deep, Variable* variable) {
    bool found = false;
    for_each_child(scope, [&](Dwarf_Die* child) {
      int tag = dw.dwarf_tag(child);
      if (tag == DW_TAG_variable || tag == DW_TAG_formal_parameter) found = is_it(child, deep, variable);
      if (deep && !found && (tag == DW_TAG_lexical_block || tag == DW_TAG_inlined_subroutine)) {
        found = look_in(child, true, variable);
      }
      return !found;
    });
    return found;
  }

  // Whether the variable lies at one of its places around the address; if `anywhere`, wherever in the function it has
  // that place.
  bool holds_address(Dwarf_Die* die, size_t length, bool anywhere, uintptr_t* start) {
    if (!anywhere) {
      return location_of(die, DW_AT_location, pc_, frame_, frame_base_, start) && address_ - *start < length;
    }
    Dwarf_Attribute attribute;
    if (dw.dwarf_attr(die, DW_AT_location, &attribute) == nullptr) return false;
    Dwarf_Addr base;
    Dwarf_Addr begin;
    Dwarf_Addr end;
    Dwarf_Op* ops;
    size_t count;
    for (ptrdiff_t at = 0; (at = dw.dwarf_getlocations(&attribute, at, &base, &begin, &end, &ops, &count)) > 0;) {
      if (count == 1 && evaluate(ops[0], frame_, frame_base_, start) && address_ - *start < length) return true;
    }
    return false;
  }

  bool is_it(Dwarf_Die* die, bool anywhere, Variable* variable) {
    Dwarf_Die type;
    uintptr_t start;
    if (!type_of(die, &type)) return false;
    const size_t length = size_of(&type);
    if (!holds_address(die, length, anywhere, &start)) return false;
    ShortText name;
    ShortText type_name;
    const char* root = name_of(die);
    variable->root = keep_text(root != nullptr ? root : "(unnamed)");
    name.add(variable->root);
    describe_part(&type, address_ - start, size_, name, type_name);
    variable->name = keep_text(name.c_str());
    variable->type = keep_text(type_name.c_str());
    variable->address = start;
    variable->size = length;
    Dwarf_Die origin = *die;
    Dwarf_Attribute attribute;
    if (dw.dwarf_attr(die, DW_AT_abstract_origin, &attribute) != nullptr) dw.dwarf_formref_die(&attribute, &origin);
    const char* file = declaration_file(&origin);
    if (file != nullptr && dw.dwarf_decl_line(&origin, &variable->line) == 0) variable->file = keep_text(file);
    return true;
  }

  const uintptr_t address_;
  const size_t size_;
  const FrameState& frame_;
  const uintptr_t pc_;  // in the file
  uintptr_t frame_base_ = 0;
};

}  // namespace

bool find_local(uintptr_t address, size_t size, uintptr_t stack_end, Variable* variable) {
  const auto is_in = [&](const FrameState& frame) {
    Module* module = module_of(frame.pc - 1);
    if (module == nullptr) return false;
    const List<Dwarf_Off> scopes = scopes_of(*module, frame.pc - 1);
    Dwarf_Die function;
    if (scopes.empty() || dw.dwarf_offdie(module->dwarf, scopes[scopes.count - 1], &function) == nullptr) return false;
    // baton's own functions share no locals.
    const char* file = declaration_file(&function);
    if (file == nullptr || strstr(file, "/runtime/src/") != nullptr || strstr(file, "/detector/src/") != nullptr) {
      return false;
    }
    LocalSearch search(address, size, frame, frame.pc - 1 - module->base);
    return search.run(*module, scopes, variable);
  };
  return for_each_frame_around(address, stack_end, true, is_in) ||
         for_each_frame_around(address, stack_end, false, is_in);
}

}  // namespace baton::detector
