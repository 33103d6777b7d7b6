// SPDX-License-Identifier: Apache-2.0
#include "tools/report/escape.h"

#include <cstdio>

namespace baton::tools {

namespace {

// The length of the UTF-8 sequence at the beginning of `text`; 0 if it is none.
size_t sequence_length(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  const size_t length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if ((first >= 0x80 && first < 0xc2) || first > 0xf4 || text.size() < length) return 0;
  for (size_t i = 1; i < length; i++) {
    if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) return 0;
  }
  return length;
}

std::string percent(char c) {
  char text[8];
  std::snprintf(text, sizeof text, "%%%02X", static_cast<unsigned char>(c));
  return text;
}

}  // namespace

std::string xml_escaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t length = sequence_length(text);
    const char c = text[0];
    if (length == 0) {
      out += "\xef\xbf\xbd";
    } else if (length > 1) {
      out += text.substr(0, length);
    } else if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') {
      out += c;
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

std::string markdown_escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '\n' || c == '\r') {
      out += ' ';
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '&') {
      out += "&amp;";
    } else if (c == '@') {
      out += "&#64;";  // names nobody
    } else {
      if (std::string_view("\\`*_{}[]()#+!|>~$").find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
  }
  return out;
}

std::string github_message(std::string_view text) {
  std::string out;
  for (char c : text) out += c == '%' || c == '\r' || c == '\n' ? percent(c) : std::string(1, c);
  return out;
}

std::string github_property(std::string_view text) {
  std::string out;
  for (char c : text) {
    out += c == '%' || c == '\r' || c == '\n' || c == ':' || c == ',' ? percent(c) : std::string(1, c);
  }
  return out;
}

std::string uri_path(std::string_view path) {
  std::string out;
  for (char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~/+").find(c) != std::string_view::npos;
    out += plain ? std::string(1, c) : percent(c);
  }
  return out;
}

}  // namespace baton::tools
