// SPDX-License-Identifier: Apache-2.0
//
// The truth about one run of a small program, by brute force. Written from happens-before alone: it shares nothing with
// the detector, keeps everything, and compares every access with every other.
//
// A goroutine is a sequence of nodes. A node is a stretch of accesses with no edge that enters it except at its
// beginning, and none that leaves it except at its end. Whoever describes a run (compiled/replay.cpp,
// interpreted/edges.cpp) makes nodes and edges between them from the order in which synchronisation took effect; the
// clock of a node is then, for every goroutine, how many of its nodes happen before.
//
// What must hold between the races of a history and the findings of the detector (differences()):
//   sound     every finding is a race: two unordered, conflicting accesses to that byte, of the kinds, the goroutines
//             and, if asked for, the places in the source that the finding names.
//   complete  every race is represented: at the same byte a finding names two accesses, each ordered with (or equal to)
//             the corresponding access of the race. A detector that keeps, of several accesses ordered one after the
//             other, only the one that whatever races with the others also races with, is therefore complete; one that
//             forgets an access is not. What a goroutine does between two edges that leave it counts as one: whoever
//             knows some of it knows all, so one access of it may stand for another.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace oracle {

enum Kind : uint8_t { kRead = 0, kWrite = 1, kAtomicRead = 2, kAtomicWrite = 3 };

struct Access {
  int node;
  int site;  // a number of the place in the source
  Kind kind;
  uint64_t begin;
  uint64_t size;
  bool certain;  // false: the log cannot tell whether it happened
};

// One side of a finding. A site or a goroutine that is not known is kAny.
inline constexpr int kAny = -1;
struct Side {
  int goroutine = kAny;
  int site = kAny;
  Kind kind = kRead;
};
struct Finding {
  Side now;
  Side before;
  uint64_t begin;
  uint64_t size;
};

// Whether a pair of sites stands for all bytes it meets at. The detector reports a pair of stacks once: where several
// accesses share a site (loops, functions called twice), one of them is enough.
enum class Sites { kUnique, kShared };

class History {
 public:
  int add_goroutine();
  // The goroutine's last node, and a new one behind it.
  int node(int goroutine) const { return last_[static_cast<size_t>(goroutine)]; }
  int next(int goroutine);
  void edge(int from, int to);
  void access(int goroutine, int site, Kind kind, uint64_t begin, uint64_t size, bool certain = true);

  // Computes the clocks. False if the edges form a circle: then the log is wrong.
  bool order();
  // Whether everything in node a happens before node b, or they are the same node.
  bool before(int a, int b) const;

  // Empty if the findings are right; else one line for each that is not.
  std::vector<std::string> differences(const std::vector<Finding>& findings, Sites sites) const;

  const std::vector<Access>& accesses() const { return accesses_; }
  size_t race_count() const { return races().size(); }

 private:
  struct Node {
    int goroutine;
    int position;   // in its goroutine, from 1
    bool leaves;    // an edge to another goroutine starts at its end
    int following;  // the next node of its goroutine, or -1
    std::vector<int> from;
    std::vector<int> clock;
  };
  struct Race {
    size_t a, b;  // accesses
    uint64_t begin, end;
  };
  std::vector<Race> races() const;
  bool ordered(size_t a, size_t b) const;
  bool stands_for(size_t other, size_t access) const;
  std::string text(const Race& race) const;
  std::string text(const Access& access) const;

  std::vector<Node> nodes_;
  std::vector<int> last_;  // of each goroutine
  std::vector<Access> accesses_;
};

}  // namespace oracle
