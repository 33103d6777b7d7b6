// SPDX-License-Identifier: Apache-2.0
package main

import (
	"fmt"
	"math"
	"sync"
)

const size, workers = 1200, 4

func element(i, j int) float64 { return 1.0 / float64((i+j)*(i+j+1)/2+i+1) }

func multiply(in, out []float64, transposed bool) {
	var wg sync.WaitGroup
	wg.Add(workers)
	for w := 0; w < workers; w++ {
		go func(w int) {
			for i := w * size / workers; i < (w+1)*size/workers; i++ {
				sum := 0.0
				for j := 0; j < size; j++ {
					if transposed {
						sum += element(j, i) * in[j]
					} else {
						sum += element(i, j) * in[j]
					}
				}
				out[i] = sum
			}
			wg.Done()
		}(w)
	}
	wg.Wait()
}

func main() {
	u, v, t := make([]float64, size), make([]float64, size), make([]float64, size)
	for i := range u {
		u[i] = 1
	}
	for i := 0; i < 10; i++ {
		multiply(u, t, false)
		multiply(t, v, true)
		multiply(v, t, false)
		multiply(t, u, true)
	}
	uv, vv := 0.0, 0.0
	for i := range u {
		uv += u[i] * v[i]
		vv += v[i] * v[i]
	}
	fmt.Println("checksum", int64(math.Sqrt(uv/vv)*1e8))
}
