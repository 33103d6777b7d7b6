// SPDX-License-Identifier: Apache-2.0
//
// The registry: connections one end of which has appeared in this process. The other often never does, being elsewhere;
// so only the latest are kept.
#include "runtime/src/stream_clock.h"

#include <stdlib.h>
#include <string.h>

#include <new>

#include "runtime/src/race.h"
#include "runtime/src/sched.h"

namespace baton::rt {
namespace {

constexpr uint32_t kPending = 8192;  // more than a listener's backlog

struct Pending {
  StreamKey key;
  StreamPair* pair;
  bool client;  // who has come
};

constinit RuntimeLock registry_lock;
// A ring; the oldest are overwritten. Hashes apart, as a search looks at them alone.
constinit Pending pending[kPending] BATON_GUARDED_BY(registry_lock) = {};
constinit uint32_t hashes[kPending] BATON_GUARDED_BY(registry_lock) = {};
constinit uint32_t next_pending BATON_GUARDED_BY(registry_lock) = 0;

// FNV-1a (Fowler, Noll, Vo).
uint32_t hash_of(const StreamKey& key) noexcept {
  uint32_t hash = 2166136261u;
  for (const char byte : key.bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 16777619u;
  return hash;
}

// The latest, as addresses come again.
StreamPair* take_pending(const StreamKey& key, bool client) noexcept BATON_REQUIRES(registry_lock) {
  const uint32_t hash = hash_of(key);
  for (uint32_t back = 1; back <= kPending; back++) {
    const uint32_t i = (next_pending - back) % kPending;
    if (hashes[i] != hash || pending[i].pair == nullptr || pending[i].client != client) continue;
    if (memcmp(pending[i].key.bytes, key.bytes, sizeof(key.bytes)) != 0) continue;
    StreamPair* pair = pending[i].pair;
    pending[i].pair = nullptr;
    return pair;
  }
  return nullptr;
}

// True: nobody holds it any more.
bool drop_locked(StreamPair* pair) noexcept BATON_REQUIRES(registry_lock) { return --pair->ends == 0; }

void destroy(StreamPair* pair) noexcept {
  race::IgnoreScope ignore;
  pair->~StreamPair();
  free(pair);
}

}  // namespace

void StreamClock::begin_write() noexcept {
  RuntimeLockGuard guard(lock_);
  if (count_ == kWrites || (!positions_known_ && count_ != 0)) {
    race::release_merge(&writes_[(first_ + count_ - 1) % kWrites].clock);
    return;
  }
  Write& write = writes_[(first_ + count_++) % kWrites];
  write.begin = written_;
  race::release(&write.clock);
}

void StreamClock::end_write(size_t n) noexcept {
  RuntimeLockGuard guard(lock_);
  written_ += n;
}

void StreamClock::read(size_t n) noexcept {
  RuntimeLockGuard guard(lock_);
  read_ += n;
  for (uint32_t i = 0; i < count_; i++) {
    const Write& write = writes_[(first_ + i) % kWrites];
    if (positions_known_ && n != 0 && write.begin >= read_) break;
    race::acquire(&write.clock);
  }
  if (!positions_known_) return;
  // A write is over when the next one begins at or before our position; the last may go on (end_write comes later).
  while (count_ > 1 && writes_[(first_ + 1) % kWrites].begin <= read_) {
    first_ = (first_ + 1) % kWrites;
    count_--;
  }
}

StreamPair* stream_pair_new() noexcept {
  race::IgnoreScope ignore;
  void* memory = malloc(sizeof(StreamPair));
  if (memory == nullptr) fatal("out of memory");
  return new (memory) StreamPair();
}

StreamPair* stream_pair_of(const StreamKey& key, bool client) noexcept {
  StreamPair* pair = stream_pair_new();
  StreamPair* forgotten;
  {
    RuntimeLockGuard guard(registry_lock);
    if (StreamPair* found = take_pending(key, !client)) {
      forgotten = pair;
      pair = found;
    } else {
      // Somebody whose peer never came makes room.
      const uint32_t i = next_pending++ % kPending;
      forgotten = pending[i].pair != nullptr && drop_locked(pending[i].pair) ? pending[i].pair : nullptr;
      pending[i] = {key, pair, client};
      hashes[i] = hash_of(key);
    }
  }
  if (forgotten != nullptr) destroy(forgotten);
  return pair;
}

void stream_pair_drop(StreamPair* pair) noexcept {
  bool last;
  {
    RuntimeLockGuard guard(registry_lock);
    last = drop_locked(pair);
  }
  if (last) destroy(pair);
}

}  // namespace baton::rt
