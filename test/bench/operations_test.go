// SPDX-License-Identifier: Apache-2.0
//
// The list of operations.cpp, in Go.
package main

import (
	"sync"
	"sync/atomic"
	"testing"
)

const words = 1 << 17

var (
	table   = make([]int64, words)
	buffer  = make([]byte, 1<<20)
	counter int64
	flag    int64
	sink    int64
	block   *[8]int64
)

func Benchmark_read_again(b *testing.B) {
	var sum int64
	for i := 0; i < b.N; i++ {
		sum += table[5]
	}
	sink = sum
}

func Benchmark_write_again(b *testing.B) {
	for i := 0; i < b.N; i++ {
		table[5] = 2
	}
}

func Benchmark_write_byte_again(b *testing.B) {
	for i := 0; i < b.N; i++ {
		buffer[5] = 2
	}
}

func Benchmark_read_bytes_in_turn(b *testing.B) {
	var sum byte
	for i := 0; i < b.N; i++ {
		sum += buffer[i%len(buffer)]
	}
	sink = int64(sum)
}

func Benchmark_update_words_at_random(b *testing.B) {
	state := uint64(88172645463325252)
	for i := 0; i < b.N; i++ {
		state ^= state << 13
		state ^= state >> 7
		state ^= state << 17
		table[state%words]++
	}
}

func Benchmark_write_line_anew(b *testing.B) {
	var mu sync.Mutex
	at := 0
	for i := 0; i < b.N; i++ {
		at = (at + 8) % words
		if at == 0 {
			mu.Lock()
			mu.Unlock()
		}
		table[at]++
	}
}

func Benchmark_read_shared(b *testing.B) {
	const readers, each = 8, 100000
	for done := 0; done < b.N; done += readers * each {
		var wg sync.WaitGroup
		wg.Add(readers)
		for reader := 0; reader < readers; reader++ {
			go func() {
				var sum int64
				for i := 0; i < each; i++ {
					sum += table[i%4096]
				}
				atomic.StoreInt64(&sink, sum)
				wg.Done()
			}()
		}
		wg.Wait()
	}
}

func Benchmark_copy_4096_bytes(b *testing.B) {
	for i := 0; i < b.N; i++ {
		copy(buffer[8192:8192+4096], buffer[:4096])
	}
}

//go:noinline
func leaf(x int64) int64 { return x + 1 }

//go:noinline
func inner(x int64) int64 { return leaf(x) + 1 }

func Benchmark_call_and_return(b *testing.B) {
	var x int64
	for i := 0; i < b.N; i++ {
		x = inner(x)
	}
	sink = x
}

func Benchmark_add_atomically(b *testing.B) {
	for i := 0; i < b.N; i++ {
		atomic.AddInt64(&counter, 1)
	}
}

func Benchmark_load_acquire(b *testing.B) {
	var sum int64
	for i := 0; i < b.N; i++ {
		sum += atomic.LoadInt64(&flag)
	}
	sink = sum
}

type link struct {
	key  int64
	next atomic.Pointer[link]
	rest [48]byte
}

func Benchmark_walk_atomic_links(b *testing.B) {
	var links [64]link
	var seen int64
	for i := 0; i+1 < len(links); i++ {
		links[i].next.Store(&links[i+1])
	}
	b.ResetTimer()
	for i := 0; i < b.N; i += len(links) {
		var sum int64
		for l := &links[0]; l != nil; l = l.next.Load() {
			sum += l.key
		}
		atomic.StoreInt64(&seen, sum)
	}
}

func Benchmark_allocate_and_free(b *testing.B) {
	for i := 0; i < b.N; i++ {
		block = new([8]int64)
		block[0] = 1
	}
}
