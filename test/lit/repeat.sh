#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# repeat.sh N COMMAND...: COMMAND must succeed N times in a row. Quiet, but for the output of the run that failed.
times=$1
shift
for ((i = 1; i <= times; i++)); do
  if ! output=$("$@" 2>&1); then
    echo "repeat.sh: run $i of $times failed: $*" >&2
    printf '%s\n' "$output" >&2
    exit 1
  fi
done
