// SPDX-License-Identifier: Apache-2.0
//
// A race as the tools see it: what a line of docs/json.md says, and what was learned since (how often it was seen,
// whether the baseline knows it). Whatever is printed of it depends on the race alone and not on which access came
// first or which process was read first: see canonical_order and primary_access.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace baton::tools {

// In the number of a goroutine: it is a thread of the program, with its own count.
constexpr uint64_t kThreadBit = 1ull << 63;

struct Frame {
  std::string function;
  std::string file;  // "": unknown
  int line = 0;
  int column = 0;
  uint64_t offset = 0;
  bool inlined = false;
  std::string module;
};

using Stack = std::vector<Frame>;

struct Lock {
  std::string address, name, mode;
  Stack stack;
};

// What a log tells of the locks at an access: a log in text tells nothing.
enum class LocksTold { kNothing, kVary, kAll };

struct Access {
  std::string kind;  // "read", "atomic write", "free", …
  bool write = false;
  bool atomic = false;
  uint64_t size = 0;  // 0: unknown
  std::string address;
  uint64_t goroutine = 0;
  std::vector<Lock> locks;
  LocksTold locks_told = LocksTold::kNothing;  // kVary: `locks` lacks those that were held only sometimes
  Stack stack;
};

struct Location {
  std::string kind = "unknown";  // global, heap, stack, thread-local, unknown
  std::string name, variable, type, address;
  uint64_t size = 0;
  std::string file;
  int line = 0;
  uint64_t goroutine = 0;
  Stack stack;
  uint64_t freed_by = 0;  // the goroutine that freed the block; 0: it is in use
  Stack freed;
};

struct Goroutine {
  uint64_t id = 0;
  std::string state;
  std::vector<Stack> created;  // where it was created, where its creator was, …
};

enum class Standing { kNew, kKnown };

struct Race {
  std::string kind = "data race";
  std::string fingerprint;
  std::string pattern, help;
  std::string program, build_id, time;
  int64_t pid = 0;
  int64_t number = 0;
  std::vector<Access> accesses;  // two, the later first
  Location location;
  std::vector<Goroutine> goroutines;

  std::vector<std::string> seen;  // one entry for each time it was found, sorted (merge.h)
  Standing standing = Standing::kNew;
  std::string reason;  // why the baseline has it
};

// "data race on account.balance", "use after free of a heap block of 48 bytes in push", without a line.
std::string headline(const Race& race);

// "Write", "Previous atomic read": how the Go-shaped report calls an access.
std::string access_title(const Access& access, bool previous);

// "goroutine 7", "main goroutine", "thread T1".
std::string actor(uint64_t goroutine);

// The first frame that a person would open: of the program's own, else any with a file, else the innermost; null for an
// empty stack.
const Frame* user_frame(const Stack& stack);

// Of the C++ library, the system, GoogleTest or baton.
bool is_library(const Frame& frame);

// "incCounter" of "incCounter(int)": without parameters and return type.
std::string short_name(const std::string& function);

// Which access a viewer shows first: 0 or 1, the same whoever came first.
int primary_access(const Race& race);

// Sorts races: new ones first, then by the place of the primary access.
bool canonical_order(const Race& a, const Race& b);

// The goroutine with this id; null if the report does not have it.
const Goroutine* goroutine_of(const Race& race, uint64_t id);

}  // namespace baton::tools
