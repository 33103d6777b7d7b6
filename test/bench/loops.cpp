// SPDX-License-Identifier: Apache-2.0
//
// Loop kernels, for what polls cost: built with them and without. Milliseconds of processor time each, the least of
// many.
#include <algorithm>
#include <baton/baton.hpp>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

static double used() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) * 1e-6;
}

// What is computed is used, and what it is computed from is not known to the compiler.
template <class T>
static void keep(T&& value) {
  asm volatile("" : : "g"(&value) : "memory");
}

template <class F>
static void measure(const char* name, F f) {
  double least = 1e9;
  for (int i = 0; i < 25; i++) {
    const double start = used();
    keep(f());
    least = std::min(least, used() - start);
  }
  std::printf("%s %.4f\n", name, least);
}

struct Node {
  Node* next;
  long value;
};

[[gnu::noinline]] static unsigned fib(unsigned n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

int main() {
  std::vector<int> ints(1 << 16);
  std::iota(ints.begin(), ints.end(), 1);
  std::vector<float> xs(1 << 14, 1.5F);
  std::vector<float> ys(1 << 14, 0.5F);
  std::string text;
  for (int i = 0; i < 1 << 20; i++) text += static_cast<char>('a' + i * 7 % 27);
  std::vector<Node> nodes(1 << 12);
  for (std::size_t i = 0; i < nodes.size(); i++) {
    nodes[i] = {&nodes[(i * 17 + 1) % nodes.size()], static_cast<long>(i)};
  }
  keep(ints);
  keep(xs);
  keep(ys);
  keep(text);
  std::vector<char> composite(1 << 19);
  keep(nodes);
  keep(composite);

  measure("fibonacci", [] {
    unsigned n = 27;
    keep(n);
    return fib(n);
  });
  measure("sum", [&] {
    int sum = 0;
    for (int round = 0; round < 100; round++) {
      keep(round);
      for (const int v : ints) sum += v;
    }
    return sum;
  });
  measure("axpy", [&] {
    for (int round = 0; round < 400; round++) {
      keep(round);
      for (std::size_t i = 0; i < xs.size(); i++) ys[i] += 0.001F * xs[i];
    }
    return ys[0];
  });
  measure("dot", [&] {
    double sum = 0;
    for (int round = 0; round < 50; round++) {
      keep(round);
      for (std::size_t i = 0; i < xs.size(); i++) sum += static_cast<double>(xs[i]) * static_cast<double>(ys[i]);
    }
    return sum;
  });
  measure("fnv_hash", [&] {
    std::uint64_t hash = 14695981039346656037U;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
    return hash;
  });
  measure("linked_list", [&] {
    const Node* at = nodes.data();
    long sum = 0;
    for (int i = 0; at != nullptr && i < 1'000'000; i++) {
      sum += at->value;
      at = at->next;
    }
    return sum;
  });
  measure("list_to_its_end", [&] {
    long steps = 0;
    for (int round = 0; round < 200; round++) {
      const Node* const start = nodes.data();
      const Node* at = start->next;
      keep(round);
      for (; at != start && at->value != 4000; at = at->next) steps++;
    }
    return steps;
  });
  measure("sieve", [&] {
    std::fill(composite.begin(), composite.end(), 0);
    int primes = 0;
    for (std::size_t i = 2; i < composite.size(); i++) {
      if (composite[i] != 0) continue;
      primes++;
      for (std::size_t j = 2 * i; j < composite.size(); j += i) composite[j] = 1;
    }
    return primes;
  });
  constexpr std::size_t kSide = 96;
  std::vector<double> a(kSide * kSide, 1.5);
  std::vector<double> b(kSide * kSide, 2.5);
  std::vector<double> c(kSide * kSide);
  keep(a);
  keep(b);
  keep(c);
  measure("matrix_product", [&] {
    for (std::size_t i = 0; i < kSide; i++) {
      for (std::size_t k = 0; k < kSide; k++) {
        for (std::size_t j = 0; j < kSide; j++) c[i * kSide + j] += a[i * kSide + k] * b[k * kSide + j];
      }
    }
    return c[5];
  });
  measure("collatz", [] {
    long steps = 0;
    for (std::uint64_t start = 1; start < 20'000; start++) {
      for (std::uint64_t n = start; n != 1; n = n % 2 == 0 ? n / 2 : 3 * n + 1) steps++;
    }
    return steps;
  });
  measure("binary_search", [&] {
    long found = 0;
    for (int i = 0; i < 50'000; i++) {
      std::size_t low = 0;
      std::size_t high = ints.size();
      const int wanted = i * 2654435761U % (1 << 16);
      while (low < high) {
        const std::size_t middle = (low + high) / 2;
        if (ints[middle] < wanted) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      found += static_cast<long>(low);
    }
    return found;
  });
  measure("count_words", [&] {
    int words = 0;
    bool inside = false;
    for (const char c : text) {
      const bool letter = c >= 'a' && c <= 'z';
      words += static_cast<int>(letter && !inside);
      inside = letter;
    }
    return words;
  });
  std::vector<int> v(1500);
  keep(v);
  measure("insertion_sort", [&] {
    std::uint32_t random = 1;
    for (int& one : v) one = static_cast<int>(random = random * 1664525U + 1013904223U);
    for (std::size_t i = 1; i < v.size(); i++) {
      const int one = v[i];
      std::size_t at = i;
      for (; at > 0 && v[at - 1] > one; at--) v[at] = v[at - 1];
      v[at] = one;
    }
    return v[3];
  });
  measure("mandelbrot", [] {
    int inside = 0;
    for (int row = 0; row < 60; row++) {
      for (int column = 0; column < 60; column++) {
        const double cr = column / 30.0 - 1.5;
        const double ci = row / 30.0 - 1.0;
        double r = 0;
        double i = 0;
        int n = 0;
        while (n < 200 && r * r + i * i < 4) {
          const double next = r * r - i * i + cr;
          i = 2 * r * i + ci;
          r = next;
          n++;
        }
        inside += static_cast<int>(n == 200);
      }
    }
    return inside;
  });
}
