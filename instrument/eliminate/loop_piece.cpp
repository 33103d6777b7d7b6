// SPDX-License-Identifier: Apache-2.0
#include "instrument/eliminate/loop_piece.h"

#include "instrument/eliminate/access_flow.h"
#include "llvm/Analysis/ScalarEvolutionExpressions.h"

namespace baton {

using namespace llvm;

namespace {

const SCEV* number(ScalarEvolution& evolution, uint64_t value) {
  return evolution.getConstant(Type::getInt64Ty(evolution.getContext()), value);
}

std::optional<int64_t> constant(const SCEV* expression) {
  const auto* value = dyn_cast<SCEVConstant>(expression);
  return value ? value->getAPInt().trySExtValue() : std::nullopt;
}

// 1 if there is any turn, else 0.
const SCEV* any(ScalarEvolution& evolution, const SCEV* turns) {
  return evolution.getUMinExpr(turns, number(evolution, 1));
}

void unite_touching(LoopPiece& piece, const LoopMotion& motion, const SCEV* turns, ScalarEvolution& evolution) {
  int64_t step = *constant(motion.step), size = *constant(piece.size);
  const SCEV* distance = number(evolution, std::abs(step));
  const SCEV* moved = evolution.getMulExpr(turns, distance);
  if (step < 0) {  // the last one begins first
    const SCEV* back = evolution.getAddExpr(distance, evolution.getNegativeSCEV(moved));
    piece.base = evolution.getAddExpr(motion.start, back);
  }
  const SCEV* rest = evolution.getMulExpr(any(evolution, turns), number(evolution, size - std::abs(step)));
  piece.size = evolution.getAddExpr(moved, rest);
}

}  // namespace

std::optional<LoopPiece> piece_of(const Access& access, unsigned index, ScalarEvolution& evolution) {
  if (access.shape != Access::Shape::kFixed || access.source || !evolution.isSCEVable(access.address->getType()))
    return std::nullopt;
  LoopPiece piece{.base = evolution.getAddExpr(evolution.getSCEV(access.address), number(evolution, access.offset)),
                  .size = number(evolution, access.size),
                  .is_write = access.is_write,
                  .block = access.instruction->getParent(),
                  .members = {index}};
  return piece;
}

std::optional<LoopMotion> motion_of(const LoopPiece& piece, const Loop& loop, ScalarEvolution& evolution) {
  for (const SCEV* part : {piece.size, piece.stride, piece.count}) {
    if (part && !evolution.isLoopInvariant(part, &loop)) return std::nullopt;
  }
  if (evolution.isLoopInvariant(piece.base, &loop)) return LoopMotion{piece.base, number(evolution, 0)};
  const auto* recurrence = dyn_cast<SCEVAddRecExpr>(piece.base);
  if (!recurrence || recurrence->getLoop() != &loop || !recurrence->isAffine()) return std::nullopt;
  const SCEV* step = recurrence->getStepRecurrence(evolution);
  if (!evolution.isLoopInvariant(step, &loop) || !evolution.isLoopInvariant(recurrence->getStart(), &loop))
    return std::nullopt;
  return LoopMotion{recurrence->getStart(), step};
}

std::optional<LoopForm> form_of(const LoopPiece& piece, const LoopMotion& motion, ScalarEvolution& evolution) {
  if (motion.step->isZero()) return LoopForm::kSame;
  if (motion.step == piece.size) return LoopForm::kGrow;
  if (piece.count) {
    if (motion.step == evolution.getMulExpr(piece.stride, piece.count)) return LoopForm::kMoreRuns;
    return std::nullopt;
  }
  std::optional<int64_t> step = constant(motion.step), size = constant(piece.size);
  if (step && size && *step != INT64_MIN && std::abs(*step) <= *size) return LoopForm::kTouch;
  return LoopForm::kRuns;
}

LoopPiece unite_turns(const LoopPiece& piece, const LoopMotion& motion, LoopForm form, const SCEV* turns,
                      ScalarEvolution& evolution) {
  LoopPiece result = piece;
  result.base = motion.start;
  ++result.levels;
  switch (form) {
    case LoopForm::kSame: {
      const SCEV*& extent = piece.count ? result.count : result.size;
      extent = evolution.getMulExpr(extent, any(evolution, turns));
      break;
    }
    case LoopForm::kGrow:
      result.size = evolution.getMulExpr(piece.size, turns);
      break;
    case LoopForm::kMoreRuns:
      result.count = evolution.getMulExpr(piece.count, turns);
      break;
    case LoopForm::kTouch:
      unite_touching(result, motion, turns, evolution);
      break;
    case LoopForm::kRuns:
      result.stride = motion.step;
      result.count = turns;
      break;
  }
  return result;
}

namespace {

// Whether both are single runs of constant size, accessed together.
bool are_alike(const LoopPiece& a, const LoopPiece& b, ScalarEvolution& evolution) {
  return a.is_write == b.is_write && a.block == b.block && !a.count && !b.count && constant(a.size) &&
         constant(b.size) && evolution.getPointerBase(a.base) == evolution.getPointerBase(b.base);
}

// The pieces at `first`, `first` + distance, ..., `runs` of them; nothing, if one is missing.
std::optional<SmallVector<unsigned, 8>> progression(ArrayRef<LoopPiece> pieces, unsigned first, const SCEV* distance,
                                                    uint64_t runs, ScalarEvolution& evolution) {
  SmallVector<unsigned, 8> found = {first};
  const SCEV* at = pieces[first].base;
  while (found.size() < runs) {
    at = evolution.getAddExpr(at, distance);
    const auto* next = llvm::find_if(pieces, [&](const LoopPiece& piece) {
      return piece.base == at && piece.size == pieces[first].size && are_alike(pieces[first], piece, evolution);
    });
    if (next == pieces.end()) return std::nullopt;
    found.push_back(next - pieces.begin());
  }
  return found;
}

}  // namespace

void unite_progressions(SmallVectorImpl<LoopPiece>& pieces, const Loop& loop, ScalarEvolution& evolution) {
  auto find = [&]() -> bool {
    for (unsigned first = 0; first < pieces.size(); first++) {
      std::optional<LoopMotion> motion = motion_of(pieces[first], loop, evolution);
      if (!motion || pieces[first].count || motion->step->isZero()) continue;
      for (unsigned second = 0; second < pieces.size(); second++) {
        if (second == first || !are_alike(pieces[first], pieces[second], evolution)) continue;
        const SCEV* distance = evolution.getMinusSCEV(pieces[second].base, pieces[first].base);
        for (uint64_t runs : {2, 3, 4, 8}) {
          if (evolution.getMulExpr(distance, number(evolution, runs)) != motion->step) continue;
          auto members = progression(pieces, first, distance, runs, evolution);
          if (!members) continue;
          LoopPiece united = pieces[first];
          united.stride = distance;
          united.count = number(evolution, runs);
          for (unsigned member : llvm::drop_begin(*members)) united.members.append(pieces[member].members);
          llvm::sort(*members);
          for (unsigned member : llvm::reverse(*members)) pieces.erase(pieces.begin() + member);
          pieces.push_back(united);
          return true;
        }
      }
    }
    return false;
  };
  while (find()) {
  }
}

void unite_neighbours(SmallVectorImpl<LoopPiece>& pieces, ScalarEvolution& evolution) {
  for (bool again = true; again;) {
    again = false;
    for (unsigned i = 0; i < pieces.size(); i++) {
      for (unsigned j = i + 1; j < pieces.size();) {
        LoopPiece& a = pieces[i];
        LoopPiece& b = pieces[j];
        std::optional<int64_t> distance;
        if (are_alike(a, b, evolution)) distance = constant(evolution.getMinusSCEV(b.base, a.base));
        int64_t a_size = distance ? *constant(a.size) : 0, b_size = distance ? *constant(b.size) : 0;
        if (!distance || *distance > a_size || -*distance > b_size) {
          ++j;
          continue;
        }
        int64_t begin = std::min<int64_t>(0, *distance), end = std::max(a_size, *distance + b_size);
        if (begin < 0) a.base = b.base;
        a.size = number(evolution, end - begin);
        a.members.append(b.members);
        pieces.erase(pieces.begin() + j);
        again = true;
      }
    }
  }
}

}  // namespace baton
