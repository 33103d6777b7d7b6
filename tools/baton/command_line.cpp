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
// its value, and leaves nothing to the others. Ours are --NAME of every option, -NAME of a switch, and -L, -LVALUE.
class WordReader {
 public:
  explicit WordReader(const std::string& command) : options_(options_of(command)) {
    // -o is never clang's: a command that does not have it says so.
    const auto is_output = [](const Option& option) { return std::string_view(option.name) == "output"; };
    if (std::none_of(options_.begin(), options_.end(), is_output)) {
      options_.push_back({command, "output", "o", "OUT", "", ""});
    }
  }

  std::vector<po::option> operator()(std::vector<std::string>& words) {
    std::vector<po::option> found;
    for (size_t i = 0; i < words.size(); i++) {
      const std::string& word = words[i];
      if (word == "--") {
        for (i++; i < words.size(); i++) add(found, "arg", {words[i]});
      } else if (ours(words, i, found)) {
        continue;
      } else if (takes_next_argument(word)) {
        add(found, "clang-flag", {word});
        if (++i < words.size()) add(found, "clang-flag", {words[i]});
      } else {
        add(found, word.starts_with("-") ? "clang-flag" : "file", {word});
      }
    }
    words.clear();
    return found;
  }

 private:
  static void add(std::vector<po::option>& found, const char* key, std::vector<std::string> values) {
    po::option option(key, values);
    option.original_tokens = std::move(values);
    found.push_back(std::move(option));
  }

  bool ours(const std::vector<std::string>& words, size_t& i, std::vector<po::option>& found) const {
    const std::string& word = words[i];
    for (const Option& option : options_) {
      const std::string name = "--" + std::string(option.name);
      if (*option.value == '\0') {
        if (word != name && word != name.substr(1)) continue;
        const auto same = [&](const po::option& one) { return one.string_key == option.name; };
        if (std::none_of(found.begin(), found.end(), same)) add(found, option.name, {});  // twice means the same
        return true;
      }
      const std::string letter = *option.letter == '\0' ? "" : "-" + std::string(option.letter);
      if (word == name || word == letter) {
        add(found, option.name, i + 1 < words.size() ? Words{words[i + 1]} : Words{});
        i++;
        return true;
      }
      const std::string before_value = word.starts_with(name + "=") ? name + "=" : letter;
      if (before_value.empty() || !word.starts_with(before_value)) continue;
      add(found, option.name, {word.substr(before_value.size())});
      return true;
    }
    return false;
  }

  std::vector<Option> options_;
};

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
    po::store(po::command_line_parser(args).options(all).extra_style_parser(WordReader(command)).run(), map);
  } catch (const po::unknown_option& error) {
    throw UsageError(command +
                     ": -o is not accepted: the program is built in a temporary directory; use `baton build`");
  } catch (const po::multiple_occurrences& error) {
    throw UsageError(command + ": " + error.get_option_name() + " is given more than once");
  } catch (const po::invalid_command_line_syntax& error) {
    if (command == "build") throw UsageError("build: -o needs the name of the program after it");
    throw UsageError(command + ": " + error.get_option_name() + " needs a value");
  } catch (const po::error& error) {
    throw UsageError(command + ": " + error.what());
  }

  BuildRequest request;
  request.options = parsed_options(command, map);
  request.race = request.options.has("race");
  request.output = request.options.value("output");
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
  if (request.files.empty() && command != "test") {
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
