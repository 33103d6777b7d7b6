// SPDX-License-Identifier: Apache-2.0
// An open-addressing hash table that grows: keys in, keys looked up.
#include <vector>

#include "bench.hpp"

struct Slot {
  uint64_t key = 0;
  int64_t value = 0;
};

class Table {
 public:
  int64_t& at(uint64_t key) {
    if (used_ * 2 >= slots_.size()) grow();
    Slot& slot = find(slots_, key);
    if (slot.key == 0) {
      slot.key = key;
      used_++;
    }
    return slot.value;
  }
  size_t size() const { return used_; }

 private:
  static Slot& find(std::vector<Slot>& slots, uint64_t key) {
    size_t i = key * 0x9e3779b97f4a7c15ull >> 20 & (slots.size() - 1);
    while (slots[i].key != 0 && slots[i].key != key) i = (i + 1) & (slots.size() - 1);
    return slots[i];
  }
  void grow() {
    std::vector<Slot> larger(slots_.size() * 2);
    for (const Slot& slot : slots_) {
      if (slot.key != 0) find(larger, slot.key) = slot;
    }
    slots_ = std::move(larger);
  }

  std::vector<Slot> slots_ = std::vector<Slot>(16);
  size_t used_ = 0;
};

int main() {
  Table table;
  Random random;
  for (int i = 0; i < 4'000'000; i++) table.at(random.next() % 200'000 + 1) += i % 5;
  int64_t sum = static_cast<int64_t>(table.size());
  for (uint64_t key = 1; key <= 200'000; key++) sum += table.at(key) * static_cast<int64_t>(key % 7);
  print_checksum(sum);
}
