// SPDX-License-Identifier: Apache-2.0
package main

import (
	"container/list"
	"fmt"
	"sync"
)

type entry struct {
	key   uint64
	value int64
}

type cache struct {
	mu       sync.Mutex
	capacity int
	order    *list.List
	index    map[uint64]*list.Element
}

func (c *cache) get(key uint64) int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	if found, ok := c.index[key]; ok {
		c.order.MoveToFront(found)
		return found.Value.(*entry).value
	}
	if c.order.Len() == c.capacity {
		last := c.order.Back()
		delete(c.index, last.Value.(*entry).key)
		c.order.Remove(last)
	}
	c.index[key] = c.order.PushFront(&entry{key, int64(key) * 3})
	return int64(key) * 3
}

func main() {
	const workers, requests = 4, 250000
	c := &cache{capacity: 4096, order: list.New(), index: map[uint64]*list.Element{}}
	var sums [workers]int64
	var wg sync.WaitGroup
	wg.Add(workers)
	for w := 0; w < workers; w++ {
		go func(w int) {
			random := newRandom()
			random.state += uint64(w)
			var sum int64
			for i := 0; i < requests; i++ {
				sum += c.get(random.next() % 6000)
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
