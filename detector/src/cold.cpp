// SPDX-License-Identifier: Apache-2.0

#include "detector/src/cold.h"

#include <cpuid.h>

#include "detector/src/access.h"
#include "detector/src/quick_add.h"

using baton::detector::access;
using baton::detector::access_mask;
using baton::detector::add_quickly;
using baton::detector::call_site;
using baton::detector::CallSite;
using baton::detector::current_task;
using baton::detector::Kind;
using baton::detector::kRead;
using baton::detector::kWrite;
using baton::detector::Task;

extern "C" __attribute__((visibility("hidden"))) unsigned char baton_has_xsave;
constinit unsigned char baton_has_xsave = 0;

void baton::detector::init_cold_path() {
  unsigned eax = 0;
  unsigned ebx = 0;
  unsigned ecx = 0;
  unsigned edx = 0;
  baton_has_xsave = __get_cpuid(1, &eax, &ebx, &ecx, &edx) != 0 && (ecx & bit_OSXSAVE) != 0;
}

namespace {

CallSite site_of(const Task& task, uint64_t ctx, const uintptr_t* frame) {
  return call_site(task, ctx, reinterpret_cast<const void*>(frame[1]), frame);
}

[[gnu::noinline]] void access_slowly(Task& task, uintptr_t address, size_t size, Kind kind, uint64_t ctx,
                                     const uintptr_t* frame) {
  access(task, address, size, kind, site_of(task, ctx, frame));
}

template <Kind kind>
[[gnu::always_inline]] inline void cold_access(uintptr_t address, size_t size, uint64_t ctx, const uintptr_t* frame) {
  Task* task = current_task;
  if (task == nullptr || add_quickly<kind>(*task, address, size, ctx, frame[1])) return;
  access_slowly(*task, address, size, kind, ctx, frame);
}

}  // namespace

// From cold_x86_64.S: `frame` is the frame address of the entry point, whose return address is the access.
#define BATON_COLD extern "C" __attribute__((visibility("hidden"))) void

BATON_COLD baton_cold_read(uintptr_t address, size_t size, uint64_t ctx, const uintptr_t* frame) {
  cold_access<kRead>(address, size, ctx, frame);
}
BATON_COLD baton_cold_write(uintptr_t address, size_t size, uint64_t ctx, const uintptr_t* frame) {
  cold_access<kWrite>(address, size, ctx, frame);
}
BATON_COLD baton_cold_read_mask(uintptr_t address, uint64_t mask, uint64_t ctx, const uintptr_t* frame) {
  if (Task* task = current_task) access_mask(*task, address, mask, kRead, site_of(*task, ctx, frame));
}
BATON_COLD baton_cold_write_mask(uintptr_t address, uint64_t mask, uint64_t ctx, const uintptr_t* frame) {
  if (Task* task = current_task) access_mask(*task, address, mask, kWrite, site_of(*task, ctx, frame));
}
