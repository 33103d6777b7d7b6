// SPDX-License-Identifier: Apache-2.0
package main

import "fmt"

func main() {
	const n = 10
	permutation, copied, count := make([]int32, n), make([]int32, n), make([]int32, n)
	for i := range permutation {
		permutation[i] = int32(i)
	}
	flipsMax, r, parity, sum := 0, n, 0, 0
	for {
		for ; r != 1; r-- {
			count[r-1] = int32(r)
		}
		for i := 0; i < n; i++ {
			copied[i] = permutation[i]
		}
		flips := 0
		for first := copied[0]; first != 0; first = copied[0] {
			for lo, hi := 0, int(first); lo < hi; lo, hi = lo+1, hi-1 {
				copied[lo], copied[hi] = copied[hi], copied[lo]
			}
			flips++
		}
		if flips > flipsMax {
			flipsMax = flips
		}
		if parity == 0 {
			sum += flips
		} else {
			sum -= flips
		}
		for {
			if r == n {
				fmt.Println("checksum", sum*100+flipsMax)
				return
			}
			first := permutation[0]
			for i := 0; i < r; i++ {
				permutation[i] = permutation[i+1]
			}
			permutation[r] = first
			count[r]--
			if count[r] > 0 {
				break
			}
			r++
		}
		parity = 1 - parity
	}
}
