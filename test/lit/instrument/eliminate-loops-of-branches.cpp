// SPDX-License-Identifier: Apache-2.0
//
// A loop with two branches that each go on to the next element: the pipeline merges them and leaves two counters that
// are equal. The reads are one range all the same.
//
// RUN: %baton_cxx -race -O2 -Rpass=baton -c %s -o %t.o 2>&1 | FileCheck %s
// CHECK: [[@LINE+5]]:{{[0-9]+}}: remark: check of a read is part of one for the whole loop

inline double weight(int i, int j) { return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1); }
double product(const double* in, int i, bool transposed) {
  double sum = 0;
  for (int j = 0; j < 1200; j++) sum += (transposed ? weight(j, i) : weight(i, j)) * in[j];
  return sum;
}
