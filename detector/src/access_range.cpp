// SPDX-License-Identifier: Apache-2.0

#include "detector/src/access_range.h"

#include <emmintrin.h>

#include "detector/src/access.h"
#include "detector/src/shared_readers.h"

namespace baton::detector {
namespace {

// A hit of all words of a line, as a mask and what has to be under it: the epoch and the filter, or the tag.
struct Test {
  __m128i mask;
  __m128i wanted;
};

__m128i pair(uint64_t epoch, uint64_t state) {
  return _mm_set_epi64x(static_cast<int64_t>(state), static_cast<int64_t>(epoch));
}

// Line::hit_read() and hit_write(): the bits of words that were not accessed yet are clear.
Test own_test(const Task& task, Kind kind) {
  const uint64_t words = kind == kWrite ? uint64_t{0xffff} << Line::kWriteShift : uint64_t{0xffff} << Line::kReadShift;
  return {pair(~0ull, words), pair(task.epoch, 0)};
}

// shared_hit(). A task without a ticket asks for what no line holds.
Test tag_test(const Task& task) {
  const uint64_t others = kReadersMask & ~task.ticket;
  const uint64_t wanted = task.ticket_epoch == task.epoch ? task.ticket | kTagWords : ~0ull;
  return {pair(~others, 0), pair(wanted, 0)};
}

// One load of a line. Processors with AVX make it at once; where it were two, the epoch could be older than the state,
// which is why it is asked for (can_load_lines).
__m128i load(const Line* line) {
  __m128i value;
  asm volatile("movdqa %1, %0" : "=x"(value) : "m"(*reinterpret_cast<const __m128i*>(line)));
  return value;
}

// The bits under the mask that are not as wanted.
__m128i wrong(__m128i line, const Test& test) { return _mm_and_si128(_mm_xor_si128(line, test.wanted), test.mask); }

bool is_zero(__m128i value) { return _mm_movemask_epi8(_mm_cmpeq_epi32(value, _mm_setzero_si128())) == 0xffff; }

bool all_four(const Line* line, const Test& test) {
  const __m128i two = _mm_or_si128(wrong(load(line), test), wrong(load(line + 1), test));
  const __m128i others = _mm_or_si128(wrong(load(line + 2), test), wrong(load(line + 3), test));
  return is_zero(_mm_or_si128(two, others));
}

// How many of `count` lines in a row, from the first on, hit. A number of fours.
size_t lines_hit(const Task& task, const Line* first, size_t count, Kind kind) {
  const Test own = own_test(task, kind);
  const Test tag = tag_test(task);
  size_t n = 0;
  for (; n + 4 <= count; n += 4) {
    if (!all_four(first + n, own) && (kind == kWrite || !all_four(first + n, tag))) break;
  }
  return n;
}

}  // namespace

void access_range(Task& task, uintptr_t address, size_t size, Kind kind, const CallSite& site) {
  constexpr size_t kPart = 16 * kLineBytes;  // between two looks for lines that hit
  if (size < kPart || is_alone() || !can_load_lines || !is_application(address) || !is_application(address + size)) {
    access(task, address, size, kind, site);
    return;
  }
  const uintptr_t end = address + size;
  if (const size_t before = -address % kLineBytes; before != 0) {
    access(task, address, before, kind, site);
    address += before;
  }
  while (address < end) {
    address += kLineBytes * lines_hit(task, &line_of(address), (end - address) / kLineBytes, kind);
    const size_t part = end - address < kPart ? end - address : kPart;
    access(task, address, part, kind, site);
    address += part;
  }
}

}  // namespace baton::detector
