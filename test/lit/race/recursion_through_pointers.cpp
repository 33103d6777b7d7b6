// SPDX-License-Identifier: Apache-2.0
//
// Recursion that no compiler can see, through virtual calls and pointers: every text has its own way down a parser,
// and what is remembered of them stays within bounds. A race in the depths of it is reported with both stacks, from
// the access to the start.
//
// RUN: %baton_cxx -race -O1 %s -o %t && env GORACE=plain=1 %exits 66 %t > %t.out 2> %t.err && FileCheck %s < %t.err
// RUN: count 0 < %t.out
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <vector>

#include "Inputs/order.h"
using namespace baton;

namespace {

unsigned long state = 88172645463325252;

unsigned below(unsigned n) {  // Marsaglia's xorshift
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return static_cast<unsigned>(state >> 33) % n;
}

long visits[64];
int shared;

struct Node {
  virtual ~Node() = default;
  virtual long eval(int depth) = 0;
};

struct Leaf : Node {
  long value = 1;
  long eval(int depth) override {
    visits[depth % 64]++;
    return value;
  }
};

template <int N>
struct Inner : Node {
  std::vector<std::unique_ptr<Node>> children;
  long eval(int depth) override {
    visits[depth % 64] += N;
    long sum = 0;
    for (auto& child : children) sum += child->eval(depth + 1);
    auto scratch = std::make_unique<long>(sum);
    return *scratch + N;
  }
};

template <int N>
std::unique_ptr<Node> inner(std::unique_ptr<Node> child) {
  auto node = std::make_unique<Inner<N>>();
  node->children.push_back(std::move(child));
  node->children.push_back(std::make_unique<Leaf>());
  return node;
}

std::unique_ptr<Node> random_tree(int depth) {
  std::unique_ptr<Node> node = std::make_unique<Leaf>();
  for (int i = 0; i < depth; i++) {
    switch (below(4)) {
      case 0:
        node = inner<0>(std::move(node));
        break;
      case 1:
        node = inner<1>(std::move(node));
        break;
      case 2:
        node = inner<2>(std::move(node));
        break;
      default:
        node = inner<3>(std::move(node));
    }
  }
  return node;
}

// Rules that call each other through pointers.
struct Parser {
  using Rule = long (Parser::*)(int);
  const Rule rules[4] = {&Parser::sum, &Parser::product, &Parser::call, &Parser::list};
  long tokens = 0;
  long any(int depth) { return depth == 0 ? ++tokens : (this->*rules[below(4)])(depth - 1); }
  long sum(int depth) { return any(depth) + tokens; }
  long product(int depth) { return any(depth) * 3; }
  long call(int depth) { return any(depth) - tokens; }
  long list(int depth) { return any(depth) ^ 5; }
};

long resident() {
  long all = 0;
  long pages = 0;
  FILE* file = std::fopen("/proc/self/statm", "r");
  if (std::fscanf(file, "%ld %ld", &all, &pages) != 2) std::abort();
  std::fclose(file);
  return pages * 4;
}

void work(int rounds) {
  Parser parser;
  for (int i = 0; i < rounds; i++) {
    random_tree(20)->eval(0);
    parser.any(30);
  }
}

struct Writer : Node {
  long eval(int) override { return ++shared; }
};

void write_deep_down() {
  std::unique_ptr<Node> node = std::make_unique<Writer>();
  for (int i = 0; i < 12; i++) node = inner<7>(std::move(node));
  node->eval(0);
}

}  // namespace

int main() {
  work(500);
  const long before = resident();
  work(10'000);
  const long grown = resident() - before;
  if (grown > 1 << 10) std::printf("grown by %ld KB\n", grown);

  go([] {
    write_deep_down();
    next_turn();
  });
  await_turn(1);
  shared = 2;
}
// CHECK: Write at 0x{{[0-9a-f]+}} by main goroutine:
// CHECK-NEXT:   main()
// CHECK: Previous {{read|write}} at 0x{{[0-9a-f]+}} by goroutine 2:
// CHECK-NEXT:   (anonymous namespace)::Writer::eval(int)
// CHECK:   (anonymous namespace)::Inner<7>::eval(int)
// CHECK:   (anonymous namespace)::write_deep_down()
