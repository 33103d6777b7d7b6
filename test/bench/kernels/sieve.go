// SPDX-License-Identifier: Apache-2.0
package main

import "fmt"

func main() {
	const n, rounds = 8000000, 4
	sum := 0
	composite := make([]byte, n)
	for round := 0; round < rounds; round++ {
		for i := range composite {
			composite[i] = 0
		}
		for i := 2; i*i < n; i++ {
			if composite[i] != 0 {
				continue
			}
			for j := i * i; j < n; j += i {
				composite[j] = 1
			}
		}
		for i := 2; i < n; i++ {
			if composite[i] == 0 {
				sum += i
			}
		}
	}
	fmt.Println("checksum", sum)
}
