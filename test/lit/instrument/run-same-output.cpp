// SPDX-License-Identifier: Apache-2.0
//
// An instrumented program prints what it prints without: exceptions, virtual calls, coroutines, closures, regular
// expressions, vector code, long double, bit fields, atomics of every width.
// DEFINE: %{plugin} = -Xclang -load -Xclang %pass_so -fpass-plugin=%pass_so -mllvm -baton-race-inline=0
// DEFINE: %{race} = %{plugin} -mllvm -baton-race -mllvm -baton-verify %t.stub.o %t.polls.o
// DEFINE: %{build} = %clangxx -std=c++20 %s -latomic -pthread
// RUN: %clangxx -O2 -c -I%root/detector/include/baton -x c %S/Inputs/abi_stub.c -o %t.stub.o
// RUN: %clangxx -O2 -c -x c %S/Inputs/poll_stub.c -o %t.polls.o
// RUN: %{build} -O0 -o %t && %t > %t.expected
// RUN: for o in -O0 "-O1 -fPIC" -O2 "-O3 -mavx2 -fno-pic -no-pie"; do \
// RUN:   %{build} %{plugin} -mllvm -baton-verify %t.polls.o $o -o %t || exit 1; \
// RUN:   %t | cmp - %t.expected || exit 1; done
// RUN: %{build} %{race} -O0 -fPIC -o %t && %t | cmp - %t.expected
// RUN: %{build} %{race} -O1 -o %t && %t | cmp - %t.expected
// RUN: %{build} %{race} -O2 -fno-pic -no-pie -g -o %t && BATON_STUB=1 %t 2> %t.counts | cmp - %t.expected
// RUN: %{build} %{race} -O3 -mavx2 -fPIC -c -o %t.o
// RUN: FileCheck %s < %t.counts
// CHECK: reads {{[1-9][0-9]+}} writes {{[1-9][0-9]+}} atomics {{[1-9][0-9]+}} fences 300 guards 2
#include <algorithm>
#include <atomic>
#include <coroutine>
#include <exception>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <numeric>
#include <regex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

struct Shape {
  virtual ~Shape() = default;
  virtual double area() const = 0;
};
struct Square : Shape {
  explicit Square(double side) : side_(side) {}
  double area() const override { return side_ * side_; }
  double side_;
};
struct Circle : Shape {
  explicit Circle(double radius) : radius_(radius) {}
  double area() const override { return 3.0 * radius_ * radius_; }
  double radius_;
};

struct Generator {
  struct promise_type {
    int value = 0;
    std::exception_ptr error;
    Generator get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    std::suspend_always yield_value(int next) {
      value = next;
      return {};
    }
    void return_void() {}
    void unhandled_exception() { error = std::current_exception(); }
  };
  Generator(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  Generator(const Generator&) = delete;
  ~Generator() { handle_.destroy(); }
  bool next() {
    handle_.resume();
    if (handle_.promise().error) std::rethrow_exception(handle_.promise().error);
    return !handle_.done();
  }
  std::coroutine_handle<promise_type> handle_;
};

Generator count(int n) {
  std::string text = "abc";
  for (int i = 0; i < n; i++) {
    text += char('a' + i);
    co_yield i + int(text.size());
  }
  throw std::runtime_error(text);
}

int computed_once() {
  static std::string text = std::to_string(17);
  return int(text.size());
}

struct Big {
  int numbers[20];
  char letter;
};
__attribute__((noinline)) int by_value(Big big) { return ++big.numbers[3] + big.letter; }

__attribute__((noinline)) long double sum(const long double* p, int n) {
  long double result = 0;
  for (int i = 0; i < n; i++) result += p[i];
  return result;
}

__attribute__((noinline)) void copy_if_positive(int* __restrict to, const int* __restrict from, const int* which) {
  for (int i = 0; i < 1003; i++) {
    if (which[i] > 0) to[i] = from[i] + 1;
  }
}

struct Fields {
  unsigned a : 3, b : 17, c : 30;
  bool d : 1;
} fields;

struct Copied {
  explicit Copied(int n) : n_(n) {}
  Copied(const Copied& other) : n_(other.n_ + 1) {
    if (n_ > 5) throw std::logic_error("copy");
  }
  ~Copied() { std::cout << "~" << n_ << ' '; }
  int n_;
};

struct Pair {
  long a, b;
};
struct Ten {
  int a[10];
};

static void atomics() {
  std::atomic<int> narrow{0};
  std::atomic<long> wide{1};
  std::atomic<Pair> pair{Pair{1, 2}};
  std::atomic<Ten> ten{};
  std::atomic<double> real{0};
  auto work = [&] {
    for (int i = 0; i < 100; i++) {
      narrow.fetch_add(1, std::memory_order_relaxed);
      long old = wide.load();
      while (!wide.compare_exchange_weak(old, old + 2)) {
      }
      Pair p = pair.load();
      while (!pair.compare_exchange_strong(p, Pair{p.a + 1, p.b + 2})) {
      }
      Ten before = ten.load(), after;
      do {
        after = before;
        after.a[9]++;
      } while (!ten.compare_exchange_strong(before, after));
      real.fetch_add(1.0);
      std::atomic_thread_fence(std::memory_order_seq_cst);
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; i++) threads.emplace_back(work);
  for (std::thread& thread : threads) thread.join();
  Pair p = pair.load();
  std::cout << narrow << ' ' << wide << ' ' << p.a << ' ' << p.b << ' ' << ten.load().a[9] << ' ' << real << '\n';
}

int main() {
  std::map<std::string, int> sums;
  std::string text = "foo=12 bar=7 baz=99 foo=3";
  std::regex pattern("([a-z]+)=([0-9]+)");
  for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it) {
    sums[(*it)[1]] += std::stoi((*it)[2]);
  }
  for (auto& [name, value] : sums) std::cout << name << ':' << value << '\n';

  std::vector<std::unique_ptr<Shape>> shapes;
  for (int i = 0; i < 10; i++) {
    if (i % 2) {
      shapes.push_back(std::make_unique<Square>(i));
    } else {
      shapes.push_back(std::make_unique<Circle>(i));
    }
  }
  std::sort(shapes.begin(), shapes.end(), [](auto& a, auto& b) { return a->area() > b->area(); });
  for (auto& shape : shapes) std::cout << shape->area() << ' ';

  Generator generator = count(10);
  try {
    while (generator.next()) std::cout << generator.handle_.promise().value << ' ';
  } catch (std::exception& error) {
    std::cout << error.what() << '\n';
  }

  Big big{};
  big.numbers[3] = 4;
  big.letter = 2;
  std::cout << computed_once() + computed_once() << ' ' << by_value(big) << ' ' << by_value(big) << '\n';
  long double reals[] = {1.5L, 2.25L, 1e10L};
  std::cout << sum(reals, 3) << '\n';

  std::vector<int> to(1003), from(1003), which(1003);
  for (int i = 0; i < 1003; i++) {
    from[i] = i * 7 % 13;
    which[i] = i % 3 - 1;
  }
  copy_if_positive(to.data(), from.data(), which.data());
  std::cout << std::accumulate(to.begin(), to.end(), 0) << '\n';

  fields = {5, 99999, 1 << 29, true};
  fields.b++;
  std::cout << fields.a << ' ' << fields.b << ' ' << fields.c << ' ' << fields.d << '\n';

  try {
    Copied a(3), b = a, c = b, d = c;
    std::cout << d.n_;
  } catch (std::logic_error& error) {
    std::cout << error.what() << '\n';
  }

  std::function<int(int)> add = [numbers = std::vector<int>(5, 3)](int x) {
    return std::accumulate(numbers.begin(), numbers.end(), x);
  };
  std::cout << add(1) << '\n';
  atomics();
}
