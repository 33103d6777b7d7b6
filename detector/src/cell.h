// SPDX-License-Identifier: Apache-2.0
//
// Cells: what is remembered about a line of memory. A cell says "these bytes of the line were accessed in `kind` manner
// at `epoch`, by the call stack `context`". The cells of a line stand one after the other in a block (cell_store.h).
//
// 16 bytes hold it because few accesses are ragged: the bytes are either whole words anywhere in the line, or bytes of
// one quarter of it. A set of bytes that is neither takes several cells.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <type_traits>

#include "detector/src/epoch.h"

namespace baton::detector {

// Kinds of access; bit 0: writes, bit 1: atomic. A release of memory is a plain write which reports name differently.
enum Kind : uint8_t {
  kRead = 0,
  kWrite = 1,
  kAtomicRead = 2,
  kAtomicWrite = 3,
  kFree = 5,
  kSync = 4,  // not an access: `context` is the index of the sync object at the byte, `epoch` a mask of bytes of the
              // line beyond which no atomic access is kept with it (atomic_accesses.h)
};

// Whether two unordered accesses to one byte are a data race: at least one writes, and not both are atomic.
constexpr bool conflicts(Kind a, Kind b) { return ((a | b) & 1) != 0 && (a & b & 2) == 0; }

// Whether `later` conflicts with everything that `earlier` conflicts with, so that it can stand for it.
constexpr bool covers(Kind later, Kind earlier) {
  if ((later & 3) == kWrite) return true;
  if (later == kRead) return (earlier & 1) == 0;
  if (later == kAtomicWrite) return (earlier & 2) != 0;
  return earlier == kAtomicRead;
}

// Whether the processor has PEXT and PDEP. Set by init_shadow().
extern bool has_pext;

constexpr uint64_t kEachWord = 0x1111111111111111ull;

// Gathers bit 0 of each group of four bits, and the other way round.
inline uint32_t gather_words(uint64_t mask) {
  if (has_pext) {
    asm("pext %1, %0, %0" : "+r"(mask) : "r"(kEachWord));
    return static_cast<uint32_t>(mask);
  }
  mask &= kEachWord;
  mask = (mask | mask >> 3) & 0x0303030303030303ull;
  mask = (mask | mask >> 6) & 0x000f000f000f000full;
  mask = (mask | mask >> 12) & 0x000000ff000000ffull;
  return static_cast<uint32_t>(mask | mask >> 24) & 0xffff;
}
inline uint64_t spread_words(uint32_t words) {
  uint64_t mask = words;
  if (has_pext) {
    asm("pdep %1, %0, %0" : "+r"(mask) : "r"(kEachWord));
    return mask;
  }
  mask = (mask | mask << 24) & 0x000000ff000000ffull;
  mask = (mask | mask << 12) & 0x000f000f000f000full;
  mask = (mask | mask << 6) & 0x0303030303030303ull;
  return (mask | mask << 3) & kEachWord;
}

// The 4-byte words touched by a byte mask, those wholly inside it, and the bytes of words.
inline uint32_t words_touched(uint64_t mask) {
  mask |= mask >> 1;
  return gather_words(mask | mask >> 2);
}
inline uint32_t words_filled(uint64_t mask) {
  mask &= mask >> 1;
  return gather_words(mask & mask >> 2);
}
inline uint64_t bytes_of_words(uint32_t words) { return spread_words(words) * 0xf; }

// The words of a line that the bytes [offset, offset+n) touch, and these bytes; n in 1..64.
constexpr uint32_t words_of(uintptr_t offset, size_t n) { return (2u << (offset + n - 1) / 4) - (1u << offset / 4); }
constexpr uint64_t byte_mask(uintptr_t offset, size_t n) { return (n >= 64 ? ~0ull : ((1ull << n) - 1)) << offset; }

struct Cell {
  Epoch epoch;
  uint32_t context;
  uint16_t bits;  // 0 only in the place behind an odd number of cells (CellList)
  uint8_t kind;
  uint8_t quarter : 5;       // 0: a bit is a word of the line; else a byte of this quarter, counted from 1
  uint8_t writes_known : 1;  // in the first cell of a list, about all of it: read_shared.h
  uint8_t orderly : 1;       // all cells before it in the list happen before it, or are of the same epoch
  uint8_t has_objects : 1;   // beside writes_known: there are cells of kind kSync

  // Bit i: byte i of the line.
  uint64_t mask() const {
    return quarter == 0 ? bytes_of_words(bits) : static_cast<uint64_t>(bits) << (16u * (quarter - 1u));
  }
  // Sets the bytes to those of `mask`, if one cell can hold them; else to a part of them. Returns the rest.
  uint64_t set_mask(uint64_t mask) {
    const uint32_t words = words_filled(mask);
    const uint64_t rest = mask & ~bytes_of_words(words);
    if (rest == 0) {
      bits = static_cast<uint16_t>(words);
      quarter = 0;
      return 0;
    }
    const uint32_t first = static_cast<uint32_t>(__builtin_ctzll(rest)) / 16;
    const uint64_t in_quarter = mask & 0xffffull << 16 * first;
    bits = static_cast<uint16_t>(mask >> 16 * first);
    quarter = static_cast<uint8_t>((first + 1) & 7);
    return mask & ~in_quarter;
  }
};
static_assert(sizeof(Cell) == 16 && std::is_trivially_default_constructible_v<Cell>);  // arrays of them are not filled

}  // namespace baton::detector
