// SPDX-License-Identifier: Apache-2.0
//
// See context.h. Stacks are interned as a tree that grows from the outermost call inwards: stacks share their callers.
//
// Unwinding follows frame pointers: instrumented code and baton's own have them, a step is one load. As soon as a
// return address lies outside the program's own text (a callback from qsort, a shared library), which may have no frame
// pointers, the stack is unwound again by .eh_frame: about a microsecond a frame, once per context.

#include "detector/src/context.h"

#include <string.h>
#include <unwind.h>

#include "detector/src/access.h"
#include "detector/src/cold.h"
#include "detector/src/mem.h"
#include "detector/src/slow_calls.h"
#include "detector/src/task.h"

extern "C" {
// The extent of the program's text, from the linker.
extern const char __executable_start;
extern const char etext;
}

namespace baton::detector {
namespace {

uint64_t mix(uint64_t x) {  // the finaliser of MurmurHash3
  x ^= x >> 33;
  x *= 0xff51afd7ed558ccdull;
  x ^= x >> 33;
  x *= 0xc4ceb9fe1a85ec53ull;
  return x ^ x >> 33;
}

// Open addressing from a non-zero 64-bit key to a 32-bit value; doubles when half full. Guarded by its user's lock.
class Table {
 public:
  // The value of `key`, or 0.
  uint32_t find(uint64_t key) const {
    if (capacity_ == 0) return 0;
    for (uint64_t i = key & (capacity_ - 1);; i = (i + 1) & (capacity_ - 1)) {
      if (slots_[i].key == key) return slots_[i].value;
      if (slots_[i].value == 0) return 0;
    }
  }
  void insert(uint64_t key, uint32_t value) {
    if (2 * (count_ + 1) > capacity_) grow();
    place(key, value);
    ++count_;
  }
  // Adds 1 to the value of `key`, which is 1 at first.
  void count(uint64_t key) {
    if (find(key) == 0) insert(key, 1);
    uint64_t i = key & (capacity_ - 1);
    while (slots_[i].key != key) i = (i + 1) & (capacity_ - 1);
    ++slots_[i].value;
  }

 private:
  struct Slot {
    uint64_t key;
    uint32_t value;  // 0: empty
  };

  void place(uint64_t key, uint32_t value) {
    uint64_t i = key & (capacity_ - 1);
    while (slots_[i].value != 0) i = (i + 1) & (capacity_ - 1);
    slots_[i] = {key, value};
  }
  void grow();

  Slot* slots_ = nullptr;
  uint64_t capacity_ = 0;
  uint64_t count_ = 0;
};

void Table::grow() {
  Slot* old = slots_;
  uint64_t old_capacity = capacity_;
  capacity_ = old_capacity == 0 ? 1024 : 2 * old_capacity;
  slots_ = static_cast<Slot*>(reserve(capacity_ * sizeof(Slot), "a table of contexts"));
  for (uint64_t i = 0; i < old_capacity; ++i) {
    if (old[i].value != 0) place(old[i].key, old[i].value);
  }
  if (old != nullptr) give_back(old, old_capacity * sizeof(Slot));
}

using NodePool = Pool<StackNode, (1u << 28)>;
constinit NodePool nodes;
constinit SpinLock lock;   // guards both tables
constinit Table stacks;    // hash of (caller, pc) -> node
constinit Table contexts;  // hash of (calling context, pc), or of a call and those around it -> node
constinit Table sites;     // pc -> contexts in which it was part of a recursion, plus 1

// Recursion through pointers and virtual calls has a calling context for every way down, without end: a parser has as
// many as there are texts. So a call that was seen in many recursive stacks is told apart by its innermost callers
// alone, by ever fewer of them: the context is then that of the first stack that looked like this.
constexpr uint32_t kContextsPerLevel = 256;
constexpr uint32_t kCallersOfLevel[] = {0, 8, 4, 2, 1};  // 0: all, by the calling context
constexpr uint32_t kLastLevel = 4;
constexpr uint32_t kRecursionSearched = 64;  // innermost frames

constexpr uint32_t kAncestrySlots = 16;
thread_local CachedContext ancestry_cache[kAncestrySlots];
constexpr uintptr_t kMaxGenerations = 8;
thread_local bool thread_noted = false;  // to task.h

// A stack being unwound: return addresses, innermost first. In reserved memory of the thread, so that the depth has no
// limit that a program could reach before its own stack ends.
constexpr uint32_t kMaxDepth = 1u << 23;
thread_local uintptr_t* frames = nullptr;

bool in_program(uintptr_t pc) {
  return pc >= reinterpret_cast<uintptr_t>(&__executable_start) && pc < reinterpret_cast<uintptr_t>(&etext);
}

// What a frame pointer points to.
struct FrameRecord {
  uintptr_t next;
  uintptr_t return_pc;
};

const FrameRecord& record_at(uintptr_t frame) { return *reinterpret_cast<const FrameRecord*>(frame); }

// Follows frame pointers to the end of the stack. Returns the depth, or 0 if it came to code that may have none.
uint32_t walk_frame_pointers(const CallSite& site) {
  uint32_t depth = 0;
  uintptr_t frame = site.frame;
  bool found = false;  // the call at `pc` was reached: frames below it are baton's own
  while (depth < kMaxDepth) {
    const auto [next, return_pc] = record_at(frame);
    if (return_pc == 0) break;  // the entry of a task's stack
    if (!in_program(return_pc)) {
      if (frame + sizeof(FrameRecord) == site.stack_end) break;  // the caller of main
      return 0;
    }
    if (return_pc == site.pc) found = true;
    if (found) frames[depth++] = return_pc;
    if (next == 0) break;
    if (next <= frame || next + sizeof(FrameRecord) > site.stack_end || next % sizeof(uintptr_t) != 0) return 0;
    frame = next;
  }
  return found ? depth : 0;
}

struct Unwind {
  uintptr_t pc;
  uint32_t depth;
};

_Unwind_Reason_Code on_frame(_Unwind_Context* context, void* data) {
  Unwind* unwind = static_cast<Unwind*>(data);
  uintptr_t pc = _Unwind_GetIP(context);
  if (pc == 0 || unwind->depth == kMaxDepth) return _URC_END_OF_STACK;
  if (unwind->depth != 0 || pc == unwind->pc) frames[unwind->depth++] = pc;
  return _URC_NO_REASON;
}

uint32_t walk_eh_frame(uintptr_t pc) {
  Unwind unwind = {pc, 0};
  // The unwinder calls functions that the detector replaces; they shall not unwind in turn.
  Task* task = current_task;
  current_task = nullptr;
  _Unwind_Backtrace(on_frame, &unwind);
  current_task = task;
  return unwind.depth;
}

ContextId intern(uint32_t depth) {
  ContextId caller = 0;
  while (depth-- > 0) {
    uint64_t key = mix(frames[depth] ^ mix(caller + 1));
    ContextId node = stacks.find(key);
    if (node == 0) {
      node = nodes.alloc();
      nodes[node] = {frames[depth], caller};
      stacks.insert(key, node);
    }
    caller = node;
  }
  return caller;
}

// Unwinds into `frames`; returns the depth, at least 1.
uint32_t unwind(const CallSite& site) {
  if (frames == nullptr) {
    frames = static_cast<uintptr_t*>(reserve(kMaxDepth * sizeof(uintptr_t), "unwinding"));
  }
  uint32_t depth = walk_frame_pointers(site);
  if (depth == 0) depth = walk_eh_frame(site.pc);
  if (depth == 0) frames[depth++] = site.pc;
  return depth;
}

// Whether a call of the stack in `frames` is in progress twice.
bool is_recursive(uint32_t depth) {
  if (depth > kRecursionSearched) depth = kRecursionSearched;
  for (uint32_t i = 1; i < depth; ++i) {
    for (uint32_t j = 0; j < i; ++j) {
      if (frames[i] == frames[j]) return true;
    }
  }
  return false;
}

uint64_t key_of_site(const CallSite& site) { return mix(site.pc) | 1; }

uint32_t level_of(const CallSite& site) {
  const uint32_t level = sites.find(key_of_site(site)) / kContextsPerLevel;
  return level < kLastLevel ? level : kLastLevel;
}

// The call at `site` and up to `count` callers, as far as frame pointers lead.
uint64_t key_of_callers(const CallSite& site, uint32_t count) {
  uint64_t key = mix(site.pc + count);
  bool found = false;
  for (uintptr_t frame = site.frame;;) {
    const auto [next, return_pc] = record_at(frame);
    if (!in_program(return_pc)) break;
    if (found) {
      key = mix(key ^ return_pc);
      if (--count == 0) break;
    }
    if (return_pc == site.pc) found = true;
    if (next <= frame || next + sizeof(FrameRecord) > site.stack_end || next % sizeof(uintptr_t) != 0) break;
    frame = next;
  }
  return key | 1;
}

[[gnu::noinline]] ContextId first_sight(const CallSite& site, uint64_t key) {
  count(SlowCall::contexts);
  if (!thread_noted) {
    thread_noted = true;
    note_thread();
  }
  uint32_t level;
  {
    SpinLockHolder hold(lock);
    if (ContextId known = contexts.find(key); known != 0) return known;
    level = level_of(site);
    if (level != 0) {
      key = key_of_callers(site, kCallersOfLevel[level]);
      if (ContextId known = contexts.find(key); known != 0) return known;
    }
  }
  uint32_t depth = 0;
  keep_vectors([&] { depth = unwind(site); });
  SpinLockHolder hold(lock);
  ContextId context = intern(depth);
  if (contexts.find(key) != 0) return context;
  contexts.insert(key, context);
  if (level < kLastLevel && is_recursive(depth)) sites.count(key_of_site(site));
  return context;
}

}  // namespace

void init_contexts() { nodes.init("call stacks"); }

ContextId with_ancestry(ContextId creation, ContextId parent) {
  if (creation == 0 || parent == 0) return creation;
  const uintptr_t above = nodes[parent].pc;
  const uintptr_t generation = (above & kAncestryBit) != 0 ? (above & ~kAncestryBit) >> 32 : 1;
  if (generation == kMaxGenerations) return creation;  // it starts again: else a chain of tasks would grow for ever
  const uintptr_t join = kAncestryBit | (generation + 1) << 32 | parent;
  const uint64_t key = mix(join ^ mix(creation + 1));
  CachedContext& slot = ancestry_cache[key % kAncestrySlots];
  if (slot.key == key) return slot.context;
  SpinLockHolder hold(lock);
  ContextId node = stacks.find(key);
  if (node == 0) {
    node = nodes.alloc();
    nodes[node] = {join, creation};
    stacks.insert(key, node);
  }
  slot = {key, node, 0};
  return node;
}

ContextId parent_creation(ContextId creation) {
  if (creation == 0 || (nodes[creation].pc & kAncestryBit) == 0) return 0;
  return static_cast<ContextId>(nodes[creation].pc);
}

bool is_program_text(uintptr_t pc) { return in_program(pc); }

uintptr_t end_of_program_frames(uintptr_t frame) {
  while (in_program(record_at(frame).return_pc)) frame = record_at(frame).next;
  return frame + sizeof(FrameRecord);
}

CachedContext& cached_context(const CallSite& site) {
  if (CachedContext* found = find_cached_context(site.hash, site.pc)) return *found;
  const uint64_t key = context_key(site.hash, site.pc);
  CachedContext(&places)[2] = context_cache[key >> (64 - kContextCacheBits)];
  places[1] = places[0];
  places[0] = {key, first_sight(site, mix(key) | 1), 0};
  return places[0];
}

ContextId context_of(const CallSite& site) { return cached_context(site).context; }

ContextId exact_context_of(const CallSite& site) {
  uint32_t depth = unwind(site);
  SpinLockHolder hold(lock);
  return intern(depth);
}

const StackNode& stack_node(ContextId context) { return nodes[context]; }

}  // namespace baton::detector
