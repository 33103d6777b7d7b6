// SPDX-License-Identifier: Apache-2.0

#include "detector/src/short_names.h"

#include <gtest/gtest.h>

#include <string>

namespace baton::detector {
namespace {

std::string shortened(std::string name) {
  shorten_name(name.data());
  return name.c_str();
}

constexpr char kString[] = "std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >";

std::string with_string(const std::string& before, const std::string& after) { return before + kString + after; }

TEST(ShortNames, SayStringForTheStringOfTheLibrary) {
  EXPECT_EQ(shortened(with_string("login(", " const&)")), "login(std::string const&)");
  EXPECT_EQ(shortened(with_string("", "::_M_dispose()")), "std::string::_M_dispose()");
  EXPECT_EQ(shortened("f(std::basic_string_view<char, std::char_traits<char> >)"), "f(std::string_view)");
  EXPECT_EQ(shortened("std::basic_ostream<char, std::char_traits<char> >& g()"), "std::ostream& g()");
}

TEST(ShortNames, LeaveOutDefaultsOfContainers) {
  EXPECT_EQ(shortened("std::vector<int, std::allocator<int> >::push_back(int&&)"),
            "std::vector<int>::push_back(int&&)");
  EXPECT_EQ(
      shortened(with_string("std::map<", ", User, std::less<" + std::string(kString) + " >, std::allocator<std::pair<" +
                                             kString + " const, User> > >::at()")),
      "std::map<std::string, User>::at()");
  EXPECT_EQ(shortened("std::vector<std::vector<A, std::allocator<A> >, std::allocator<std::vector<A, "
                      "std::allocator<A> > > >"),
            "std::vector<std::vector<A>>");
  EXPECT_EQ(shortened("std::unique_ptr<A, std::default_delete<A> >::get() const"), "std::unique_ptr<A>::get() const");
}

TEST(ShortNames, KeepWhatIsNoDefault) {
  for (const char* name : {"std::vector<int, Arena<int>>::push_back(int)", "std::map<int, int, std::greater<int>>",
                           "std::map<int, std::allocator<int>, Order>", "std::allocator<int>::allocate(unsigned long)",
                           "operator<(A const&, B const&)", "A::operator->() const", "main::$_0::operator()() const",
                           "std::basic_string<wchar_t>", "f(int, std::allocator<", "??", ""}) {
    EXPECT_EQ(shortened(name), name);
  }
  EXPECT_EQ(shortened("A<B<C<int> > >::operator> >(D<int> >)"), "A<B<C<int>>>::operator> >(D<int>>)");
  EXPECT_EQ(shortened("std::set<A, Order, std::allocator<A> >"), "std::set<A, Order>");
}

}  // namespace
}  // namespace baton::detector
