// SPDX-License-Identifier: Apache-2.0
//
// The numbers of the pass are those of the header that defines the boundary.
// RUN: %clangxx -std=c++20 -fsyntax-only -I%root -I%root/detector/include %s
#include <baton/race_abi.h>

#include "instrument/abi_names.h"

namespace abi = baton::abi;
static_assert(abi::kContextMultiplier == BATON_CTX_MULTIPLIER);
static_assert(abi::kContextDepthMask == BATON_CTX_DEPTH_MASK);
static_assert(abi::kContextMaxDepth == BATON_CTX_MAX_DEPTH);
static_assert(int{abi::kRelaxed} == BATON_RELAXED && int{abi::kConsume} == BATON_CONSUME);
static_assert(int{abi::kAcquire} == BATON_ACQUIRE && int{abi::kRelease} == BATON_RELEASE);
static_assert(int{abi::kAcqRel} == BATON_ACQ_REL && int{abi::kSeqCst} == BATON_SEQ_CST);
static_assert(int{abi::kLoad} == BATON_ATOMIC_LOAD && int{abi::kStore} == BATON_ATOMIC_STORE);
static_assert(int{abi::kRmw} == BATON_ATOMIC_RMW);
static_assert(abi::kFilterRead == BATON_FILTER_READ && abi::kFilterWrite == BATON_FILTER_WRITE);
