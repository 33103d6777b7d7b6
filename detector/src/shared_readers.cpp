// SPDX-License-Identifier: Apache-2.0

#include "detector/src/shared_readers.h"

#include <atomic>

extern "C" constinit __thread uint64_t baton_ticket = 0;

namespace baton::detector {
namespace {

constinit std::atomic<uint32_t> tickets{0};  // drawn so far; relaxed: only their being different matters

constexpr uint32_t kMaxTickets = ((1u << 23) - 1) * kReadersPerTag;

// So many visits of one epoch that found nothing new make a ticket worth having.
constexpr uint32_t kPatience = 16;

// A tag that does not suit its readers any more is begun anew by one in so many of their visits: rarely enough that
// readers which never come to agree do not take the tag from each other in turn.
constexpr uint32_t kRenewal = 8;

// The ticket of the current epoch; 0: none yet. `generation`: of a tag that it could join.
uint64_t ticket_of(Task& task, uint64_t generation) {
  bool has_one = task.ticket_epoch == task.epoch;
  if (has_one && (task.ticket & kGenerationMask) >= generation) return task.ticket;
  if (task.redundant_epoch != task.epoch) {
    task.redundant_epoch = task.epoch;
    task.redundant_visits = 0;
  }
  if (++task.redundant_visits % kPatience != 0) return has_one ? task.ticket : 0;
  uint32_t ticket = tickets.load(std::memory_order_relaxed);
  do {
    if (ticket >= kMaxTickets) return 0;
  } while (!tickets.compare_exchange_weak(ticket, ticket + 1, std::memory_order_relaxed));
  task.ticket = kTagBit | static_cast<uint64_t>(ticket / kReadersPerTag) << kGenerationShift |
                1ull << (kReadersShift + ticket % kReadersPerTag);
  task.ticket_epoch = task.epoch;
  baton_ticket = task.ticket;  // whoever accesses is the task that runs
  return task.ticket;
}

}  // namespace

uint64_t tag_after_read(Task& task, uint64_t word, bool redundant, uint32_t words, uint32_t known) {
  uint64_t old = is_tag(word) ? word : 0;  // left alone by default: it is true, and serves others
  if (!redundant || (known & words) != words) return old;
  uint64_t ticket = ticket_of(task, old & kGenerationMask);
  if (ticket == 0) return old;
  uint64_t generation = ticket & kGenerationMask;
  if (old == 0 || (old & kGenerationMask) < generation) return ticket | known;
  if ((old & kGenerationMask) > generation) return old;
  uint64_t bit = ticket & kReadersMask;
  if ((old & kReadersMask) == bit) return ticket | known;
  uint64_t common = old & known;
  if ((old & bit) == 0 && (common & words) == words) return (old & ~kTagWords) | bit | common;
  return ++task.redundant_visits % kRenewal == 0 ? ticket | known : old;
}

}  // namespace baton::detector
