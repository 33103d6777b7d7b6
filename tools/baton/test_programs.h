// SPDX-License-Identifier: Apache-2.0
//
// What `baton test` builds and runs: one program for each test source, and programs that exist already.
#pragma once

#include <string>
#include <vector>

namespace baton::tools {

struct TestProgram {
  std::string name;         // as the user would write it
  std::string source;       // "": the program exists
  std::string subject;      // compiled into it: NAME.cpp beside NAME_test.cpp; "" if there is none
  bool googletest = false;  // includes <gtest/gtest.h>
  bool gmock = false;
  bool has_main = true;
};

// Test sources, and executables, among `paths`. A folder stands for the files below it that are named *_test.cpp or
// test_*.cpp (.cc, .cxx, .c too), but for hidden folders and build folders of CMake. Sorted, each once. Throws
// UsageError for a path that is not there or no test.
std::vector<TestProgram> find_tests(const std::vector<std::string>& paths);

}  // namespace baton::tools
