// SPDX-License-Identifier: Apache-2.0
//
// `baton completion`: scripts for bash, zsh and fish, made from commands.def and options.def. Each completes the
// commands, their options and the values these accept; every other word is a file name.
#include <cstdio>
#include <string>

#include "tools/baton/command_line.h"
#include "tools/baton/commands.h"
#include "tools/baton/options.h"

namespace baton::tools {

namespace {

std::string all_commands() {
  std::string names;
  for (const CommandEntry& entry : command_entries()) names += (names.empty() ? "" : " ") + std::string(entry.name);
  return names;
}

std::string option_words(std::string_view command) {
  std::string words;
  for (const Option& option : options_of(command)) words += (words.empty() ? "--" : " --") + std::string(option.name);
  return words;
}

std::string spaced(const Option& option) {
  std::string words = option.accepted;
  for (char& c : words) c = c == '|' ? ' ' : c;
  return words;
}

std::string bash() {
  std::string text =
      "_baton() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}\n"
      "  COMPREPLY=()\n"
      "  if ((COMP_CWORD == 1)); then\n"
      "    COMPREPLY=($(compgen -W '" +
      all_commands() +
      "' -- \"$word\"))\n"
      "    return\n"
      "  fi\n"
      "  [[ $word == = ]] && word=\n"
      "  [[ $before == = ]] && before=${COMP_WORDS[COMP_CWORD-2]}\n"
      "  case $command/$before in\n";
  for (const CommandEntry& entry : command_entries()) {
    for (const Option& option : options_of(entry.name)) {
      if (*option.accepted == '\0') continue;
      text += std::string("    ") + entry.name + "/--" + option.name + ") COMPREPLY=($(compgen -W '" + spaced(option) +
              "' -- \"$word\")); return ;;\n";
    }
  }
  text += "  esac\n  [[ $word == -* ]] || { [[ $command == help ]] && COMPREPLY=($(compgen -W '" + all_commands() +
          "' -- \"$word\")); return; }\n  case $command in\n";
  for (const CommandEntry& entry : command_entries()) {
    const std::string words = option_words(entry.name);
    if (words.empty()) continue;
    text += std::string("    ") + entry.name + ") COMPREPLY=($(compgen -W '" + words + "' -- \"$word\")) ;;\n";
  }
  return text + "  esac\n}\ncomplete -o default -F _baton baton\n";
}

// In zsh's and fish's single quotes.
std::string quoted(std::string_view text, const char* quote) {
  std::string out;
  for (char c : text) out += c == '\'' ? std::string(quote) : std::string(1, c);
  return out;
}

std::string zsh() {
  std::string text = "#compdef baton\n_baton() {\n  local -a commands=(\n";
  for (const CommandEntry& entry : command_entries()) {
    text += std::string("    '") + entry.name + ":" + quoted(entry.summary, "'\\''") + "'\n";
  }
  text +=
      "  )\n  if ((CURRENT == 2)); then\n    _describe command commands\n    return\n  fi\n"
      "  local command=${words[2]}\n  shift words\n  ((CURRENT--))\n  case $command in\n";
  for (const CommandEntry& entry : command_entries()) {
    text += std::string("    ") + entry.name + ") _arguments";
    for (const Option& option : options_of(entry.name)) {
      std::string help = quoted(option.help, "'\\''");
      for (char& c : help) c = c == '[' || c == ']' || c == ':' ? ' ' : c;
      text += std::string(" \\\n      '--") + option.name + (*option.value != '\0' ? "=" : "") + "[" + help + "]";
      if (*option.value != '\0') {
        text += std::string(":") + option.value + ":" +
                (*option.accepted != '\0' ? "(" + spaced(option) + ")" : std::string("_files"));
      }
      text += "'";
    }
    text += std::string(entry.name) == "help" ? " \\\n      '*:command:(" + all_commands() + ")' ;;\n"
                                              : std::string(" \\\n      '*:file:_files' ;;\n");
  }
  return text + "  esac\n}\n_baton \"$@\"\n";
}

std::string fish() {
  std::string text = "complete -c baton -n __fish_use_subcommand -f\n";
  for (const CommandEntry& entry : command_entries()) {
    text += std::string("complete -c baton -n __fish_use_subcommand -a ") + entry.name + " -d '" +
            quoted(entry.summary, "\\'") + "'\n";
    for (const Option& option : options_of(entry.name)) {
      text += std::string("complete -c baton -n '__fish_seen_subcommand_from ") + entry.name + "' -l " + option.name;
      if (*option.letter != '\0') text += std::string(" -s ") + option.letter;
      if (*option.accepted != '\0') text += " -x -a '" + spaced(option) + "'";
      if (*option.value != '\0' && *option.accepted == '\0') text += " -r";
      text += " -d '" + quoted(option.help, "\\'") + "'\n";
    }
  }
  return text + "complete -c baton -n '__fish_seen_subcommand_from help' -f -a '" + all_commands() + "'\n";
}

}  // namespace

int completion_command(const Words& args) {
  const Words shells = plain_words("completion", args, 1);
  const std::string shell = shells.empty() ? "" : shells[0];
  if (shell == "bash") {
    std::fputs(bash().c_str(), stdout);
  } else if (shell == "zsh") {
    std::fputs(zsh().c_str(), stdout);
  } else if (shell == "fish") {
    std::fputs(fish().c_str(), stdout);
  } else {
    throw UsageError("completion: " + (shell.empty() ? "no shell" : "unknown shell '" + shell + "'") +
                     "; shells are: bash, zsh, fish");
  }
  return 0;
}

}  // namespace baton::tools
