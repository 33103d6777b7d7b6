// SPDX-License-Identifier: Apache-2.0
//
// The names and numbers of detector/include/baton/race_abi.h which the pass writes into user code: all that the pass
// knows of the detector.
//
// Rules:
//  * Includes nothing of LLVM, nothing of the detector.
//  * test/lit/instrument/abi-names.test checks that every name is declared in race_abi.h, abi-values.cpp that the
//    numbers agree.
#ifndef BATON_INSTRUMENT_ABI_NAMES_H_
#define BATON_INSTRUMENT_ABI_NAMES_H_

#include <cstdint>

namespace baton::abi {

inline constexpr char kVersion[] = "__baton_abi_v1";
inline constexpr char kContext[] = "__baton_ctx";
inline constexpr uint64_t kContextMultiplier = 0x9e3779b97f4a7c15ull;
inline constexpr uint64_t kContextDepthMask = 0xff;
inline constexpr uint64_t kContextMaxDepth = 4;

// Indexed by the binary logarithm of the size of the access.
inline constexpr int kSizes = 5;
inline constexpr const char* kRead[kSizes] = {"__baton_read1", "__baton_read2", "__baton_read4", "__baton_read8",
                                              "__baton_read16"};
inline constexpr const char* kWrite[kSizes] = {"__baton_write1", "__baton_write2", "__baton_write4", "__baton_write8",
                                               "__baton_write16"};
// The filter and what follows a miss. The names of the functions go on: the size or "_n", then "_leaf" or nothing.
inline constexpr char kShadow[] = "__baton_shadow";
inline constexpr char kEpoch[] = "__baton_epoch";
inline constexpr uint64_t kFilterRead = 8;
inline constexpr uint64_t kFilterWrite = 10;
inline constexpr char kColdRead[] = "__baton_cold_read";
inline constexpr char kColdWrite[] = "__baton_cold_write";

inline constexpr char kReadRange[] = "__baton_read_range";
inline constexpr char kWriteRange[] = "__baton_write_range";
inline constexpr char kReadStrided[] = "__baton_read_strided";
inline constexpr char kWriteStrided[] = "__baton_write_strided";
inline constexpr char kReadMask[] = "__baton_read_mask";
inline constexpr char kWriteMask[] = "__baton_write_mask";
inline constexpr char kReadIf[] = "__baton_read_if";
inline constexpr char kWriteIf[] = "__baton_write_if";

inline constexpr char kAtomicBegin[] = "__baton_atomic_begin";
inline constexpr char kAtomicEnd[] = "__baton_atomic_end";
inline constexpr char kAtomicFence[] = "__baton_atomic_fence";
inline constexpr char kGuardRelease[] = "__baton_guard_release";
inline constexpr char kGuardAcquire[] = "__baton_guard_acquire";

enum Order { kRelaxed = 0, kConsume = 1, kAcquire = 2, kRelease = 3, kAcqRel = 4, kSeqCst = 5 };
enum AtomicKind { kLoad = 0, kStore = 1, kRmw = 2 };

}  // namespace baton::abi

#endif  // BATON_INSTRUMENT_ABI_NAMES_H_
