// SPDX-License-Identifier: Apache-2.0
//
// A directory for the life of one command.
#pragma once

#include <string>

namespace baton::tools {

// Made under $TMPDIR, or /tmp; removed with everything in it by the destructor. Throws std::system_error.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace baton::tools
