// SPDX-License-Identifier: Apache-2.0
package main

import (
	"fmt"
	"sync"
)

func sort(a []int32, wg *sync.WaitGroup) {
	for len(a) > 1 {
		pivot := a[len(a)/2]
		i, j := 0, len(a)-1
		for i <= j {
			for a[i] < pivot {
				i++
			}
			for pivot < a[j] {
				j--
			}
			if i <= j {
				a[i], a[j] = a[j], a[i]
				i++
				j--
			}
		}
		if j+1 > 100000 {
			wg.Add(1)
			go func(part []int32) {
				sort(part, wg)
				wg.Done()
			}(a[:j+1])
		} else {
			sort(a[:j+1], wg)
		}
		a = a[i:]
	}
}

func main() {
	const n = 3000000
	random := newRandom()
	numbers := make([]int32, n)
	for i := range numbers {
		numbers[i] = int32(random.next() % 1000000000)
	}
	var wg sync.WaitGroup
	sort(numbers, &wg)
	wg.Wait()
	sum := 0
	for i := 0; i < n; i += 1000 {
		sum += int(numbers[i]) ^ i
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
