// SPDX-License-Identifier: Apache-2.0
//
// What the detector knows of memory goes back to the system with that memory: large blocks, mappings, and what madvise
// empties.
//
// RUN: %baton_cxx -race -O2 %s -o %t && %t
#include <sys/mman.h>

#include <baton/baton.hpp>
#include <cstdio>
#include <cstdlib>

namespace {

constexpr long kSize = 256 << 20;
constexpr long kMebibyte = 1 << 20;

long resident() {
  long all = 0;
  long pages = 0;
  FILE* file = std::fopen("/proc/self/statm", "r");
  if (std::fscanf(file, "%ld %ld", &all, &pages) != 2) std::abort();
  std::fclose(file);
  return pages * 4096;
}

template <class Get, class Give>
void check(const char* how, Get get, Give give) {
  const long before = resident();
  for (int round = 0; round < 2; round++) {
    auto* p = static_cast<volatile char*>(get());
    for (long i = 0; i < kSize; i += 64) p[i] = 1;
    if (resident() - before < kSize) std::printf("%s: not used\n", how);
    give(const_cast<char*>(p));
    const long left = resident() - before;
    if (left > 30 * kMebibyte) {
      std::printf("%s: %ld MB are left\n", how, left / kMebibyte);
      std::exit(1);
    }
  }
}

void* map() { return mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); }

}  // namespace

int main() {
  check("free", [] { return std::malloc(kSize); }, [](char* p) { std::free(p); });
  check("munmap", map, [](char* p) { munmap(p, kSize); });
  check("madvise", map, [](char* p) { madvise(p, kSize, MADV_DONTNEED); });
}
