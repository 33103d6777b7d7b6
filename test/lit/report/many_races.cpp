// Ten thousand distinct races: all in the JSON, each once; the text stops with a line that says so, and counts on.
// Symbols are looked up once per place, so it takes seconds, not minutes.
// RUN: %baton_cxx -race -O1 %s -o %t
// RUN: GORACE=report_format=json %exits 66 timeout 100 %t 2> %t.json
// RUN: python3 %S/Inputs/check_many.py %t.json 10000
// RUN: GORACE="plain=1 max_text_reports=100" %exits 66 timeout 100 %t 2> %t.err
// RUN: grep -c 'WARNING: DATA RACE' %t.err | FileCheck %s --check-prefix=COUNT
// RUN: FileCheck %s < %t.err
// COUNT: {{^}}100{{$}}
// CHECK: baton: 100 races printed; further ones are counted, and GORACE=report_format=json writes them all
// CHECK-NOT: WARNING: DATA RACE
// CHECK: Found 10000 data race(s)
#include <baton/baton.hpp>
#include <utility>
using namespace baton;

constexpr int kSide = 100;
long cells[kSide][kSide];

template <int row>
[[gnu::noinline]] void write_row() {
  for (int i = 0; i < kSide; i++) cells[row][i] = i;
}

template <int column>
[[gnu::noinline]] long read_column() {
  long sum = column;
  for (int i = 0; i < kSide; i++) sum += cells[i][column];
  return sum;
}

template <int... i>
void write_all(std::integer_sequence<int, i...>) {
  (write_row<i>(), ...);
}

template <int... i>
long read_all(std::integer_sequence<int, i...>) {
  return (read_column<i>() + ...);
}

int main() {
  gomaxprocs(1);
  go([] { write_all(std::make_integer_sequence<int, kSide>()); });
  gosched();
  return read_all(std::make_integer_sequence<int, kSide>()) == 0 ? 1 : 0;
}
