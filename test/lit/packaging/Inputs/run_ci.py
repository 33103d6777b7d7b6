# SPDX-License-Identifier: Apache-2.0
#
# run_ci.py FILE PROJECT PREFIX: runs the commands of a workflow of GitHub or GitLab in the folder PROJECT, as CI would,
# with PREFIX/bin on the path. Commands that set up the machine (apt-get and what goes on from there) are left out. Prints
# the status of the first step that fails, or 0.
import os
import re
import subprocess
import sys

workflow, project, prefix = sys.argv[1:]
with open(workflow, encoding="utf-8") as file:
    lines = file.read().splitlines()


def block(start, indent):
    """The lines after `start` that are indented deeper than `indent`."""
    found = []
    for line in lines[start + 1:]:
        if line.strip() and len(line) - len(line.lstrip()) <= indent:
            break
        found.append(line)
    return found


def steps():
    for number, line in enumerate(lines):
        margin = len(line) - len(line.lstrip())
        if re.fullmatch(r"\s+run: \|", line):
            yield "\n".join(text.strip() for text in block(number, margin))
        elif re.fullmatch(r"\s+script:", line):
            yield "\n".join(text.strip()[2:] for text in block(number, margin))


environment = dict(os.environ, PATH=os.path.join(prefix, "bin") + os.pathsep + os.environ["PATH"],
                   GITHUB_STEP_SUMMARY=os.path.join(project, "summary"),
                   GORACE="report_format=json log_path=" + os.path.join(project, "races", "log"))
status = 0
for step in steps():
    if "apt-get" in step:
        continue
    status = subprocess.run(["bash", "-e", "-o", "pipefail", "-c", step], cwd=project, env=environment).returncode
    if status:
        break
print("run_ci: status %d" % status)
