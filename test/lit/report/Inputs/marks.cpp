// SPDX-License-Identifier: Apache-2.0
//
// Accesses whose place in the source is an operator's, or in the library.
#include <baton/baton.hpp>
#include <string>
using namespace baton;
struct Row {
  int name[4];
} tab[8];
void change() { tab[3].name[1] += 2; }
int number;
int* count = &number;
[[gnu::noinline]] void step() { ++*count; }
std::string text;
[[gnu::noinline]] void say(std::string* message) { *message = "hello"; }
template <class F>
void together(F f) {
  go(f);
  gosched();
  f();
}
int main() {
  gomaxprocs(1);  // a goroutine has run when gosched returns
  together(change);
  together(step);
  together([] { say(&text); });
}
