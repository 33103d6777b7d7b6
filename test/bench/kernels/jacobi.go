// SPDX-License-Identifier: Apache-2.0
package main

import (
	"fmt"
	"sync"
)

func main() {
	const n, workers, steps = 1024, 4, 60
	now, next := make([]float64, n*n), make([]float64, n*n)
	for i := 0; i < n; i++ {
		now[i] = float64(1000 + i)
		next[i] = now[i]
	}
	for step := 0; step < steps; step++ {
		var wg sync.WaitGroup
		wg.Add(workers)
		for w := 0; w < workers; w++ {
			go func(w int) {
				first, last := w*n/workers, (w+1)*n/workers
				if first == 0 {
					first = 1
				}
				for i := first; i < last && i < n-1; i++ {
					for j := 1; j < n-1; j++ {
						next[i*n+j] = (now[(i-1)*n+j] + now[(i+1)*n+j] + now[i*n+j-1] + now[i*n+j+1]) * 0.25
					}
				}
				wg.Done()
			}(w)
		}
		wg.Wait()
		now, next = next, now
	}
	sum := 0.0
	for _, x := range now {
		sum += x
	}
	fmt.Println("checksum", int64(sum))
}
