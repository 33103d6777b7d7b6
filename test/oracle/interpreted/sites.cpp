// SPDX-License-Identifier: Apache-2.0
//
// Takes the place of the detector's report.cpp: nothing is printed, and a pair of sites counts as reported before only
// within one program.
#include "test/oracle/interpreted/sites.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <utility>

#include "detector/src/access.h"
#include "detector/src/report.h"
#include "test/oracle/interpreted/program.h"
#include "test/oracle/interpreted/raw_lock.h"

namespace oracle {
namespace {

using Call = void (*)(void (*)(void*), void*);

// One function for each site. The compiler must neither merge them nor turn the call into a jump.
template <int N>
[[gnu::noinline]] void frame_of_site(void (*f)(void*), void* argument) {
  f(argument);
  asm volatile("# site %0" : : "i"(N) : "memory");
}

template <int... N>
constexpr std::array<Call, sizeof...(N)> make_frames(std::integer_sequence<int, N...>) {
  return {&frame_of_site<N>...};
}
constexpr std::array<Call, kSites> kFrames = make_frames(std::make_integer_sequence<int, kSites>());

[[gnu::noinline]] void capture(void* return_address) {
  *static_cast<uintptr_t*>(return_address) = reinterpret_cast<uintptr_t>(__builtin_return_address(0));
}

std::array<std::pair<uintptr_t, int>, kSites> return_addresses;  // sorted

int site_at(uintptr_t pc) {
  const auto found = std::lower_bound(return_addresses.begin(), return_addresses.end(), std::pair(pc, 0));
  return found != return_addresses.end() && found->first == pc ? found->second : kAny;
}

struct Block {
  uintptr_t begin;
  uint64_t size;
  int number;
};

// Guards what follows. The detector calls with the lock of a line held, and an allocation takes such locks: so nothing
// is allocated under this one.
RawLock lock;
std::vector<Block> blocks;
std::vector<Finding> findings;
std::bitset<kSites * kSites> reported;  // pairs of sites

uint64_t byte_of(uintptr_t address) {
  for (size_t i = blocks.size(); i-- > 0;) {
    const Block& block = blocks[i];
    if (address >= block.begin && address < block.begin + block.size) {
      return static_cast<uint64_t>(block.number) << 32 | (address - block.begin);
    }
  }
  return ~uint64_t{0};
}

int site_of(baton::detector::ContextId context) {
  int site = kAny - 1;
  baton::detector::for_each_frame(context, [&site](uintptr_t pc) {
    const int found = site_at(pc);
    if (found != kAny) site = found;
    return found == kAny;
  });
  return site;
}

size_t pair_of(int a, int b) {
  const auto [low, high] = std::minmax({std::max(a, 0), std::max(b, 0)});
  return static_cast<size_t>(low * kSites + high);
}

}  // namespace

void init_sites() {
  for (int i = 0; i < kSites; i++) {
    uintptr_t pc = 0;
    kFrames[static_cast<size_t>(i)](&capture, &pc);
    return_addresses[static_cast<size_t>(i)] = {pc, i};
  }
  std::sort(return_addresses.begin(), return_addresses.end());
  blocks.reserve(1024);
  findings.reserve(1 << 18);
}

void at_site(int site, void (*f)(void*), void* argument) { kFrames[static_cast<size_t>(site)](f, argument); }

void clear_blocks() {
  const RawLock::Holder hold(lock);
  blocks.clear();
}

void add_block(const void* begin, uint64_t size, int number) {
  const RawLock::Holder hold(lock);
  blocks.push_back({reinterpret_cast<uintptr_t>(begin), size, number});
}

std::vector<Finding> take_findings() {
  std::vector<Finding> result;
  result.reserve(findings.size() + 1);  // all goroutines but main have ended
  const RawLock::Holder hold(lock);
  result.assign(findings.begin(), findings.end());
  findings.clear();
  reported.reset();
  return result;
}

}  // namespace oracle

namespace baton::detector {

bool was_reported(ContextId a, ContextId b) {
  const oracle::RawLock::Holder hold(oracle::lock);
  return oracle::reported.test(oracle::pair_of(oracle::site_of(a), oracle::site_of(b)));
}

void report_race(const RaceAccess& current, const RaceAccess& previous) {
  Task* task = current_task;
  current_task = nullptr;
  {
    const oracle::RawLock::Holder hold(oracle::lock);
    const auto side = [](const RaceAccess& access) {
      return oracle::Side{.goroutine = oracle::kAny,
                          .site = oracle::site_of(access.context),
                          .kind = static_cast<oracle::Kind>(access.kind & 3)};
    };
    const oracle::Side now = side(current), before = side(previous);
    oracle::reported.set(oracle::pair_of(now.site, before.site));
    if (oracle::findings.size() < oracle::findings.capacity())
      oracle::findings.push_back({now, before, oracle::byte_of(previous.address), previous.size});
  }
  current_task = task;
}

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
