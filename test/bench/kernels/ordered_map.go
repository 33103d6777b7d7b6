// SPDX-License-Identifier: Apache-2.0
package main

import "fmt"

// A skip list stands for the ordered map, which Go has not.
const levels = 16

type node struct {
	key   uint64
	value int
	next  [levels]*node
}

type skipList struct {
	head   node
	size   int
	random *random
}

func (l *skipList) at(key uint64) *int {
	var before [levels]*node
	n := &l.head
	for level := levels - 1; level >= 0; level-- {
		for n.next[level] != nil && n.next[level].key < key {
			n = n.next[level]
		}
		before[level] = n
	}
	if found := n.next[0]; found != nil && found.key == key {
		return &found.value
	}
	fresh := &node{key: key}
	bits := l.random.next()
	for level := 0; level < levels; level++ {
		fresh.next[level] = before[level].next[level]
		before[level].next[level] = fresh
		if bits>>level&1 == 0 {
			break
		}
	}
	l.size++
	return &fresh.value
}

func (l *skipList) removeFirst() {
	first := l.head.next[0]
	for level := 0; level < levels && l.head.next[level] == first; level++ {
		l.head.next[level] = first.next[level]
	}
	l.size--
}

func main() {
	bids := &skipList{random: newRandom()}
	random := newRandom()
	sum := 0
	for i := 0; i < 600000; i++ {
		*bids.at(random.next() % 100000) += i % 7
		if bids.size > 20000 {
			first := bids.head.next[0]
			sum += int(first.key) + first.value
			bids.removeFirst()
		}
	}
	fmt.Println("checksum", sum+bids.size)
}

type random struct{ state uint64 }

func newRandom() *random { return &random{88172645463325252} }

func (r *random) next() uint64 {
	r.state ^= r.state << 13
	r.state ^= r.state >> 7
	r.state ^= r.state << 17
	return r.state
}
