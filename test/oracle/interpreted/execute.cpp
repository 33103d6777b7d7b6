// SPDX-License-Identifier: Apache-2.0
//
// Runs a program on baton. This file is compiled without the pass: its accesses to the program's memory are the calls
// that the pass would make, its own bookkeeping is not seen by the detector and adds no edge.
//
// What it notes to tell the order in which synchronisation took effect is noted where that order is certain: the number
// of a critical section while the lock is held, the queue of a Cond under its mutex, the store that a load read from by
// the value (each store stores the number of its site plus one).
#include <array>
#include <baton/baton.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <optional>

#include "detector/include/baton/race_abi.h"
#include "detector/include/baton/race_hooks.h"
#include "test/oracle/interpreted/program.h"
#include "test/oracle/interpreted/raw_lock.h"
#include "test/oracle/interpreted/sites.h"

namespace oracle {
namespace {

using namespace std::chrono_literals;
using TimeChan = decltype(baton::after(1ns));

alignas(64) char arena[kArenaBytes];

struct PoolObject {
  int put_site = -1;
};

// A block of memory that the program allocates, once, and perhaps frees.
struct HeapSlot {
  char* p = nullptr;
  uint64_t size = 0;
  int block = 0;
  int freed = 0;  // the value of World::allocations when it was freed
};

// The objects of one run.
struct World {
  baton::Mutex mutex[kMutexes];
  baton::Cond cond[kMutexes] = {baton::Cond(mutex[0]), baton::Cond(mutex[1]), baton::Cond(mutex[2])};
  baton::RWMutex rw[kRWMutexes];
  baton::chan<int> channel[kChannels + 1];  // the last one is nil
  std::atomic<bool> closed[kChannels] = {};
  baton::WaitGroup group[kGroups];
  baton::Once once[kOnces];
  baton::Context context[kContexts];
  std::optional<baton::CancelFunc> cancel[kContexts];
  decltype(std::declval<baton::Context&>().done()) context_done[kContexts];
  std::atomic<bool> canceled[kContexts] = {};
  baton::Pool<PoolObject*> pool{[this] { return new_object(); }};
  char object[kObjects][8];
  baton::WaitGroup all;
  std::atomic<int> unfinished{0};

  // What is noted under the lock itself.
  int section[kMutexes] = {};
  int write_section[kRWMutexes] = {};
  std::deque<int> waiting[kMutexes];
  std::atomic<int> waiters[kMutexes] = {};  // size of `waiting`, for who does not hold the mutex

  RawLock lock;  // guards what follows
  std::array<PoolObject, kSites> objects;
  size_t objects_used = 0;
  TimeChan after[2];
  HeapSlot heap[kSlots];
  int allocations = 1;

  PoolObject* new_object() {
    const RawLock::Holder hold(lock);
    return &objects[objects_used++];
  }
};

struct Goroutine {
  bool mutex[kMutexes] = {};
  bool reads[kRWMutexes] = {};
  bool writes[kRWMutexes] = {};
  std::vector<PoolObject*> objects;
};

template <class T>
int atomic_value(T* p, const Op& op, Record& record) {
  const T desired = static_cast<T>(op.site + 1);
  T old = static_cast<T>(op.b);
  int kind = BATON_ATOMIC_RMW;
  int order = op.order;
  const uint64_t context = context_of_site(op.site);
  void* token = __baton_atomic_begin(p, sizeof *p, context);
  // The strongest order for the hardware: what the detector is told is what counts.
  switch (op.code) {
    case Code::kLoad:
      old = __atomic_load_n(p, __ATOMIC_SEQ_CST);
      kind = BATON_ATOMIC_LOAD;
      break;
    case Code::kStore:
      __atomic_store_n(p, desired, __ATOMIC_SEQ_CST);
      kind = BATON_ATOMIC_STORE;
      break;
    case Code::kExchange:
      old = __atomic_exchange_n(p, desired, __ATOMIC_SEQ_CST);
      break;
    default:
      record.ok = __atomic_compare_exchange_n(p, &old, desired, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
      if (!record.ok) {
        kind = BATON_ATOMIC_LOAD;
        order = op.failure;
      }
  }
  __baton_atomic_end(token, p, sizeof *p, kind, order, context);
  return static_cast<int>(old) - 1;
}

void read_memory(const char* p, size_t size, uint64_t context) {
  switch (size) {
    case 1:
      return __baton_read1(p, context);
    case 2:
      return __baton_read2(p, context);
    case 4:
      return __baton_read4(p, context);
    case 8:
      return __baton_read8(p, context);
    case 16:
      return __baton_read16(p, context);
    default:
      return __baton_read_range(p, size, context);
  }
}

void write_memory(char* p, size_t size, uint64_t context) {
  switch (size) {
    case 1:
      return __baton_write1(p, context);
    case 2:
      return __baton_write2(p, context);
    case 4:
      return __baton_write4(p, context);
    case 8:
      return __baton_write8(p, context);
    case 16:
      return __baton_write16(p, context);
    default:
      return __baton_write_range(p, size, context);
  }
}

// How long nothing may move, although main has done what it can, before the program counts as hanging.
constexpr auto kPatience = 20s;

class Runner {
 public:
  explicit Runner(const Program& program) : program_(program), world_(std::make_unique<World>()) {}

  Run run() {
    prepare();
    for (const Op& op : program_.goroutines[0]) perform(0, op);
    watch();
    drain();
    world_->all.wait();
    return std::move(run_);
  }

 private:
  void prepare() {
    const size_t count = program_.goroutines.size();
    run_.goroutines.resize(count);
    locals_.resize(count);
    for (size_t g = 0; g < count; g++) run_.goroutines[g].reserve(program_.goroutines[g].size() + kSites);
    for (int c = 0; c < kChannels; c++) {
      world_->channel[c] = baton::make_chan<int>(program_.capacity[c]);
      add_block(world_->channel[c].untyped(), 1, 1 + c);
    }
    for (int i = 0; i < kContexts; i++) {
      auto [context, cancel] = baton::with_cancel(baton::background());
      world_->context[i] = context;
      world_->cancel[i] = cancel;
      world_->context_done[i] = context.done();
    }
    for (int i = 0; i < kGroups; i++) {
      if (program_.added[i] != 0) world_->group[i].add(program_.added[i]);
    }
    world_->all.add(static_cast<int>(count) - 1);
    world_->unfinished.store(static_cast<int>(count) - 1, std::memory_order_relaxed);
    std::fill(std::begin(arena), std::end(arena), 0);
  }

  // While anything moves, lets it. Then ends what waits.
  void watch() {
    uint32_t seen = 0;
    int still = 0;
    auto moved = std::chrono::steady_clock::now();
    while (world_->unfinished.load(std::memory_order_acquire) != 0) {
      baton::gosched();
      const uint32_t now = clock_.load(std::memory_order_relaxed);
      still = now == seen ? still + 1 : 0;
      if (still == 0) moved = std::chrono::steady_clock::now();
      if (still % 64 == 63 && std::chrono::steady_clock::now() - moved > kPatience) give_up();
      seen = now;
      if (still % 64 < (program_.procs == 1 ? 30 : 60)) continue;
      rescue();
    }
  }

  [[noreturn]] void give_up() {
    std::printf("seed %llu hangs:\n%s%s", static_cast<unsigned long long>(program_.seed), text_of(program_).c_str(),
                text_of(run_).c_str());
    std::fflush(stdout);
    std::abort();
  }

  void rescue() {
    for (int c = 0; c < kChannels; c++) {
      if (!world_->closed[c].load(std::memory_order_relaxed)) return rescue({.code = Code::kClose, .a = c});
    }
    for (int i = 0; i < kContexts; i++) {
      if (!world_->canceled[i].load(std::memory_order_relaxed)) return rescue({.code = Code::kCancel, .a = i});
    }
    // Conds. Each time another one; a goroutine may have several waits before it.
    const int m = turn_++ % kMutexes;
    if (rescues_ + 3 >= kSites - 1 - kRescueSites) {
      baton::sleep(20us);
      return;
    }
    if (world_->waiters[m].load(std::memory_order_relaxed) == 0) {
      baton::sleep(20us);
      return;
    }
    rescue({.code = Code::kLock, .a = m});
    rescue({.code = Code::kBroadcast, .a = m});
    rescue({.code = Code::kUnlock, .a = m});
  }

  // Receives what is left, which tells in what order it was sent. Accesses nothing, so that one site does for all.
  void drain() {
    for (int c = 0; c < kChannels; c++) {
      while (world_->channel[c].len() != 0) perform(0, {.code = Code::kTryReceive, .a = c, .site = kSites - 1});
    }
  }

  void rescue(Op op) {
    op.site = kRescueSites + rescues_++;
    perform(0, op);
  }

  void body(int g) {
    for (const Op& op : program_.goroutines[static_cast<size_t>(g)]) perform(g, op);
    world_->all.done();
    // Releases the records; pairs with the load in watch.
    world_->unfinished.fetch_sub(1, std::memory_order_release);
  }

  struct Step {
    Runner* runner;
    int g;
    Record* record;
  };

  [[gnu::noinline]] void perform(int g, const Op& op) {
    std::vector<Record>& records = run_.goroutines[static_cast<size_t>(g)];
    records.push_back({.op = op});
    Step step = {this, g, &records.back()};
    at_site(
        op.site,
        [](void* p) { static_cast<Step*>(p)->runner->step(static_cast<Step*>(p)->g, *static_cast<Step*>(p)->record); },
        &step);
  }

  [[gnu::noinline]] void step(int g, Record& record) {
    __baton_ctx = context_of_site(record.op.site);
    record.begin = clock_.fetch_add(1, std::memory_order_relaxed);
    record.performed = true;
    try {
      act(g, record, record.op, locals_[static_cast<size_t>(g)]);
    } catch (const baton::panic_error&) {
      record.panicked = true;
    }
    record.end = clock_.fetch_add(1, std::memory_order_relaxed);
  }

  void act(int g, Record& record, const Op& op, Goroutine& own);
  void act_on_locks(Record& record, const Op& op, Goroutine& own);
  void act_on_channels(Record& record, const Op& op);
  void act_on_heap(Record& record, const Op& op);
  void select(Record& record, const Op& op);

  void atomic(Record& record, const Op& op) {
    char* p = arena + kCellOffset[op.a];
    switch (kCellSize[op.a]) {
      case 1:
        record.value = atomic_value(reinterpret_cast<uint8_t*>(p), op, record);
        break;
      case 2:
        record.value = atomic_value(reinterpret_cast<uint16_t*>(p), op, record);
        break;
      case 4:
        record.value = atomic_value(reinterpret_cast<uint32_t*>(p), op, record);
        break;
      default:
        record.value = atomic_value(reinterpret_cast<uint64_t*>(p), op, record);
    }
  }

  const Program& program_;
  std::unique_ptr<World> world_;
  Run run_;
  std::vector<Goroutine> locals_;
  int rescues_ = 0;
  int turn_ = 0;
  std::atomic<uint32_t> clock_{0};
};

void Runner::act(int g, Record& record, const Op& op, Goroutine& own) {
  World& world = *world_;
  const uint64_t context = context_of_site(op.site);
  switch (op.code) {
    case Code::kRead:
      return read_memory(arena + op.a, static_cast<size_t>(op.b), context);
    case Code::kWrite:
      return write_memory(arena + op.a, static_cast<size_t>(op.b), context);
    case Code::kLoad:
    case Code::kStore:
    case Code::kExchange:
    case Code::kCompareExchange:
      return atomic(record, op);
    case Code::kFence:
      return __baton_atomic_fence(op.order, context);
    case Code::kDone:
      return world.group[op.a].done();
    case Code::kWait:
      return world.group[op.a].wait();
    case Code::kOnce:
      return world.once[op.a].call([&] {
        record.ok = true;
        write_memory(arena + op.order, static_cast<size_t>(op.b), context);
      });
    case Code::kGo:
      return baton::go([this, child = op.a] { body(child); });
    case Code::kAfterFunc:
      static_cast<void>(baton::after_func(20us, [this, child = op.a] { body(child); }));
      return;
    case Code::kAfter: {
      TimeChan c = baton::after(20us);
      const RawLock::Holder hold(world.lock);
      world.after[op.a] = c;
      return;
    }
    case Code::kAfterReceive: {
      TimeChan c;
      for (int i = 0; i < 4 && c == baton::nil; i++) {
        if (i != 0) baton::gosched();
        const RawLock::Holder hold(world.lock);
        c = world.after[op.a];
      }
      record.ok = c != baton::nil;
      if (record.ok) static_cast<void>(c.recv());
      return;
    }
    case Code::kCancel:
      record.ok = !world.canceled[op.a].exchange(true, std::memory_order_relaxed);
      if (record.ok) (*world.cancel[op.a])();
      return;
    case Code::kContextWait:
      static_cast<void>(world.context_done[op.a].recv());
      return;
    case Code::kPoolGet: {
      PoolObject* object = world.pool.get();
      record.value = object->put_site;
      own.objects.push_back(object);
      return;
    }
    case Code::kPoolPut: {
      PoolObject* object = own.objects.empty() ? world.new_object() : own.objects.back();
      if (!own.objects.empty()) own.objects.pop_back();
      object->put_site = op.site;
      return world.pool.put(object);
    }
    case Code::kRaceAcquire:
      return __baton_acquire(world.object[op.a]);
    case Code::kRaceRelease:
      return __baton_release(world.object[op.a]);
    case Code::kRaceReleaseMerge:
      return __baton_release_merge(world.object[op.a]);
    case Code::kYield:
      return baton::gosched();
    case Code::kMalloc:
    case Code::kFree:
    case Code::kRealloc:
    case Code::kHeapRead:
    case Code::kHeapWrite:
      return act_on_heap(record, op);
    case Code::kSend:
    case Code::kTrySend:
    case Code::kReceive:
    case Code::kTryReceive:
    case Code::kClose:
    case Code::kSelect:
      return act_on_channels(record, op);
    default:
      return act_on_locks(record, op, own);
  }
  static_cast<void>(g);
}

void Runner::act_on_locks(Record& record, const Op& op, Goroutine& own) {
  World& world = *world_;
  const int i = op.a;
  record.ok = true;
  switch (op.code) {
    case Code::kLock:
    case Code::kTryLock:
      if (op.code == Code::kLock) {
        world.mutex[i].lock();
      } else if (!world.mutex[i].try_lock()) {
        record.ok = false;
        return;
      }
      own.mutex[i] = true;
      record.section = ++world.section[i];
      return;
    case Code::kUnlock:
      if (!(record.ok = own.mutex[i])) return;
      own.mutex[i] = false;
      record.section = world.section[i];
      return world.mutex[i].unlock();
    case Code::kCondWait:
      if (!(record.ok = own.mutex[i])) return;
      record.left = world.section[i];
      world.waiting[i].push_back(op.site);
      world.waiters[i].store(static_cast<int>(world.waiting[i].size()), std::memory_order_relaxed);
      world.cond[i].wait();
      record.section = ++world.section[i];
      return;
    case Code::kSignal:
      if (!(record.ok = own.mutex[i])) return;
      if (!world.waiting[i].empty()) {
        record.woke.push_back(world.waiting[i].front());
        world.waiting[i].pop_front();
      }
      world.waiters[i].store(static_cast<int>(world.waiting[i].size()), std::memory_order_relaxed);
      return world.cond[i].signal();
    case Code::kBroadcast:
      if (!(record.ok = own.mutex[i])) return;
      record.woke.assign(world.waiting[i].begin(), world.waiting[i].end());
      world.waiting[i].clear();
      world.waiters[i].store(0, std::memory_order_relaxed);
      return world.cond[i].broadcast();
    case Code::kReadLock:
    case Code::kTryReadLock:
      if (op.code == Code::kReadLock) {
        world.rw[i].rlock();
      } else if (!world.rw[i].try_rlock()) {
        record.ok = false;
        return;
      }
      own.reads[i] = true;
      record.section = world.write_section[i];
      return;
    case Code::kReadUnlock:
      if (!(record.ok = own.reads[i])) return;
      own.reads[i] = false;
      record.section = world.write_section[i];
      return world.rw[i].runlock();
    case Code::kWriteLock:
    case Code::kTryWriteLock:
      if (op.code == Code::kWriteLock) {
        world.rw[i].lock();
      } else if (!world.rw[i].try_lock()) {
        record.ok = false;
        return;
      }
      own.writes[i] = true;
      record.section = ++world.write_section[i];
      return;
    default:
      if (!(record.ok = own.writes[i])) return;
      own.writes[i] = false;
      record.section = world.write_section[i];
      return world.rw[i].unlock();
  }
}

void Runner::act_on_heap(Record& record, const Op& op) {
  World& world = *world_;
  const uint64_t context = context_of_site(op.site);
  const RawLock::Holder hold(world.lock);
  HeapSlot& slot = world.heap[op.a];
  const auto place = [&](void* p) {
    slot.p = static_cast<char*>(p);
    slot.size = static_cast<uint64_t>(op.b);
    slot.block = kSites + op.site;
    world.allocations++;
    add_block(slot.p, slot.size, slot.block);
  };
  if (op.code == Code::kMalloc) {
    if (slot.p == nullptr) place(std::malloc(static_cast<size_t>(op.b)));
    return;
  }
  const bool access = op.code == Code::kHeapRead || op.code == Code::kHeapWrite;
  // A freed block may be touched until its memory may be another block's.
  if (slot.p == nullptr || (slot.freed != 0 && (!access || slot.freed != world.allocations))) return;
  record.ok = true;
  record.block = slot.block;
  record.size = slot.size;
  switch (op.code) {
    case Code::kFree:
      std::free(slot.p);
      slot.freed = world.allocations;
      return;
    case Code::kRealloc:
      place(std::realloc(slot.p, static_cast<size_t>(op.b)));
      return;
    case Code::kHeapRead:
      return read_memory(slot.p + op.order, static_cast<size_t>(op.b), context);
    default:
      return write_memory(slot.p + op.order, static_cast<size_t>(op.b), context);
  }
}

void Runner::act_on_channels(Record& record, const Op& op) {
  baton::chan<int>& c = world_->channel[op.code == Code::kSelect ? kChannels : op.a];
  switch (op.code) {
    case Code::kSend:
      c.send(op.site);
      record.ok = true;
      return;
    case Code::kTrySend:
      record.ok = c.try_send(op.site);
      return;
    case Code::kReceive: {
      auto [value, ok] = c.recv_ok();
      record.ok = ok;
      record.value = ok ? value : -1;
      return;
    }
    case Code::kTryReceive: {
      // As a select, which tells an empty channel from a closed one.
      int value = -1;
      bool ok = false;
      record.chosen = static_cast<int>(baton::select(baton::on_recv(c, value, ok), baton::otherwise));
      record.ok = ok;
      record.value = ok ? value : -1;
      return;
    }
    case Code::kClose:
      record.ok = !world_->closed[op.a].exchange(true, std::memory_order_relaxed);
      if (record.ok) baton::close(c);
      return;
    default:
      select(record, op);
  }
}

void Runner::select(Record& record, const Op& op) {
  const std::vector<Case>& cases = program_.selects[static_cast<size_t>(op.a)];
  int value[3] = {-1, -1, -1};
  bool ok[3] = {};
  const auto receive = [&](size_t i) { return baton::on_recv(world_->channel[cases[i].channel], value[i], ok[i]); };
  const auto send = [&](size_t i) { return baton::on_send(world_->channel[cases[i].channel], op.site); };
  const auto choose = [&](auto&&... parts) {
    return op.b != 0 ? baton::select(parts..., baton::otherwise) : baton::select(parts...);
  };
  size_t chosen;
  if (cases.size() == 1) {
    chosen = cases[0].sends ? choose(send(0)) : choose(receive(0));
  } else if (cases.size() == 2) {
    chosen = cases[0].sends ? (cases[1].sends ? choose(send(0), send(1)) : choose(send(0), receive(1)))
                            : (cases[1].sends ? choose(receive(0), send(1)) : choose(receive(0), receive(1)));
  } else {
    std::vector<baton::select_case> list;
    for (size_t i = 0; i < cases.size(); i++) {
      if (cases[i].sends) {
        list.emplace_back(send(i));
      } else {
        list.emplace_back(receive(i));
      }
    }
    if (op.b != 0) list.emplace_back(baton::otherwise);
    chosen = baton::select(list);
  }
  record.chosen = static_cast<int>(chosen);
  if (chosen >= cases.size()) return;
  record.ok = cases[chosen].sends || ok[chosen];
  record.value = !cases[chosen].sends && ok[chosen] ? value[chosen] : -1;
}

}  // namespace

Run execute(const Program& program) {
  if (baton::gomaxprocs(0) != program.procs) baton::gomaxprocs(program.procs);
  if (program.reset) __baton_mem_reset(arena, sizeof arena);
  clear_blocks();
  add_block(arena, sizeof arena, 0);
  Runner runner(program);
  return runner.run();
}

}  // namespace oracle
