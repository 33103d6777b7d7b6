// SPDX-License-Identifier: Apache-2.0
#include "test/oracle/interpreted/edges.h"

#include <algorithm>
#include <map>
#include <set>

namespace oracle {
namespace {

bool acquires(int order) { return order == 1 || order == 2 || order == 4 || order == 5; }
bool releases(int order) { return order == 3 || order == 4 || order == 5; }

constexpr uint64_t block(int number, int offset) {
  return static_cast<uint64_t>(number) << 32 | static_cast<uint64_t>(offset);
}

// A record, and the nodes that end with its beginning and begin with its end.
struct Event {
  const Record* record;
  int goroutine;
  int begin;
  int end;
};

class Edges {
 public:
  Edges(const Program& program, const Run& run, unsigned variant, History& history)
      : program_(program), variant_(variant), history_(history) {
    for (size_t g = 0; g < run.goroutines.size(); g++) history_.add_goroutine();
    for (size_t g = 0; g < run.goroutines.size(); g++) first_.push_back(history_.node(static_cast<int>(g)));
    for (size_t g = 0; g < run.goroutines.size(); g++) {
      for (const Record& record : run.goroutines[g]) add_event(static_cast<int>(g), record);
    }
  }

  int run() {
    starts();
    mutexes();
    rw_mutexes();
    groups();
    onces();
    for (int c = 0; c < kChannels; c++) channel(c);
    timers_and_contexts();
    pool();
    objects();
    return problem_.empty() ? ambiguous_ : -1;
  }

  const std::string& problem() const { return problem_; }

 private:
  using Clock = std::set<int>;

  static bool is(const Event& event, Code code) { return event.record->op.code == code; }
  static bool is(const Event& event, Code code, int object) { return is(event, code) && event.record->op.a == object; }
  void edge(int from, int to) { history_.edge(from, to); }

  void fail(const std::string& why) {
    if (problem_.empty()) problem_ = why;
  }

  // ---- Nodes and accesses
  // ----------------------------------------------------------------------------------------------

  void add_event(int g, const Record& record) {
    Event event = {&record, g, history_.node(g), 0};
    const Op& op = record.op;
    const auto access = [&](Kind kind, uint64_t at, int size, bool certain = true) {
      history_.access(g, op.site, kind, at, static_cast<uint64_t>(size), certain);
    };
    switch (op.code) {
      case Code::kRead:
        access(kRead, block(0, op.a), op.b);
        break;
      case Code::kWrite:
        access(kWrite, block(0, op.a), op.b);
        break;
      case Code::kLoad:
      case Code::kStore:
      case Code::kExchange:
      case Code::kCompareExchange:
        // It happens after the store that it reads from.
        if (learns_at_once(record)) event.begin = history_.next(g);
        access(writes_atomically(record) ? kAtomicWrite : kAtomicRead, block(0, kCellOffset[op.a]), kCellSize[op.a]);
        break;
      case Code::kHeapRead:
        if (record.ok) access(kRead, block(record.block, op.order), op.b);
        break;
      case Code::kHeapWrite:
        if (record.ok) access(kWrite, block(record.block, op.order), op.b);
        break;
      case Code::kFree:
      case Code::kRealloc:
        if (record.ok) access(kWrite, block(record.block, 0), static_cast<int>(record.size));
        break;
      case Code::kSend:
      case Code::kTrySend:
        access(kRead, block(1 + op.a, 0), 1);
        break;
      case Code::kClose:
        if (record.ok) access(kWrite, block(1 + op.a, 0), 1);
        break;
      case Code::kSelect: {
        // Cases are looked at in random order until one can be performed.
        const std::vector<Case>& cases = cases_of(op);
        for (size_t i = 0; i < cases.size(); i++) {
          if (!cases[i].sends || cases[i].channel == kChannels) continue;
          const bool certain = cases.size() == 1 || record.chosen == static_cast<int>(i) ||
                               record.chosen == static_cast<int>(cases.size());
          access(kRead, block(1 + cases[i].channel, 0), 1, certain);
        }
        break;
      }
      case Code::kOnce:
        if (record.ok) {
          event.begin = history_.next(g);
          access(kWrite, block(0, op.order), op.b);
        }
        break;
      default:
        break;
    }
    event.end = history_.next(g);
    events_.push_back(event);
    if (is_atomic(op.code)) stores_[op.site] = events_.size() - 1;
    by_site_[op.site] = events_.size() - 1;
  }

  const std::vector<Case>& cases_of(const Op& op) const { return program_.selects[static_cast<size_t>(op.a)]; }

  static bool is_atomic(Code code) {
    return code == Code::kLoad || code == Code::kStore || code == Code::kExchange || code == Code::kCompareExchange;
  }
  // Whether it is an atomic operation that reads and acquires.
  static bool learns_at_once(const Record& record) {
    if (record.op.code == Code::kStore) return false;
    const bool failed = record.op.code == Code::kCompareExchange && !record.ok;
    return acquires(failed ? record.op.failure : record.op.order);
  }
  static bool writes_atomically(const Record& record) {
    return record.op.code == Code::kStore || record.op.code == Code::kExchange ||
           (record.op.code == Code::kCompareExchange && record.ok);
  }

  // ---- Edges
  // -----------------------------------------------------------------------------------------------------------

  // Goroutines, and everything that is decided by the order within one goroutine: fences, and what relaxed loads saw.
  void starts() {
    std::map<int, Clock> pending;
    for (const Event& event : events_) {
      const Op& op = event.record->op;
      if (op.code == Code::kGo || op.code == Code::kAfterFunc) edge(event.begin, first_[static_cast<size_t>(op.a)]);
      if (op.code == Code::kFence) {
        if (acquires(op.order)) {
          for (int from : pending[event.goroutine]) edge(from, event.end);
        }
        // What an acquire and release fence publishes includes what it has learnt; that is in the node behind it, in
        // which nothing but the fence has happened yet: see published().
      }
      if (!is_atomic(op.code) || op.code == Code::kStore) continue;
      const Clock seen = clock_of_store(event.record->value);
      if (learns_at_once(*event.record)) {
        for (int from : seen) edge(from, event.begin);
      } else {
        pending[event.goroutine].insert(seen.begin(), seen.end());
      }
    }
  }

  // The release clock of the value that the store at a site wrote; -1: the initial value.
  Clock clock_of_store(int site) {
    if (site < 0) return {};
    const auto known = clocks_.find(site);
    if (known != clocks_.end()) return known->second;
    const auto found = stores_.find(site);
    if (found == stores_.end()) {
      fail("a value that nobody stored: " + std::to_string(site));
      return {};
    }
    const Event& event = events_[found->second];
    Clock clock;
    if (event.record->op.code != Code::kStore) clock = clock_of_store(event.record->value);
    const Clock own = published(found->second);
    clock.insert(own.begin(), own.end());
    return clocks_[site] = clock;
  }

  // What a store publishes: its goroutine's past if it releases, else that of the goroutine's last release fence.
  Clock published(size_t i) const {
    const Event& event = events_[i];
    if (releases(event.record->op.order)) return {event.begin};
    for (size_t before = i; before-- > 0 && events_[before].goroutine == event.goroutine;) {
      const Event& fence = events_[before];
      if (is(fence, Code::kFence) && releases(fence.record->op.order)) {
        // Behind the fence, the node holds what happens up to the next operation; but accesses there are not published.
        // So the fence's own edges are given, and its past.
        Clock clock = {fence.begin};
        if (acquires(fence.record->op.order)) {
          const Clock learnt = pending_before(before);
          clock.insert(learnt.begin(), learnt.end());
        }
        return clock;
      }
    }
    return {};
  }

  // What relaxed loads of the goroutine saw before event i.
  Clock pending_before(size_t i) const {
    Clock clock;
    for (size_t before = i; before-- > 0 && events_[before].goroutine == events_[i].goroutine;) {
      const Record& record = *events_[before].record;
      if (!is_atomic(record.op.code) || record.op.code == Code::kStore) continue;
      const Clock seen = const_cast<Edges*>(this)->clock_of_store(record.value);
      clock.insert(seen.begin(), seen.end());
    }
    return clock;
  }

  void mutexes() {
    for (int m = 0; m < kMutexes; m++) {
      std::map<int, int> left;  // section -> node at its end
      for (const Event& event : events_) {
        if (is(event, Code::kUnlock, m) && event.record->ok) left[event.record->section] = event.begin;
        if (is(event, Code::kCondWait, m) && event.record->ok) left[event.record->left] = event.begin;
      }
      for (const Event& event : events_) {
        const bool locks =
            (is(event, Code::kLock, m) || is(event, Code::kTryLock, m) || is(event, Code::kCondWait, m)) &&
            event.record->ok;
        if (locks && event.record->section > 1) edge(left.at(event.record->section - 1), event.end);
        if ((is(event, Code::kSignal, m) || is(event, Code::kBroadcast, m)) && event.record->ok) {
          for (int site : event.record->woke) edge(event.begin, events_[by_site_.at(site)].end);
        }
      }
    }
  }

  void rw_mutexes() {
    for (int m = 0; m < kRWMutexes; m++) {
      std::map<int, int> left;
      std::vector<std::pair<int, int>> readers;  // (sections before, node at the end)
      for (const Event& event : events_) {
        if (is(event, Code::kWriteUnlock, m) && event.record->ok) left[event.record->section] = event.begin;
        if (is(event, Code::kReadUnlock, m) && event.record->ok)
          readers.emplace_back(event.record->section, event.begin);
      }
      for (const Event& event : events_) {
        const Record& record = *event.record;
        if (!record.ok) continue;
        if ((is(event, Code::kReadLock, m) || is(event, Code::kTryReadLock, m)) && record.section > 0) {
          edge(left.at(record.section), event.end);
        }
        if (is(event, Code::kWriteLock, m) || is(event, Code::kTryWriteLock, m)) {
          if (record.section > 1) edge(left.at(record.section - 1), event.end);
          for (auto [section, node] : readers) {
            if (section < record.section) edge(node, event.end);
          }
        }
      }
    }
  }

  void groups() {
    for (const Event& wait : events_) {
      if (!is(wait, Code::kWait)) continue;
      for (const Event& done : events_) {
        if (is(done, Code::kDone, wait.record->op.a)) edge(done.begin, wait.end);
      }
    }
  }

  void onces() {
    for (const Event& first : events_) {
      if (!is(first, Code::kOnce) || !first.record->ok) continue;
      for (const Event& other : events_) {
        if (is(other, Code::kOnce, first.record->op.a) && !other.record->ok) edge(first.begin, other.end);
      }
    }
  }

  // The channel that an operation sent to or received from, or kChannels.
  int channel_of(const Record& record, bool* sends) const {
    switch (record.op.code) {
      case Code::kSend:
      case Code::kTrySend:
        *sends = true;
        return record.ok ? record.op.a : kChannels;
      case Code::kReceive:
        *sends = false;
        return record.op.a;
      case Code::kTryReceive:
        *sends = false;
        return record.chosen == 0 ? record.op.a : kChannels;
      case Code::kSelect: {
        const std::vector<Case>& cases = cases_of(record.op);
        if (record.chosen < 0 || record.chosen >= static_cast<int>(cases.size())) return kChannels;
        *sends = cases[static_cast<size_t>(record.chosen)].sends;
        return cases[static_cast<size_t>(record.chosen)].channel;
      }
      default:
        return kChannels;
    }
  }

  void channel(int c) {
    std::vector<const Event*> sends, receives;
    const Event* close = nullptr;
    for (const Event& event : events_) {
      if (is(event, Code::kClose, c) && event.record->ok) close = &event;
    }
    for (const Event& event : events_) {
      bool is_send = false;
      if (channel_of(*event.record, &is_send) == c) {
        if (is_send || event.record->ok) {
          (is_send ? sends : receives).push_back(&event);
        } else if (close != nullptr) {
          edge(close->begin, event.end);
        } else {
          fail("a channel seemed closed that nobody closed");
        }
      } else if (event.record->panicked && panicked_at(event, c, close)) {
        edge(close->begin, event.end);
      }
    }
    transfers(c, sends, receives);
  }

  // Whether the operation panicked because of the close of this channel, and had waited for it.
  bool panicked_at(const Event& event, int c, const Event* close) {
    const Record& record = *event.record;
    if (close == nullptr) return false;
    if (record.op.code == Code::kSelect) {
      int closed = 0, here = 0;
      for (const Case& part : cases_of(record.op)) {
        if (!part.sends || part.channel == kChannels) continue;
        for (const Event& other : events_) {
          if (!is(other, Code::kClose, part.channel) || !other.record->ok || other.record->begin > record.end) continue;
          closed++;
          here += part.channel == c ? 1 : 0;
        }
      }
      if (closed != 1) fail("a select panicked, and might have at several channels");
      if (here == 0 || record.op.b != 0) return false;
    } else if (record.op.code != Code::kSend || record.op.a != c) {
      return false;
    }
    if (program_.procs == 1) return record.end != record.begin + 1;
    return (variant_ >> ambiguous_++ & 1) != 0;
  }

  void transfers(int c, std::vector<const Event*>& sends, std::vector<const Event*>& receives) {
    const size_t capacity = static_cast<size_t>(program_.capacity[c]);
    std::map<int, const Event*> by_value;
    for (const Event* send : sends) by_value[send->record->op.site] = send;
    for (const Event* receive : receives) {
      const auto send = by_value.find(receive->record->value);
      if (send == by_value.end()) return fail("a value was received that nobody sent");
      edge(send->second->begin, receive->end);
      if (capacity == 0) edge(receive->begin, send->second->end);
    }
    if (capacity == 0 || sends.size() <= capacity) return;
    // The k-th receive happens before the end of the (k+C)-th send. In which order?
    const auto one_goroutine = [](const std::vector<const Event*>& events) {
      return std::all_of(events.begin(), events.end(),
                         [&](const Event* event) { return event->goroutine == events[0]->goroutine; });
    };
    const auto in_time = [](const Event* a, const Event* b) { return a->record->begin < b->record->begin; };
    // Of one goroutine, or with one processor, where who waits is served in order. What main receives at the end comes
    // last; events of main stand first.
    std::vector<const Event*> received(receives);
    std::sort(received.begin(), received.end(), in_time);
    if (program_.procs == 1 || one_goroutine(sends)) {
      std::sort(sends.begin(), sends.end(), in_time);
      std::map<int, const Event*> receive_of;
      for (const Event* receive : receives) receive_of[receive->record->value] = receive;
      for (size_t k = 0; k + capacity < sends.size(); k++) {
        const auto receive = receive_of.find(sends[k]->record->op.site);
        if (receive == receive_of.end()) return fail("an element overtook another");
        if (program_.procs == 1 && receive->second != received[k]) return fail("receives out of order");
        edge(receive->second->begin, sends[k + capacity]->end);
      }
      return;
    }
    // One receiver: received in order, so sent in that order.
    for (size_t k = 0; k + capacity < received.size(); k++) {
      edge(received[k]->begin, by_value[received[k + capacity]->record->value]->end);
    }
    if (received.size() != sends.size()) fail("an element was lost");
  }

  void timers_and_contexts() {
    for (const Event& from : events_) {
      for (const Event& to : events_) {
        const bool meets = (is(from, Code::kAfter) && is(to, Code::kAfterReceive)) ||
                           (is(from, Code::kCancel) && is(to, Code::kContextWait));
        if (!meets || from.record->op.a != to.record->op.a) continue;
        const bool happened = is(from, Code::kAfter) ? to.record->ok : from.record->ok;
        if (happened) edge(from.begin, to.end);
      }
    }
  }

  void pool() {
    for (const Event& get : events_) {
      if (is(get, Code::kPoolGet) && get.record->value >= 0)
        edge(events_[by_site_.at(get.record->value)].begin, get.end);
    }
  }

  // race::acquire and its like, with one processor only.
  void objects() {
    std::vector<const Event*> sorted;
    for (const Event& event : events_) {
      if (is(event, Code::kRaceAcquire) || is(event, Code::kRaceRelease) || is(event, Code::kRaceReleaseMerge)) {
        sorted.push_back(&event);
      }
    }
    std::sort(sorted.begin(), sorted.end(),
              [](const Event* a, const Event* b) { return a->record->begin < b->record->begin; });
    std::map<int, Clock> clocks;
    for (const Event* event : sorted) {
      Clock& clock = clocks[event->record->op.a];
      if (is(*event, Code::kRaceAcquire)) {
        for (int from : clock) edge(from, event->end);
        continue;
      }
      if (is(*event, Code::kRaceRelease)) clock.clear();
      clock.insert(event->begin);
    }
  }

  const Program& program_;
  const unsigned variant_;
  History& history_;
  std::vector<Event> events_;  // by goroutine, then in order
  std::vector<int> first_;
  std::map<int, size_t> by_site_;
  std::map<int, size_t> stores_;
  std::map<int, Clock> clocks_;
  int ambiguous_ = 0;
  std::string problem_;
};

}  // namespace

int make_history(const Program& program, const Run& run, unsigned variant, History& history, std::string& problem) {
  Edges edges(program, run, variant, history);
  const int result = edges.run();
  problem = edges.problem();
  return result;
}

}  // namespace oracle
