# SPDX-License-Identifier: Apache-2.0
#
# match.py MATCHER LOG: what GitHub's runner makes of LOG: FILE:LINE: message (code).
import json
import re
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    patterns = json.load(file)["problemMatcher"][0]["pattern"]
with open(sys.argv[2], encoding="utf-8") as file:
    lines = file.read().splitlines()
for start in range(len(lines)):
    found = {}
    for pattern, line in zip(patterns, lines[start:]):
        match = re.match(pattern["regexp"], line)
        if not match:
            break
        found.update({key: match.group(group) for key, group in pattern.items() if key != "regexp"})
    else:
        print("%s:%s: %s (%s)" % (found["file"], found["line"], found["message"], found["code"]))
