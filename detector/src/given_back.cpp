// SPDX-License-Identifier: Apache-2.0

#include "detector/src/given_back.h"

#include "detector/src/access.h"
#include "detector/src/mem.h"
#include "detector/src/shadow.h"

namespace baton::detector {
namespace {

constexpr uintptr_t kShadowPage = 1ull << kPageShift;  // application bytes behind a page of the shadow
constexpr uintptr_t kRegion = 1ull << 28;              // application bytes that region_touched() tells about

// Calls body(lo, n) for the touched pages of [lo, lo+n), in ascending order, cut to the range.
template <class Body>
void for_each_touched_page(uintptr_t lo, size_t n, Body body) {
  for (const uintptr_t end = lo + n; lo < end;) {
    if (!region_touched(lo)) {
      lo = (lo | (kRegion - 1)) + 1;
      continue;
    }
    const uintptr_t page_end = (lo | (kShadowPage - 1)) + 1;
    const uintptr_t stop = page_end < end ? page_end : end;
    if (page_touched(lo)) body(lo, stop - lo);
    lo = stop;
  }
}

bool can_be_application(uintptr_t lo, size_t n) {
  return shadow_base() != nullptr && n != 0 && is_application(lo) && lo + n > lo && is_application(lo + n - 1);
}

// Whole pages of the shadow whose history was dropped, one after the other: they go back together.
class Run {
 public:
  ~Run() { flush(); }
  void add(uintptr_t page) {
    if (page != end_) {
      flush();
      begin_ = page;
    }
    untouch_page(page);
    end_ = page + kShadowPage;
  }

 private:
  void flush() {
    if (begin_ == end_) return;
    empty(&line_of(begin_), (end_ - begin_) / kLineBytes * sizeof(Line));
  }

  uintptr_t begin_ = 0;
  uintptr_t end_ = 0;
};

template <class Before>
void drop(uintptr_t lo, size_t n, Before before) {
  if (!can_be_application(lo, n)) return;
  Run run;
  for_each_touched_page(lo, n, [&](uintptr_t part, size_t size) {
    before(part, size);
    reset_shadow(part, size);
    if (size == kShadowPage) run.add(part);
  });
}

}  // namespace

void drop_history(uintptr_t lo, size_t n) {
  drop(lo, n, [](uintptr_t, size_t) {});
}

void give_back_range(Task& task, uintptr_t lo, size_t n, const CallSite& site) {
  drop(lo, n, [&](uintptr_t part, size_t size) { access(task, part, size, kFree, site); });
}

}  // namespace baton::detector
