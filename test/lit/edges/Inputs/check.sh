#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# check.sh PROGRAM: runs every case of PROGRAM with 1, 2 and 8 processors. A race_... case must report exactly races
# (status 66), a no_race_... case must not (status 0).
set -u
cases=$("$1" list) || exit 1
[[ -n $cases ]] || exit 1
failed=0
for name in $cases; do
  case $name in
    race_*) want=66 ;;
    *) want=0 ;;
  esac
  for p in 1 2 8; do
    output=$(GOMAXPROCS=$p timeout 60 "$1" "$name" 2>&1)
    got=$?
    if ((got != want)); then
      printf 'GOMAXPROCS=%s %s: exit status %s instead of %s\n%s\n' "$p" "$name" "$got" "$want" "$output" >&2
      failed=1
    fi
  done
done
exit $failed
