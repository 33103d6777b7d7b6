// SPDX-License-Identifier: Apache-2.0
//
// go(f, args...) and what belongs to goroutines as such.
//
// A goroutine runs until its function returns. Nobody owns it or joins it (use a WaitGroup or a channel); when main
// returns, the process ends with it. An exception that leaves the function ends the process with its text, the
// goroutine's stack and exit status 2.
#pragma once

#include <baton/config.hpp>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <new>
#include <tuple>
#include <type_traits>
#include <utility>

namespace baton {

namespace internal {

// Creates a goroutine that calls run(closure). The return address of this call is the goroutine's place of creation.
void spawn(void (*run)(void*), void* closure);
// The same for a call that fits into registers.
using Word = std::uintptr_t;
void spawn_words(void (*run)(Word, Word, Word, Word), Word a, Word b, Word c, Word d);

// A callable with its arguments on their way to a goroutine. run() is the outermost frame of the goroutine that belongs
// to the program; it calls the user's function directly, without frames of std::apply or std::invoke in between.
template <class F, class... A>
struct GoCall {
  F f;
  [[no_unique_address]] std::tuple<A...> args;

  // A small call whose bytes can be copied goes to the goroutine in registers: no block is allocated, and there is no
  // memory that the detector would have to look at.
  template <class T>
  static constexpr bool kIsBytes = std::is_trivially_copyable_v<T> && alignof(T) <= alignof(Word);
  static constexpr bool kIsWords =
      kIsBytes<F> && (kIsBytes<A> && ...) && sizeof(F) + sizeof(std::tuple<A...>) <= 4 * sizeof(Word);

  static void run_words(Word a, Word b, Word c, Word d) {
    const Word words[] = {a, b, c, d};
    alignas(GoCall) unsigned char bytes[sizeof(GoCall)];
    std::memcpy(bytes, words, sizeof(GoCall));
    std::launder(reinterpret_cast<GoCall*>(bytes))->invoke(std::index_sequence_for<A...>());
  }

  // The call moves to the goroutine's own stack, and its block is freed, before the function runs: most functions end
  // with done() on a WaitGroup or a send, and what a goroutine does after its last release is ordered with nothing, so
  // the detector would have to keep it apart for ever.
  static void run(void* closure) {
    std::unique_ptr<GoCall> block(static_cast<GoCall*>(closure));
    if constexpr (sizeof(GoCall) <= kMaxOnStack) {
      GoCall call(std::move(*block));
      block.reset();
      call.invoke(std::index_sequence_for<A...>());
    } else {
      block->invoke(std::index_sequence_for<A...>());
    }
  }

  static constexpr std::size_t kMaxOnStack = 4096;

  template <std::size_t... I>
  BATON_INLINE void invoke(std::index_sequence<I...>) {
    if constexpr (std::is_member_pointer_v<F>) {
      static_cast<void>(std::invoke(std::move(f), std::get<I>(std::move(args))...));
    } else {
      static_cast<void>(std::move(f)(std::get<I>(std::move(args))...));
    }
  }
};

}  // namespace internal

// Runs f(args...) in a new goroutine. The arguments are evaluated here, decayed and moved in, as with std::thread; use
// std::ref for a reference. Never blocks; the new goroutine is the next to run on this processor. May be called by any
// thread, and by static initialisers (the goroutine then runs once main has started). Follows Go's go statement.
template <class F, class... A>
  requires std::is_invocable_v<std::decay_t<F>, std::decay_t<A>...>
BATON_INLINE void go(F&& f, A&&... args) {
  using Call = internal::GoCall<std::decay_t<F>, std::decay_t<A>...>;
  if constexpr (Call::kIsWords) {
    const Call call{std::forward<F>(f), std::tuple<std::decay_t<A>...>(std::forward<A>(args)...)};
    internal::Word words[4] = {};
    std::memcpy(words, &call, sizeof call);
    internal::spawn_words(&Call::run_words, words[0], words[1], words[2], words[3]);
  } else {
    internal::spawn(&Call::run, new Call{std::forward<F>(f), std::tuple<std::decay_t<A>...>(std::forward<A>(args)...)});
  }
}

// Lets other goroutines run; the caller goes on later. Does nothing in a thread that is not a goroutine's. Follows Go's
// runtime.Gosched.
void gosched() noexcept;

// Ends the calling goroutine as if its functions returned one after the other: destructors and deferred calls run. A
// catch (...) on the way must rethrow. In main, the process goes on until the other goroutines have ended, and then
// fails as in Go. Follows Go's runtime.Goexit.
[[noreturn]] void goexit();

// Sets how many goroutines run at the same time and returns the previous number; n < 1 only asks. At most 1024.
// Lowering it waits until the surplus processors have reached a scheduling point: other goroutines may run meanwhile.
// The start value is the environment variable GOMAXPROCS, else the number of CPUs that the process may use. Follows
// Go's runtime.GOMAXPROCS.
int gomaxprocs(int n);

// From now on the calling goroutine runs on its present OS thread alone, and the thread runs nothing else, until
// unlock_os_thread() has been called as often, or the goroutine ends. For libraries that keep state per thread. While
// the goroutine waits, its thread sleeps, so each switch costs two wake-ups of threads. Does nothing on a thread that
// is not a goroutine's. Never blocks. Follow Go's runtime.LockOSThread and UnlockOSThread; but a thread goes on to be
// used when its goroutine ends.
void lock_os_thread() noexcept;
void unlock_os_thread() noexcept;

// Sets how many OS threads the program may have and returns the previous number; at first 10000. A goroutine that is
// blocked in a system call holds one. A program that needs more, or has more already, ends with "fatal error: thread
// exhaustion". Never blocks; thread-safe. Follows Go's debug.SetMaxThreads.
int set_max_threads(int n) noexcept;

// Sets the size of the stacks of goroutines that start from now on and returns the previous size, in bytes; 0 only
// asks. Rounded up to a power of two between 16 KB and 1 GB. The start value is 256 KB, or what the environment
// variable BATON_STACK says (64K, 8M). Stacks are address space: memory is used as far as a goroutine has gone. main
// runs on the process's own stack. Never blocks; thread-safe. Go's debug.SetMaxStack limits stacks that grow instead.
std::size_t set_max_stack(std::size_t n) noexcept;

// The number of CPUs in the process's affinity mask when it started. Never blocks. Follows Go's runtime.NumCPU.
int num_cpu() noexcept;

// The number of goroutines that exist, main among them. Never blocks. Follows Go's runtime.NumGoroutine.
int num_goroutine() noexcept;

}  // namespace baton
