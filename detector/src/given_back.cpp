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

// Lines of which nothing is known need no look.
void write_touched_lines(Task& task, uintptr_t lo, size_t n, const CallSite& site) {
  for (const uintptr_t end = lo + n; lo < end;) {
    const uintptr_t line_end = (lo | (kLineBytes - 1)) + 1;
    const uintptr_t stop = line_end < end ? line_end : end;
    if (!line_of(lo).untouched()) access(task, lo, stop - lo, kFree, site);
    lo = stop;
  }
}

}  // namespace

void drop_history(uintptr_t lo, size_t n) {
  if (!can_be_application(lo, n)) return;
  Run run;
  for_each_touched_page(lo, n, [&](uintptr_t part, size_t size) {
    reset_shadow(part, size);
    if (size == kShadowPage) run.add(part);
  });
}

void write_and_forget(Task& task, uintptr_t lo, size_t n, const CallSite& site) {
  if (!can_be_application(lo, n)) return;
  for_each_touched_page(lo, n, [&](uintptr_t part, size_t size) {
    write_touched_lines(task, part, size, site);
    reset_shadow(part, size);
  });
}

void give_back_range(Task& task, uintptr_t lo, size_t n, const CallSite& site) {
  if (!can_be_application(lo, n)) return;
  Run run;
  for_each_touched_page(lo, n, [&](uintptr_t part, size_t size) {
    write_touched_lines(task, part, size, site);
    reset_shadow(part, size);
    if (size == kShadowPage) run.add(part);
  });
}

}  // namespace baton::detector
