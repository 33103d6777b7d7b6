// SPDX-License-Identifier: Apache-2.0
//
// The C++ library used by several goroutines at once, each with objects of its own or under a lock.
//
// RUN: for level in 0 2; do \
// RUN:   %baton_cxx -race -O$level %s -o %t && %S/Inputs/check.sh %t %rounds || exit 1; \
// RUN: done
#include "Inputs/rounds.h"

#include <deque>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <locale>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <unordered_map>

namespace {

void formats(int i) {
  std::ostringstream out;
  out.imbue(std::locale::classic());
  out << std::hex << i << ' ' << std::setprecision(3) << 1.5 * i << ' ' << std::string(40, 'x');
  std::istringstream in(out.str());
  int read = 0;
  in >> std::hex >> read;
  require(read == i, "a stream");
  std::clog.flush();
}

void matches(int i) {
  static const std::regex pattern("([a-z]+)-([0-9]+)");
  std::smatch match;
  const std::string text = "item-" + std::to_string(i);
  require(std::regex_match(text, match, pattern) && match[2] == std::to_string(i), "a regular expression");
}

void files(int i, int number) {
  const auto path = std::filesystem::temp_directory_path() / ("baton-race-free-" + std::to_string(::getpid()) + "-" +
                                                              std::to_string(number) + "-" + std::to_string(i));
  std::ofstream(path) << "line " << i << '\n';
  std::string line;
  std::ifstream in(path);
  std::getline(in, line);
  require(line == "line " + std::to_string(i), "a file");
  std::filesystem::remove(path);
}

}  // namespace

void round_once(int number) {
  Mutex mu;
  std::unordered_map<std::string, int> counts;
  std::map<int, std::string> names;
  std::set<int> keys;
  std::deque<std::string> queue;
  WaitGroup wg;
  for (int i = 0; i < 4; i++) {
    wg.go([&, i] {
      formats(i);
      matches(i);
      if (number % 10 == 0) files(i, number);
      for (int k = 0; k < 12; k++) {
        const std::scoped_lock hold(mu);
        counts["key " + std::to_string(k)]++;
        names[k] = std::to_string(i) + " and a long text behind it";
        keys.insert(10 * k + i);
        queue.push_back(names[k]);
        if (queue.size() > 5) queue.pop_front();
      }
    });
  }
  wg.wait();
  require(counts.size() == 12 && counts["key 3"] == 4 && names.size() == 12 && keys.size() == 48, "a container");
}
