// SPDX-License-Identifier: Apache-2.0
//
// What test programs include most, for cxx.sh.in. Nothing that has static initialisers (<iostream>): they would be in
// every program. Nothing that puts names of its own beside the program's (<sys/socket.h>).
#include <atomic>
#include <baton/baton.hpp>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <functional>
#include <future>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>
