// SPDX-License-Identifier: Apache-2.0
//
// echo.cpp in Go.
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"
)

const (
	connections = 1000
	rounds      = 100
	size        = 64
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				buffer := make([]byte, size)
				for {
					if _, err := io.ReadFull(conn, buffer); err != nil {
						return
					}
					if _, err := conn.Write(buffer); err != nil {
						return
					}
				}
			}()
		}
	}()
	clients := make([]net.Conn, connections)
	for i := range clients {
		clients[i], err = net.Dial("tcp", listener.Addr().String())
		check(err)
	}
	start := time.Now()
	var wg sync.WaitGroup
	wg.Add(connections)
	for _, conn := range clients {
		go func(conn net.Conn) {
			defer wg.Done()
			buffer := make([]byte, size)
			for i := 0; i < rounds; i++ {
				_, err := conn.Write(buffer)
				check(err)
				_, err = io.ReadFull(conn, buffer)
				check(err)
			}
		}(conn)
	}
	wg.Wait()
	spent := time.Since(start).Seconds()
	fmt.Printf("requests_per_ms %.1f\n", connections*rounds/spent/1000)
}
