// SPDX-License-Identifier: Apache-2.0
int counter;

void count() {
  counter++;  // count
}
