// SPDX-License-Identifier: Apache-2.0
//
// The shadow: what is remembered about every byte of application memory. This header is the whole layout; access.cpp,
// sync.cpp and atomic.cpp are written on it, so that another layout can be measured by replacing it.
//
// Each 64-byte line of application memory has one 16-byte Line, at a fixed distance chosen at run time. A Line holds
// the *filter*, and the number of a block of Cells, which are the truth:
//
//   Cell    "these bytes of this line were last accessed in `kind` manner at `epoch`, by the call stack `context`"
//   filter  "at `Line::epoch`, these 4-byte words were not read yet, these not written": lets an access that repeats
//           itself in the same epoch return after two loads, without a lock. For lines with many readers:
//           shared_readers.h.
//
// Invariants:
//  1. The cells contain, for every byte, every access that some later access could race with: an access is removed only
//     when one that happens after it, and conflicts with all that it conflicts with, is in the list (visit.h), or
//     when the memory is reset. No cell is ever evicted.
//  2. A word's bit is clear in the filter only if cells of Line::epoch cover all four bytes of it as strongly. At epoch
//     0 all are clear: nobody is shown that epoch but a task that need not record anything (task.h, `alone`).
//  3. Cells, and the filter's epoch, are written under the Line's lock only. The epoch is written before the state
//     word that releases the lock; readers of the filter load the state word first. So whoever finds its own epoch
//     there sees filter bits of its own: nobody else can have written that epoch.
//  4. A line is *quiet* only if all of its accesses happen before whatever knows all of Line::epoch, or are of it. So
//     whoever knows that epoch need not compare the others (visit.h).
//  5. An untouched page of the shadow costs nothing; touched_pages lets resets of large blocks skip such pages.
//
// Rejected: four fixed cells per 8 bytes (ThreadSanitizer: evicts, and forgets races); one exact 16-byte cell per 8
// bytes (eight times the footprint of a Line: measured 17.5 ns against 3 ns for random updates of 8 MB); a linked list
// of 24-byte entries (quicksort 3.2 s of processor time, with blocks and quiet lines 1.7 s; an LRU cache 4.4 s and 2.5
// s).
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <atomic>

#include "detector/include/baton/race_abi.h"
#include "detector/src/cell_store.h"
#include "detector/src/epoch.h"
#include "detector/src/mem.h"

namespace baton::detector {

// Bytes of a line that cells of one epoch cover: as reads or writes, and as writes.
struct Recorded {
  uint64_t read;
  uint64_t written;
};

class Line {
 public:
  // Of the filter's words in the state.
  static constexpr int kReadShift = 0;
  static constexpr int kWriteShift = 16;

  // Whether the filter says that these words were read (or written) at `epoch` already. Lock-free.
  bool hit_read(Epoch epoch, uint32_t words) const {
    uint64_t state = state_.load(std::memory_order_acquire);  // pairs with unlock()
    return epoch_.load(std::memory_order_relaxed) == epoch && ((state >> kReadShift) & words) == 0;
  }
  bool hit_write(Epoch epoch, uint32_t words) const {
    uint64_t state = state_.load(std::memory_order_acquire);  // pairs with unlock()
    return epoch_.load(std::memory_order_relaxed) == epoch && ((state >> kWriteShift) & words) == 0;
  }
  // Nothing is known about this line and nobody is looking at it. Lock-free.
  bool untouched() const { return state_.load(std::memory_order_acquire) == 0; }  // pairs with unlock()

  // The state while the lock is held, edited by the holder and given back to unlock().
  struct Held {
    uint64_t state;
    // The number of its list of cells (CellList); 0: there are none.
    uint32_t cells() const { return static_cast<uint32_t>(state >> kCellsShift); }
    void set_cells(uint32_t number) {
      state = (state & ((1ull << kCellsShift) - 1)) | static_cast<uint64_t>(number) << kCellsShift;
    }
    bool quiet() const { return (state & kQuiet) != 0; }
    void set_quiet(bool quiet) { state = quiet ? state | kQuiet : state & ~kQuiet; }
    void set_filter(uint32_t read_words, uint32_t write_words) {
      state = (state & ~0xffffffffull) | static_cast<uint64_t>(~write_words & 0xffff) << kWriteShift |
              static_cast<uint64_t>(~read_words & 0xffff) << kReadShift;
    }
    uint32_t read_words() const { return ~static_cast<uint32_t>(state >> kReadShift) & 0xffff; }
    uint32_t write_words() const { return ~static_cast<uint32_t>(state >> kWriteShift) & 0xffff; }
    // Heap blocks begin at these 16-byte places of the line (heap.h).
    uint32_t block_starts() const { return static_cast<uint32_t>(state >> kStartShift) & 0xf; }
    void set_block_starts(uint32_t starts) {
      state = (state & ~(0xfull << kStartShift)) | static_cast<uint64_t>(starts) << kStartShift;
    }
  };

  // Hints without the lock: whether it is quiet; and to the processor, that the cells will be looked at.
  void prefetch_cells() const {
    if (const uint32_t number = Held{state_.load(std::memory_order_relaxed)}.cells()) {
      __builtin_prefetch(CellStore::cells(number));
    }
  }
  bool is_quiet() const { return (state_.load(std::memory_order_relaxed) & kQuiet) != 0; }

  Held lock() {
    uint64_t state = state_.load(std::memory_order_relaxed);
    if ((state & kLocked) == 0 &&
        state_.compare_exchange_strong(state, state | kLocked, std::memory_order_acquire,  // pairs with unlock()
                                       std::memory_order_relaxed)) {
      return Held{state};
    }
    return lock_contended();
  }
  // Locks a line that is quiet, has cells, and that nobody else has locked. Does not wait.
  bool try_lock_quiet(Held& held) {
    uint64_t state = state_.load(std::memory_order_relaxed);
    held = {state};
    if ((state & (kLocked | kQuiet)) != kQuiet || held.cells() == 0) return false;
    return state_.compare_exchange_strong(state, state | kLocked, std::memory_order_acquire,  // pairs with unlock()
                                          std::memory_order_relaxed);
  }
  void unlock(Held held) { state_.store(held.state, std::memory_order_release); }  // pairs with lock(), hit_*()
  Epoch epoch() const { return epoch_.load(std::memory_order_relaxed); }
  void set_epoch(Epoch epoch) { epoch_.store(epoch, std::memory_order_release); }  // before unlock(): invariant 3
  uint32_t block_starts() const { return Held{state_.load(std::memory_order_acquire)}.block_starts(); }

 private:
  Held lock_contended();

  // state, from the lowest bit: words not read:16 | words not written:16 | lock:1 | block starts:4 | quiet:1 |
  // cells:26. The words are read by instrumented code too (race_abi.h).
  static constexpr uint64_t kLocked = 1ull << 32;
  static constexpr int kStartShift = 33;
  static constexpr uint64_t kQuiet = 1ull << 37;
  static constexpr int kCellsShift = 38;
  static_assert(kCellsShift + CellStore::kIndexBits == 64);

  std::atomic<Epoch> epoch_;
  std::atomic<uint64_t> state_;
};
static_assert(sizeof(Line) == 16 && BATON_FILTER_READ == 8 && BATON_FILTER_WRITE == 10);

// Whether the processor loads a Line with one instruction in one step: if it has AVX. Set by init_shadow().
extern bool can_load_lines;

constexpr uintptr_t kLineBytes = 64;
constexpr uintptr_t kAddressBits = 47;  // user addresses of x86-64
constexpr int kPageShift = 14;          // application bytes behind one 4 KiB page of the shadow

inline Line* shadow_base() { return reinterpret_cast<Line*>(__baton_shadow); }  // null before init_shadow()
extern std::atomic<uint8_t>* touched_base;  // one byte per page of the shadow; 1: some line of it was locked

// Does nothing the second time: it runs before static initialisers, and again when the detector starts.
void init_shadow();

// The line of an application address. The address is one that the program is about to use; addresses above the user
// half (which fault anyway) must be filtered by is_application().
inline Line& line_of(uintptr_t address) { return shadow_base()[address / kLineBytes]; }
inline uintptr_t address_of(const Line& line) { return static_cast<uintptr_t>(&line - shadow_base()) * kLineBytes; }
inline bool is_application(uintptr_t address) { return (address >> kAddressBits) == 0; }

inline bool page_touched(uintptr_t address) {
  return touched_base[address >> kPageShift].load(std::memory_order_relaxed) != 0;
}
void first_touch(uintptr_t address);
// Called before a line of the page is first changed. Relaxed: only whoever owns the memory resets it.
inline void touch_page(uintptr_t address) {
  std::atomic<uint8_t>& page = touched_base[address >> kPageShift];
  if (page.load(std::memory_order_relaxed) == 0) first_touch(address);
}

// Calls visit(epoch, argument) for every epoch that the shadow names, with the line's lock held: those of accesses, and
// those that a set of accesses is known by.
void for_each_epoch(void (*visit)(Epoch epoch, void* argument), void* argument);
// Pages of the shadow that were touched.
uint32_t touched_page_count();
// Whether anything in the 256 MB around an address was touched; and that nothing of a page of the shadow is left.
bool region_touched(uintptr_t address);
void untouch_page(uintptr_t address);

// Forgets everything about [lo, lo+n): cells, sync objects, filter, block starts.
void reset_shadow(uintptr_t lo, size_t n);
// The same for a new heap block, whose start is noted. It stays after the block's end, until the memory is reset again:
// whoever finds it looks for a block's header there (heap.h).
void reset_for_block(uintptr_t block, size_t n);

}  // namespace baton::detector
