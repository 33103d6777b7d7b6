// SPDX-License-Identifier: Apache-2.0
//
// parked.cpp in Go.
package main

import (
	"fmt"
	"os"
	"runtime"
	"sync"
	"time"
)

const goroutines = 1000000

// Resident memory of the process in bytes.
func resident() int {
	var size, pages int
	file, err := os.Open("/proc/self/statm")
	if err != nil {
		panic(err)
	}
	defer file.Close()
	fmt.Fscan(file, &size, &pages)
	return pages * os.Getpagesize()
}

func main() {
	gate := make(chan int)
	var parked, ended sync.WaitGroup
	parked.Add(goroutines)
	ended.Add(goroutines)
	before := resident()
	start := time.Now()
	for i := 0; i < goroutines; i++ {
		go func() {
			parked.Done()
			<-gate
			ended.Done()
		}()
	}
	parked.Wait()
	runtime.Gosched()
	each := (resident() - before) / goroutines
	close(gate)
	ended.Wait()
	spent := time.Since(start).Nanoseconds()
	fmt.Printf("parked_goroutine_bytes %d\nparked_goroutine_life %.1f\n", each, float64(spent)/goroutines)
}
