// SPDX-License-Identifier: Apache-2.0
#include "test/oracle/checker.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace oracle {
namespace {

bool conflict(Kind a, Kind b) {
  const bool writes = a == kWrite || a == kAtomicWrite || b == kWrite || b == kAtomicWrite;
  const bool both_atomic = a >= kAtomicRead && b >= kAtomicRead;
  return writes && !both_atomic;
}

const char* name_of(Kind kind) {
  switch (kind) {
    case kRead:
      return "read";
    case kWrite:
      return "write";
    case kAtomicRead:
      return "atomic read";
    case kAtomicWrite:
      return "atomic write";
  }
  return "?";
}

std::string text(const Side& side) {
  return std::string(name_of(side.kind)) + " by goroutine " + std::to_string(side.goroutine) + " at " +
         std::to_string(side.site);
}

std::string text_of_bytes(uint64_t begin, uint64_t size) {
  return "bytes " + std::to_string(begin >> 32) + ":" + std::to_string(begin & 0xffffffff) + "+" + std::to_string(size);
}

}  // namespace

int History::add_goroutine() {
  const int goroutine = static_cast<int>(last_.size());
  last_.push_back(-1);
  next(goroutine);
  return goroutine;
}

int History::next(int goroutine) {
  int& last = last_[static_cast<size_t>(goroutine)];
  const int position = last < 0 ? 1 : nodes_[static_cast<size_t>(last)].position + 1;
  nodes_.push_back({goroutine, position, false, -1, {}, {}});
  if (last >= 0) {
    nodes_.back().from.push_back(last);
    nodes_[static_cast<size_t>(last)].following = static_cast<int>(nodes_.size()) - 1;
  }
  return last = static_cast<int>(nodes_.size()) - 1;
}

void History::edge(int from, int to) {
  Node& source = nodes_[static_cast<size_t>(from)];
  Node& target = nodes_[static_cast<size_t>(to)];
  target.from.push_back(from);
  // A goroutine that takes a lock which it left itself has told nobody anything.
  source.leaves |= target.goroutine != source.goroutine;
}

void History::access(int goroutine, int site, Kind kind, uint64_t begin, uint64_t size, bool certain) {
  const int at = node(goroutine);
  if (size == 0) return;
  // What a loop does again and again is one access; what it does to the next byte prolongs it.
  for (size_t i = accesses_.size(); i-- > 0 && accesses_[i].node == at;) {
    Access& known = accesses_[i];
    if (known.site != site || known.kind != kind || known.certain != certain) continue;
    if (begin >= known.begin && begin + size <= known.begin + known.size) return;
    if (begin == known.begin + known.size) {
      known.size += size;
      return;
    }
  }
  accesses_.push_back({at, site, kind, begin, size, certain});
}

bool History::order() {
  std::vector<std::vector<int>> to(nodes_.size());
  std::vector<size_t> missing(nodes_.size());
  std::vector<int> ready;
  for (size_t i = 0; i < nodes_.size(); i++) {
    missing[i] = nodes_[i].from.size();
    nodes_[i].clock.assign(last_.size(), 0);
    for (int from : nodes_[i].from) to[static_cast<size_t>(from)].push_back(static_cast<int>(i));
    if (missing[i] == 0) ready.push_back(static_cast<int>(i));
  }
  size_t done = 0;
  while (!ready.empty()) {
    const int i = ready.back();
    ready.pop_back();
    done++;
    Node& node = nodes_[static_cast<size_t>(i)];
    node.clock[static_cast<size_t>(node.goroutine)] = node.position;
    for (int next : to[static_cast<size_t>(i)]) {
      Node& after = nodes_[static_cast<size_t>(next)];
      for (size_t g = 0; g < last_.size(); g++) after.clock[g] = std::max(after.clock[g], node.clock[g]);
      if (--missing[static_cast<size_t>(next)] == 0) ready.push_back(next);
    }
  }
  return done == nodes_.size();
}

bool History::before(int a, int b) const {
  const Node& from = nodes_[static_cast<size_t>(a)];
  return nodes_[static_cast<size_t>(b)].clock[static_cast<size_t>(from.goroutine)] >= from.position;
}

bool History::ordered(size_t a, size_t b) const {
  return before(accesses_[a].node, accesses_[b].node) || before(accesses_[b].node, accesses_[a].node);
}

bool History::stands_for(size_t other, size_t access) const {
  const int node = accesses_[access].node;
  int last = accesses_[other].node;
  if (before(last, node)) return true;
  while (!nodes_[static_cast<size_t>(last)].leaves && nodes_[static_cast<size_t>(last)].following >= 0) {
    last = nodes_[static_cast<size_t>(last)].following;
  }
  return before(node, last);
}

std::vector<History::Race> History::races() const {
  std::vector<Race> result;
  for (size_t a = 0; a < accesses_.size(); a++) {
    const Access& x = accesses_[a];
    for (size_t b = a + 1; b < accesses_.size(); b++) {
      const Access& y = accesses_[b];
      const uint64_t begin = std::max(x.begin, y.begin);
      const uint64_t end = std::min(x.begin + x.size, y.begin + y.size);
      if (begin < end && conflict(x.kind, y.kind) && !ordered(a, b)) result.push_back({a, b, begin, end});
    }
  }
  return result;
}

std::string History::text(const Access& access) const {
  return std::string(name_of(access.kind)) + " by goroutine " +
         std::to_string(nodes_[static_cast<size_t>(access.node)].goroutine) + " at " + std::to_string(access.site) +
         " (node " + std::to_string(access.node) + ")";
}

std::string History::text(const Race& race) const {
  return text_of_bytes(race.begin, race.end - race.begin) + ": " + text(accesses_[race.a]) + ", " +
         text(accesses_[race.b]);
}

std::vector<std::string> History::differences(const std::vector<Finding>& findings, Sites sites) const {
  std::vector<std::string> result;
  const std::vector<Race> all = races();

  const auto is = [&](const Side& side, const Access& access) {
    return side.kind == access.kind && (side.site == kAny || side.site == access.site) &&
           (side.goroutine == kAny || side.goroutine == nodes_[static_cast<size_t>(access.node)].goroutine);
  };

  // Which races the findings name; at which bytes, if sites are unique.
  struct Named {
    const Race* race;
    uint64_t begin, end;
  };
  std::vector<Named> named;
  // If they are shared: the sites, or nodes, of the two sides (see enum Sites).
  using Place = std::tuple<bool, int, int>;  // is a site; site or node; goroutine
  std::set<std::pair<Place, Place>> places;
  const auto site_of = [&](size_t a) {
    return Place{true, accesses_[a].site, nodes_[static_cast<size_t>(accesses_[a].node)].goroutine};
  };
  const auto node_of = [&](size_t a) { return Place{false, accesses_[a].node, 0}; };

  for (const Finding& finding : findings) {
    bool sound = false;
    for (const Race& race : all) {
      if (finding.begin < race.begin || finding.begin >= race.end) continue;
      const Access& a = accesses_[race.a];
      const Access& b = accesses_[race.b];
      if (!(is(finding.now, a) && is(finding.before, b)) && !(is(finding.now, b) && is(finding.before, a))) continue;
      sound = true;
      // The bytes may have holes (what another access of the same goroutine stands for), and only their number is
      // known.
      named.push_back({&race, finding.begin, race.end});
      if (sites == Sites::kShared) {
        for (const Place& x : {site_of(race.a), node_of(race.a)}) {
          for (const Place& y : {site_of(race.b), node_of(race.b)}) {
            places.insert({x, y});
            places.insert({y, x});
          }
        }
      }
    }
    if (!sound) {
      result.push_back("false: " + text_of_bytes(finding.begin, finding.size) + ": " + oracle::text(finding.now) +
                       ", previous " + oracle::text(finding.before));
    }
  }

  const auto is_named = [&](const Race& race, uint64_t byte) {
    if (sites == Sites::kUnique) {
      return std::any_of(named.begin(), named.end(),
                         [&](const Named& n) { return n.race == &race && byte >= n.begin && byte < n.end; });
    }
    for (const Place& x : {site_of(race.a), node_of(race.a)}) {
      for (const Place& y : {site_of(race.b), node_of(race.b)}) {
        if (places.contains({x, y})) return true;
      }
    }
    return false;
  };
  for (const Race& race : all) {
    if (!accesses_[race.a].certain || !accesses_[race.b].certain) continue;
    for (uint64_t byte = race.begin; byte < race.end; byte++) {
      if (is_named(race, byte)) continue;
      const bool represented = std::any_of(all.begin(), all.end(), [&](const Race& other) {
        return byte >= other.begin && byte < other.end && is_named(other, byte) &&
               ((stands_for(other.a, race.a) && stands_for(other.b, race.b)) ||
                (stands_for(other.a, race.b) && stands_for(other.b, race.a)));
      });
      if (represented) continue;
      result.push_back("missed: " + text(race) + " (byte " + std::to_string(byte & 0xffffffff) + ")");
      break;
    }
  }
  return result;
}

}  // namespace oracle
