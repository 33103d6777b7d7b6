// SPDX-License-Identifier: Apache-2.0
package main

import "fmt"

type token struct{ kind, begin, length int32 }

var classOf [256]byte

func main() {
	for c := 'a'; c <= 'z'; c++ {
		classOf[c] = 1
	}
	for c := '0'; c <= '9'; c++ {
		classOf[c] = 2
	}
	classOf[' '] = 3
	random := newRandom()
	var text []byte
	for i := 0; i < 4000000; i++ {
		text = append(text, "abcxyz0189  +-*/"[random.next()%16])
	}
	sum := 0
	var tokens []token
	for round := 0; round < 5; round++ {
		tokens = tokens[:0]
		for i := 0; i < len(text); {
			kind := classOf[text[i]]
			begin := i
			i++
			for kind != 0 && i < len(text) && classOf[text[i]] == kind {
				i++
			}
			tokens = append(tokens, token{int32(kind), int32(begin), int32(i - begin)})
		}
		for i := range tokens {
			t := &tokens[i]
			sum += int(t.kind*t.length + t.begin%3)
		}
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
