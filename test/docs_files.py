#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# docs_files.py ROOT FILE...: every path of ours that a document names in `code` exists, relative to ROOT or as the target
# of a link relative to the document. Prints FILE:LINE of each that does not, and fails; a document that names none fails.
import pathlib
import re
import sys

PATH = re.compile(r"`((?:instrument|detector|runtime|tools|test|docs|\.ci)/[\w./+-]*\w/?)(?::\d+)?`")
LINK = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)")


def main(root, documents):
    root = pathlib.Path(root)
    missing = 0
    for name in documents:
        document = root / name
        named = 0
        for number, line in enumerate(document.read_text(encoding="utf-8").splitlines(), 1):
            wanted = [(path, root / path) for path in PATH.findall(line)]
            wanted += [(path, document.parent / path) for path in LINK.findall(line)]
            named += len(wanted)
            for path, file in wanted:
                if not file.exists():
                    missing += 1
                    print("%s:%d: %s does not exist" % (name, number, path))
        if not named:
            missing += 1
            print("%s names no file" % name)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
