// SPDX-License-Identifier: Apache-2.0
package main

import "fmt"

type slot struct {
	key   uint64
	value int64
}

type table struct {
	slots []slot
	used  int
}

func find(slots []slot, key uint64) *slot {
	mask := uint64(len(slots) - 1)
	i := key * 0x9e3779b97f4a7c15 >> 20 & mask
	for slots[i].key != 0 && slots[i].key != key {
		i = (i + 1) & mask
	}
	return &slots[i]
}

func (t *table) at(key uint64) *int64 {
	if t.used*2 >= len(t.slots) {
		larger := make([]slot, len(t.slots)*2)
		for i := range t.slots {
			if s := &t.slots[i]; s.key != 0 {
				*find(larger, s.key) = *s
			}
		}
		t.slots = larger
	}
	s := find(t.slots, key)
	if s.key == 0 {
		s.key = key
		t.used++
	}
	return &s.value
}

func main() {
	t := &table{slots: make([]slot, 16)}
	random := newRandom()
	for i := 0; i < 4000000; i++ {
		*t.at(random.next()%200000 + 1) += int64(i % 5)
	}
	sum := int64(t.used)
	for key := uint64(1); key <= 200000; key++ {
		sum += *t.at(key) * int64(key%7)
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
