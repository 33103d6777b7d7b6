// SPDX-License-Identifier: Apache-2.0
#include "tools/report/escape.h"

#include <gtest/gtest.h>

#include "tools/report/baseline.h"

namespace baton::tools {
namespace {

TEST(Escape, XmlHasNoMarkupLeft) {
  EXPECT_EQ(xml_escaped("a<b>&\"c\""), "a&lt;b&gt;&amp;&quot;c&quot;");
  EXPECT_EQ(xml_escaped("tab\tline\n"), "tab\tline\n");
}

TEST(Escape, XmlDropsWhatXmlDoesNotHave) { EXPECT_EQ(xml_escaped(std::string("a\0b\x01\x1b[0m", 8)), "ab[0m"); }

TEST(Escape, XmlReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(xml_escaped("ü€😀"), "ü€😀");
  EXPECT_EQ(xml_escaped("\xff"), "\xef\xbf\xbd");
  EXPECT_EQ(xml_escaped("\xc3"), "\xef\xbf\xbd");                  // cut short
  EXPECT_EQ(xml_escaped("\xc0\xaf"), "\xef\xbf\xbd\xef\xbf\xbd");  // longer than need be
}

TEST(Escape, GithubCommandsStayOneLineAndOneProperty) {
  EXPECT_EQ(github_message("50%\r\na,b:c"), "50%25%0D%0Aa,b:c");
  EXPECT_EQ(github_property("a,b:c\n"), "a%2Cb%3Ac%0A");
}

TEST(Escape, MarkdownNamesNobodyAndEndsNoTable) { EXPECT_EQ(markdown_escaped("a|b @c\n*d*"), "a\\|b &#64;c \\*d\\*"); }

TEST(Escape, UriPathsKeepSlashes) { EXPECT_EQ(uri_path("/a b/ü.cpp"), "/a%20b/%C3%BC.cpp"); }

TEST(Baseline, DaysAreRealOnes) {
  EXPECT_TRUE(is_day("2028-02-29"));
  EXPECT_FALSE(is_day("2026-02-29"));
  EXPECT_FALSE(is_day("2026-2-01"));
  EXPECT_FALSE(is_day("2026-02-01x"));
  EXPECT_FALSE(is_day("soon"));
}

}  // namespace
}  // namespace baton::tools
