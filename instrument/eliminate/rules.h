// SPDX-License-Identifier: Apache-2.0
//
// The rules of elimination, as the driver (eliminate.cpp) calls them. Each works on the list of a function's accesses
// and leaves in it what still has to be checked.
//
// Why they are exact. Two accesses race if no order is known between them; whoever knows a release knows all that the
// goroutine did before it, and whatever is before an acquire knows nothing that the acquire teaches.
//   * A is before B, covers it, and no release is between: what races with B races with A. (What knows A would have to
//     know a release after A, and that release is after B too.) Acquires in between do no harm.
//   * B is after A, covers it, is surely executed, and no acquire is between: what races with A races with B. Releases
//     in between do no harm.
//   * A check may be moved, to where no access is, only within a stretch without acquire and release: past an acquire
//     it would miss races, past a release it would report what is ordered.
// Each dropped check has one that stands for it, and standing for is transitive, so the rules may follow one another.
#ifndef BATON_INSTRUMENT_ELIMINATE_RULES_H_
#define BATON_INSTRUMENT_ELIMINATE_RULES_H_

#include "instrument/eliminate/remarks.h"
#include "instrument/eliminate/sync_summary.h"
#include "instrument/memory_access.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/IR/PassManager.h"

namespace baton {

// Takes the accesses in `dropped` off the list, with a remark and a count for each.
void drop(Accesses& accesses, const llvm::BitVector& dropped, llvm::TrackingStatistic& counter, llvm::StringRef name,
          llvm::StringRef why, Remarks& remarks);

// Drops checks that repeat what is checked before on every path, with no release on any (availability.cpp).
void drop_repeated(llvm::Function& function, Accesses& accesses, const SyncSummary& summary, Remarks& remarks);

// Drops checks of what is surely checked later, with no acquire on any path (read_before_write.cpp).
void drop_repeated_later(llvm::Function& function, Accesses& accesses, const SyncSummary& summary,
                         const llvm::LoopInfo& loops, Remarks& remarks);

// Checks what a loop accesses evenly when the loop is left (loops.cpp). Adds the merged accesses at the end of the
// list.
void merge_in_loops(llvm::Function& function, Accesses& accesses, const SyncSummary& summary,
                    llvm::FunctionAnalysisManager& manager, Remarks& remarks);

// Checks neighbouring fields of one object together, at the first of them (fields.cpp). Adds the merged accesses at the
// end of the list.
void merge_fields(llvm::Function& function, Accesses& accesses, const SyncSummary& summary, Remarks& remarks);

}  // namespace baton

#endif  // BATON_INSTRUMENT_ELIMINATE_RULES_H_
