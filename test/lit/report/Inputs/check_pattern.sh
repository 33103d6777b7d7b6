#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# check_pattern.sh BATON_CXX SOURCE TEMP PATTERN [ALLOWED]...: the program has races, the first or another one of
# PATTERN and all others of PATTERN or ALLOWED, built with and without optimisation, on one, two and eight processors;
# and ends with STATUS (66 if that is not set); in JSON, in the text, whose lines are SOURCE's CHECK lines, and in SARIF, where each is told as in JSON.
set -eu
cxx=$1 source=$2 temp=$3
shift 3
here=$(dirname "$0")
ulimit -c 0
for level in -O0 -O2; do
  "$cxx" $level -race "$source" -o "$temp"
  for processors in 1 2 8; do
    status=0
    GOMAXPROCS=$processors GORACE=report_format=json timeout 60 "$temp" > /dev/null 2> "$temp.json" || status=$?
    [ $status = "${STATUS-66}" ] || { echo "status $status instead of ${STATUS-66} ($level, GOMAXPROCS=$processors)"; cat "$temp.json"; exit 1; }
    "$(dirname "$cxx")/baton" report --root "$(dirname "$source")" --format sarif "$temp.json" > "$temp.sarif"
    python3 "$here/check_sarif.py" "$temp.sarif" > "$temp.results"
    python3 "$here/check_pattern.py" "$temp.json" "$temp.sarif" "$@"
    GOMAXPROCS=$processors timeout 60 "$temp" > /dev/null 2> "$temp.err" || true
    FileCheck "$source" < "$temp.err"
  done
done
