// SPDX-License-Identifier: Apache-2.0
//
// How a heap block lies in memory: the C library's chunk, our header right before the block, the block. Between the
// beginning of the chunk and the header of a block with a large alignment nothing is kept.
//
//     word of the C library | (alignment - 16 bytes) | Header | block
//                           ^ start_of_chunk()                ^ what the program gets
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "detector/src/chain.h"
#include "detector/src/heap.h"

namespace baton::detector {

struct Header {
  uint64_t size : 40;
  uint64_t alignment_log2 : 8;
  uint64_t magic : 16;  // of the block's address: tells a header from other bytes
  ContextId context;
  uint32_t task_id;
};
static_assert(sizeof(Header) == kMinAlignment);

// A task's id in 32 bits: the upper one says that it is a thread.
constexpr uint32_t kShortThreadBit = 1u << 31;
inline uint32_t shortened(uint64_t id) {
  return (static_cast<uint32_t>(id) & ~kShortThreadBit) | ((id & kThreadBit) != 0 ? kShortThreadBit : 0);
}
inline uint64_t lengthened(uint32_t id) {
  return (id & ~kShortThreadBit) | ((id & kShortThreadBit) != 0 ? kThreadBit : 0);
}

inline uint16_t magic_of(uintptr_t block) { return static_cast<uint16_t>((block * 0x9e3779b97f4a7c15ull) >> 48 | 1); }

inline Header* header_of(const void* p) { return reinterpret_cast<Header*>(reinterpret_cast<uintptr_t>(p)) - 1; }

// Whether a block that is in use begins at `p`.
inline bool is_block(const void* p) { return header_of(p)->magic == magic_of(reinterpret_cast<uintptr_t>(p)); }

inline void* start_of_chunk(const void* p) {
  return reinterpret_cast<void*>(reinterpret_cast<uintptr_t>(p) - (uintptr_t{1} << header_of(p)->alignment_log2));
}

// The word that the C library keeps before a chunk: its size, with that word and, if it is mapped, another one; and
// three bits, of which the second says that it is mapped for itself alone and will be unmapped when it is freed.
inline size_t chunk_word(const void* chunk) { return static_cast<const size_t*>(chunk)[-1]; }
inline bool is_mapped(const void* chunk) { return (chunk_word(chunk) & 2) != 0; }

// Bytes that a block could have where it is.
inline size_t room_of(const void* p) {
  const void* chunk = start_of_chunk(p);
  const size_t before = static_cast<size_t>(static_cast<const char*>(p) - static_cast<const char*>(chunk));
  return (chunk_word(chunk) & ~size_t{7}) - (is_mapped(chunk) ? 2 : 1) * sizeof(size_t) - before;
}

// A block can be found from now on (find_block.cpp).
void note_bounds(uintptr_t block, size_t size);

}  // namespace baton::detector
