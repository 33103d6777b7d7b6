# SPDX-License-Identifier: Apache-2.0
#
# check_pattern.py FILE PATTERN [ALLOWED]...: a race of the pattern is among them, and none of a pattern that is not
# named.
import json
import sys

races = [line for line in map(json.loads, open(sys.argv[1], encoding="utf-8")) if line["type"] == "race"]
patterns = [race["pattern"] for race in races]
assert sys.argv[2] in patterns and set(patterns) <= set(sys.argv[2:]), patterns
assert all(race["help"] for race in races)
