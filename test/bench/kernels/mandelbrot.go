// SPDX-License-Identifier: Apache-2.0
package main

import (
	"fmt"
	"sync"
	"sync/atomic"
)

func main() {
	const size, workers, limit = 600, 8, 100
	picture := make([]byte, size*size)
	var nextRow int32 = -1
	var wg sync.WaitGroup
	wg.Add(workers)
	for w := 0; w < workers; w++ {
		go func() {
			for y := int(atomic.AddInt32(&nextRow, 1)); y < size; y = int(atomic.AddInt32(&nextRow, 1)) {
				for x := 0; x < size; x++ {
					cr, ci, zr, zi := 2.0*float64(x)/size-1.5, 2.0*float64(y)/size-1, 0.0, 0.0
					n := 0
					for ; n < limit && zr*zr+zi*zi < 4; n++ {
						zr, zi = zr*zr-zi*zi+cr, 2*zr*zi+ci
					}
					picture[y*size+x] = byte(n)
				}
			}
			wg.Done()
		}()
	}
	wg.Wait()
	sum := 0
	for _, n := range picture {
		sum += int(n)
	}
	fmt.Println("checksum", sum)
}
