// SPDX-License-Identifier: Apache-2.0
//
// What a loop accesses is checked together when the loop is left, and is exactly what it accessed: a write of any one
// element by another goroutine races if the loop touched that element, and only then.
// RUN: for level in -O0 -O1 -O2 "-O3 -mavx2"; do %baton_cxx -race $level %s -o %t || exit 1; \
// RUN:   for form in 0 1 2 3 4 5 6 7 8 9 10 11 12 13; do %t $form touched > %t.expected || exit 1; \
// RUN:     %t $form 2> %t.reports > /dev/null; grep -o 'write_element<[0-9]*' %t.reports | sort -u > %t.found; \
// RUN:     sort -u %t.expected | cmp - %t.found || { echo $level: form $form; exit 1; }; done || exit 1; done
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "Inputs/order.h"
using namespace baton;

constexpr int kElements = 26;
using Element = short;

// Notes which elements a loop touches, instead of touching them.
struct Recorder {
  Element* values;
  bool* touched;
  Element& operator[](long i) const {
    touched[i] = true;
    return values[i];
  }
};

// n, m and stop are not known to the compiler.
template <class Array>
[[gnu::noinline]] long loop(int form, Array a, int n, int m, int stop) {
  long sum = 0;
  switch (form) {
    case 0:  // forwards
      for (int i = 3; i < n; i++) sum += a[i];
      break;
    case 1:  // backwards, written
      for (int i = n; i-- > 2;) a[i] = static_cast<Element>(i);
      break;
    case 2:  // with gaps
      for (int i = 1; i < n; i += 3) sum += a[i];
      break;
    case 3:  // a stride that is not known
      for (int i = 0; i < n; i += m) a[i]++;
      break;
    case 4:  // left early, before the last access
      for (int i = 0; i < n; i++) {
        if (i == stop) break;
        sum += a[i];
      }
      break;
    case 5:  // left early, after the last access
      for (int i = 0; i < n; i++) {
        sum += a[i];
        if (i == stop) break;
      }
      break;
    case 6:  // an end that the data tells
      for (int i = 0; a[i] >= 0; i++) sum++;
      break;
    case 7:  // some turns only
      for (int i = 0; i < n; i++) {
        if (i % 4 == m) sum += a[i];
      }
      break;
    case 8:  // rows of a matrix with gaps between them
      for (int i = 0; i < 4; i++) {
        for (int j = 0; j < m; j++) sum += a[i * 6 + j];
      }
      break;
    case 9:  // columns
      for (int j = 0; j < 2; j++) {
        for (int i = 0; i < m; i++) a[i * 5 + j] += 2;
      }
      break;
    case 10:  // neighbours
      for (int i = 1; i + 1 < n; i++) sum += a[i - 1] + a[i + 1];
      break;
    case 11:  // no turn at all
      for (int i = n; i < m; i++) sum += a[i];
      break;
    case 12:  // two accesses a turn, and left between them
      for (int i = 0; i < n; i += 2) {
        sum += a[i];
        if (i == stop + 1) break;
        a[i + 1] = 7;
      }
      break;
    case 13:  // out of both loops at once
      for (int i = 0; i < 5; i++) {
        for (int j = 0; j < m; j++) {
          if (i * m + j == stop * 2) return sum;
          sum += a[i * 5 + j];
        }
      }
      break;
  }
  return sum;
}

alignas(64) Element elements[kElements][64];
bool touched[64];
int turn = 0;

// One function for each element, so that each race has stacks of its own.
template <int element>
[[gnu::noinline]] void write_element(Element* array) {
  array[element] = 1;
}

template <int element>
void race_for(int form, int n, int m, int stop) {
  Element* array = elements[element];
  array[13] = -1;
  go([=] {
    volatile long result = loop(form, array, n, m, stop);
    (void)result;
    next_turn();
  });
  await_turn(++turn);
  write_element<element>(array);
}

template <int... element>
void race_for_all(std::integer_sequence<int, element...>, int form, int n, int m, int stop) {
  (race_for<element>(form, n, m, stop), ...);
}

int main(int argc, char** argv) {
  volatile int n = 20, m = 3, stop = 5;
  int form = std::atoi(argv[1]);
  if (argc > 2) {
    elements[0][13] = -1;
    loop(form, Recorder{elements[0], touched}, n, m, stop);
    for (int i = 0; i < kElements; i++) {
      if (touched[i]) std::printf("write_element<%d\n", i);
    }
    return 0;
  }
  race_for_all(std::make_integer_sequence<int, kElements>(), form, n, m, stop);
}
