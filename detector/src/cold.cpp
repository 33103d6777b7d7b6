// SPDX-License-Identifier: Apache-2.0

#include "detector/src/cold.h"

#include <cpuid.h>

#include "detector/src/access.h"

using baton::detector::access;
using baton::detector::access_mask;
using baton::detector::call_site;
using baton::detector::CallSite;
using baton::detector::current_task;
using baton::detector::Kind;
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

// Added to the kind: `size` is a mask of bytes.
constexpr unsigned kMaskBit = 16;

// From cold_x86_64.S: `frame` is the frame address of the entry point, whose return address is the access.
extern "C" __attribute__((visibility("hidden"))) void baton_cold_access(uintptr_t address, size_t size, unsigned kind,
                                                                        uint64_t ctx, const uintptr_t* frame) {
  Task* task = current_task;
  if (task == nullptr) return;
  CallSite site = call_site(*task, ctx, reinterpret_cast<const void*>(frame[1]), frame);
  if ((kind & kMaskBit) != 0) {
    access_mask(*task, address, size, static_cast<Kind>(kind & ~kMaskBit), site);
  } else {
    access(*task, address, size, static_cast<Kind>(kind), site);
  }
}
