// SPDX-License-Identifier: Apache-2.0
//
// Text inside other languages.
#pragma once

#include <string>
#include <string_view>

namespace baton::tools {

// For HTML and XML, in text and in attributes between double quotes. Characters that XML 1.0 does not have are dropped,
// and bytes that are not UTF-8 become U+FFFD.
std::string xml_escaped(std::string_view text);

// For a Markdown paragraph or table cell: nothing is markup, and no line ends.
std::string markdown_escaped(std::string_view text);

// For the message, and for a property, of a GitHub workflow command.
std::string github_message(std::string_view text);
std::string github_property(std::string_view text);

// A path as part of a URI.
std::string uri_path(std::string_view path);

}  // namespace baton::tools
