// SPDX-License-Identifier: Apache-2.0
package main

import (
	"fmt"
	"sync"
	"sync/atomic"
)

var counter int64

func main() {
	const workers, rounds = 8, 500000
	var total int64
	var wg sync.WaitGroup
	wg.Add(workers)
	for w := 0; w < workers; w++ {
		go func() {
			random := newRandom()
			var mixed uint64
			for i := 0; i < rounds; i++ {
				mixed ^= random.next()
				atomic.AddInt64(&counter, 1)
			}
			atomic.AddInt64(&total, int64(mixed%1000))
			wg.Done()
		}()
	}
	wg.Wait()
	fmt.Println("checksum", counter+total)
}

type random struct{ state uint64 }

func newRandom() *random { return &random{88172645463325252} }

func (r *random) next() uint64 {
	r.state ^= r.state << 13
	r.state ^= r.state >> 7
	r.state ^= r.state << 17
	return r.state
}
