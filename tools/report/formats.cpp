// SPDX-License-Identifier: Apache-2.0
#include "tools/report/formats.h"

namespace baton::tools {

namespace {

struct Format {
  const char* name;
  std::string (*write)(const std::vector<Race>& races);
};

constexpr Format kFormats[] = {
#define BATON_FORMAT(name, what) {#name, write_##name},
#include "tools/report/formats.def"
#undef BATON_FORMAT
};

}  // namespace

std::string write_as(const std::string& name, const std::vector<Race>& races) {
  for (const Format& format : kFormats) {
    if (name == format.name) return format.write(races);
  }
  return "";
}

std::string plural(size_t n, const char* one) { return std::to_string(n) + " " + one + (n == 1 ? "" : "s"); }

std::string seen_text(const Race& race) {
  return race.seen.size() == 1 ? "seen once" : "seen " + std::to_string(race.seen.size()) + " times";
}

}  // namespace baton::tools
