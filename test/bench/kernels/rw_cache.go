// SPDX-License-Identifier: Apache-2.0
package main

import (
	"fmt"
	"sync"
)

func main() {
	const workers, requests, n = 8, 150000, 4096
	table := make([]int64, n)
	for i := range table {
		table[i] = int64(i)
	}
	var mu sync.RWMutex
	var sums [workers]int64
	var wg sync.WaitGroup
	wg.Add(workers)
	for w := 0; w < workers; w++ {
		go func(w int) {
			random := newRandom()
			random.state += uint64(w)
			var sum int64
			for i := 0; i < requests; i++ {
				at := random.next() % n
				if i%100 == 0 {
					mu.Lock()
					table[at] += n
					mu.Unlock()
				} else {
					mu.RLock()
					for k := uint64(0); k < 8; k++ {
						sum += table[(at+k)%n] % n
					}
					mu.RUnlock()
				}
			}
			sums[w] = sum
			wg.Done()
		}(w)
	}
	wg.Wait()
	var total int64
	for _, sum := range sums {
		total += sum
	}
	fmt.Println("checksum", total)
}

type random struct{ state uint64 }

func newRandom() *random { return &random{88172645463325252} }

func (r *random) next() uint64 {
	r.state ^= r.state << 13
	r.state ^= r.state >> 7
	r.state ^= r.state << 17
	return r.state
}
