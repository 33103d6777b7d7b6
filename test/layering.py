#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# layering.py ROOT: every #include in instrument/, detector/, runtime/ and tools/ follows the direction of the
# dependencies: tools -> (runtime, instrument) -> detector. Prints FILE:LINE of each that does not, and fails.
import pathlib
import re
import sys

PARTS = ("instrument", "detector", "runtime", "tools")

# The doors of the detector, the only headers of it that another part may include.
DOORS = {
    "runtime": {"race_hooks.h", "symbolize.h", "thread_lock.h"},
    "instrument": set(),  # knows the names of race_abi.h only
    "tools": {"race_abi.h", "race_hooks.h", "symbolize.h"},
}

MAY_INCLUDE = {
    "detector": {"detector"},
    "instrument": {"instrument"},
    "runtime": {"runtime"},
    "tools": {"tools", "runtime", "instrument"},
}

INCLUDE = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]')
SUFFIXES = {".h", ".hpp", ".c", ".cpp", ".S", ".def"}


def public_headers(root, part):
    """<baton/NAME> that the part offers: name -> part."""
    folder = root / part / "include" / "baton"
    return {path.name for path in folder.glob("*")} if folder.is_dir() else set()


def target_of(included, file, root, offered):
    """(part, header) that an include names, or None if it is none of ours."""
    first = included.split("/")[0]
    if first in PARTS or first in ("test", "docs"):
        return first, included.split("/")[-1]
    if first == "baton":
        name = included.split("/", 1)[1]
        owners = [part for part in PARTS if name in offered[part]]
        return (owners[0], name) if owners else ("(no part)", name)
    near = (file.parent / included).resolve()  # "x.h" beside the file, "../x.h"
    if near.is_file() and near.is_relative_to(root):
        return near.relative_to(root).parts[0], near.name
    return None


def problem(part, target):
    owner, header = target
    if owner in MAY_INCLUDE[part]:
        return None
    if owner == "detector" and header in DOORS.get(part, set()):
        return None
    if owner == "(no part)":
        return "<baton/%s> is no header of any part" % header
    return "%s must not include %s (%s)" % (part, owner, header)


def main(root):
    root = pathlib.Path(root).resolve()
    offered = {part: public_headers(root, part) for part in PARTS}
    checked, bad = 0, 0
    for part in PARTS:
        for file in sorted((root / part).rglob("*")):
            if file.suffix not in SUFFIXES:
                continue
            for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
                match = INCLUDE.match(line)
                target = match and target_of(match.group(1), file, root, offered)
                if not target:
                    continue
                checked += 1
                wrong = problem(part, target)
                if wrong:
                    bad += 1
                    print("%s:%d: %s" % (file.relative_to(root), number, wrong))
    print("%d includes of our own headers checked, %d against the direction" % (checked, bad))
    return 1 if bad or not checked else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: layering.py ROOT")
    sys.exit(main(sys.argv[1]))
