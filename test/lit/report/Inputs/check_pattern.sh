#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# check_pattern.sh BATON_CXX BATON SOURCE TEMP PATTERN [ALLOWED]...: the program has races, the first or another one of
# PATTERN and all others of PATTERN or ALLOWED, built with and without optimisation, on one, two and eight processors;
# and ends with STATUS (66 if that is not set); in JSON, in the text, whose lines are SOURCE's CHECK lines, and in SARIF,
# where each is told as in JSON.
set -eu
cxx=$1 baton=$2 source=$3 temp=$4
shift 4
ulimit -c 0
runs=()
for level in -O0 -O2; do
  "$cxx" $level -race "$source" -o "$temp"
  for processors in 1 2 8; do
    run=$temp$level.$processors
    status=0
    GOMAXPROCS=$processors GORACE=report_format=json timeout 60 "$temp" > /dev/null 2> "$run.json" || status=$?
    [ $status = "${STATUS-66}" ] || { echo "status $status instead of ${STATUS-66} ($level, GOMAXPROCS=$processors)"; cat "$run.json"; exit 1; }
    "$baton" report --root "$(dirname "$source")" --format sarif "$run.json" > "$run.sarif"
    runs+=("$run")
    GOMAXPROCS=$processors timeout 60 "$temp" > /dev/null 2> "$temp.err" || true
    FileCheck "$source" < "$temp.err"
  done
done
python3 "$(dirname "$0")/check_pattern.py" "$@" -- "${runs[@]}"
