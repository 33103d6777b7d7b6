// SPDX-License-Identifier: Apache-2.0
#include "tools/common/toolchain.h"

namespace baton::tools {

namespace {

constexpr const char* kLibraries[] = {"baton", "baton_symbolize"};
constexpr const char* kRaceLibraries[] = {"baton_race", "baton_detector", "baton_symbolize"};

template <class Each>
void for_each_library(bool race, Each each) {
  if (race) {
    for (const char* library : kRaceLibraries) each(std::string(library));
  } else {
    for (const char* library : kLibraries) each(std::string(library));
  }
}

std::string library_folder(const std::string& prefix) { return prefix + "/lib/baton"; }

}  // namespace

std::string pass_file(const std::string& prefix) { return library_folder(prefix) + "/baton-pass.so"; }

std::vector<std::string> library_files(const std::string& prefix, bool race) {
  std::vector<std::string> files;
  for_each_library(
      race, [&](const std::string& library) { files.push_back(library_folder(prefix) + "/lib" + library + ".a"); });
  return files;
}

std::vector<std::string> include_flags(const std::string& prefix) {
  if (prefix == "/usr" || prefix == "/usr/local") return {};
  return {"-I" + prefix + "/include"};
}

std::vector<std::string> define_flags(bool race) {
  if (!race) return {};
  return {"-D__BATON_RACE__=1"};
}

std::vector<std::string> compile_flags(const std::string& prefix, bool race) {
  const std::string pass = pass_file(prefix);
  std::vector<std::string> flags = {"-fno-omit-frame-pointer", "-fstack-clash-protection",
                                    race ? "-g" : "-gline-tables-only"};
  // Every flag is one word that stands once: build systems drop repeated words. -fplugin makes the pass's options
  // known, -fpass-plugin runs it.
  flags.insert(flags.end(), {"-fplugin=" + pass, "-fpass-plugin=" + pass});
  // Through -Xclang, as plain -mllvm would reach the assembler too, which loads no plugins and knows no such option.
  if (race) flags.insert(flags.end(), {"-Xclang=-mllvm", "-Xclang=-baton-race"});
  return flags;
}

std::vector<std::string> link_flags(const std::string& prefix, bool race, Libraries libraries) {
  // "-u main": the reference that --wrap takes away from the start-up code, without which a main in a static library
  // (gtest_main) stays there.
  std::vector<std::string> flags = {"-Wl,--wrap=main,--wrap=dl_iterate_phdr,-u,main"};
  if (libraries == Libraries::kByFile) {
    const std::vector<std::string> files = library_files(prefix, race);
    flags.insert(flags.end(), files.begin(), files.end());
    flags.emplace_back("-Wl,--library=backtrace");
  } else {
    flags.push_back("-L" + library_folder(prefix));
    std::string names = "-Wl";
    for_each_library(race, [&](const std::string& library) { names += ",--library=" + library; });
    flags.push_back(names + ",--library=backtrace");
  }
  flags.emplace_back("-lpthread");
  return flags;
}

std::vector<std::string> static_link_flags() {
  return {
      "-Wl,-u,___pthread_mutex_trylock,-u,___pthread_mutex_timedlock,-u,___pthread_mutex_clocklock,"
      "-u,___pthread_rwlock_trywrlock,-u,___pthread_rwlock_timedwrlock,-u,___pthread_rwlock_clockwrlock"};
}

}  // namespace baton::tools
