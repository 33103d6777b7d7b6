// SPDX-License-Identifier: Apache-2.0
//
// GOMAXPROCS begins with what the control group of a container allows, rounded up; a group inside another is bound by
// both. The environment variable says otherwise.
//
// REQUIRES: cpu-quota
// RUN: %baton_cxx %s -o %t
// RUN: %python %S/Inputs/with_cpu_quota.py 50000 %t | FileCheck %s --check-prefix=ONE
// RUN: %python %S/Inputs/with_cpu_quota.py 100000 %t | FileCheck %s --check-prefix=ONE
// RUN: %python %S/Inputs/with_cpu_quota.py 100001 %t | FileCheck %s --check-prefix=TWO
// RUN: %python %S/Inputs/with_cpu_quota.py 6400000 %t | FileCheck %s --check-prefix=ALL
// RUN: env GOMAXPROCS=3 %python %S/Inputs/with_cpu_quota.py 50000 %t | FileCheck %s --check-prefix=THREE
// ONE: gomaxprocs 1 of
// TWO: gomaxprocs 2 of
// ALL: gomaxprocs [[CPUS:[0-9]+]] of [[CPUS]]
// THREE: gomaxprocs 3 of
#include <sched.h>

#include <baton/baton.hpp>
#include <cstdio>

int main() {
  cpu_set_t cpus;
  sched_getaffinity(0, sizeof cpus, &cpus);
  std::printf("gomaxprocs %d of %d\n", baton::gomaxprocs(0), CPU_COUNT(&cpus));
}
