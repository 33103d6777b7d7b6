// SPDX-License-Identifier: Apache-2.0
//
// The edges of a byte stream (pipe, connection) between two ends in this process: a write happens before the reads that
// receive its bytes, and no others. Each write leaves its clock with the positions of its bytes; a read takes the
// clocks of the bytes it got. Closing an end, or its writing half, is a write of no bytes, which end-of-file receives.
//
// A write that finds too many unread ones joins the last of them: then a read may learn of a write a little early.
// In builds without the detector nothing here is called.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "runtime/src/lock.h"

namespace baton::rt {

class StreamClock {
 public:
  // Around the system call that writes: begin, then end with the number of bytes that went out. One writer at a time.
  void begin_write() noexcept;
  void end_write(size_t n) noexcept;
  // After n bytes were read; 0: the end of the stream. One reader at a time.
  void read(size_t n) noexcept;
  // For streams that others write to or read from as well, so that positions are unknown: all writes happen before all
  // later reads.
  void forget_positions() noexcept { positions_known_ = false; }

 private:
  static constexpr uint32_t kWrites = 32;
  struct Write {
    uint64_t begin;  // position of its first byte
    char clock[8];   // the address is the sync object
  };

  RuntimeLock lock_;
  bool positions_known_ = true;
  uint64_t written_ BATON_GUARDED_BY(lock_) = 0;
  uint64_t read_ BATON_GUARDED_BY(lock_) = 0;
  uint32_t first_ BATON_GUARDED_BY(lock_) = 0;
  uint32_t count_ BATON_GUARDED_BY(lock_) = 0;
  Write writes_[kWrites] BATON_GUARDED_BY(lock_) = {};
};

// Both directions of a connection. Freed with the second end.
struct StreamPair {
  StreamClock directions[2];
  int ends = 2;  // guarded by the lock of the registry (stream_clock.cpp)
};

// What both ends of a connection know of it: its two addresses, the client's first. Zero-filled behind.
struct StreamKey {
  char bytes[128] = {};
};

// A pair of which both ends are at hand.
StreamPair* stream_pair_new() noexcept;
// The pair of a connection, for its client or its server: the first of the two makes it, the other finds it. Never
// null; a peer in another process just never comes.
StreamPair* stream_pair_of(const StreamKey& key, bool client) noexcept;
void stream_pair_drop(StreamPair* pair) noexcept;

}  // namespace baton::rt
