// SPDX-License-Identifier: Apache-2.0
//
// Random programs. Two things limit them:
//  * The log must tell what synchronised with what. With one processor the order of everything is known. With several,
//    a buffered channel has one sender, or one receiver, or room for everything sent: then the values received tell it.
//    race::acquire and its like tell nothing, so they need one processor.
//  * Main must be able to end them by closing, cancelling and broadcasting. So locks are taken in one order, nobody
//    waits for a WaitGroup while holding one, and who has waited for group i only counts down groups above i.
#include <algorithm>
#include <random>

#include "test/oracle/interpreted/program.h"

namespace oracle {
namespace {

// What a program is mostly about; each has a weight of its own in every program.
enum Theme { kMemory, kAtomics, kLocks, kChannelOps, kGroup, kTimers, kHeap, kOther, kThemes };

class Generator {
 public:
  explicit Generator(uint64_t seed) : random_(seed * 0x9e3779b97f4a7c15ull + 1) { program_.seed = seed; }

  Program run() {
    constexpr int kProcs[] = {1, 1, 2, 8};
    program_.procs = kProcs[below(4)];
    program_.reset = chance(0.3);
    for (double& weight : weights_) weight = chance(0.4) ? 0 : uniform();
    weights_[kMemory] = 0.5 + uniform();
    memory_ = chance(0.5) ? 16 : 140;
    for (int c = 0; c < kChannels; c++) {
      program_.capacity[c] = chance(0.4) ? 0 : 1 + below(3);
      one_sends_[c] = chance(0.5);
    }
    const int goroutines = 2 + below(chance(0.2) ? kMaxGoroutines - 2 : 5);
    program_.goroutines.resize(static_cast<size_t>(goroutines));
    for (int g = 1; g < goroutines; g++) parent_.push_back(chance(0.6) ? 0 : below(g));
    for (int g = 0; g < goroutines; g++) goroutine(g, goroutines);
    finish_channels();
    return std::move(program_);
  }

 private:
  int below(int n) { return static_cast<int>(random_() % static_cast<uint64_t>(n)); }
  double uniform() { return static_cast<double>(random_() >> 11) / 9007199254740992.0; }
  bool chance(double p) { return uniform() < p; }

  Op& emit(Code code, int a = 0, int b = 0) {
    ops_->push_back({.code = code, .a = a, .b = b, .site = site_++});
    return ops_->back();
  }

  void access() {
    constexpr int kSizes[] = {1, 1, 2, 4, 4, 8, 8, 16, 3, 7, 24, 32};
    const int size = kSizes[below(12)];
    const int offset = below(memory_) & (chance(0.7) ? ~7 : ~0);
    emit(chance(0.5) ? Code::kRead : Code::kWrite, offset, size);
  }

  void atomic() {
    constexpr int kLoads[] = {0, 2, 5, 1};
    constexpr int kStores[] = {0, 3, 5};
    const int cell = below(kCells);
    switch (below(8)) {
      case 0:
      case 1:
      case 2:
        emit(Code::kLoad, cell).order = kLoads[below(4)];
        break;
      case 3:
      case 4:
        emit(Code::kStore, cell).order = kStores[below(3)];
        break;
      case 5:
        emit(Code::kExchange, cell).order = below(6);
        break;
      case 6: {
        // Expects what another operation may have stored, or the initial 0.
        Op& op = emit(Code::kCompareExchange, cell, chance(0.4) || site_ < 2 ? 0 : 1 + below(site_));
        op.order = below(6);
        op.failure = kLoads[below(4)];
        break;
      }
      default:
        emit(Code::kFence).order = 2 + below(4);
    }
  }

  // Locks are numbered: mutexes, then RWMutexes. Taken in increasing order.
  void lock() {
    const int lowest = held_.empty() ? 0 : held_.back().first + 1;
    if (lowest >= kMutexes + kRWMutexes || chance(0.2)) {
      unlock();
      return;
    }
    const int i = lowest + below(kMutexes + kRWMutexes - lowest);
    const bool tries = chance(0.25);
    Code unlocks = Code::kUnlock;
    if (i < kMutexes) {
      emit(tries ? Code::kTryLock : Code::kLock, i);
    } else if (chance(0.6)) {
      emit(tries ? Code::kTryReadLock : Code::kReadLock, i - kMutexes);
      unlocks = Code::kReadUnlock;
    } else {
      emit(tries ? Code::kTryWriteLock : Code::kWriteLock, i - kMutexes);
      unlocks = Code::kWriteUnlock;
    }
    held_.emplace_back(i, unlocks);
    if (chance(0.6)) access();
    if (chance(0.6)) unlock();
  }

  void unlock() {
    if (held_.empty()) return;
    const auto [i, code] = held_.back();
    if (code == Code::kUnlock && chance(0.25)) emit(chance(0.5) ? Code::kSignal : Code::kBroadcast, i);
    if (code == Code::kUnlock && held_.size() == 1 && chance(0.2)) {
      emit(Code::kCondWait, i);
      if (chance(0.5)) access();
    }
    held_.pop_back();
    emit(code, i < kMutexes ? i : i - kMutexes);
  }

  void channel() {
    const int c = below(kChannels);
    switch (below(10)) {
      case 0:
      case 1:
        emit(Code::kSend, c);
        break;
      case 2:
      case 3:
        emit(Code::kReceive, c);
        break;
      case 4:
        emit(Code::kTrySend, c);
        break;
      case 5:
        emit(Code::kTryReceive, c);
        break;
      case 6:
        if (chance(0.4)) emit(Code::kClose, c);
        break;
      default: {
        std::vector<Case> cases;
        const int count = 1 + below(3);
        for (int i = 0; i < count; i++) cases.push_back({chance(0.05) ? kChannels : below(kChannels), chance(0.5)});
        // Two sends to one channel could not be told apart by the value received.
        for (int i = 0; i < count; i++) {
          for (int j = 0; j < i; j++) {
            if (cases[static_cast<size_t>(i)].channel == cases[static_cast<size_t>(j)].channel) {
              cases[static_cast<size_t>(i)].channel = kChannels;
            }
          }
        }
        const bool any = std::any_of(cases.begin(), cases.end(), [](const Case& x) { return x.channel < kChannels; });
        emit(Code::kSelect, static_cast<int>(program_.selects.size()), !any || chance(0.4) ? 1 : 0);
        program_.selects.push_back(cases);
      }
    }
  }

  void group() {
    if (chance(0.6)) {
      const int lowest = waited_ + 1;
      if (lowest >= kGroups) return;
      const int group = lowest + below(kGroups - lowest);
      emit(Code::kDone, group);
      program_.added[group]++;
    } else if (held_.empty()) {
      waited_ = std::max(waited_, below(kGroups));
      emit(Code::kWait, waited_);
    }
  }

  void timer() {
    switch (below(4)) {
      case 0:
        if (!after_used_[0]) emit(Code::kAfter, 0);
        after_used_[0] = true;
        break;
      case 1:
        if (!after_used_[1]) emit(Code::kAfter, 1);
        after_used_[1] = true;
        break;
      case 2: {
        const int slot = below(2);
        if (!received_[slot]) emit(Code::kAfterReceive, slot);
        received_[slot] = true;
        break;
      }
      default: {
        const int context = below(kContexts);
        if (chance(0.5)) {
          emit(Code::kContextWait, context);
        } else {
          emit(Code::kCancel, context);
        }
      }
    }
  }

  void heap() {
    const int slot = below(kSlots);
    switch (below(8)) {
      case 0:
      case 1:
        if (!allocated_[slot]) emit(Code::kMalloc, slot, 520 + 16 * below(12));
        allocated_[slot] = true;
        break;
      case 2:
        emit(chance(0.7) ? Code::kFree : Code::kRealloc, slot, 520 + 16 * below(12));
        break;
      default:
        emit(chance(0.5) ? Code::kHeapRead : Code::kHeapWrite, slot, 1 + below(32)).order = below(200);
    }
  }

  void other() {
    switch (below(6)) {
      case 0:
        emit(Code::kOnce, below(kOnces), 8).order = below(memory_);
        break;
      case 1:
        emit(Code::kPoolGet);
        break;
      case 2:
        emit(Code::kPoolPut);
        break;
      case 3:
      case 4:
        if (program_.procs == 1) {
          constexpr Code kCodes[] = {Code::kRaceAcquire, Code::kRaceRelease, Code::kRaceReleaseMerge};
          emit(kCodes[below(3)], below(kObjects));
        }
        break;
      default:
        emit(Code::kYield);
    }
  }

  void step() {
    double total = 0;
    for (double weight : weights_) total += weight;
    double at = uniform() * total;
    int theme = 0;
    while (theme < kThemes - 1 && (at -= weights_[theme]) > 0) theme++;
    switch (theme) {
      case kMemory:
        access();
        break;
      case kAtomics:
        atomic();
        if (chance(0.3)) access();
        break;
      case kLocks:
        lock();
        break;
      case kChannelOps:
        channel();
        break;
      case kGroup:
        group();
        break;
      case kTimers:
        timer();
        break;
      case kHeap:
        heap();
        break;
      default:
        other();
    }
  }

  void goroutine(int g, int goroutines) {
    ops_ = &program_.goroutines[static_cast<size_t>(g)];
    held_.clear();
    waited_ = -1;
    std::vector<int> children;
    for (int child = g + 1; child < goroutines; child++) {
      if (parent_[static_cast<size_t>(child - 1)] == g) children.push_back(child);
    }
    // Children are started before anything can block: what they owe to others must not depend on what others owe.
    for (int child : children) {
      for (int i = below(3); i > 0; i--) access();
      emit(chance(0.85) ? Code::kGo : Code::kAfterFunc, child);
    }
    if (g == 0) {
      for (int i = below(4); i > 0; i--) access();
      return;
    }
    const int most = std::min(14, (kRescueSites - site_) / (goroutines - g) - 8);
    const int count = most < 3 ? 2 : 2 + below(most - 1);
    const auto enough = ops_->size() + static_cast<size_t>(count);
    while (ops_->size() < enough) {
      step();
      if (chance(0.08)) emit(Code::kYield);
      if (chance(0.05)) break;
    }
    while (!held_.empty()) {
      const auto [i, code] = held_.back();
      held_.pop_back();
      emit(code, i < kMutexes ? i : i - kMutexes);
    }
  }

  // With several processors: see above. What does not fit is made a read of memory.
  void finish_channels() {
    if (program_.procs == 1) return;
    for (int c = 0; c < kChannels; c++) {
      if (program_.capacity[c] == 0) continue;
      int sends = 0;
      std::vector<bool> by_sender(program_.goroutines.size()), by_receiver(program_.goroutines.size());
      for (size_t g = 0; g < program_.goroutines.size(); g++) {
        for (const Op& op : program_.goroutines[g]) {
          for (const Case& part : parts_of(op)) {
            if (part.channel != c) continue;
            sends += part.sends ? 1 : 0;
            (part.sends ? by_sender : by_receiver)[g] = true;
          }
        }
      }
      const bool one_sender = std::count(by_sender.begin(), by_sender.end(), true) <= 1;
      const bool one_receiver = std::count(by_receiver.begin(), by_receiver.end(), true) <= 1;
      if (one_sender || one_receiver) continue;
      if (chance(0.4)) {
        program_.capacity[c] = sends;  // room for everything
        continue;
      }
      // One goroutine keeps its sends, or its receives; those of the others go.
      const std::vector<bool>& who = one_sends_[c] ? by_sender : by_receiver;
      const size_t keeper = static_cast<size_t>(std::find(who.begin(), who.end(), true) - who.begin());
      for (size_t g = 0; g < program_.goroutines.size(); g++) {
        if (g == keeper) continue;
        for (Op& op : program_.goroutines[g]) remove(op, c, one_sends_[c]);
      }
    }
  }

  std::vector<Case> parts_of(const Op& op) const {
    if (op.code == Code::kSend || op.code == Code::kTrySend) return {{op.a, true}};
    if (op.code == Code::kReceive || op.code == Code::kTryReceive) return {{op.a, false}};
    if (op.code == Code::kSelect) return program_.selects[static_cast<size_t>(op.a)];
    return {};
  }

  void remove(Op& op, int channel, bool sends) {
    if (op.code == Code::kSelect) {
      for (Case& part : program_.selects[static_cast<size_t>(op.a)]) {
        if (part.channel == channel && part.sends == sends) {
          part.channel = kChannels;
          op.b = 1;
        }
      }
      return;
    }
    const std::vector<Case> parts = parts_of(op);
    if (parts.size() == 1 && parts[0].channel == channel && parts[0].sends == sends) {
      op.code = Code::kRead;
      op.a = below(memory_);
      op.b = 4;
    }
  }

  std::mt19937_64 random_;
  Program program_;
  std::vector<Op>* ops_ = nullptr;
  std::vector<int> parent_;  // of goroutines from 1 on
  std::vector<std::pair<int, Code>> held_;
  double weights_[kThemes] = {};
  int memory_ = 0;
  int site_ = 0;
  int waited_ = -1;
  bool one_sends_[kChannels] = {};
  bool after_used_[2] = {};
  bool received_[2] = {};
  bool allocated_[kSlots] = {};
};

}  // namespace

Program generate(uint64_t seed) { return Generator(seed).run(); }

}  // namespace oracle
