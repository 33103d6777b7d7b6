// SPDX-License-Identifier: Apache-2.0
package main

import (
	"fmt"
	"strconv"
	"strings"
)

func main() {
	random := newRandom()
	sum := 0
	for i := 0; i < 150000; i++ {
		line := ""
		for field := 0; field < 12; field++ {
			if field > 0 {
				line += ","
			}
			line += "field-number-" + strconv.Itoa(int(random.next()%100000))
		}
		for _, part := range strings.Split(line, ",") {
			sum += len(part) * int(part[len(part)-1])
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
