// SPDX-License-Identifier: Apache-2.0
//
// Element types of channels, and channels as values: copies, comparison, directions, lifetime.
#include <array>
#include <memory>
#include <ranges>
#include <vector>

#include "test/unit/runtime/goroutines.h"

namespace baton::test {
namespace {

class ChanTypes : public WithProcessors {};
BATON_TEST_WITH_PROCESSORS(ChanTypes);

static_assert(std::ranges::input_range<chan<int>>);
static_assert(std::ranges::input_range<recv_chan<std::unique_ptr<int>>>);
static_assert(std::is_nothrow_default_constructible_v<chan<int>>);
static_assert(std::convertible_to<chan<int>, send_chan<int>> && std::convertible_to<chan<int>, recv_chan<int>>);
static_assert(!std::convertible_to<send_chan<int>, recv_chan<int>> && !std::convertible_to<recv_chan<int>, chan<int>>);
static_assert(!std::convertible_to<chan<int>, chan<long>>);
template <class C>
concept Sends = requires(C c) { c << 1; };
template <class C>
concept Receives = requires(C c) { c.recv(); };
template <class C>
concept Closes = requires(C c) { close(c); };
static_assert(Sends<chan<int>> && Receives<chan<int>> && Closes<chan<int>>);
static_assert(Sends<send_chan<int>> && !Receives<send_chan<int>> && Closes<send_chan<int>>);
static_assert(!Sends<recv_chan<int>> && Receives<recv_chan<int>> && !Closes<recv_chan<int>>);

// Counts the objects of it that are alive.
struct Counted {
  static inline std::atomic<int> alive{0};
  int value = 0;
  Counted(int v = 0) : value(v) { alive++; }
  Counted(const Counted& o) : value(o.value) { alive++; }
  Counted(Counted&& o) noexcept : value(std::exchange(o.value, -1)) { alive++; }
  Counted& operator=(const Counted&) = default;
  ~Counted() { alive--; }
};

struct NoDefault {
  explicit NoDefault(int v) : value(v) {}
  int value;
};

struct Empty {};

struct alignas(64) Aligned {
  int value;
};

TEST_P(ChanTypes, MoveOnly) {
  for (int capacity : {0, 2}) {
    auto c = make_chan<std::unique_ptr<int>>(capacity);
    go([c] {
      for (int i = 0; i < 10; i++) c << std::make_unique<int>(i);
      close(c);
    });
    EXPECT_EQ(*c.recv(), 0);
    std::unique_ptr<int> p;
    c >> p;
    EXPECT_EQ(*p, 1);
    EXPECT_EQ(**c.recv_opt(), 2);
    EXPECT_EQ(*c.recv_ok().value, 3);
    int expected = 4;
    for (auto q : c) EXPECT_EQ(*q, expected++);
    EXPECT_EQ(expected, 10);
    EXPECT_EQ(c.recv(), nullptr);
  }
}

TEST_P(ChanTypes, Strings) {
  for (int capacity : {0, 3}) {
    auto c = make_chan<std::string>(capacity);
    go([c] {
      for (int i = 0; i < 50; i++) c << std::string(i, 'x');
      c << "literal";
      close(c);
    });
    for (int i = 0; i < 50; i++) EXPECT_EQ(c.recv(), std::string(i, 'x'));
    EXPECT_EQ(c.recv(), "literal");
    EXPECT_EQ(c.recv(), "");
  }
}

TEST_P(ChanTypes, SendCopiesAnLvalueAndMovesAnRvalue) {
  auto c = make_chan<std::string>(2);
  std::string s(40, 's');
  c << s;
  EXPECT_EQ(s, std::string(40, 's'));
  c << std::move(s);
  EXPECT_EQ(c.recv(), c.recv());
}

TEST_P(ChanTypes, SendConverts) {
  auto c = make_chan<double>(2);
  c << 3;
  c.send(2.5f);
  EXPECT_EQ(c.recv(), 3.0);
  EXPECT_EQ(c.recv(), 2.5);
  auto d = make_chan<std::pair<int, std::string>>(1);
  d.send({1, "one"});
  EXPECT_EQ(d.recv().second, "one");
}

TEST_P(ChanTypes, NoDefaultConstructor) {
  auto c = make_chan<NoDefault>(1);
  c << NoDefault(4);
  EXPECT_EQ(c.recv_opt()->value, 4);
  close(c);
  EXPECT_FALSE(c.recv_opt().has_value());
}

TEST_P(ChanTypes, EmptyElements) {
  auto done = make_chan<Empty>(3);
  done << Empty{};
  done << Empty{};
  EXPECT_EQ(done.len(), 2u);
  done.recv();
  done.recv();
  auto unbuffered = make_chan<Empty>();
  go([unbuffered] { unbuffered << Empty{}; });
  EXPECT_TRUE(unbuffered.recv_ok().ok);
}

TEST_P(ChanTypes, OverAlignedElements) {
  auto c = make_chan<Aligned>(3);
  for (int i = 0; i < 3; i++) c << Aligned{i};
  for (int i = 0; i < 3; i++) {
    Aligned a = c.recv();
    EXPECT_EQ(a.value, i);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(&a) % 64, 0u);
  }
}

TEST_P(ChanTypes, LargeElements) {
  using Big = std::array<int, 1000>;
  for (int capacity : {0, 2}) {
    auto c = make_chan<Big>(capacity);
    go([c] {
      Big b;
      for (int n = 0; n < 20; n++) {
        b.fill(n);
        c << b;
      }
    });
    for (int n = 0; n < 20; n++) {
      Big b = c.recv();
      EXPECT_EQ(b.front(), n);
      EXPECT_EQ(b.back(), n);
    }
  }
}

TEST_P(ChanTypes, ChannelsOfChannels) {
  auto requests = make_chan<chan<int>>();
  go([requests] {
    for (auto reply : requests) reply << 42;
  });
  auto reply = make_chan<int>();
  for (int i = 0; i < 10; i++) {
    requests << reply;
    EXPECT_EQ(reply.recv(), 42);
  }
  close(requests);
}

TEST_P(ChanTypes, NothingLeaksAndNothingIsDestroyedTwice) {
  const int before = Counted::alive;
  for (int capacity : {0, 1, 4}) {
    auto c = make_chan<Counted>(capacity);
    WaitGroup wg;
    wg.go([&] {
      for (int i = 0; i < 20; i++) c << Counted(i);
      close(c);
    });
    int expected = 0;
    for (const auto& v : c) EXPECT_EQ(v.value, expected++);
    EXPECT_EQ(expected, 20);
    wg.wait();
  }
  EXPECT_EQ(Counted::alive, before);
}

TEST_P(ChanTypes, LastHandleDestroysWhatIsInTheBuffer) {
  const int before = Counted::alive;
  {
    auto c = make_chan<Counted>(4);
    c << 1;
    c.recv();
    for (int i = 0; i < 4; i++) c << i;  // wraps around
    chan<Counted> other = c;
    c = nil;
    EXPECT_EQ(Counted::alive, before + 4);
    EXPECT_EQ(other.recv().value, 0);
    EXPECT_EQ(Counted::alive, before + 3);
  }
  EXPECT_EQ(Counted::alive, before);
}

TEST_P(ChanTypes, FailedTrySendDropsTheValue) {
  const int before = Counted::alive;
  {
    auto c = make_chan<Counted>(1);
    EXPECT_TRUE(c.try_send(1));
    EXPECT_FALSE(c.try_send(2));
    EXPECT_EQ(Counted::alive, before + 1);
    close(c);
    EXPECT_EQ(panic_of([&] { c << 3; }), "send on closed channel");
    EXPECT_EQ(Counted::alive, before + 1);
  }
  EXPECT_EQ(Counted::alive, before);
}

TEST_P(ChanTypes, HandlesCompare) {
  auto a = make_chan<int>();
  auto b = make_chan<int>();
  chan<int> none;
  recv_chan<int> in = a;
  send_chan<int> out = a;
  EXPECT_TRUE(a == a);
  EXPECT_TRUE(a != b);
  EXPECT_TRUE(a == in);
  EXPECT_TRUE(out == a);
  EXPECT_TRUE(none == nil);
  EXPECT_TRUE(nil != a);
  EXPECT_FALSE(a == none);
  b = a;
  EXPECT_TRUE(a == b);
}

TEST_P(ChanTypes, HandlesMove) {
  auto a = make_chan<int>(1);
  chan<int> b = a;
  chan<int> c = std::move(b);
  EXPECT_TRUE(c == a);
  a << 1;
  b = std::move(c);
  EXPECT_EQ(b.recv(), 1);
  chan<int>& alias = b;
  b = alias;  // self-assignment keeps the channel
  b << 2;
  EXPECT_EQ(a.recv(), 2);
}

TEST_P(ChanTypes, NilConverts) {
  recv_chan<int> in = nil;
  send_chan<int> out = nil;
  chan<int> c = nil;
  EXPECT_TRUE(in == nil && out == nil && c == nil);
  c = make_chan<int>(1);
  in = c;
  EXPECT_TRUE(in != nil);
  in = nil;
  EXPECT_TRUE(in == nil);
}

TEST_P(ChanTypes, ChannelOutlivesItsCreator) {
  auto results = [] {
    auto c = make_chan<int>();
    go([c] {
      for (int i = 0; i < 3; i++) c << i;
      close(c);
    });
    return recv_chan<int>(c);
  }();
  int sum = 0;
  for (int v : results) sum += v;
  EXPECT_EQ(sum, 3);
}

constinit chan<int> global;
const auto made_before_main = make_chan<int>(1);

TEST_P(ChanTypes, Globals) {
  EXPECT_TRUE(global == nil);
  made_before_main << 5;
  EXPECT_EQ(made_before_main.recv(), 5);
}

TEST_P(ChanTypes, ManyHandlesDroppedAtOnce) {
  const int before = Counted::alive;
  for (int round = 0; round < 100; round++) {
    auto c = make_chan<Counted>(2);
    c << 1;
    WaitGroup wg;
    wg.add(8);
    for (int i = 0; i < 8; i++) {
      go([&wg, c]() mutable {
        c = nil;
        wg.done();
      });
    }
    c = nil;
    wg.wait();
  }
  EXPECT_EQ(Counted::alive, before);
}

}  // namespace
}  // namespace baton::test
