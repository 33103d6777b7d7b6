// SPDX-License-Identifier: Apache-2.0
//
// Options of the commands as options.def declares them, and the parser for commands whose words are all our own
// (`baton build` and `baton run`, which also take clang's flags, have theirs in command_line.h).
#pragma once

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/variables_map.hpp>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tools/baton/commands.h"

namespace baton::tools {

struct Option {
  std::string_view command;
  const char* name;
  const char* letter;    // "": none
  const char* value;     // its name in help; "": a switch
  const char* accepted;  // "a|b|c"; "": any
  const char* help;
};

// All of them, in the order of the table.
std::vector<Option> options_of(std::string_view command);

// "text, json, sarif"
std::string accepted_values(const Option& option);

// For Boost's parser and its help.
boost::program_options::options_description describe(std::string_view command);

// What a command line said. Names that the table does not have are a mistake of ours, and found empty.
class Parsed {
 public:
  bool has(const std::string& name) const { return values_.count(name) != 0; }
  std::string value(const std::string& name, const std::string& otherwise = "") const;
  // A whole number in [least, most]; throws UsageError that names the option.
  long number(const std::string& name, long otherwise, long least, long most) const;
  const Words& words() const { return words_; }

 private:
  friend Parsed parse(const std::string& command, const Words& args);
  friend Parsed parsed_options(const std::string& command, const boost::program_options::variables_map& map);
  std::string command_;
  std::map<std::string, std::string> values_;
  Words words_;  // that are no options, in order
};

// Takes --name VALUE, --name=VALUE, -name, -n VALUE, and words anywhere; "--" ends the options. Throws UsageError for
// anything else.
Parsed parse(const std::string& command, const Words& args);

// The options of the table in what Boost's parser found; throws UsageError for a value that is not accepted.
Parsed parsed_options(const std::string& command, const boost::program_options::variables_map& map);

}  // namespace baton::tools
