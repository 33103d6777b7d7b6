// SPDX-License-Identifier: Apache-2.0
//
// What the kernels are written on: the part of baton's API that they use, on baton itself or, with BENCH_THREADS, on
// std::thread, so that the same source can be built by clang with ThreadSanitizer. Each kernel is one program with a Go
// version beside it; both print the same checksum.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>

#ifndef BENCH_THREADS

#include <baton/baton.hpp>

using namespace baton;

#else

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <thread>
#include <utility>

template <class F>
void go(F f) {
  std::thread(std::move(f)).detach();
}

using Mutex = std::mutex;

class RWMutex {
 public:
  void lock() { mutex_.lock(); }
  void unlock() { mutex_.unlock(); }
  void rlock() { mutex_.lock_shared(); }
  void runlock() { mutex_.unlock_shared(); }

 private:
  std::shared_mutex mutex_;
};

class WaitGroup {
 public:
  void add(int n) {
    std::scoped_lock lock(mutex_);
    count_ += n;
    if (count_ == 0) zero_.notify_all();
  }
  void done() { add(-1); }
  void wait() {
    std::unique_lock lock(mutex_);
    zero_.wait(lock, [this] { return count_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable zero_;
  int count_ = 0;
};

// A channel of at least one place: the kernels use no other.
template <class T>
class chan {
 public:
  explicit chan(size_t capacity) : state_(std::make_shared<State>()) { state_->capacity = capacity; }
  void send(T value) {
    std::unique_lock lock(state_->mutex);
    state_->has_room.wait(lock, [this] { return state_->values.size() < state_->capacity; });
    state_->values.push_back(std::move(value));
    state_->has_value.notify_one();
  }
  std::optional<T> recv_opt() {
    std::unique_lock lock(state_->mutex);
    state_->has_value.wait(lock, [this] { return !state_->values.empty() || state_->closed; });
    if (state_->values.empty()) return std::nullopt;
    T value = std::move(state_->values.front());
    state_->values.pop_front();
    state_->has_room.notify_one();
    return value;
  }
  T recv() { return *recv_opt(); }
  friend void close(chan& c) {
    std::scoped_lock lock(c.state_->mutex);
    c.state_->closed = true;
    c.state_->has_value.notify_all();
  }

 private:
  struct State {
    std::mutex mutex;
    std::condition_variable has_room, has_value;
    std::deque<T> values;
    size_t capacity = 0;
    bool closed = false;
  };
  std::shared_ptr<State> state_;
};

template <class T>
chan<T> make_chan(size_t capacity) {
  return chan<T>(capacity);
}

#endif  // BENCH_THREADS

// The same numbers in both languages: xorshift64.
struct Random {
  uint64_t state = 88172645463325252ull;
  uint64_t next() {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
  }
};

inline void print_checksum(int64_t sum) { std::printf("checksum %lld\n", static_cast<long long>(sum)); }
