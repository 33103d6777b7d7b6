// SPDX-License-Identifier: Apache-2.0
//
// Debug information, read when there is a race to report: what the C library's symbol table does not know (variables,
// types, columns). By libdw of elfutils, which is loaded at the first report: a program runs without it, and its
// reports then name variables as far as the symbol table does, and no fields.
//
// Guarded by the mutex of report.cpp. Nothing here is touched before the first report.
#pragma once

#include <elfutils/libdw.h>
#include <stdint.h>

#include "detector/src/arena.h"

namespace baton::detector {

// The functions of libdw that are used. BATON_LIBDW(name)
#define BATON_LIBDW_FUNCTIONS(BATON_LIBDW) \
  BATON_LIBDW(dwarf_begin)                 \
  BATON_LIBDW(dwarf_nextcu)                \
  BATON_LIBDW(dwarf_offdie)                \
  BATON_LIBDW(dwarf_dieoffset)             \
  BATON_LIBDW(dwarf_child)                 \
  BATON_LIBDW(dwarf_siblingof)             \
  BATON_LIBDW(dwarf_tag)                   \
  BATON_LIBDW(dwarf_attr)                  \
  BATON_LIBDW(dwarf_attr_integrate)        \
  BATON_LIBDW(dwarf_hasattr)               \
  BATON_LIBDW(dwarf_formstring)            \
  BATON_LIBDW(dwarf_formudata)             \
  BATON_LIBDW(dwarf_formaddr)              \
  BATON_LIBDW(dwarf_formref_die)           \
  BATON_LIBDW(dwarf_getlocation)           \
  BATON_LIBDW(dwarf_getlocation_addr)      \
  BATON_LIBDW(dwarf_getlocations)          \
  BATON_LIBDW(dwarf_getlocation_attr)      \
  BATON_LIBDW(dwarf_haspc)                 \
  BATON_LIBDW(dwarf_ranges)                \
  BATON_LIBDW(dwarf_getscopes)             \
  BATON_LIBDW(dwarf_decl_file)             \
  BATON_LIBDW(dwarf_diecu)                 \
  BATON_LIBDW(dwarf_decl_line)             \
  BATON_LIBDW(dwarf_peel_type)             \
  BATON_LIBDW(dwarf_aggregate_size)        \
  BATON_LIBDW(dwarf_getsrc_die)            \
  BATON_LIBDW(dwarf_getsrclines)           \
  BATON_LIBDW(dwarf_onesrcline)            \
  BATON_LIBDW(dwarf_lineaddr)              \
  BATON_LIBDW(dwarf_linecol)               \
  BATON_LIBDW(dwarf_lineno)

// The same names as in libdw, as pointers; all null or none.
struct Libdw {
#define BATON_LIBDW(name) decltype(&::name) name = nullptr;
  BATON_LIBDW_FUNCTIONS(BATON_LIBDW)
#undef BATON_LIBDW
};
extern Libdw dw;

// An executable or shared library that is loaded.
struct Module {
  uintptr_t base;  // what is added to the file's addresses
  uintptr_t tls;   // this thread's block of its thread-local variables, or 0
  size_t tls_size;
  Dwarf* dwarf;  // null: no debug information
};

// The module with this address in it; null if there is none or libdw is not there.
Module* module_of(uintptr_t address);
// The executable.
Module* main_module();

// Calls each(cu) with the die of every compilation unit until it returns false.
template <class Each>
void for_each_unit(const Module& module, Each each) {
  Dwarf_Off offset = 0;
  Dwarf_Off next;
  size_t header;
  while (dw.dwarf_nextcu(module.dwarf, offset, &next, &header, nullptr, nullptr, nullptr) == 0) {
    Dwarf_Die unit;
    if (dw.dwarf_offdie(module.dwarf, offset + header, &unit) != nullptr && !each(&unit)) return;
    offset = next;
  }
}

// Calls each(die) for the children of `parent` until it returns false.
template <class Each>
void for_each_child(Dwarf_Die* parent, Each each) {
  Dwarf_Die child;
  if (dw.dwarf_child(parent, &child) != 0) return;
  do {
    if (!each(&child)) return;
  } while (dw.dwarf_siblingof(&child, &child) == 0);
}

// The compilation unit with the code at `pc`.
bool unit_of(const Module& module, uintptr_t pc, Dwarf_Die* unit);

// The dies of the subprogram, the inlined subprograms and the blocks with the code at `pc`, innermost first. Found once
// per place. (libdw's own dwarf_getscopes leaves the function for the place where an inlined one was declared.)
List<Dwarf_Off> scopes_of(const Module& module, uintptr_t pc);

// The column of the source line that the call which returns to `return_pc` belongs to; 0 when unknown. `line` must be
// the line it is known to be on.
int column_of(uintptr_t return_pc, int line);

// A place in the source for an instruction without one: the optimiser gives line 0, and any file, to one that it made
// of two lines'. The nearest line of the same function (inlined functions apart), else that of its declaration; line 0
// when unknown. The file lives until the next call.
struct SourcePlace {
  const char* file;
  int line;
};
SourcePlace nearest_place(uintptr_t return_pc);

// Attributes, through abstract origins and specifications; null or false if there is none.
const char* name_of(Dwarf_Die* die);
const char* declaration_file(Dwarf_Die* die);  // until the next call
bool type_of(Dwarf_Die* die, Dwarf_Die* type);
bool number_of(Dwarf_Die* die, unsigned attribute, uint64_t* number);

}  // namespace baton::detector
