#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# cold_path.py PROGRAM: checks, in the machine code of a -race program, that nothing on the way of an access from a cold
# call uses a vector register (detector/src/cold.h): follows calls from the four functions that the entry points call, but
# not into baton_keep_vectors, which saves them. Prints what it found wrong and exits with 1; else prints how much it has read.
import re
import subprocess
import sys

ROOTS = ["baton_cold_read", "baton_cold_write", "baton_cold_read_mask", "baton_cold_write_mask"]
SAVES_VECTORS = "baton_keep_vectors"
# Of the C library (or in place of it): system calls, and what is called only when the process is about to end.
HARMLESS = {"sched_yield", "syscall", "_exit", "write", "snprintf", "strerror",
            "__errno_location", "abort"}
VECTOR = re.compile(r"%[xyz]mm\d|%mm\d|%st\b|%k[0-7]\b")

functions = {}
lines = None
for line in subprocess.run(["objdump", "-d", "--no-show-raw-insn", sys.argv[1]], check=True, capture_output=True,
                           text=True).stdout.splitlines():
    start = re.match(r"[0-9a-f]+ <(.+)>:$", line)
    if start:
        lines = functions.setdefault(start.group(1), [])
    elif lines is not None and line.startswith(" "):
        lines.append(line.split("\t", 1)[-1])

wrong = []
seen = set()
waiting = list(ROOTS)
while waiting:
    name = waiting.pop()
    if name in seen or name == SAVES_VECTORS or name.removesuffix("@plt") in HARMLESS:
        continue
    seen.add(name)
    if name not in functions or name.endswith("@plt"):
        wrong.append("%s is called" % name)
        continue
    for instruction in functions[name]:
        if VECTOR.search(instruction):
            wrong.append("%s: %s" % (name, instruction))
        jump = re.match(r"(call|j\w+)\s+(\*?)(?:[0-9a-f]+ <(.+)>)?", instruction)
        if not jump:
            continue
        if jump.group(2):
            if jump.group(1) == "call":
                wrong.append("%s: an indirect call: %s" % (name, instruction))
        elif jump.group(3):
            target = re.sub(r"\+0x[0-9a-f]+$", "", jump.group(3))
            waiting.append(target)

print("\n".join(wrong) if wrong else "%d functions" % len(seen))
sys.exit(1 if wrong else 0)
