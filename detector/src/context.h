// SPDX-License-Identifier: Apache-2.0
//
// Contexts: 32-bit names of call stacks, small enough to stand in the shadow beside every access. So both stacks of a
// race are always at hand, however long ago the first access was.
//
// Naive model: unwind the stack at every access and intern it. The fast form: instrumented code keeps a hash of the
// calls that lead to the running function (race_abi.h). The pair (hash, return address of the detector's caller) is
// looked up in a small cache of the thread; only the first time a pair is seen, the real stack is unwound and interned.
//
// Two different stacks with one 64-bit hash would print one for the other; for a million contexts the chance is 3e-8,
// and whether there is a race never depends on it.
#pragma once

#include <stdint.h>

namespace baton::detector {

using ContextId = uint32_t;  // 0: unknown

void init_contexts();

// Where an operation of the program was called.
struct CallSite {
  uint64_t hash;        // calling context of the function it is in
  uintptr_t pc;         // the return address into that function
  uintptr_t frame;      // frame address of the detector's entry function: its caller's frame pointer and return address
  uintptr_t stack_end;  // frame records lie below this address
};

ContextId context_of(const CallSite& site);

// The same, as a place of the thread's cache, which is valid until the thread asks for another context.
struct CachedContext {
  uint64_t key;
  ContextId context;
  uint32_t locks;  // noted_hash() of the context, when this thread last noted its locks (locks.h)
};
CachedContext& cached_context(const CallSite& site);

// Two places for each of so many values of the key's upper bits. A program of a hundred sites comes to have three that
// meet in one value sooner or later, but not often.
constexpr int kContextCacheBits = 10;
inline thread_local CachedContext context_cache[1u << kContextCacheBits][2] = {};

// The hash has been multiplied already, and the product spreads the address: the upper bits choose the place.
inline uint64_t context_key(uint64_t hash, uintptr_t pc) { return (hash + pc * 0x9e3779b97f4a7c15ull) | 1; }

// What cached_context() would return at once; null: it would have to search.
inline CachedContext* find_cached_context(uint64_t hash, uintptr_t pc) {
  const uint64_t key = context_key(hash, pc);
  CachedContext(&places)[2] = context_cache[key >> (64 - kContextCacheBits)];
  if (places[0].key == key) return &places[0];
  return places[1].key == key ? &places[1] : nullptr;
}

// The context of a call site, looked up when it is first asked for.
class LazyContext {
 public:
  explicit LazyContext(const CallSite& site) : site_(site) {}
  ContextId get() {
    if (context_ == 0) context_ = context_of(site_);
    return context_;
  }

 private:
  const CallSite& site_;
  ContextId context_ = 0;
};

// The context of the stack as it is at this moment: unwound again, where context_of() may name the stack of another
// depth of a recursion.
ContextId exact_context_of(const CallSite& site);

// The end of the frame records of the stack that holds `frame`: behind the last frame of the program's own code.
uintptr_t end_of_program_frames(uintptr_t frame);

// The context `creation` of a task's creation, together with the creation of its creator, and so on: a number that
// stands for `creation` wherever a context does. Of a long line of creators the eldest are dropped.
ContextId with_ancestry(ContextId creation, ContextId parent);
// What with_ancestry() was given as `parent`; 0 if it was dropped, or there is none.
ContextId parent_creation(ContextId creation);

// Whether `pc` lies in the code of the executable.
bool is_program_text(uintptr_t pc);

// The calling context of the function that is running (__baton_ctx), for calls that are not told it.
uint64_t current_context();

// The stack of a context: calls `each` with return addresses, innermost first, until it returns false.
template <class Each>
void for_each_frame(ContextId context, Each each);

// No address of code has this bit: such a node joins the creation in `caller` to that of its creator.
constexpr uintptr_t kAncestryBit = uintptr_t{1} << 63;

struct StackNode {
  uintptr_t pc;
  ContextId caller;
};
const StackNode& stack_node(ContextId context);

template <class Each>
void for_each_frame(ContextId context, Each each) {
  for (; context != 0; context = stack_node(context).caller) {
    if ((stack_node(context).pc & kAncestryBit) != 0) continue;
    if (!each(stack_node(context).pc)) return;
  }
}

}  // namespace baton::detector
