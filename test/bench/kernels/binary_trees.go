// SPDX-License-Identifier: Apache-2.0
package main

import (
	"fmt"
	"sync"
)

type node struct{ left, right *node }

func build(depth int) *node {
	n := new(node)
	if depth > 0 {
		n.left = build(depth - 1)
		n.right = build(depth - 1)
	}
	return n
}

func count(n *node) int {
	if n.left == nil {
		return 1
	}
	return 1 + count(n.left) + count(n.right)
}

func main() {
	const workers, depth, trees = 4, 14, 12
	var counts [workers]int
	var wg sync.WaitGroup
	wg.Add(workers)
	for w := 0; w < workers; w++ {
		go func(w int) {
			for i := 0; i < trees; i++ {
				counts[w] += count(build(depth))
			}
			wg.Done()
		}(w)
	}
	wg.Wait()
	sum := 0
	for _, n := range counts {
		sum += n
	}
	fmt.Println("checksum", sum)
}
