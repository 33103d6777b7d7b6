// SPDX-License-Identifier: Apache-2.0
package main

import "fmt"

func main() {
	const stages, blocks, length = 4, 20000, 256
	links := make([]chan []int32, stages+1)
	for s := range links {
		links[s] = make(chan []int32, 1)
	}
	for s := 0; s < stages; s++ {
		go func(in, out chan []int32, s int32) {
			for block := range in {
				for i := range block {
					block[i] = (block[i]*3 + s) % 1009
				}
				out <- block
			}
			close(out)
		}(links[s], links[s+1], int32(s))
	}
	go func(in chan []int32) {
		for b := int32(0); b < blocks; b++ {
			block := make([]int32, length)
			for i := range block {
				block[i] = b + int32(i)
			}
			in <- block
		}
		close(in)
	}(links[0])
	sum := 0
	for block := range links[stages] {
		for _, x := range block {
			sum += int(x)
		}
	}
	fmt.Println("checksum", sum)
}
