// SPDX-License-Identifier: Apache-2.0
#include "tools/baton/command_line.h"

#include <algorithm>
#include <boost/program_options.hpp>
#include <iterator>
#include <string_view>

#include "tools/baton/options.h"
#include "tools/common/clang_flags.h"

namespace baton::tools {

namespace {

namespace po = boost::program_options;

// Flags that stop clang before it has made a program.
bool makes_no_program(std::string_view flag) {
  constexpr std::string_view kFlags[] = {"-c", "-S", "-E", "-M", "-MM", "-fsyntax-only"};
  return std::find(std::begin(kFlags), std::end(kFlags), flag) != std::end(kFlags);
}

// Boost's own styles would take -O2 or -Iinclude apart. This one reads one word of ours or of clang's at a time, with
// its value, and leaves nothing to the others.
std::vector<po::option> read_words(std::vector<std::string>& words) {
  std::vector<po::option> found;
  auto add = [&](const char* key, std::vector<std::string> values) {
    po::option option(key, values);
    option.original_tokens = std::move(values);
    found.push_back(std::move(option));
  };
  bool race = false;
  for (size_t i = 0; i < words.size(); i++) {
    const std::string& word = words[i];
    if (word == "--") {
      for (i++; i < words.size(); i++) add("arg", {words[i]});
    } else if (word == "-race" || word == "--race") {
      if (!race) add("race", {});  // a switch: twice means the same
      race = true;
    } else if (word == "-o" || word == "--output") {
      add("output", i + 1 < words.size() ? std::vector<std::string>{words[i + 1]} : std::vector<std::string>{});
      i++;
    } else if (word.starts_with("-o") && word.size() > 2) {
      add("output", {word.substr(2)});
    } else if (word.starts_with("--output=")) {
      add("output", {word.substr(std::string_view("--output=").size())});
    } else if (takes_next_argument(word)) {
      add("clang-flag", {word});
      if (++i < words.size()) add("clang-flag", {words[i]});
    } else if (word.starts_with("-")) {
      add("clang-flag", {word});
    } else {
      add("file", {word});
    }
  }
  words.clear();
  return found;
}

Words values(const po::variables_map& map, const char* key) {
  return map.count(key) != 0 ? map[key].as<Words>() : Words();
}

}  // namespace

BuildRequest parse_build(const std::string& command, const Words& args) {
  po::options_description all = describe(command);
  auto hidden = all.add_options();
  hidden("clang-flag", po::value<Words>()->composing());
  hidden("file", po::value<Words>()->composing());
  hidden("arg", po::value<Words>()->composing());
  po::variables_map map;
  try {
    po::store(po::command_line_parser(args).options(all).extra_style_parser(read_words).run(), map);
  } catch (const po::unknown_option& error) {
    throw UsageError(command +
                     ": -o is not accepted: the program is built in a temporary directory; use `baton build`");
  } catch (const po::multiple_occurrences& error) {
    throw UsageError(command + ": " + error.get_option_name() + " is given more than once");
  } catch (const po::error&) {
    throw UsageError(command + ": -o needs the name of the program after it");
  }

  BuildRequest request;
  request.race = map["race"].as<bool>();
  if (map.count("output") != 0) request.output = map["output"].as<std::string>();
  request.files = values(map, "file");
  request.clang_flags = values(map, "clang-flag");
  request.program_args = values(map, "arg");
  for (const std::string& flag : request.clang_flags) {
    if (flag == "-") throw UsageError(command + ": source text from standard input is not accepted, name a file");
    if (flag.starts_with("-x")) {
      throw UsageError(command + ": -x is not accepted: the suffix of a file says its language");
    }
    if (makes_no_program(flag)) {
      throw UsageError(command + ": '" + flag + "' is not accepted: it makes no program; use baton-c++ " + flag);
    }
  }
  if (command == "build" && !request.program_args.empty()) {
    throw UsageError("build: '" + request.program_args[0] + "' after '--' is not accepted: only `baton run` has ARGS");
  }
  if (request.files.empty()) {
    throw UsageError(command + ": no source file; see `baton help " + command + "`");
  }
  return request;
}

Words plain_words(const std::string& command, const Words& args, size_t most) {
  const Words words = parse(command, args).words();
  if (words.size() > most) {
    throw UsageError(command + ": unexpected '" + words[most] + "'; see `baton help " + command + "`");
  }
  return words;
}

}  // namespace baton::tools
