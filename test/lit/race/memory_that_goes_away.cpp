// SPDX-License-Identifier: Apache-2.0
//
// Memory that is given back is written as a whole: a use of it by another goroutine, before or after, is a race, in
// whichever way it is given back. What comes in its place is fresh.
//
// RUN: for level in 0 2; do \
// RUN:   %baton_cxx -race -O$level %s -o %t || exit 1; \
// RUN:   %exits 66 %t races 2>&1 | FileCheck --check-prefix=RACES %s || exit 1; \
// RUN:   env GOMAXPROCS=1 %t fresh 2>&1 | FileCheck --check-prefix=FRESH %s || exit 1; \
// RUN: done
// RACES-NOT: no race:
// RACES: tried 36
// FRESH-NOT: DATA RACE
// FRESH: tried 7
#include <malloc.h>
#include <sys/mman.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>

#include "Inputs/order.h"

using namespace baton;

extern "C" unsigned long __baton_race_count();

namespace {

constexpr size_t kMap = 1 << 20;

int turn = 0;
int tried = 0;

// One goroutine calls first(), then main calls second(), not ordered. A call of its own for every kind of pair: the
// stacks of all are different.
template <class First, class Second>
[[gnu::noinline]] void in_turn(First first, Second second) {
  go([=] {
    first();
    next_turn();
  });
  await_turn(++turn);
  second();
  tried++;
}

template <class First, class Second>
[[gnu::noinline]] void races(const char* name, First first, Second second) {
  const unsigned long before = __baton_race_count();
  in_turn(first, second);
  if (__baton_race_count() == before) std::printf("no race: %s\n", name);
}

// Not a constant to the compiler.
[[gnu::noinline]] char* opaque(void* p) {
  __asm__ volatile("" : "+r"(p));
  return static_cast<char*>(p);
}

template <class Free>
[[gnu::noinline]] void freed(const char* name, void* block, Free free) {
  char* p = opaque(block);
  races(name, [=] { p[3] = 1; }, [=] { free(p); });
}

// malloc() of a size, with a byte more of room.
char* with_room(size_t size) { return opaque(std::realloc(std::malloc(size + 1), size)); }

char* map(void* at = nullptr, int flags = 0) {
  return opaque(mmap(at, kMap, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0));
}

char* printed() {
  char* text = nullptr;
  if (asprintf(&text, "%d", 12345678) < 0) std::abort();
  return text;
}

char* read_line() {
  static char contents[] = "a line\n";
  FILE* file = fmemopen(contents, sizeof contents - 1, "r");
  char* line = nullptr;
  size_t room = 0;
  if (getline(&line, &room, file) < 0) std::abort();
  std::fclose(file);
  return line;
}

char* aligned(size_t alignment, size_t size) {
  void* p = nullptr;
  if (posix_memalign(&p, alignment, size) != 0) std::abort();
  return static_cast<char*>(p);
}

struct alignas(128) Wide {
  char bytes[256];
};

void blocks() {
  freed("malloc", std::malloc(40), [](char* p) { std::free(p); });
  freed("large malloc", std::malloc(kMap), [](char* p) { std::free(p); });
  freed("calloc", std::calloc(4, 10), [](char* p) { std::free(p); });
  freed("realloc", std::realloc(std::malloc(5), 5000), [](char* p) { std::free(p); });
  freed("reallocarray", reallocarray(nullptr, 4, 10), [](char* p) { std::free(p); });
  freed("memalign", memalign(256, 40), [](char* p) { std::free(p); });
  freed("aligned_alloc", std::aligned_alloc(64, 128), [](char* p) { std::free(p); });
  freed("posix_memalign", aligned(4096, 40), [](char* p) { std::free(p); });
  freed("valloc", valloc(40), [](char* p) { std::free(p); });
  freed("strdup", strdup("a string"), [](char* p) { std::free(p); });
  freed("asprintf", printed(), [](char* p) { std::free(p); });
  freed("getline", read_line(), [](char* p) { std::free(p); });
  freed("realloc to nothing", std::malloc(40), [](char* p) {
    if (std::realloc(p, 0) != nullptr) std::abort();
  });
  freed("delete", ::operator new(40), [](char* p) { ::operator delete(p); });
  freed("delete of a size", ::operator new(40), [](char* p) { ::operator delete(p, 40); });
  freed("delete[]", ::operator new[](40), [](char* p) { ::operator delete[](p); });
  freed("delete[] of a size", ::operator new[](40), [](char* p) { ::operator delete[](p, 40); });
  freed("nothrow", ::operator new(40, std::nothrow), [](char* p) { ::operator delete(p, std::nothrow); });
  freed("nothrow[]", ::operator new[](40, std::nothrow), [](char* p) { ::operator delete[](p, std::nothrow); });
  freed("aligned", ::operator new(40, std::align_val_t{64}),
        [](char* p) { ::operator delete(p, std::align_val_t{64}); });
  freed("aligned[]", ::operator new[](40, std::align_val_t{64}),
        [](char* p) { ::operator delete[](p, std::align_val_t{64}); });
  freed("aligned, of a size", ::operator new(40, std::align_val_t{64}),
        [](char* p) { ::operator delete(p, 40, std::align_val_t{64}); });
  freed("aligned, nothrow", ::operator new(40, std::align_val_t{64}, std::nothrow),
        [](char* p) { ::operator delete(p, std::align_val_t{64}, std::nothrow); });
  freed("a wide object", new Wide, [](char* p) { delete reinterpret_cast<Wide*>(p); });
  freed("wide objects", new Wide[3], [](char* p) { delete[] reinterpret_cast<Wide*>(p); });
}

void reallocated() {
  char* p = with_room(100);
  races("used before it grew in place", [=] { p[3] = 1; }, [=] { opaque(std::realloc(p, 101)); });
  char* r = with_room(100);
  races("the last byte, given up", [=] { opaque(std::realloc(r, 99)); }, [=] { r[99] = 1; });
  char* s = with_room(100);
  races("used before it moved", [=] { s[3] = 1; }, [=] { opaque(std::realloc(s, 100'000)); });
  char* t = with_room(100);
  races("used after it moved", [=] { opaque(std::realloc(t, 100'000)); }, [=] { t[3] = 1; });
  char* u = with_room(2'000'000);
  races("large", [=] { u[1'999'999] = 1; }, [=] { opaque(std::realloc(u, 1'999'990)); });
}

void mapped() {
  char* p = map();
  races("munmap", [=] { p[kMap - 1] = 1; }, [=] { munmap(p, kMap); });
  char* q = map();
  races("munmap of a part", [=] { q[5000] = 1; }, [=] { munmap(q + 4096, 4096); });
  char* r = map();
  races("another mapping", [=] { r[5000] = 1; }, [=] { map(r, MAP_FIXED); });
  char* s = map();
  races("mremap", [=] { s[5000] = 1; }, [=] { opaque(mremap(s, kMap, 2 * kMap, MREMAP_MAYMOVE)); });
  char* t = map();
  races("mremap to less", [=] { t[5000] = 1; }, [=] { opaque(mremap(t, kMap, 4096, 0)); });
  char* u = map();
  races("madvise", [=] { u[5000] = 1; }, [=] { madvise(u, kMap, MADV_DONTNEED); });
}

// The first goroutine gives memory back, main gets the same and uses it.
template <class Get, class Give>
void fresh(const char* name, Get get, Give give) {
  char* const old = opaque(get());
  char* p = nullptr;
  in_turn(
      [=] {
        old[3] = 1;
        give(old);
      },
      [&] {
        p = opaque(get());
        p[3] = 2;
      });
  if (p != old) std::printf("moved: %s\n", name);
}

void all_fresh() {
  const auto give = [](char* p) { std::free(p); };
  fresh("malloc", [] { return std::malloc(200); }, give);
  fresh("calloc", [] { return std::calloc(1, 2000); }, give);
  fresh("memalign", [] { return memalign(512, 200); }, give);
  fresh("operator new", [] { return ::operator new(300); }, [](char* p) { ::operator delete(p); });
  fresh("large malloc", [] { return std::malloc(64 << 20); }, give);
  fresh("mmap", [] { return map(); }, [](char* p) { munmap(p, kMap); });

  char* grown = with_room(100);
  in_turn(
      [=] {
        grown[99] = 1;
        opaque(std::realloc(grown, 99));
      },
      [] {});
}

}  // namespace

int main(int, char** argv) {
  if (std::string(argv[1]) == "races") {
    blocks();
    reallocated();
    mapped();
  } else {
    all_fresh();
  }
  std::printf("tried %d\n", tried);
  std::fflush(stdout);
}
