// RUN: bash %S/../Inputs/check_pattern.sh %baton_cxx %baton %s %t double-checked-initialisation lock-on-one-side
// CHECK: = pattern: double-checked-initialisation
// CHECK-NEXT: = help: {{.*}}use baton::Once
#include <baton/baton.hpp>
#include <mutex>
using namespace baton;
[[gnu::noinline]] void use(const volatile void* p) { asm volatile("" : : "r"(p) : "memory"); }
struct Config {
  int port = 80;
};
Mutex mu;
Config* config;
Config* get() {
  if (config == nullptr) {
    std::scoped_lock hold(mu);
    if (config == nullptr) config = new Config;
  }
  return config;
}
int main() {
  WaitGroup wg;
  wg.add(2);
  for (int i = 0; i < 2; i++) {
    go([&wg] {
      use(get());
      wg.done();
    });
  }
  wg.wait();
}
