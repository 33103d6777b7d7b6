// SPDX-License-Identifier: Apache-2.0
//
// Names of the C++ library as people write them: "std::string" for what the compiler calls
// "std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >".
#pragma once

namespace baton::detector {

// Shortens a demangled name where it stands: default template arguments of the C++ library are left out, its inline
// namespace too, `std::basic_X<char>` is std::X, and lists of arguments end in ">>". Arguments that are not the default
// are never left out, except that an allocator, a comparison, a hash or a deleter of the library that stands last is
// taken for the default one.
void shorten_name(char* name);

// "/usr/include/c++/12/vector" for "/usr/lib/gcc/x86_64-linux-gnu/12/../../../../include/c++/12/vector", of malloc.
// Null if there is nothing to do, and where a folder is a symbolic link, so that ".." leads elsewhere.
char* path_without_dots(const char* file);

}  // namespace baton::detector
