// SPDX-License-Identifier: Apache-2.0
package main

import "fmt"

func main() {
	const n, rounds = 4000000, 12
	from, to := make([]byte, n), make([]byte, n)
	random := newRandom()
	for i := range from {
		from[i] = byte(random.next())
	}
	sum := 0
	for round := 0; round < rounds; round++ {
		out := 0
		for i := 0; i < n; i++ {
			c := from[i]
			if c == '\r' {
				continue
			}
			if c >= 'a' && c <= 'z' {
				c -= 32
			}
			to[out] = c
			out++
		}
		sum += out + int(to[out/2])
		from, to = to, from
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
