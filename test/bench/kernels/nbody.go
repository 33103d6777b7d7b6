// SPDX-License-Identifier: Apache-2.0
package main

import (
	"fmt"
	"math"
)

type body struct{ x, y, z, vx, vy, vz, mass float64 }

const count = 5

var bodies [count]body

func advance(dt float64) {
	for i := 0; i < count; i++ {
		a := &bodies[i]
		for j := i + 1; j < count; j++ {
			b := &bodies[j]
			dx, dy, dz := a.x-b.x, a.y-b.y, a.z-b.z
			d2 := dx*dx + dy*dy + dz*dz
			magnitude := dt / (d2 * math.Sqrt(d2))
			a.vx -= dx * b.mass * magnitude
			a.vy -= dy * b.mass * magnitude
			a.vz -= dz * b.mass * magnitude
			b.vx += dx * a.mass * magnitude
			b.vy += dy * a.mass * magnitude
			b.vz += dz * a.mass * magnitude
		}
	}
	for i := range bodies {
		b := &bodies[i]
		b.x += dt * b.vx
		b.y += dt * b.vy
		b.z += dt * b.vz
	}
}

func main() {
	for i := range bodies {
		f := float64(i + 1)
		bodies[i] = body{f, f * 2, f * 0.5, 0.1 * f, 0.2 - 0.05*f, 0.01 * f, 1 / f}
	}
	for i := 0; i < 2000000; i++ {
		advance(0.0001)
	}
	sum := 0.0
	for i := range bodies {
		sum += bodies[i].x + bodies[i].y + bodies[i].z
	}
	fmt.Println("checksum", int64(sum*1000))
}
