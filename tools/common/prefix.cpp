// SPDX-License-Identifier: Apache-2.0
#include "tools/common/prefix.h"

#include <filesystem>
#include <system_error>

namespace baton::tools {

std::string install_prefix() {
  std::error_code error;
  std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? std::string() : self.parent_path().parent_path().string();
}

}  // namespace baton::tools
