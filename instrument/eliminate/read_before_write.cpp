// SPDX-License-Identifier: Apache-2.0
//
// The second rule of rules.h: a backward analysis of what will be checked on every path before the next acquire. The
// commonest case is x = x + 1: the write's check stands for the read's.
//
// Rule: "surely executed" means on every path that ends. A loop that might run for ever, or wait for another goroutine,
// lets nothing through.
#include "instrument/counters.h"
#include "instrument/eliminate/access_flow.h"
#include "instrument/eliminate/rules.h"
#include "instrument/options.h"
#include "llvm/ADT/PostOrderIterator.h"
#include "llvm/Analysis/LoopIterator.h"
#include "llvm/IR/CFG.h"
#include "llvm/IR/Instructions.h"
#include "llvm/Transforms/Utils/LoopUtils.h"

namespace baton {

using namespace llvm;

namespace {

class Anticipation {
 public:
  Anticipation(Function& function, const AccessFlow& flow, const LoopInfo& loops)
      : function_(function), flow_(flow), loops_(loops) {}

  template <class F>
  void run(F found) {
    unsigned number = 0;
    ReversePostOrderTraversal<Function*> order(&function_);
    for (BasicBlock* block : order) {
      place_[block] = number++;
      in_[block] = BitVector(flow_.bits(), true);
    }
    for (bool changed = true; changed;) {
      changed = false;
      for (BasicBlock* block : llvm::reverse(order)) {
        BitVector state = at_end(*block);
        walk(*block, state, [](unsigned) {});
        BitVector& in = in_[block];
        if (state == in) continue;
        in = std::move(state);
        changed = true;
      }
    }
    for (BasicBlock* block : order) {
      BitVector state = at_end(*block);
      walk(*block, state, found);
    }
  }

 private:
  BitVector at_end(BasicBlock& block) {
    BitVector state(flow_.bits(), succ_begin(&block) != succ_end(&block));
    for (BasicBlock* next : successors(&block)) {
      if (place_[next] <= place_[&block] && !is_finite(block, *next)) {
        state.reset();
      } else {
        state &= in_[next];
      }
    }
    return state;
  }

  // Whether the loop that the edge from `latch` back to `header` closes surely ends.
  bool is_finite(BasicBlock& latch, BasicBlock& header) {
    const Loop* loop = loops_.getLoopFor(&header);
    if (!loop || loop->getHeader() != &header || !loop->contains(&latch)) return false;
    auto [known, is_new] = finite_.try_emplace(loop, false);
    if (is_new) known->second = is_finite(*loop);
    return known->second;
  }

  // The language allows a loop without input, output and synchronisation to be taken for finite.
  static bool is_finite(const Loop& loop) {
    if (!isMustProgress(&loop)) return false;
    for (const BasicBlock* block : loop.blocks()) {
      for (const Instruction& instruction : *block) {
        bool is_poll = instruction.hasMetadata(LLVMContext::MD_nosanitize);  // preempt.h
        if (!is_poll && (instruction.isAtomic() || instruction.isVolatile())) return false;
      }
    }
    return true;
  }

  template <class F>
  void walk(BasicBlock& block, BitVector& state, F found) {
    for (const FlowEvent& event : llvm::reverse(flow_.events(block))) {
      switch (event.kind) {
        case FlowEvent::Kind::kAccess:
          if (flow_.covers(event.index, state)) {
            found(event.index);
          } else {
            flow_.add(event.index, state);
          }
          break;
        case FlowEvent::Kind::kDefinition:
          flow_.forget_base(event.index, state);
          break;
        case FlowEvent::Kind::kEffect:
          if (!event.effects.surely_continues) state.reset();
          if (event.effects.may_acquire && !option_unsound_read_before_write) state.reset();
          break;
      }
    }
  }

  Function& function_;
  const AccessFlow& flow_;
  const LoopInfo& loops_;
  DenseMap<const BasicBlock*, unsigned> place_;  // in reverse post-order
  DenseMap<const BasicBlock*, BitVector> in_;
  DenseMap<const Loop*, bool> finite_;
};

}  // namespace

void drop_repeated_later(Function& function, Accesses& accesses, const SyncSummary& summary, const LoopInfo& loops,
                         Remarks& remarks) {
  AccessFlow flow(function, accesses, summary);
  if (!flow.is_worthwhile()) return;
  BitVector dropped(accesses.size());
  Anticipation(function, flow, loops).run([&](unsigned i) { dropped.set(i); });
  drop(accesses, dropped, counters::dropped_before_later, "EarlyCheck", "is covered by a later one", remarks);
}

}  // namespace baton
