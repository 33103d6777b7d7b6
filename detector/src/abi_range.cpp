// SPDX-License-Identifier: Apache-2.0
//
// The entry points for accesses that the compiler has put together (race_abi.h): runs at equal distances, and single
// bytes behind one address.

#include "detector/include/baton/race_abi.h"
#include "detector/src/access.h"
#include "detector/src/access_range.h"

using baton::detector::access;
using baton::detector::access_mask;
using baton::detector::access_range;
using baton::detector::CallSite;
using baton::detector::current_task;
using baton::detector::is_alone;
using baton::detector::is_application;
using baton::detector::Kind;
using baton::detector::kLineBytes;
using baton::detector::kRead;
using baton::detector::kWrite;
using baton::detector::Line;
using baton::detector::line_of;
using baton::detector::Task;
using baton::detector::words_of;

namespace {

// Whether the filter of its line has the whole run, at the task's epoch.
inline bool is_hit(const Task& task, uintptr_t address, size_t size, Kind kind) {
  uintptr_t offset = address % kLineBytes;
  if (size - 1 >= kLineBytes - offset || !is_application(address)) return false;
  const uint32_t words = words_of(offset, size);
  const Line& line = line_of(address);
  return kind == kRead ? line.hit_read(task.epoch, words) : line.hit_write(task.epoch, words);
}

void access_strided(Task& task, uintptr_t address, size_t size, ptrdiff_t stride, size_t count, Kind kind,
                    const CallSite& site) {
  if (is_alone()) return;
  if (stride >= 0 && static_cast<size_t>(stride) == size) {
    access_range(task, address, size * count, kind, site);
    return;
  }
  for (; count != 0; --count, address += static_cast<size_t>(stride)) {
    if (!is_hit(task, address, size, kind)) access(task, address, size, kind, site);
  }
}

}  // namespace

extern "C" void __baton_read_strided(const void* p, size_t size, ptrdiff_t stride, size_t count, uint64_t ctx) {
  Task* task = current_task;
  if (task == nullptr) return;
  access_strided(*task, reinterpret_cast<uintptr_t>(p), size, stride, count, kRead, BATON_CALL_SITE(task, ctx));
}

extern "C" void __baton_write_strided(const void* p, size_t size, ptrdiff_t stride, size_t count, uint64_t ctx) {
  Task* task = current_task;
  if (task == nullptr) return;
  access_strided(*task, reinterpret_cast<uintptr_t>(p), size, stride, count, kWrite, BATON_CALL_SITE(task, ctx));
}

extern "C" void __baton_read_mask(const void* p, uint64_t mask, uint64_t ctx) {
  if (Task* task = current_task)
    access_mask(*task, reinterpret_cast<uintptr_t>(p), mask, kRead, BATON_CALL_SITE(task, ctx));
}

extern "C" void __baton_write_mask(const void* p, uint64_t mask, uint64_t ctx) {
  if (Task* task = current_task)
    access_mask(*task, reinterpret_cast<uintptr_t>(p), mask, kWrite, BATON_CALL_SITE(task, ctx));
}
