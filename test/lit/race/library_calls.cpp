// SPDX-License-Identifier: Apache-2.0
//
// Functions of the C library that work on strings and files access exactly the bytes that they look at: each call races
// with a write of its last byte, and not with a write of the byte behind.
//
// RUN: %baton_cxx -race -O1 -fno-builtin %s -o %t
// RUN: %exits 0 %t behind 2>&1 | FileCheck --check-prefix=BEHIND %s
// RUN: %exits 66 %t last 2>&1 | FileCheck --check-prefix=LAST %s
// BEHIND-NOT: DATA RACE
// BEHIND: tried 31, racing 0
// LAST: tried 31, racing 31
#include <fcntl.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <baton/baton.hpp>
#include <cstring>
#include <string>

using namespace baton;

extern "C" unsigned long __baton_race_count();

int tried;
int racing;
bool last;
int zero_fd;
int null_fd;

std::atomic<int> done;  // relaxed: no edge

// Another goroutine calls `f`, then this one writes to the byte with the given index: the last one that f accesses, or
// the one behind. Nothing else that the two share is plain memory.
template <class F>
void expect(char* bytes, long index, F f) {
  const unsigned long before = __baton_race_count();
  const int target = done.load(std::memory_order_relaxed) + 1;
  go([=] {
    f();
    done.fetch_add(1, std::memory_order_relaxed);
  });
  while (done.load(std::memory_order_relaxed) != target) gosched();
  bytes[index + (last ? 0 : 1)] = 'x';
  tried++;
  racing += __baton_race_count() != before;
}

// Fresh memory each time: nobody wrote it before in any goroutine.
char* fresh(const char* contents, size_t size = 64) {
  static char pool[1 << 16];
  static size_t used = 0;
  char* p = pool + used;
  used += size;
  for (size_t i = 0; contents[i] != '\0'; i++) p[i] = contents[i];
  return p;
}

void use(size_t result) { __asm__ volatile("" : : "r"(result)); }
void use(const void* result) { __asm__ volatile("" : : "r"(result)); }

int main(int, char** args) {
  last = std::string(args[1]) == "last";
  zero_fd = open("/dev/zero", O_RDONLY);
  null_fd = open("/dev/null", O_WRONLY);
  char* s = nullptr;
  char* d = nullptr;
#define READS(contents, index, ...) \
  s = fresh(contents);              \
  expect(s, index, [=] { __VA_ARGS__; })
#define WRITES(contents, index, ...) \
  d = fresh(contents);               \
  expect(d, index, [=] { __VA_ARGS__; })
  READS("hello", 5, use(static_cast<size_t>(strlen(s))));
  READS("hello", 2, use(static_cast<size_t>(strnlen(s, 3))));
  READS("hello", 5, use(static_cast<size_t>(strnlen(s, 30))));
  READS("hello", 5, char target[64]; strcpy(target, s));
  WRITES("", 5, strcpy(d, "hello"));
  WRITES("", 5, stpcpy(d, "hello"));
  WRITES("", 9, strncpy(d, "hello", 10));
  READS("hello", 2, char target[64]; strncpy(target, s, 3));
  WRITES("he", 5, strcat(d, "llo"));
  WRITES("he", 4, strncat(d, "llo", 2));
  READS("hello", 5, use(static_cast<size_t>(strcmp(s, "hello"))));
  READS("hello", 1, use(static_cast<size_t>(strcmp(s, "happy"))));
  READS("hello", 3, use(static_cast<size_t>(strncmp(s, "hello", 4))));
  READS("HEllo", 5, use(static_cast<size_t>(strcasecmp(s, "hello"))));
  READS("hello", 2, use(strchr(s, 'l')));
  READS("hello", 5, use(strchr(s, 'x')));
  READS("hello", 5, use(strrchr(s, 'l')));
  READS("hello", 3, use(strstr(s, "ll")));
  READS("hello", 2, use(static_cast<size_t>(strspn(s, "he"))));
  READS("hello", 2, use(memchr(s, 'l', 6)));
  READS("hello", 5, free(strdup(s)));
  READS("hello", 1, free(strndup(s, 2)));
  WRITES("", 5, snprintf(d, 40, "%d", 12345));
  WRITES("", 3, snprintf(d, 4, "%d", 12345));
  WRITES("", 5, sprintf(d, "%d", 12345));
  WRITES("", 6, use(static_cast<size_t>(read(zero_fd, d, 7))));
  WRITES("", 6, use(static_cast<size_t>(pread(zero_fd, d, 7, 0))));
  READS("hello", 2, use(static_cast<size_t>(write(null_fd, s, 3))));
  WRITES("", 6, iovec list[1] = {{d, 7}}; use(static_cast<size_t>(readv(zero_fd, list, 1))));
  READS("hello", 2, iovec list[1] = {{s, 3}}; use(static_cast<size_t>(writev(null_fd, list, 1))));
  READS("hello", 5, FILE* f = fopen("/dev/null", "w"); use(static_cast<size_t>(fwrite(s, 1, 6, f))); fclose(f));
  std::printf("tried %d, racing %d\n", tried, racing);
}
