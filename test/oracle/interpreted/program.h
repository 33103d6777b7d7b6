// SPDX-License-Identifier: Apache-2.0
//
// A small concurrent program as data, and what it did when it ran.
//
// A program is a list of operations for each goroutine, performed once and in order. Goroutine 0 is the program's main:
// it starts others, then watches: when nothing moves any more it closes channels, cancels contexts and broadcasts, so
// that every program ends. What it did so is recorded like everything else.
//
// An operation's number is its site: it is performed in a stack frame that no other operation has (sites.h). Numbers
// below kRescueSites belong to the program, the rest to what main does to end it.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

namespace oracle {

enum class Code : uint8_t {
#define ORACLE_CODE(name, text) name,
#include "test/oracle/interpreted/codes.def"
#undef ORACLE_CODE
};

inline constexpr int kSites = 256;
inline constexpr int kRescueSites = 216;
inline constexpr int kMaxGoroutines = 14;
inline constexpr int kArenaBytes = 192;
inline constexpr int kCells = 4;  // atomic variables, in the arena
inline constexpr int kCellOffset[kCells] = {0, 8, 66, 24};
inline constexpr int kCellSize[kCells] = {8, 4, 2, 1};
inline constexpr int kMutexes = 3;  // each with a Cond
inline constexpr int kRWMutexes = 2;
inline constexpr int kChannels = 5;
inline constexpr int kGroups = 3;
inline constexpr int kOnces = 2;
inline constexpr int kSlots = 4;  // heap blocks, timers
inline constexpr int kContexts = 2;
inline constexpr int kObjects = 3;  // of race::acquire and its like

struct Op {
  Code code{};
  int a = 0;      // which object, or offset in memory
  int b = 0;      // size, or expected value
  int order = 0;  // memory order
  int failure = 0;
  int site = 0;
};

struct Case {
  int channel;  // kChannels: nil
  bool sends;
};

struct Program {
  uint64_t seed = 0;
  int procs = 1;
  bool reset = false;  // forget the history of the memory before the run
  std::vector<std::vector<Op>> goroutines;
  int capacity[kChannels] = {};
  int added[kGroups] = {};
  std::vector<std::vector<Case>> selects;  // of kSelect, by Op::a; Op::b: 1 if it has a default
};

// What an operation did. `begin` and `end` number all beginnings and ends in time: with one processor, an operation
// that did not wait is one whose end is the number after its beginning.
struct Record {
  Op op;
  bool performed = false;
  uint32_t begin = 0, end = 0;
  bool ok = false;  // succeeded; received a value; ran the function of the Once
  bool panicked = false;
  int value = -1;           // site of the store that was read, of the send that was received, of the put, ...
  int section = 0;          // number of the critical section that a lock or unlock begins or ends
  int left = 0;             // kCondWait: the section that the wait ended
  int chosen = -1;          // kSelect
  int block = 0;            // heap block it touched; kRealloc: the new one
  uint64_t size = 0;        // of the block
  std::vector<int> woke{};  // kSignal, kBroadcast: sites of the waits it woke
};

struct Run {
  std::vector<std::vector<Record>> goroutines;
};

Program generate(uint64_t seed);
std::string text_of(const Program& program);
std::string text_of(const Run& run);

// Runs the program on baton. Called by the main goroutine, again and again.
Run execute(const Program& program);

}  // namespace oracle
