// SPDX-License-Identifier: Apache-2.0
package main

import (
	"fmt"
	"sync"
)

func main() {
	const workers, items = 4, 500000
	jobs := make(chan int64, 100)
	var sums [workers]int64
	var wg sync.WaitGroup
	wg.Add(workers)
	for w := 0; w < workers; w++ {
		go func(w int) {
			var sum int64
			for job := range jobs {
				sum += job % 97
			}
			sums[w] = sum
			wg.Done()
		}(w)
	}
	for i := int64(0); i < items; i++ {
		jobs <- i
	}
	close(jobs)
	wg.Wait()
	var total int64
	for _, sum := range sums {
		total += sum
	}
	fmt.Println("checksum", total)
}
