// SPDX-License-Identifier: Apache-2.0
package main

import (
	"fmt"
	"sync"
)

func main() {
	const n, workers = 512, 4
	a, b, c := make([]float64, n*n), make([]float64, n*n), make([]float64, n*n)
	for i := range a {
		a[i] = float64(i % 7)
		b[i] = float64(i % 5)
	}
	var wg sync.WaitGroup
	wg.Add(workers)
	for w := 0; w < workers; w++ {
		go func(w int) {
			for i := w * n / workers; i < (w+1)*n/workers; i++ {
				for k := 0; k < n; k++ {
					x := a[i*n+k]
					for j := 0; j < n; j++ {
						c[i*n+j] += x * b[k*n+j]
					}
				}
			}
			wg.Done()
		}(w)
	}
	wg.Wait()
	sum := 0.0
	for _, x := range c {
		sum += x
	}
	fmt.Println("checksum", int64(sum))
}
