// SPDX-License-Identifier: Apache-2.0
#include "tools/baton/options.h"

#include <algorithm>
#include <boost/program_options.hpp>
#include <charconv>

#include "tools/report/formats.h"

namespace baton::tools {

namespace {

namespace po = boost::program_options;

constexpr Option kOptions[] = {
#define BATON_OPTION(command, name, letter, value, accepted, help) {#command, name, letter, value, accepted, help},
#include "tools/baton/options.def"
#undef BATON_OPTION
};

std::string names_of(std::string_view command) {
  std::string names;
  for (const Option& option : options_of(command)) names += (names.empty() ? "--" : ", --") + std::string(option.name);
  return names.empty() ? "it has none" : "options are: " + names;
}

// The form that Boost takes: two dashes before a long name.
Words with_two_dashes(const std::string& command, Words args) {
  const std::vector<Option> options = options_of(command);
  for (std::string& arg : args) {
    if (arg == "--") break;
    const std::string name = arg.substr(std::min<size_t>(1, arg.size()), arg.find('=') - 1);
    const bool ours = std::any_of(options.begin(), options.end(), [&](const Option& o) { return name == o.name; });
    if (arg.size() > 2 && arg[0] == '-' && ours) arg.insert(0, "-");
  }
  return args;
}

void check_accepted(const std::string& command, const Option& option, const std::string& value) {
  if (*option.accepted == '\0') return;
  const std::string all = "|" + std::string(option.accepted) + "|";
  if (!value.empty() && all.find("|" + value + "|") != all.npos) return;
  throw UsageError(command + ": --" + option.name + "=" + value +
                   " is not accepted; values are: " + accepted_values(option));
}

}  // namespace

std::vector<Option> options_of(std::string_view command) {
  std::vector<Option> found;
  for (const Option& option : kOptions) {
    if (option.command == command) found.push_back(option);
  }
  return found;
}

std::string accepted_values(const Option& option) {
  std::string text;
  for (const char* c = option.accepted + (*option.accepted == '|' ? 1 : 0); *c != '\0'; ++c)
    text += *c == '|' ? std::string(", ") : std::string(1, *c);
  return text;
}

po::options_description describe(std::string_view command) {
  po::options_description description("Options");
  auto add = description.add_options();
  for (const Option& option : options_of(command)) {
    std::string names = option.name;
    if (*option.letter != '\0') names += std::string(",") + option.letter;
    if (*option.value == '\0') {
      add(names.c_str(), po::bool_switch(), option.help);
    } else {
      add(names.c_str(), po::value<std::string>()->value_name(option.value), option.help);
    }
  }
  return description;
}

std::string Parsed::value(const std::string& name, const std::string& otherwise) const {
  auto found = values_.find(name);
  return found == values_.end() ? otherwise : found->second;
}

long Parsed::number(const std::string& name, long otherwise, long least, long most) const {
  if (!has(name)) return otherwise;
  const std::string text = value(name);
  long number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < least || number > most) {
    throw UsageError(command_ + ": --" + name + "=" + text + " is not a whole number from " + std::to_string(least) +
                     " to " + std::to_string(most));
  }
  return number;
}

Parsed parsed_options(const std::string& command, const po::variables_map& map) {
  Parsed parsed;
  parsed.command_ = command;
  for (const Option& option : options_of(command)) {
    if (map.count(option.name) == 0) continue;
    if (*option.value == '\0') {
      if (map[option.name].as<bool>()) parsed.values_[option.name] = "1";
      continue;
    }
    const std::string value = map[option.name].as<std::string>();
    check_accepted(command, option, value);
    parsed.values_[option.name] = value;
  }
  return parsed;
}

Parsed parse(const std::string& command, const Words& args) {
  po::options_description all = describe(command);
  all.add_options()("word", po::value<Words>()->composing());
  po::positional_options_description positions;
  positions.add("word", -1);
  po::variables_map map;
  namespace style = po::command_line_style;
  const Words dashed = with_two_dashes(command, args);
  try {
    po::store(po::command_line_parser(dashed)
                  .options(all)
                  .positional(positions)
                  .style(style::unix_style & ~style::allow_guessing & ~style::allow_sticky)
                  .run(),
              map);
  } catch (const po::unknown_option& error) {
    throw UsageError(command + ": unknown option '" + error.get_option_name() + "'; " + names_of(command));
  } catch (const po::multiple_occurrences& error) {
    throw UsageError(command + ": " + error.get_option_name() + " is given more than once");
  } catch (const po::invalid_command_line_syntax& error) {
    throw UsageError(command + ": " + error.what());
  } catch (const po::error& error) {
    throw UsageError(command + ": " + error.what());
  }
  Parsed parsed = parsed_options(command, map);
  if (map.count("word") != 0) parsed.words_ = map["word"].as<Words>();
  return parsed;
}

}  // namespace baton::tools
