# SPDX-License-Identifier: Apache-2.0
#
# check_pattern.py PATTERN [ALLOWED]... -- RUN...: in the log RUN.json of each run a race of the pattern is among them, and
# none of a pattern that is not named. RUN.sarif has the same races, each with the rule of its kind, the advice of its
# pattern, and its place in the program's source.
import json
import sys

import check_sarif


def check(run, pattern, known):
    with open(run + ".json", encoding="utf-8") as file:
        lines = [json.loads(line) for line in file if line.startswith("{")]  # the program may have its own to say
    races = [line for line in lines if line["type"] == "race"]
    patterns = [race["pattern"] for race in races]
    assert pattern in patterns and set(patterns) <= known, (run, patterns)
    assert all(race["help"] for race in races)

    with open(run + ".sarif", encoding="utf-8") as file:
        results = check_sarif.check(json.load(file))
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


dashes = sys.argv.index("--")
assert sys.argv[dashes + 1 :], "no runs"
for each in sys.argv[dashes + 1 :]:
    check(each, sys.argv[1], set(sys.argv[1:dashes]))
