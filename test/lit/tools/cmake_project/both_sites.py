# SPDX-License-Identifier: Apache-2.0
#
# both_sites.py OUTPUT SOURCES FILE:COMMENT FILE:COMMENT: some report in OUTPUT has one access with a frame at the line of
# the first FILE that ends with "// COMMENT", and the other access with a frame at that of the second, in either order.
import pathlib
import re
import sys


def site(sources, wanted):
    name, comment = wanted.split(":")
    lines = pathlib.Path(sources, name).read_text(encoding="utf-8").splitlines()
    numbers = [i for i, line in enumerate(lines, 1) if line.endswith("// " + comment)]
    assert len(numbers) == 1, "%s: no single line ends with // %s" % (name, comment)
    return "/%s:%d " % (name, numbers[0])


output, sources, first, second = sys.argv[1:]
text = pathlib.Path(output).read_text(encoding="utf-8")
first, second = site(sources, first), site(sources, second)
for report in re.split(r"^=+\n", text, flags=re.M):
    sections = report.split("\n\n")
    if len(sections) < 2 or not sections[0].startswith("WARNING: DATA RACE"):
        continue
    now, before = sections[0], sections[1]
    if (first in now and second in before) or (second in now and first in before):
        sys.exit(0)
sys.exit("no report has accesses at%sand%s:\n%s" % (" " + first, " " + second, text))
