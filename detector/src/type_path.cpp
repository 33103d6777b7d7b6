// SPDX-License-Identifier: Apache-2.0

#include "detector/src/type_path.h"

#include <dwarf.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "detector/src/short_names.h"

namespace baton::detector {
namespace {

bool is_record(int tag) { return tag == DW_TAG_structure_type || tag == DW_TAG_class_type || tag == DW_TAG_union_type; }

const char* file_of(Dwarf_Die* die) {
  const char* file = declaration_file(die);
  return file != nullptr ? file : "";
}

bool starts_with(const char* text, const char* prefix) { return strncmp(text, prefix, strlen(prefix)) == 0; }

// Standard types whose parts have names that mean something to a reader.
bool is_transparent(const char* name) { return starts_with(name, "pair<") || starts_with(name, "array<"); }

// Where a member or base lies in its record; false for a static member.
bool offset_of(Dwarf_Die* member, uint64_t* offset) {
  if (number_of(member, DW_AT_data_member_location, offset)) return true;
  if (number_of(member, DW_AT_data_bit_offset, offset)) {
    *offset /= 8;
    return true;
  }
  // The members of a union have no offset.
  *offset = 0;
  return !dw.dwarf_hasattr(member, DW_AT_external) && !dw.dwarf_hasattr(member, DW_AT_declaration);
}

// The member (or base) of a record that holds [offset, offset + size).
bool find_member(Dwarf_Die* record, size_t offset, size_t size, bool bases, Dwarf_Die* member, uint64_t* begin) {
  bool found = false;
  for_each_child(record, [&](Dwarf_Die* child) {
    if (dw.dwarf_tag(child) != (bases ? DW_TAG_inheritance : DW_TAG_member)) return true;
    Dwarf_Die type;
    uint64_t at;
    if (!offset_of(child, &at) || !type_of(child, &type)) return true;
    uint64_t bits = 0;
    size_t length = number_of(child, DW_AT_bit_size, &bits) ? (bits + 7) / 8 : size_of(&type);
    if (offset < at || offset >= at + length || offset + (bits == 0 ? size : 1) > at + length) return true;
    *member = *child;
    *begin = at;
    found = true;
    return false;
  });
  return found;
}

// The number of elements of each dimension, outermost first.
struct Dimensions {
  uint64_t counts[8];
  int count = 0;
};

Dimensions dimensions_of(Dwarf_Die* array) {
  Dimensions dimensions;
  for_each_child(array, [&](Dwarf_Die* child) {
    if (dw.dwarf_tag(child) != DW_TAG_subrange_type || dimensions.count == 8) return true;
    uint64_t number = 0;
    if (!number_of(child, DW_AT_count, &number)) {
      number = number_of(child, DW_AT_upper_bound, &number) ? number + 1 : 0;
    }
    dimensions.counts[dimensions.count++] = number;
    return true;
  });
  return dimensions;
}

}  // namespace

void ShortText::add(const char* text) {
  size_t length = strlen(text);
  if (length > sizeof text_ - 1 - used_) length = sizeof text_ - 1 - used_;
  memcpy(text_ + used_, text, length);
  used_ += length;
  text_[used_] = '\0';
}

void ShortText::shorten() {
  shorten_name(text_);
  used_ = strlen(text_);
}

void ShortText::print(const char* format, ...) {
  char text[256];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  add(text);
}

size_t size_of(Dwarf_Die* type) {
  Dwarf_Word size = 0;
  return dw.dwarf_aggregate_size(type, &size) == 0 ? size : 0;
}

bool is_library_type(Dwarf_Die* type) {
  const char* file = file_of(type);
  return strstr(file, "/include/c++/") != nullptr || strstr(file, "/include/baton/") != nullptr;
}

void describe_type(Dwarf_Die* type, ShortText& name) {
  Dwarf_Die inner;
  bool has_inner = type_of(type, &inner);
  const char* own = name_of(type);
  switch (dw.dwarf_tag(type)) {
    case DW_TAG_pointer_type:
    case DW_TAG_reference_type:
    case DW_TAG_rvalue_reference_type:
      if (has_inner) {
        describe_type(&inner, name);
      } else {
        name.add("void");
      }
      name.add(dw.dwarf_tag(type) == DW_TAG_pointer_type     ? "*"
               : dw.dwarf_tag(type) == DW_TAG_reference_type ? "&"
                                                             : "&&");
      return;
    case DW_TAG_const_type:
    case DW_TAG_volatile_type:
      name.add(dw.dwarf_tag(type) == DW_TAG_const_type ? "const " : "volatile ");
      if (has_inner) {
        describe_type(&inner, name);
      } else {
        name.add("void");
      }
      return;
    case DW_TAG_array_type: {
      if (has_inner) describe_type(&inner, name);
      Dimensions dimensions = dimensions_of(type);
      for (int i = 0; i < dimensions.count; ++i) {
        name.print("[%llu]", static_cast<unsigned long long>(dimensions.counts[i]));
      }
      return;
    }
    default:
      if (own == nullptr) {
        name.add(is_record(dw.dwarf_tag(type)) ? "(unnamed)" : "?");
        return;
      }
      if (strstr(file_of(type), "/include/c++/") != nullptr && !starts_with(own, "std::")) name.add("std::");
      if (strstr(file_of(type), "/include/baton/") != nullptr) name.add("baton::");
      name.add(own);
      name.shorten();
  }
}

void describe_part(Dwarf_Die* type, size_t offset, size_t size, ShortText& path, ShortText& name) {
  Dwarf_Die peeled;
  if (dw.dwarf_peel_type(type, &peeled) != 0) {
    describe_type(type, name);
    return;
  }
  int tag = dw.dwarf_tag(&peeled);
  size_t whole = size_of(&peeled);
  if (tag == DW_TAG_array_type) {
    Dwarf_Die element;
    size_t step = type_of(&peeled, &element) ? size_of(&element) : 0;
    Dimensions dimensions = dimensions_of(&peeled);
    size_t inside = step != 0 ? offset % step : 0;
    if (step == 0 || dimensions.count == 0 || inside + size > step) {
      describe_type(type, name);
      return;
    }
    size_t index = offset / step;
    size_t indices[8] = {};
    for (int i = dimensions.count; i-- > 0;) {
      size_t length = dimensions.counts[i] != 0 ? dimensions.counts[i] : SIZE_MAX;
      indices[i] = i != 0 ? index % length : index;
      index /= length;
    }
    for (int i = 0; i < dimensions.count; ++i) path.print("[%zu]", indices[i]);
    describe_part(&element, inside, size, path, name);
    return;
  }
  const char* own = name_of(&peeled);
  bool closed = is_library_type(&peeled) && (own == nullptr || !is_transparent(own));
  Dwarf_Die member;
  uint64_t begin;
  if (!is_record(tag) || closed || (offset == 0 && size == whole && tag == DW_TAG_union_type)) {
    describe_type(type, name);
    return;
  }
  Dwarf_Die part;
  if (find_member(&peeled, offset, size, false, &member, &begin) && type_of(&member, &part)) {
    // The only member of a record, accessed whole: it is the member that the code names.
    const char* field = name_of(&member);
    if (field != nullptr && strcmp(field, "_M_elems") != 0) {
      path.add(".");
      path.add(field);
    }
    describe_part(&part, offset - begin, size, path, name);
  } else if (find_member(&peeled, offset, size, true, &member, &begin) && type_of(&member, &part)) {
    describe_part(&part, offset - begin, size, path, name);
  } else {
    describe_type(type, name);
  }
}

}  // namespace baton::detector
