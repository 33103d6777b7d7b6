// SPDX-License-Identifier: Apache-2.0
package main

import (
	"fmt"
	"sync"
)

type account struct {
	mu      sync.Mutex
	balance int
	changes int
}

var accounts [16]account

func main() {
	const workers, rounds = 8, 300000
	var wg sync.WaitGroup
	wg.Add(workers)
	for w := 0; w < workers; w++ {
		go func(w int) {
			for i := 0; i < rounds; i++ {
				a := &accounts[(i+w)%16]
				a.mu.Lock()
				a.balance += i % 10
				a.changes++
				a.mu.Unlock()
			}
			wg.Done()
		}(w)
	}
	wg.Wait()
	sum := 0
	for i := range accounts {
		sum += accounts[i].balance + accounts[i].changes
	}
	fmt.Println("checksum", sum)
}
