// SPDX-License-Identifier: Apache-2.0
#include "instrument/eliminate/remarks.h"

namespace baton {

using namespace llvm;

namespace {

StringRef kind_of(const Access& access) { return access.is_write ? "write" : "read"; }

}  // namespace

void Remarks::gone(const Access& access, TrackingStatistic& counter, StringRef name, StringRef why) {
  ++counter;
  emitter_.emit([&] {
    return OptimizationRemark("baton", name, &access.origin()) << "check of a " << kind_of(access) << " " << why;
  });
}

void Remarks::remains(const Access& access) {
  emitter_.emit([&] {
    return OptimizationRemarkMissed("baton", "Checked", &access.origin()) << kind_of(access) << " is checked";
  });
}

}  // namespace baton
