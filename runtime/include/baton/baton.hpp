// SPDX-License-Identifier: Apache-2.0
//
// All of baton, with the parts of the standard library that a port of a small Go program needs.
#pragma once

#include <baton/atomic.hpp>
#include <baton/blocking.hpp>
#include <baton/chan.hpp>
#include <baton/cond.hpp>
#include <baton/config.hpp>
#include <baton/context.hpp>
#include <baton/defer.hpp>
#include <baton/err_group.hpp>
#include <baton/error.hpp>
#include <baton/go.hpp>
#include <baton/map.hpp>
#include <baton/net.hpp>
#include <baton/once.hpp>
#include <baton/panic.hpp>
#include <baton/pool.hpp>
#include <baton/race.hpp>
#include <baton/select.hpp>
#include <baton/stack_trace.hpp>
#include <baton/sync.hpp>
#include <baton/time.hpp>
#include <baton/timer.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <shared_mutex>
#include <string>
