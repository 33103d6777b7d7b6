// SPDX-License-Identifier: Apache-2.0
//
// Every construct of Go that docs/porting.md names, in the form that it has in C++, and the details that programs rely
// on: each compiles without warnings, as written, and does what it does in Go.
// RUN: %baton_cxx -O1 -Wall -Wextra -Werror %s -o %t && timeout 120 %t 2>&1 | FileCheck %s
// RUN: %baton_cxx -O1 -race -Wall -Wextra -Werror %s -o %t.race && timeout 120 %t.race 2>&1 | FileCheck %s
// RUN: %gxx -std=c++20 -Wall -Wextra -Werror -I%prefix/include -fsyntax-only %s
#include <baton/baton.hpp>

#include <unistd.h>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>
using namespace baton;
using namespace std::chrono_literals;

#define EXPECT(condition)                                                         \
  do {                                                                            \
    if (!(condition)) std::printf("line %d: not so: %s\n", __LINE__, #condition); \
  } while (false)

// `make_chan` and `go` work in a static initialiser.
static const chan<int> early = [] {
  auto c = make_chan<int>(1);
  go([=] { c << 41; });
  return c;
}();

static void goroutines() {
  EXPECT(early.recv() == 41);
  auto c = make_chan<std::string>(2);
  auto f = [](chan<std::string> to, std::string text, std::unique_ptr<int> n) { to << text + std::to_string(*n); };
  std::string text = "x";
  go(f, c, text, std::make_unique<int>(5));  // evaluated and moved in
  text = "y";
  EXPECT(c.recv() == "x5");
  go([=] { c << std::string("closure"); });
  EXPECT(c.recv() == "closure");
  int by_reference = 0;
  WaitGroup wg;
  wg.add(1);
  go(
      [&wg](int& n) {
        n = 7;
        wg.done();
      },
      std::ref(by_reference));
  wg.wait();
  EXPECT(by_reference == 7);
}

static int first_of(recv_chan<int> in) { return in.recv(); }
static void put(send_chan<int> out, int v) { out << v; }

static void channels() {
  auto unbuffered = make_chan<int>();
  auto buffered = make_chan<int>(10);
  EXPECT(unbuffered.cap() == 0 && buffered.cap() == 10 && buffered.len() == 0);
  chan<int> none;
  EXPECT(none == nil);
  EXPECT(!none.try_send(1));
  chan<int> again = buffered;
  EXPECT(again == buffered && again != unbuffered);
  again = nil;
  EXPECT(again == nil);
  put(buffered, 3);
  EXPECT(first_of(buffered) == 3);
  buffered << 1;
  buffered.send(2);
  EXPECT(buffered.try_send(3));
  int v = buffered.recv();
  EXPECT(v == 1);
  buffered >> v;
  EXPECT(v == 2);
  buffered.recv();
  EXPECT(!buffered.try_recv());
  buffered << 8 << 9;
  EXPECT(buffered.len() == 2 && buffered.cap() == 10);
  close(buffered);
  int sum = 0;
  for (auto item : buffered) sum += item;
  EXPECT(sum == 17);
  auto [value, ok] = buffered.recv_ok();
  EXPECT(value == 0 && !ok);
  auto wide = make_chan<long>(1);
  wide.send(5);  // converts to the element type
  EXPECT(wide.recv() == 5);
  struct Bare {
    explicit Bare(int n) : number(n) {}
    int number;
  };
  auto bare = make_chan<Bare>(1);
  bare << Bare(4);
  EXPECT(bare.recv_opt()->number == 4);
  close(bare);
  EXPECT(!bare.recv_opt());
  // Dropping the last handle does not close, and a move-only type passes through.
  auto movable = make_chan<std::unique_ptr<int>>();
  go([movable] { movable << std::make_unique<int>(6); });
  EXPECT(*movable.recv() == 6);
}

// The whole switch inside a loop, with the words of Go.
static int select_in_a_loop() {
  auto a = make_chan<int>(3);
  auto b = make_chan<int>(1);
  a << 1 << 2 << 3;
  close(a);
  int sum = 0;
  chan<int> from = a;
  for (;;) {
    int v;
    bool ok;
    switch (select(on_recv(from, v, ok), on_recv(after(10s)))) {
      case 0:
        if (!ok) {
          from = nil;
          b << 10;
          return sum + b.recv();
        }
        if (v == 2) continue;
        sum += v;
        break;
      case 1:
        return -1;
    }
  }
}

static void selects() {
  auto a = make_chan<int>(1);
  auto b = make_chan<std::string>(1);
  int v = 0;
  switch (select(on_recv(a, v), on_send(b, "text"), otherwise)) {
    case 0:
      EXPECT(false);
      break;
    case 1:
      EXPECT(b.recv() == "text");
      break;
    default:
      EXPECT(false);
  }
  chan<std::string> off;
  switch (select(on_recv(a, v), on_send(off, "text"), otherwise)) {
    case 2:
      v = 99;
      break;
    default:
      EXPECT(false);
  }
  EXPECT(v == 99);
  a << 4;
  bool ok = false;
  EXPECT(select(on_recv(a, v, ok)) == 0 && v == 4 && ok);
  EXPECT(select(on_recv(a), on_recv(after(1ms))) == 1);
  std::vector<select_case> cases;
  cases.push_back(on_recv(a, v));
  cases.push_back(on_send(b, std::string("late")));
  EXPECT(select(std::span<select_case>(cases)) == 1 && b.recv() == "late");
  EXPECT(select_in_a_loop() == 14);
  go([] { select(); });
}

static std::string order;

static void defers() {
  {
    defer(order += "1");  // an expression with a value
    defer(order += "2");
  }
  EXPECT(order == "21");
  try {
    defer(order += "3");
    panic("text");
  } catch (const panic_error& e) {
    EXPECT(std::string(e.what()) == "text" && order == "213");
  }
  try {
    panic(42);
  } catch (const std::exception& e) {
    EXPECT(std::string(e.what()).find("42") != std::string::npos);
  }
}

static void locks() {
  int counter = 0;
  Mutex mu;
  WaitGroup wg;
  wg.add(2);
  for (int i = 0; i < 2; i++) {
    go([&] {
      defer(wg.done());
      std::scoped_lock lk(mu);
      counter++;
    });
  }
  wg.wait();
  wg.go([&] {
    mu.lock();
    counter++;
    mu.unlock();
  });
  wg.wait();
  EXPECT(counter == 3);
  EXPECT(mu.try_lock());
  EXPECT(!mu.try_lock());
  mu.unlock();
  RWMutex rw;
  {
    std::shared_lock reading(rw);
    EXPECT(rw.try_rlock());
    EXPECT(!rw.try_lock());
    rw.runlock();
  }
  rw.rlock();
  rw.runlock();
  rw.lock();
  rw.unlock();
  static_assert(!std::is_copy_constructible_v<Mutex> && !std::is_copy_constructible_v<RWMutex>);
  Once once;
  for (int i = 0; i < 3; i++) once.call([&] { counter = 50; });
  EXPECT(counter == 50);
  auto only_once = once_func([&] { counter++; });
  only_once();
  only_once();
  EXPECT(counter == 51);
  auto answer = once_value([] { return 42; });
  EXPECT(answer() == 42 && answer() == 42);
  Cond cond(mu);
  bool set = false;
  go([&] {
    std::scoped_lock lk(mu);
    set = true;
    cond.signal();
    cond.broadcast();
  });
  mu.lock();
  while (!set) cond.wait();
  mu.unlock();
  Pool<std::string> pool([] { return std::string("new"); });
  std::string taken = pool.get();
  EXPECT(taken == "new");
  pool.put(std::move(taken));
  Map<std::string, int> map;
  map.store("one", 1);
  EXPECT(map.load("one") == 1);
}

static void atomics() {
  int64_t x = 0;
  EXPECT(atomic_add(&x, 1) == 1);
  EXPECT(atomic_load(&x) == 1);
  atomic_store(&x, 5);
  EXPECT(atomic_swap(&x, 6) == 5);
  EXPECT(atomic_cas(&x, 6, 7));
  EXPECT(!atomic_cas(&x, 6, 8));
  uint8_t small = 0;
  EXPECT(atomic_add(&small, 3) == 3);
  int target = 1;
  int* pointer = nullptr;
  EXPECT(atomic_cas(&pointer, nullptr, &target) && atomic_load(&pointer) == &target);
  std::atomic<int64_t> typed{4};
  EXPECT(typed.fetch_add(1) == 4);
}

static void times() {
  sleep(1ms);
  std::this_thread::sleep_for(1ms);
  after(1ms).recv();
  auto ticks = tick(1ms);
  ticks.recv();
  ticks.recv();
  Timer timer(1h);
  EXPECT(timer.stop());
  EXPECT(!timer.reset(1ms));
  timer.c.recv();
  Ticker ticker(1ms);
  ticker.c.recv();
  ticker.reset(2ms);
  ticker.stop();
  auto fired = make_chan<int>(2);
  after_func(1ms, [=] { fired << 1; });  // the timer may be dropped
  fired.recv();
  Timer later = after_func(1h, [=] { fired << 2; });
  EXPECT(later.stop());
  EXPECT(!later.reset(1ms));
  EXPECT(fired.recv() == 2);
}

static void runtime_calls() {
  gosched();
  const int before = gomaxprocs(3);
  EXPECT(gomaxprocs(0) == 3);
  EXPECT(gomaxprocs(before) == 3);
  EXPECT(num_cpu() >= 1 && num_goroutine() >= 1);
  auto c = make_chan<int>(1);
  go([=] {
    defer(c << 1);
    goexit();
  });
  EXPECT(c.recv() == 1);
  WaitGroup wg;
  wg.go([] {
    lock_os_thread();
    const auto self = pthread_self();
    for (int i = 0; i < 10; i++) gosched();
    EXPECT(pthread_equal(self, pthread_self()) != 0);
    unlock_os_thread();
  });
  wg.wait();
  EXPECT(set_max_threads(10000) == 10000);
  const auto stack = set_max_stack(1 << 20);
  EXPECT(set_max_stack(stack) == 1 << 20);
  EXPECT(stack_trace(false).find("goroutine 1 [running]") != std::string::npos);
  EXPECT(stack_trace(true).find("select (no cases)") != std::string::npos);
}

static void blocking_calls() {
  int ends[2];
  EXPECT(::pipe(ends) == 0);
  go([=] { EXPECT(::write(ends[1], "x", 1) == 1); });
  char byte = 0;
  const auto n = blocking([&] { return ::read(ends[0], &byte, 1); });
  EXPECT(n == 1 && byte == 'x');
  ::close(ends[0]);
  ::close(ends[1]);
}

static void contexts() {
  auto [ctx, cancel] = with_cancel(background());
  EXPECT(ctx.err() == nil);
  cancel();
  ctx.done().recv();
  EXPECT(ctx.err() == canceled);
  auto [timed, cancel_timed] = with_timeout(background(), 1ms);
  defer(cancel_timed());
  EXPECT(select(on_recv(timed.done()), on_recv(after(10s))) == 0);
  EXPECT(timed.err() == deadline_exceeded);
  auto [dead, cancel_dead] = with_deadline(background(), std::chrono::steady_clock::now() + 1ms);
  defer(cancel_dead());
  dead.done().recv();
  Context valued = with_value(background(), "key", 7);
  EXPECT(*valued.value<int>("key") == 7);
  ErrGroup g;
  g.set_limit(2);
  for (int i = 0; i < 4; i++) {
    g.go([i]() -> error { return i == 3 ? error("three") : error(); });
  }
  EXPECT(g.wait().text() == "three");
}

static void network() {
  const std::string path = "@baton-every-row-" + std::to_string(getpid());
  for (const auto& [kind, address] : {std::pair<std::string, std::string>{"tcp", "127.0.0.1:0"}, {"unix", path}}) {
    auto [listener, listen_error] = listen(kind, address);
    EXPECT(!listen_error);
    go([l = listener] {
      auto [conn, err] = l.accept();
      char buffer[16];
      auto [n, read_error] = conn.read(buffer);
      conn.write(buffer, n);
      conn.close();
    });
    auto [conn, dial_error] = dial(kind, listener.addr());
    EXPECT(!dial_error);
    EXPECT(!conn.set_deadline(10s));
    conn.write("hello");
    char buffer[16];
    EXPECT(conn.read(buffer).n == 5);
    EXPECT(conn.read(buffer).err == eof);
    conn.close();
    listener.close();
  }
}

static void race_calls() {
  static int object;
  race::acquire(&object);
  race::release(&object);
  race::release_merge(&object);
  race::read(&object);
  race::write(&object);
  race::disable();
  race::enable();
  EXPECT(race::errors() == 0);
#if defined(__BATON_RACE__)
  static_assert(race::enabled);
#else
  static_assert(!race::enabled);
#endif
}

int main() {
  goroutines();
  channels();
  selects();
  defers();
  locks();
  atomics();
  times();
  runtime_calls();
  blocking_calls();
  contexts();
  network();
  race_calls();
  std::puts("end");
  go([] { select(); });  // it does not hold the process
}
// CHECK-NOT: not so
// CHECK-NOT: DATA RACE
// CHECK: end
