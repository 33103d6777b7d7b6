# SPDX-License-Identifier: Apache-2.0
#
# check_many.py FILE N: N races, all of different pairs of functions, and a summary that counts them.
import json
import sys

lines = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
wanted = int(sys.argv[2])
pairs = {tuple(sorted(a["stack"][0]["function"] for a in race["accesses"])) for race in lines[:-1]}
assert len(lines) == wanted + 1 and len(pairs) == wanted, (len(lines), len(pairs))
assert lines[-1]["type"] == "summary" and lines[-1]["races"] == wanted
