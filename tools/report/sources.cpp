// SPDX-License-Identifier: Apache-2.0
#include "tools/report/sources.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

namespace baton::tools {

namespace {

namespace fs = std::filesystem;

std::string& root() {
  static std::string folder = [] {
    std::error_code error;
    return fs::current_path(error).string();
  }();
  return folder;
}

// Each file is read once; a report of many races names the same files again and again.
const std::vector<std::string>& lines_of(const std::string& file) {
  static std::map<std::string, std::vector<std::string>> files;
  auto [place, first] = files.try_emplace(file);
  if (!first) return place->second;
  std::error_code error;
  if (!fs::is_regular_file(file, error)) return place->second;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (line.ends_with('\r')) line.pop_back();
    place->second.push_back(line);
  }
  return place->second;
}

}  // namespace

void set_source_root(const std::string& folder) {
  std::error_code error;
  root() = fs::absolute(folder, error).lexically_normal().string();
  if (root().size() > 1 && root().ends_with('/')) root().pop_back();
}

const std::string& source_root() { return root(); }

std::string relative_name(const std::string& file) {
  const std::string normal = fs::path(file).lexically_normal().string();
  const std::string below = root() == "/" ? root() : root() + "/";
  return normal.starts_with(below) ? normal.substr(below.size()) : normal;
}

std::vector<SourceLine> lines_around(const std::string& file, int line, int before, int after) {
  std::vector<SourceLine> found;
  const std::vector<std::string>& lines = lines_of(file.starts_with('/') ? file : root() + "/" + file);
  const int count = static_cast<int>(lines.size());
  if (line < 1 || line > count) return found;
  for (int i = std::max(1, line - before); i <= std::min(count, line + after); i++) {
    found.push_back({i, lines[static_cast<size_t>(i) - 1]});
  }
  return found;
}

}  // namespace baton::tools
