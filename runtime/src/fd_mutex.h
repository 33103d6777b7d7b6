// SPDX-License-Identifier: Apache-2.0
//
// Who may use a descriptor: one reader and one writer at a time, any number of others, and nobody once it is closed.
// The descriptor itself is closed by the last who leaves, so its number is never used for something else under the feet
// of an operation that is under way. Follows Go's internal/poll/fd_mutex.go.
//
// Bits of the state: 0 closed, 1 a reader is inside, 2 a writer is inside, then three counters of 20 bits: everybody
// inside, readers that wait, writers that wait.
#pragma once

#include <stdint.h>

#include <atomic>

namespace baton::rt {

class FdMutex {
 public:
  // Any operation. False: closed. The matching leave() says whether the caller has to close the descriptor.
  [[nodiscard]] bool enter() noexcept;
  [[nodiscard]] bool leave() noexcept;

  // Reading or writing: also waits until no other goroutine does the same. False: closed.
  [[nodiscard]] bool lock(bool read) noexcept;
  // Says whether the caller has to close the descriptor.
  [[nodiscard]] bool unlock(bool read) noexcept;

  // Closes: nobody enters any more, and those who wait to read or write give up. False: it was closed before. The
  // caller is inside, and has to leave().
  [[nodiscard]] bool close() noexcept;

 private:
  // Sequentially consistent: every change is one compare-and-swap of the whole state.
  std::atomic<uint64_t> state_{0};
  std::atomic<uint32_t> read_sema_{0};
  std::atomic<uint32_t> write_sema_{0};
};

}  // namespace baton::rt
