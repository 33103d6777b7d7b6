# SPDX-License-Identifier: Apache-2.0
#
# make_log.py NAME...: lines of docs/json.md for small made-up races, one for each NAME, in this order. "counter~" is the
# race "counter" with its accesses in the other order, found by another process ten lines further down.
import json
import sys
import zlib


def frame(function, file, line):
    return {"function": function, "file": file, "line": line, "column": 3, "offset": 16, "inlined": False, "module": "/p"}


def race(name):
    swapped = name.endswith("~")
    name = name.rstrip("~")
    drift = 10 if swapped else 0
    accesses = [
        {"kind": kind, "write": kind == "write", "atomic": False, "size": 4, "address": "0x0000005da5c0",
         "goroutine": goroutine, "locks": [], "locks_known": True,
         "stack": [frame("%s_%s(int)" % (name, kind), name + ".cpp", line + drift), frame("run()", "run.cpp", 7)]}
        for kind, goroutine, line in (("write", 3, 20), ("read", 2, 12))
    ]
    if swapped:
        accesses.reverse()
    return {
        "type": "race", "version": 1, "pid": 200 if swapped else 100, "program": "/p", "build_id": "ab",
        "time": "2026-01-31T12:00:0%d.000Z" % (1 if swapped else 0), "number": 1, "kind": "data race",
        "fingerprint": "b1:%016x" % zlib.crc32(name.encode()), "pattern": None, "help": "Protect it with a Mutex.",
        "accesses": accesses,
        "location": {"kind": "global", "name": name, "variable": name, "type": "int", "address": "0x0000005da5c0",
                     "size": 4, "file": name + ".cpp", "line": 3, "goroutine": 0, "stack": []},
        "goroutines": [{"id": access["goroutine"], "state": "running", "created": [[frame("main()", "main.cpp", 5)]]}
                       for access in accesses],
        "of_a_later_version": {"is": "ignored"},
    }


for argument in sys.argv[1:]:
    print(json.dumps(race(argument)))
