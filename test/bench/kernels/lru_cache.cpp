// SPDX-License-Identifier: Apache-2.0
// A least-recently-used cache behind one mutex, used by four goroutines.
#include <list>
#include <mutex>
#include <unordered_map>

#include "bench.hpp"

class Cache {
 public:
  explicit Cache(size_t capacity) : capacity_(capacity) {}
  int64_t get(uint64_t key) {
    std::scoped_lock lock(mutex_);
    auto found = index_.find(key);
    if (found != index_.end()) {
      order_.splice(order_.begin(), order_, found->second);
      return found->second->second;
    }
    if (order_.size() == capacity_) {
      index_.erase(order_.back().first);
      order_.pop_back();
    }
    order_.emplace_front(key, static_cast<int64_t>(key) * 3);
    index_[key] = order_.begin();
    return order_.front().second;
  }

 private:
  Mutex mutex_;
  size_t capacity_;
  std::list<std::pair<uint64_t, int64_t>> order_;
  std::unordered_map<uint64_t, std::list<std::pair<uint64_t, int64_t>>::iterator> index_;
};

int main() {
  constexpr int workers = 4, requests = 250'000;
  Cache cache(4096);
  int64_t sums[workers] = {};
  WaitGroup wg;
  wg.add(workers);
  for (int w = 0; w < workers; w++) {
    go([&, w] {
      Random random;
      random.state += static_cast<uint64_t>(w);
      int64_t sum = 0;
      for (int i = 0; i < requests; i++) sum += cache.get(random.next() % 6000);
      sums[w] = sum;
      wg.done();
    });
  }
  wg.wait();
  int64_t total = 0;
  for (int64_t sum : sums) total += sum;
  print_checksum(total);
}
