// SPDX-License-Identifier: Apache-2.0
package main

import (
	"fmt"
	"sync"
)

type node struct {
	key         int64
	left, right *node
}

func build(lo, hi int64) *node {
	if lo >= hi {
		return nil
	}
	middle := lo + (hi-lo)/2
	return &node{middle * 2, build(lo, middle), build(middle+1, hi)}
}

func contains(n *node, key int64) bool {
	for n != nil && n.key != key {
		if key < n.key {
			n = n.left
		} else {
			n = n.right
		}
	}
	return n != nil
}

func main() {
	const workers, n, lookups = 8, 50000, 250000
	root := build(0, n)
	var found [workers]int
	var wg sync.WaitGroup
	wg.Add(workers)
	for w := 0; w < workers; w++ {
		go func(w int) {
			random := newRandom()
			random.state += uint64(w)
			hits := 0
			for i := 0; i < lookups; i++ {
				if contains(root, int64(random.next()%(2*n))) {
					hits++
				}
			}
			found[w] = hits
			wg.Done()
		}(w)
	}
	wg.Wait()
	sum := 0
	for _, hits := range found {
		sum += hits
	}
	fmt.Println("checksum", sum)
}

type random struct{ state uint64 }

func newRandom() *random { return &random{88172645463325252} }

func (r *random) next() uint64 {
	r.state ^= r.state << 13
	r.state ^= r.state >> 7
	r.state ^= r.state << 17
	return r.state
}
