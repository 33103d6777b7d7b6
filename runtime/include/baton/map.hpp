// SPDX-License-Identifier: Apache-2.0
//
// Map: a hash map that goroutines share.
#pragma once

#include <array>
#include <baton/config.hpp>
#include <baton/sync.hpp>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <unordered_map>
#include <utility>
#include <vector>

namespace baton {

// Any number of goroutines may use it at once; operations block only while another one changes the same part of the
// map. A store happens before the loads that return its value. Values are copied out. K needs a hash and ==; neither
// may use the map. Cannot be copied or moved. Go's sync.Map.
template <class K, class V, class Hash = std::hash<K>>
class Map {
 public:
  Map() = default;
  Map(const Map&) = delete;
  Map& operator=(const Map&) = delete;

  // The value of the key, if it has one. Go's Load.
  std::optional<V> load(const K& key) const {
    Part& part = part_of(key);
    std::shared_lock lock(part.mu);
    return find(part, key);
  }

  // Gives the key a value. Go's Store.
  void store(const K& key, V value) {
    Part& part = part_of(key);
    std::scoped_lock lock(part.mu);
    part.entries.insert_or_assign(key, std::move(value));
  }

  // The value of the key and true; if it has none it gets `value`, and that and false are returned. Go's LoadOrStore.
  std::pair<V, bool> load_or_store(const K& key, V value) {
    Part& part = part_of(key);
    std::scoped_lock lock(part.mu);
    auto [at, stored] = part.entries.try_emplace(key, std::move(value));
    return {at->second, !stored};
  }

  // Removes the key and returns the value that it had. Go's LoadAndDelete.
  std::optional<V> load_and_delete(const K& key) {
    Part& part = part_of(key);
    std::scoped_lock lock(part.mu);
    std::optional<V> old = find(part, key);
    part.entries.erase(key);
    return old;
  }

  // Removes the key. Go's Delete.
  void erase(const K& key) {
    Part& part = part_of(key);
    std::scoped_lock lock(part.mu);
    part.entries.erase(key);
  }

  // Gives the key a value and returns the one that it had. Go's Swap.
  std::optional<V> swap(const K& key, V value) {
    Part& part = part_of(key);
    std::scoped_lock lock(part.mu);
    std::optional<V> old = find(part, key);
    part.entries.insert_or_assign(key, std::move(value));
    return old;
  }

  // Gives the key the value `desired` if it has `expected`, and returns whether it had. Go's CompareAndSwap.
  bool compare_and_swap(const K& key, const V& expected, V desired) {
    Part& part = part_of(key);
    std::scoped_lock lock(part.mu);
    const auto at = part.entries.find(key);
    if (at == part.entries.end() || !(at->second == expected)) return false;
    at->second = std::move(desired);
    return true;
  }

  // Calls f(key, value) for each key until it returns false. f may use the map; a key that is stored or removed
  // meanwhile may be visited or not, each at most once. Go's Range.
  template <class F>
  void range(F f) const {
    for (Part& part : parts_) {
      std::vector<std::pair<K, V>> entries;
      {
        std::shared_lock lock(part.mu);
        entries.assign(part.entries.begin(), part.entries.end());
      }
      for (auto& [key, value] : entries) {
        if (!f(std::as_const(key), std::as_const(value))) return;
      }
    }
  }

 private:
  static constexpr std::size_t kParts = 16;

  struct alignas(64) Part {
    RWMutex mu;
    std::unordered_map<K, V, Hash> entries;  // guarded by mu
  };

  Part& part_of(const K& key) const {
    // The map inside takes the low bits.
    return parts_[Hash()(key) * 0x9e3779b97f4a7c15ull >> 60];
  }

  static std::optional<V> find(const Part& part, const K& key) {
    const auto at = part.entries.find(key);
    if (at == part.entries.end()) return std::nullopt;
    return at->second;
  }

  mutable std::array<Part, kParts> parts_;
};

}  // namespace baton
