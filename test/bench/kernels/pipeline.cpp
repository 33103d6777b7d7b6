// SPDX-License-Identifier: Apache-2.0
// A pipeline of four stages over channels of one place; blocks of memory are handed on.
#include <vector>

#include "bench.hpp"

int main() {
  constexpr int stages = 4, blocks = 20'000, length = 256;
  using Block = std::vector<int>*;
  std::vector<chan<Block>> links;
  for (int s = 0; s <= stages; s++) links.push_back(make_chan<Block>(1));
  for (int s = 0; s < stages; s++) {
    go([in = links[s], out = links[s + 1], s]() mutable {
      while (auto block = in.recv_opt()) {
        for (int& x : **block) x = (x * 3 + s) % 1009;
        out.send(*block);
      }
      close(out);
    });
  }
  go([in = links[0]]() mutable {
    for (int b = 0; b < blocks; b++) {
      Block block = new std::vector<int>(length);
      for (int i = 0; i < length; i++) (*block)[i] = b + i;
      in.send(block);
    }
    close(in);
  });
  int64_t sum = 0;
  while (auto block = links[stages].recv_opt()) {
    for (int x : **block) sum += x;
    delete *block;
  }
  print_checksum(sum);
}
