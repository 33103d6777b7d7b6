// SPDX-License-Identifier: Apache-2.0

#include "detector/src/shadow.h"

#include <cpuid.h>
#include <errno.h>
#include <sched.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "detector/src/access_set.h"
#include "detector/src/pieces.h"
#include "detector/src/recent.h"
#include "detector/src/shared_readers.h"
#include "detector/src/slow_calls.h"
#include "detector/src/sync.h"

extern "C" constinit char* __baton_shadow = nullptr;

namespace baton::detector {

constinit std::atomic<uint8_t>* touched_base = nullptr;

namespace {

// One byte for each 256 MB of application memory of which something is in touched_base: the way to find touched pages.
constexpr int kRegionShift = 28;
constinit std::atomic<uint8_t>* touched_regions = nullptr;
constinit std::atomic<uint32_t> touched_pages{0};

}  // namespace
constinit bool has_pext = false;
constinit bool can_load_lines = false;

void init_shadow() {
  if (__baton_shadow != nullptr) return;
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  has_pext = __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) != 0 && (ebx & bit_BMI2) != 0;
  can_load_lines = __get_cpuid(1, &eax, &ebx, &ecx, &edx) != 0 && (ecx & bit_AVX) != 0;
  // No fixed address: the kernel chooses, so no layout of the address space (ASLR, PIE or not) is ever in the way.
  __baton_shadow = static_cast<char*>(reserve((1ull << kAddressBits) / kLineBytes * sizeof(Line), "the shadow memory"));
  touched_base =
      static_cast<std::atomic<uint8_t>*>(reserve(1ull << (kAddressBits - kPageShift), "the map of touched pages"));
  touched_regions =
      static_cast<std::atomic<uint8_t>*>(reserve(1ull << (kAddressBits - kRegionShift), "the map of touched regions"));
  CellStore::init();
}

// Before every static initialiser, those of shared libraries too: instrumented code reads the filter without asking
// whether the detector was started.
__attribute__((section(".preinit_array"), used)) void (*const init_shadow_first)() = init_shadow;

// A line is locked for less than a microsecond. Who has waited for longer meets another processor that works on it
// again and again, and does so fastest if it is left alone for a while: the line and what hangs on it stay in its
// cache, and the time slept is not burnt. (An atomic counter of eight goroutines on two processors: half the processor
// time.)
Line::Held Line::lock_contended() {
  constexpr int kPauses = 64;
  constexpr timespec kSleep = {0, 20'000};
  for (int spins = 0;; ++spins) {
    uint64_t state = state_.load(std::memory_order_relaxed);
    if ((state & kLocked) == 0 &&
        state_.compare_exchange_weak(state, state | kLocked, std::memory_order_acquire,  // pairs with unlock()
                                     std::memory_order_relaxed)) {
      return Held{state};
    }
    if (spins < kPauses) {
      __builtin_ia32_pause();
    } else if (spins == kPauses) {
      sched_yield();
    } else {
      const int saved = errno;
      syscall(SYS_nanosleep, &kSleep, nullptr);  // not the function, which may use vector registers (cold.h)
      errno = saved;
    }
  }
}

namespace {

// The 16-byte places of a line that begin inside a byte mask.
uint32_t places_begun(uint64_t mask) {
  return static_cast<uint32_t>((mask & 1) | (mask >> 15 & 2) | (mask >> 30 & 4) | (mask >> 45 & 8));
}

// Takes the bytes `mask` from a cell. Returns whether anything is left of it; bytes that it cannot hold become
// `pieces`.
bool forget_in(Cell& cell, uint64_t mask, Pieces& pieces) {
  if (is_set(cell.kind)) {
    uint64_t left = 0;
    set_at(cell.context).for_each([&](Member& member) { left |= member.mask &= ~mask; });
    cell.bits = static_cast<uint16_t>(words_touched(left));
    if (left == 0) free_set(cell.context);
    return left != 0;
  }
  const uint64_t left = cell.mask() & ~mask;
  if (left == 0 && cell.kind == kSync) free_sync(cell.context);
  if (left != 0) pieces.set(cell, left);
  return left != 0;
}

// Removes the bytes `mask` from cells. False: there was no room for all pieces, and it has to be done again.
bool forget_in_list(CellList& cells, uint64_t mask, uint32_t words) {
  const bool is_whole = bytes_of_words(words) == mask;
  Pieces pieces;
  bool is_done = true;
  Cell* to = cells.begin();
  for (Cell* from = to; from != cells.end(); ++from) {
    if (from->quarter == 0 && from->kind <= kFree && is_whole) {
      const uint32_t left = from->bits & ~words;
      if (left == 0) continue;
      from->bits = static_cast<uint16_t>(left);
    } else if (from->quarter != 0 || (from->bits & words) != 0) {
      if (!pieces.has_room()) {
        is_done = false;
      } else if (!forget_in(*from, mask, pieces)) {
        continue;
      }
    }
    if (to != from) *to = *from;
    ++to;
  }
  cells.cut(to);
  for (const Cell& piece : pieces) cells.append(piece);
  return is_done;
}

// Moves into the list what atomic accesses have left beside it, if they are not wholly inside or outside the mask.
void settle_straddling(CellList& cells, uint64_t mask) {
  for (uint32_t i = 0; i < cells.count(); ++i) {
    const Cell& cell = cells.begin()[i];
    if (cell.kind != kSync || (cell.epoch & mask) == 0) continue;
    AtomicAccesses& accesses = sync_object(cell).accesses;
    const uintptr_t offset = static_cast<uintptr_t>(__builtin_ctzll(cell.mask()));
    if (!accesses.touch(offset, mask) || !accesses.touch(offset, ~mask)) continue;
    accesses.settle(offset, cells);
    cells.begin()->writes_known = 0;
  }
}

// Removes the bytes `mask` from every cell of a locked line, and the block starts in it.
void forget_bytes(Line& line, Line::Held& held, uint64_t mask) {
  held.set_block_starts(held.block_starts() & ~places_begun(mask));
  if (held.cells() == 0 && line.epoch() == 0) return;
  const uint32_t words = words_touched(mask);
  CellList cells(held.cells());
  settle_straddling(cells, mask);
  while (!forget_in_list(cells, mask, words)) {
  }
  held.set_cells(cells.close());
  if (line.epoch() != 0) held.set_filter(held.read_words() & ~words, held.write_words() & ~words);
  if (held.cells() == 0 || is_tag(line.epoch())) {
    line.set_epoch(0);
    held.set_filter(0xffff, 0xffff);  // as in a line that was never touched: task.h, `alone`
    held.set_quiet(false);
  }
}

// Resets [lo, lo+n). For a block that starts in the first line, `starts` is the place.
void reset_lines(uintptr_t lo, size_t n, uint32_t starts) {
  count(SlowCall::resets);
  forget_recent(lo, n);
  if (starts != 0) touch_page(lo);
  uintptr_t end = lo + n;
  while (lo < end) {
    uintptr_t page_end = (lo | ((1ull << kPageShift) - 1)) + 1;
    uintptr_t stop = page_end < end ? page_end : end;
    if (!page_touched(lo)) {
      lo = stop;
      continue;
    }
    while (lo < stop) {
      uintptr_t line_end = (lo | (kLineBytes - 1)) + 1;
      uintptr_t line_stop = line_end < stop ? line_end : stop;
      Line& line = line_of(lo);
      if (starts != 0 || !line.untouched()) {
        Line::Held held = line.lock();
        forget_bytes(line, held, byte_mask(lo % kLineBytes, line_stop - lo));
        held.set_block_starts(held.block_starts() | starts);
        line.unlock(held);
        starts = 0;
      }
      lo = line_stop;
    }
  }
}

}  // namespace

void reset_shadow(uintptr_t lo, size_t n) { reset_lines(lo, n, 0); }

void reset_for_block(uintptr_t block, size_t n) { reset_lines(block, n != 0 ? n : 1, 1u << (block % kLineBytes / 16)); }

void first_touch(uintptr_t address) {
  if (touched_base[address >> kPageShift].exchange(1, std::memory_order_relaxed) != 0) return;
  touched_regions[address >> kRegionShift].store(1, std::memory_order_relaxed);
  touched_pages.fetch_add(1, std::memory_order_relaxed);
}

uint32_t touched_page_count() { return touched_pages.load(std::memory_order_relaxed); }

bool region_touched(uintptr_t address) {
  return touched_regions[address >> kRegionShift].load(std::memory_order_relaxed) != 0;
}

void untouch_page(uintptr_t address) {
  if (touched_base[address >> kPageShift].exchange(0, std::memory_order_relaxed) != 0) {
    touched_pages.fetch_sub(1, std::memory_order_relaxed);
  }
}

namespace {

using Visit = void (*)(Epoch epoch, void* argument);

void visit_line(Line& line, Visit visit, void* argument) {
  if (line.untouched()) return;
  Line::Held held = line.lock();
  const CellList cells(held.cells());
  for (const Cell& cell : cells) {
    if (is_set(cell.kind)) {
      AccessSet& set = set_at(cell.context);
      if (set.known_by() != 0) visit(set.known_by(), argument);
      set.for_each([&](const Member& member) { visit(member.epoch, argument); });
    } else if (cell.kind == kSync) {
      sync_object(cell).accesses.for_each([&](const AtomicAccess& access) { visit(access.epoch, argument); });
    } else {
      visit(cell.epoch, argument);
    }
  }
  line.unlock(held);
}

}  // namespace

namespace {

// The next place of a map from `from` on that is not 0, or `end`. Both are multiples of eight.
uintptr_t next_set(const std::atomic<uint8_t>* map, uintptr_t from, uintptr_t end) {
  for (; from < end; ++from) {
    if (from % 8 == 0) {
      // Eight at a time; that they are atomic one by one does not matter, they are only ever set.
      while (from < end && __atomic_load_n(reinterpret_cast<const uint64_t*>(map + from), __ATOMIC_RELAXED) == 0)
        from += 8;
      if (from >= end) break;
    }
    if (map[from].load(std::memory_order_relaxed) != 0) break;
  }
  return from;
}

}  // namespace

void for_each_epoch(Visit visit, void* argument) {
  constexpr uintptr_t kRegions = 1ull << (kAddressBits - kRegionShift);
  constexpr uintptr_t kPagesOfRegion = 1ull << (kRegionShift - kPageShift);
  for (uintptr_t region = 0; (region = next_set(touched_regions, region, kRegions)) < kRegions; ++region) {
    const uintptr_t end = (region + 1) * kPagesOfRegion;
    for (uintptr_t page = region * kPagesOfRegion; (page = next_set(touched_base, page, end)) < end; ++page) {
      const uintptr_t first = page << kPageShift;
      for (uintptr_t line = first; line < first + (1ull << kPageShift); line += kLineBytes) {
        visit_line(line_of(line), visit, argument);
      }
    }
  }
}

}  // namespace baton::detector
