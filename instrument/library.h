// SPDX-License-Identifier: Apache-2.0
//
// What is known, by name, of functions of the C and C++ libraries, whose bodies the pass does not see.
#ifndef BATON_INSTRUMENT_LIBRARY_H_
#define BATON_INSTRUMENT_LIBRARY_H_

#include "llvm/ADT/StringRef.h"
#include "llvm/IR/Function.h"

namespace baton {

// Functions of the C library that touch nothing but their operands, return, and order nothing.
bool is_plain_library_function(llvm::StringRef name);

// Functions of the C++ library that neither order nor free anything: the balancing of trees, the links of lists,
// hashes, const members of std::string, the functions that throw. They may throw, if they are not declared otherwise.
bool is_cpp_library_function(const llvm::Function& function);

// malloc, operator new and their kin: a block that nobody else has.
bool is_allocation(llvm::StringRef name);

// free, operator delete, and what may free as well.
bool is_deallocation(const llvm::Function& function);

// Members of std::string that are in the library: they give no argument to anybody.
bool is_string_member(const llvm::Function& function);

}  // namespace baton

#endif  // BATON_INSTRUMENT_LIBRARY_H_
