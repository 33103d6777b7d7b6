// SPDX-License-Identifier: Apache-2.0
package main

import "fmt"

func main() {
	random := newRandom()
	var text []byte
	for i := 0; i < 1000000; i++ {
		word := random.next() % 5000
		for k := 0; k < 3+int(word%6); k++ {
			text = append(text, byte('a'+(word>>k)%26))
		}
		text = append(text, ' ')
	}
	counts := map[string]int{}
	var word []byte
	for _, c := range text {
		if c != ' ' {
			word = append(word, c)
		} else {
			counts[string(word)]++
			word = word[:0]
		}
	}
	sum := 0
	for key, n := range counts {
		sum += len(key) * n * n % 1009
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
