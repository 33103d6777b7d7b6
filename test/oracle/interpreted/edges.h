// SPDX-License-Identifier: Apache-2.0
//
// The happens-before of a run, from its records: the table of happens-before, edge by edge. It knows nothing of clocks
// or of how the runtime announces its operations to the detector.
#pragma once

#include "test/oracle/checker.h"
#include "test/oracle/interpreted/program.h"

namespace oracle {

// Makes the history of a run. A send that panicked because its channel was closed has an edge from the close if it had
// waited, which the log of several processors cannot tell: bit i of `variant` says whether the i-th such send had.
// Returns how many there are, or -1 if the records say too little or contradict themselves (`problem` then says why).
int make_history(const Program& program, const Run& run, unsigned variant, History& history, std::string& problem);

}  // namespace oracle
