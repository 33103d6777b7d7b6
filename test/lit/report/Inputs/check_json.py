# SPDX-License-Identifier: Apache-2.0
#
# check_json.py FILE: every line is an object of docs/json.md, with all keys and no others; at least one race, and the
# summary, which counts them, at the end.
import json
import re
import sys

ADDRESS = re.compile(r"0x[0-9a-f]{12,}$")
HEAD = {"type", "version", "pid", "program", "build_id", "time"}
RACE = HEAD | {"number", "kind", "fingerprint", "pattern", "help", "accesses", "location", "goroutines"}
SUMMARY = HEAD | {"races", "suppressed", "status"}
ACCESS = {"kind", "write", "atomic", "size", "address", "goroutine", "locks", "locks_known", "stack"}
FRAME = {"function", "file", "line", "column", "offset", "inlined", "module"}
LOCATION = {"kind", "name", "variable", "type", "address", "size", "file", "line", "goroutine", "stack"}


def keys(thing, expected):
    assert set(thing) == expected, (sorted(set(thing) ^ expected), thing)


def stack(frames):
    for frame in frames:
        keys(frame, FRAME)


def race(thing):
    keys(thing, RACE)
    assert re.match(r"b1:[0-9a-f]{16}$", thing["fingerprint"])
    assert len(thing["accesses"]) == 2
    for access in thing["accesses"]:
        keys(access, ACCESS)
        assert ADDRESS.match(access["address"]) and access["stack"] and access["size"] > 0
        stack(access["stack"])
        for lock in access["locks"]:
            keys(lock, {"address", "name", "mode", "stack"})
            stack(lock["stack"])
    keys(thing["location"], LOCATION)
    stack(thing["location"]["stack"])
    ids = [goroutine["id"] for goroutine in thing["goroutines"]]
    assert ids == list(dict.fromkeys(access["goroutine"] for access in thing["accesses"])), ids
    for goroutine in thing["goroutines"]:
        keys(goroutine, {"id", "state", "created"})
        assert goroutine["state"] in ("running", "finished")
        assert bool(goroutine["created"]) == (goroutine["id"] != 1)
        for frames in goroutine["created"]:
            stack(frames)


lines = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
assert len(lines) >= 2 and lines[-1]["type"] == "summary"
for number, line in enumerate(lines[:-1], 1):
    assert line["type"] == "race" and line["version"] == 1 and line["number"] == number
    race(line)
keys(lines[-1], SUMMARY)
assert lines[-1]["races"] == len(lines) - 1 and lines[-1]["status"] == 66
