// SPDX-License-Identifier: Apache-2.0
//
// The first rule of rules.h: a forward analysis of what has been checked on every path since the last release.
#include "instrument/counters.h"
#include "instrument/eliminate/access_flow.h"
#include "instrument/eliminate/rules.h"
#include "instrument/options.h"
#include "llvm/ADT/PostOrderIterator.h"
#include "llvm/IR/CFG.h"

namespace baton {

using namespace llvm;

namespace {

class Availability {
 public:
  Availability(Function& function, const AccessFlow& flow) : function_(function), flow_(flow) {}

  // Calls `found` with the index of each access that is covered where it stands.
  template <class F>
  void run(F found) {
    ReversePostOrderTraversal<Function*> order(&function_);
    // The greatest solution: everything is available until a path says otherwise.
    for (BasicBlock* block : order) out_[block] = BitVector(flow_.bits(), true);
    for (bool changed = true; changed;) {
      changed = false;
      for (BasicBlock* block : order) {
        BitVector state = at_start(*block);
        walk(*block, state, [](unsigned) {});
        BitVector& out = out_[block];
        if (state == out) continue;
        out = std::move(state);
        changed = true;
      }
    }
    for (BasicBlock* block : order) {
      BitVector state = at_start(*block);
      walk(*block, state, found);
    }
  }

 private:
  BitVector at_start(BasicBlock& block) {
    BitVector state(flow_.bits(), &block != &function_.getEntryBlock());
    for (BasicBlock* before : predecessors(&block)) {
      auto out = out_.find(before);
      if (out != out_.end()) state &= out->second;  // else it cannot be reached
    }
    return state;
  }

  template <class F>
  void walk(BasicBlock& block, BitVector& state, F found) {
    for (const FlowEvent& event : flow_.events(block)) {
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
          if (event.effects.may_release && !option_unsound_availability) state.reset();
          break;
      }
    }
  }

  Function& function_;
  const AccessFlow& flow_;
  DenseMap<const BasicBlock*, BitVector> out_;
};

}  // namespace

void drop_repeated(Function& function, Accesses& accesses, const SyncSummary& summary, Remarks& remarks) {
  AccessFlow flow(function, accesses, summary);
  if (!flow.is_worthwhile()) return;
  BitVector dropped(accesses.size());
  Availability(function, flow).run([&](unsigned i) { dropped.set(i); });
  drop(accesses, dropped, counters::dropped_repeated, "RepeatedCheck", "repeats an earlier one", remarks);
}

}  // namespace baton
