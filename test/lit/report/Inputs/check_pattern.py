# SPDX-License-Identifier: Apache-2.0
#
# check_pattern.py JSON SARIF PATTERN [ALLOWED]...: a race of the pattern is among them, and none of a pattern that is not
# named. In SARIF each has the rule of its kind, the advice of its pattern, and its place in the program's source.
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    lines = [json.loads(line) for line in file if line.startswith("{")]  # the program may have its own to say
races = [line for line in lines if line["type"] == "race"]
patterns = [race["pattern"] for race in races]
assert sys.argv[3] in patterns and set(patterns) <= set(sys.argv[3:]), patterns
assert all(race["help"] for race in races)

with open(sys.argv[2], encoding="utf-8") as file:
    results = json.load(file)["runs"][0]["results"]
by_print = {result["partialFingerprints"]["primaryLocationLineHash"]: result for result in results}
assert set(by_print) == {race["fingerprint"] for race in races}
for race in races:
    result = by_print[race["fingerprint"]]
    assert result["ruleId"] == "baton/" + race["kind"].replace(" ", "-"), result["ruleId"]
    assert race["help"] in result["message"]["text"] or sum(
        race["fingerprint"] == other["fingerprint"] for other in races) > 1, result["message"]["text"]
    place = result["locations"][0]["physicalLocation"]
    files = [frame["file"] or "" for access in race["accesses"] for frame in access["stack"]]
    assert any(file.endswith("/" + place["artifactLocation"]["uri"]) for file in files), place
    assert place["region"]["snippet"]["text"].strip(), place
