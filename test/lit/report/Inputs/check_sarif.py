# SPDX-License-Identifier: Apache-2.0
#
# check_sarif.py FILE: valid against the schema of SARIF 2.1.0, and within what GitHub code scanning accepts. Prints a
# line for each result: rule, primary place, fingerprint, the goroutines of the flow.
import json
import os
import sys

import jsonschema

with open(os.path.join(os.path.dirname(__file__), "sarif-2.1.0.schema.json"), encoding="utf-8") as file:
    validator = jsonschema.Draft7Validator(json.load(file))


def check(log):
    """Fails if the SARIF log is not as it should be; else returns its results."""
    validator.validate(log)
    assert len(log["runs"]) == 1
    run = log["runs"][0]
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    for result in run["results"]:
        assert result["ruleId"] in rules, result["ruleId"]
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert not uri.startswith("/") and ".." not in uri, uri
        flows = result["codeFlows"][0]["threadFlows"]
        assert len(flows) == 2, "a thread flow for each goroutine"
        order = [step["executionOrder"] for flow in flows for step in flow["locations"]]
        assert order == list(range(1, len(order) + 1)), order
    return run["results"]


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        results = check(json.load(file))
    for result in results:
        place = result["locations"][0]["physicalLocation"]
        print(result["ruleId"], "%s:%d" % (place["artifactLocation"]["uri"], place["region"]["startLine"]),
              result["partialFingerprints"]["primaryLocationLineHash"], result["baselineState"],
              " / ".join(flow["id"] for flow in result["codeFlows"][0]["threadFlows"]))
