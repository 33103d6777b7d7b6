// SPDX-License-Identifier: Apache-2.0
package main

import (
	"fmt"
	"sync"
)

func main() {
	const waves, width = 400, 100
	var results [width]int
	sum := 0
	for wave := 0; wave < waves; wave++ {
		var wg sync.WaitGroup
		wg.Add(width)
		for i := 0; i < width; i++ {
			go func(i, wave int) {
				x := i
				for k := 0; k < 50; k++ {
					x = (x*31 + wave) % 1009
				}
				results[i] = x
				wg.Done()
			}(i, wave)
		}
		wg.Wait()
		for _, x := range results {
			sum += x
		}
	}
	fmt.Println("checksum", sum)
}
