// SPDX-License-Identifier: Apache-2.0
//
// In place of the detector's report.cpp: counts what is found, every time, and prints nothing. Compiled without the
// pass.
#include <atomic>

#include "detector/src/access.h"
#include "detector/src/report.h"

std::atomic<long> findings{0};

namespace baton::detector {

bool was_reported(ContextId, ContextId) { return false; }
void report_race(const RaceAccess&, const RaceAccess&) { findings.fetch_add(1, std::memory_order_relaxed); }
Owner current_owner(const Task& task) {
  return {.task_id = task.id, .first_number = 0, .finished = 0, .creation = task.creation, .previous = 0};
}
void init_reports() {}
uint64_t race_count() { return 0; }
int finish_reports(int status) { return status; }
void finish_reports_in_signal(int) {}
void hold_reports() {}
void release_reports() {}
void begin_child_reports() {}

}  // namespace baton::detector
