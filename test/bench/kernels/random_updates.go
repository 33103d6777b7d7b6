// SPDX-License-Identifier: Apache-2.0
package main

import "fmt"

func main() {
	const n = 1 << 20
	table := make([]uint64, n)
	random := newRandom()
	for i := 0; i < 20000000; i++ {
		at := random.next()
		table[at%n] ^= at
	}
	var sum uint64
	for _, x := range table {
		sum += x % 1021
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
