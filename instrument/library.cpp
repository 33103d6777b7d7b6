// SPDX-License-Identifier: Apache-2.0
#include "instrument/library.h"

#include "llvm/ADT/StringSwitch.h"

namespace baton {

using namespace llvm;

namespace {

constexpr StringLiteral kConstStringMember = "_ZNKSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE";

}  // namespace

bool is_plain_library_function(StringRef name) {
  static constexpr const char* kMemory[] = {
      "memcpy", "memmove", "memset",       "memcmp",    "memchr",       "memrchr",      "bcmp",    "mempcpy",
      "strlen", "strnlen", "strcmp",       "strncmp",   "strchr",       "strrchr",      "strcpy",  "strncpy",
      "stpcpy", "strcat",  "strncat",      "strstr",    "strspn",       "strcspn",      "strpbrk", "abs",
      "labs",   "llabs",   "__memcpy_chk", "__mempcpy", "__memset_chk", "__memmove_chk"};
  static constexpr const char* kMath[] = {
      "sin",   "cos",       "tan",   "asin",   "acos",   "atan",    "atan2", "sinh",      "cosh",  "tanh",
      "asinh", "acosh",     "atanh", "exp",    "exp2",   "expm1",   "log",   "log2",      "log10", "log1p",
      "logb",  "pow",       "sqrt",  "cbrt",   "hypot",  "fabs",    "floor", "ceil",      "trunc", "round",
      "rint",  "nearbyint", "lrint", "llrint", "lround", "llround", "fmod",  "remainder", "fmin",  "fmax",
      "fdim",  "copysign",  "ldexp", "scalbn", "frexp",  "modf",    "erf",   "erfc",      "tgamma"};
  for (const char* known : kMemory) {
    if (name == known) return true;
  }
  for (const char* known : kMath) {
    if (name == known) return true;
    StringRef stem = name.drop_back(name.empty() ? 0 : 1);
    if ((name.ends_with("f") || name.ends_with("l")) && stem == known) return true;
  }
  return false;
}

bool is_cpp_library_function(const Function& function) {
  if (!function.isDeclaration()) return false;
  StringRef name = function.getName();
  if (name.consume_front("_ZSt")) {
    name = name.drop_while([](char c) { return c >= '0' && c <= '9'; });  // the length of what follows
    return name.starts_with("_Rb_tree_") || name.starts_with("_Hash_bytes") || name.starts_with("_Fnv_hash_bytes") ||
           name.starts_with("__throw_");
  }
  if (name.consume_front("_ZNSt8__detail15_List_node_base")) {
    return StringSwitch<bool>(name)
        .Cases("7_M_hookEPS0_", "9_M_unhookEv", "11_M_transferEPS0_S1_", "10_M_reverseEv", "4swapERS0_S1_", true)
        .Default(false);
  }
  return name.starts_with("_ZNKSt8__detail20_Prime_rehash_policy") || name.starts_with(kConstStringMember);
}

bool is_allocation(StringRef name) {
  return StringSwitch<bool>(name)
      .Cases("malloc", "calloc", "aligned_alloc", "_Znwm", "_Znam", true)
      .Cases("_ZnwmRKSt9nothrow_t", "_ZnamRKSt9nothrow_t", "_ZnwmSt11align_val_t", "_ZnamSt11align_val_t", true)
      .Default(false);
}

bool is_deallocation(const Function& function) {
  StringRef name = function.getName();
  return name == "free" || name == "realloc" || name == "reallocarray" || name.starts_with("_ZdlPv") ||
         name.starts_with("_ZdaPv");
}

bool is_string_member(const Function& function) {
  StringRef name = function.getName();
  return function.isDeclaration() && (name.starts_with("_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE") ||
                                      name.starts_with(kConstStringMember));
}

}  // namespace baton
