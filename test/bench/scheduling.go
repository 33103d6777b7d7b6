// SPDX-License-Identifier: Apache-2.0
//
// The list of scheduling.cpp, in Go.
package main

import (
	"fmt"
	"runtime"
	"sync"
	"time"
)

var mutex sync.Mutex
var guarded int

func measure(name string, operations int, f func(n int)) {
	start := time.Now()
	f(operations)
	fmt.Printf("%s %.1f\n", name, float64(time.Since(start).Nanoseconds())/float64(operations))
}

func main() {
	measure("mutex_pair", 3000000, func(n int) {
		for i := 0; i < n; i++ {
			mutex.Lock()
			mutex.Unlock()
		}
	})
	measure("guarded_increment", 3000000, func(n int) {
		for i := 0; i < n; i++ {
			mutex.Lock()
			guarded++
			mutex.Unlock()
		}
	})
	measure("contended_mutex_pair", 4000000, func(n int) {
		const goroutines = 8
		var wg sync.WaitGroup
		wg.Add(goroutines)
		for g := 0; g < goroutines; g++ {
			go func() {
				for i := 0; i < n/goroutines; i++ {
					mutex.Lock()
					guarded++
					mutex.Unlock()
				}
				wg.Done()
			}()
		}
		wg.Wait()
	})
	measure("go_and_wait", 300000, func(n int) {
		for i := 0; i < n; i++ {
			var wg sync.WaitGroup
			wg.Add(1)
			go func() { wg.Done() }()
			wg.Wait()
		}
	})
	measure("buffered_item", 1000000, func(n int) {
		c := make(chan int, 128)
		go func() {
			for i := 0; i < n; i++ {
				c <- i
			}
			close(c)
		}()
		for item := range c {
			guarded += item
		}
	})
	measure("unbuffered_round_trip", 300000, func(n int) {
		there, back := make(chan int), make(chan int)
		go func() {
			for item := range there {
				back <- item
			}
		}()
		for i := 0; i < n; i++ {
			there <- i
			<-back
		}
		close(there)
	})
	measure("gosched", 1000000, func(n int) {
		go func() {
			for i := 0; i < n/2; i++ {
				runtime.Gosched()
			}
		}()
		for i := 0; i < n/2; i++ {
			runtime.Gosched()
		}
	})
}
