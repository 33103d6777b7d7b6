// SPDX-License-Identifier: Apache-2.0
//
// What an access touches while a loop runs, as expressions of ScalarEvolution, and what becomes of that when the loop
// is left: one run of bytes, or several at equal distances.
//
// Rule: exact bytes. If a form does not describe exactly what is accessed, there is none.
#ifndef BATON_INSTRUMENT_ELIMINATE_LOOP_PIECE_H_
#define BATON_INSTRUMENT_ELIMINATE_LOOP_PIECE_H_

#include <optional>

#include "instrument/memory_access.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/Analysis/ScalarEvolution.h"

namespace baton {

// `count` runs of `size` bytes, `stride` bytes from one to the next, the first at `base`; without count, one run. It is
// accessed whenever `block` is executed.
struct LoopPiece {
  const llvm::SCEV* base;
  const llvm::SCEV* size;
  const llvm::SCEV* stride = nullptr;
  const llvm::SCEV* count = nullptr;
  bool is_write;
  llvm::BasicBlock* block;
  llvm::SmallVector<unsigned, 4> members;  // the accesses it stands for, as indices
  int levels = 0;                          // of loops that it has been carried out of
};

// The piece that `access`, number `index`, is in its own block; nothing, if its size is not constant.
std::optional<LoopPiece> piece_of(const Access& access, unsigned index, llvm::ScalarEvolution& evolution);

// How the base of a piece moves from one turn of a loop to the next: by `step` bytes from `start`.
struct LoopMotion {
  const llvm::SCEV* start;
  const llvm::SCEV* step;
};

// Nothing, if it does not move evenly, or if its extent is not the same in each turn.
std::optional<LoopMotion> motion_of(const LoopPiece& piece, const llvm::Loop& loop, llvm::ScalarEvolution& evolution);

// How the pieces of all turns make one.
enum class LoopForm : uint8_t {
  kSame,      // the same bytes in each turn
  kGrow,      // each run begins where that of the turn before ended: runs grow
  kMoreRuns,  // the runs of a turn go on where those of the turn before ended: there are more of them
  kTouch,     // one run, which moves by a constant, forwards or backwards, no further than its size
  kRuns,      // one run, which moves further
};

// Nothing, if no form describes exactly what is accessed.
std::optional<LoopForm> form_of(const LoopPiece& piece, const LoopMotion& motion, llvm::ScalarEvolution& evolution);

// The piece that `turns` turns of the loop make together; `turns`, 64 bits wide, may turn out to be 0.
LoopPiece unite_turns(const LoopPiece& piece, const LoopMotion& motion, LoopForm form, const llvm::SCEV* turns,
                      llvm::ScalarEvolution& evolution);

// Makes one piece of those at equal distances, of which as many as there are make up the motion of one turn: what is
// left of a loop that was unrolled.
void unite_progressions(llvm::SmallVectorImpl<LoopPiece>& pieces, const llvm::Loop& loop,
                        llvm::ScalarEvolution& evolution);

// Makes one piece of those that move alike, are executed together and touch or overlap each other.
void unite_neighbours(llvm::SmallVectorImpl<LoopPiece>& pieces, llvm::ScalarEvolution& evolution);

}  // namespace baton

#endif  // BATON_INSTRUMENT_ELIMINATE_LOOP_PIECE_H_
