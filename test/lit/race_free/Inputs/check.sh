#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# check.sh PROGRAM ROUNDS: runs it at GOMAXPROCS 1, 2 and 8; it must exit with 0 and say nothing.
for procs in 1 2 8; do
  output=$(GOMAXPROCS=$procs timeout 900 "$1" "$2" 2>&1)
  status=$?
  if [ $status -ne 0 ] || [ -n "$output" ]; then
    echo "GOMAXPROCS=$procs $1 $2: exit status $status"
    printf '%s\n' "$output" | head -60
    exit 1
  fi
done
