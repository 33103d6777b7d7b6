// SPDX-License-Identifier: Apache-2.0
//
// The entry points of instrumented code (race_abi.h). Each looks at the filter of the line, two loads, and returns if
// the access repeats one of this epoch; everything else is access(). Small on purpose: these are the functions that run
// once per memory access of the program.

#include "detector/include/baton/race_abi.h"

#include "detector/src/access.h"
#include "detector/src/access_range.h"
#include "detector/src/sync.h"

using baton::detector::access;
using baton::detector::access_range;
using baton::detector::current_task;
using baton::detector::is_application;
using baton::detector::kLineBytes;
using baton::detector::kRead;
using baton::detector::kWrite;
using baton::detector::line_of;
using baton::detector::Task;

extern "C" const uint32_t __baton_abi_v1 = 1;
extern "C" constinit __thread uint64_t __baton_ctx = 0;
extern "C" constinit __thread uint64_t __baton_epoch = BATON_NO_EPOCH;

uint64_t baton::detector::current_context() { return __baton_ctx; }

namespace {

// The words that an access of `size` bytes touches, if they lie in one line; else 0.
template <size_t size>
uint32_t words_of(uintptr_t address) {
  uintptr_t offset = address % kLineBytes;
  if (size <= 4) {
    if (offset % 4 + size > 4) return 0;
    return 1u << (offset / 4);
  }
  if (offset % 4 != 0 || offset + size > kLineBytes) return 0;
  return ((1u << size / 4) - 1) << (offset / 4);
}

}  // namespace

// A macro, because the return address and the frame must be those of the exported function itself.
#define BATON_ACCESS(name, size, kind, hit)                             \
  extern "C" void name(const void* p, uint64_t ctx) {                   \
    Task* task = current_task;                                          \
    uintptr_t address = reinterpret_cast<uintptr_t>(p);                 \
    if (task == nullptr || !is_application(address)) return;            \
    uint32_t words = words_of<size>(address);                           \
    if (words != 0 && line_of(address).hit(task->epoch, words)) return; \
    access(*task, address, size, kind, BATON_CALL_SITE(task, ctx));     \
  }

BATON_ACCESS(__baton_read1, 1, kRead, hit_read)
BATON_ACCESS(__baton_read2, 2, kRead, hit_read)
BATON_ACCESS(__baton_read4, 4, kRead, hit_read)
BATON_ACCESS(__baton_read8, 8, kRead, hit_read)
BATON_ACCESS(__baton_read16, 16, kRead, hit_read)
BATON_ACCESS(__baton_write1, 1, kWrite, hit_write)
BATON_ACCESS(__baton_write2, 2, kWrite, hit_write)
BATON_ACCESS(__baton_write4, 4, kWrite, hit_write)
BATON_ACCESS(__baton_write8, 8, kWrite, hit_write)
BATON_ACCESS(__baton_write16, 16, kWrite, hit_write)

#define BATON_ACCESS_RANGE(name, kind)                                                                             \
  extern "C" void name(const void* p, size_t n, uint64_t ctx) {                                                    \
    Task* task = current_task;                                                                                     \
    if (task != nullptr) access_range(*task, reinterpret_cast<uintptr_t>(p), n, kind, BATON_CALL_SITE(task, ctx)); \
  }

BATON_ACCESS_RANGE(__baton_read_range, kRead)
BATON_ACCESS_RANGE(__baton_write_range, kWrite)

#define BATON_ACCESS_LANE(name, kind)                                                   \
  extern "C" void name(const void* p, size_t n, int active, uint64_t ctx) {             \
    Task* task = current_task;                                                          \
    if (task == nullptr || active == 0) return;                                         \
    access(*task, reinterpret_cast<uintptr_t>(p), n, kind, BATON_CALL_SITE(task, ctx)); \
  }

BATON_ACCESS_LANE(__baton_read_if, kRead)
BATON_ACCESS_LANE(__baton_write_if, kWrite)

extern "C" void __baton_guard_release(const void* guard) {
  if (Task* task = current_task) baton::detector::release(*task, reinterpret_cast<uintptr_t>(guard));
}

extern "C" void __baton_guard_acquire(const void* guard) {
  if (Task* task = current_task) baton::detector::acquire(*task, reinterpret_cast<uintptr_t>(guard));
}
