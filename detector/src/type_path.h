// SPDX-License-Identifier: Apache-2.0
//
// From a type and an offset to a field or an element, as C++ writes it.
#pragma once

#include <stddef.h>

#include "detector/src/debug_info.h"

namespace baton::detector {

// Text of limited length.
class ShortText {
 public:
  void add(const char* text);
  [[gnu::format(printf, 2, 3)]] void print(const char* format, ...);
  // As shorten_name.
  void shorten();
  void clear() { text_[used_ = 0] = '\0'; }
  const char* c_str() const { return text_; }
  bool empty() const { return used_ == 0; }

 private:
  char text_[1024] = "";
  size_t used_ = 0;
};

// Appends to `path` how the part of a `type` at [offset, offset + size) is written after the name of the object
// (".balance", "[3].name", nothing for the whole), and to `name` the type of that part. Types of libraries are not
// looked into, but for the standard arrays and pairs.
void describe_part(Dwarf_Die* type, size_t offset, size_t size, ShortText& path, ShortText& name);

// The name of a type, as in a declaration.
void describe_type(Dwarf_Die* type, ShortText& name);

// Its size, 0 when unknown.
size_t size_of(Dwarf_Die* type);

// Whether a type is declared in a header of the C++ library or of baton.
bool is_library_type(Dwarf_Die* type);

}  // namespace baton::detector
