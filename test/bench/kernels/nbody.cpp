// SPDX-License-Identifier: Apache-2.0
// Planets: fields of a few structures, read and written over and over.
#include <cmath>

#include "bench.hpp"

struct Body {
  double x, y, z, vx, vy, vz, mass;
};

constexpr int kBodies = 5;
Body bodies[kBodies];

void advance(double dt) {
  for (int i = 0; i < kBodies; i++) {
    Body& a = bodies[i];
    for (int j = i + 1; j < kBodies; j++) {
      Body& b = bodies[j];
      double dx = a.x - b.x, dy = a.y - b.y, dz = a.z - b.z;
      double d2 = dx * dx + dy * dy + dz * dz;
      double magnitude = dt / (d2 * std::sqrt(d2));
      a.vx -= dx * b.mass * magnitude;
      a.vy -= dy * b.mass * magnitude;
      a.vz -= dz * b.mass * magnitude;
      b.vx += dx * a.mass * magnitude;
      b.vy += dy * a.mass * magnitude;
      b.vz += dz * a.mass * magnitude;
    }
  }
  for (Body& body : bodies) {
    body.x += dt * body.vx;
    body.y += dt * body.vy;
    body.z += dt * body.vz;
  }
}

int main() {
  for (int i = 0; i < kBodies; i++) {
    double f = i + 1;
    bodies[i] = {f, f * 2, f * 0.5, 0.1 * f, 0.2 - 0.05 * f, 0.01 * f, 1 / f};
  }
  for (int i = 0; i < 2'000'000; i++) advance(0.0001);
  double sum = 0;
  for (Body& body : bodies) sum += body.x + body.y + body.z;
  print_checksum(static_cast<int64_t>(sum * 1000));
}
