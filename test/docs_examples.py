#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# docs_examples.py FILE.md...: prints one C++ program that runs every piece of code marked ```cpp in the files, each in a
# function of its own, named after its place. #line directives make the compiler complain about the page.
import pathlib
import sys

HEADERS = ("baton/baton.hpp", "unistd.h", "cstdio", "memory", "shared_mutex", "span", "string", "thread", "vector")


def pieces(path):
    """(line, code) of each marked piece."""
    code, start = None, 0
    for number, line in enumerate(pathlib.Path(path).read_text(encoding="utf-8").splitlines(), 1):
        if code is None:
            if line == "```cpp":
                code, start = [], number + 1
        elif line == "```":
            yield start, "\n".join(code)
            code = None
        else:
            code.append(line)
    if code is not None:
        sys.exit("%s:%d: a piece of code without end" % (path, start))


def main(paths):
    print("".join("#include <%s>\n" % header for header in HEADERS) + "using namespace baton;")
    calls = []
    for page, path in enumerate(paths):
        for line, code in pieces(path):
            name = "page_%d_line_%d" % (page, line)
            calls.append((name, "%s:%d" % (pathlib.Path(path).name, line)))
            print('static void %s() {\n#line %d "%s"\n%s\n}' % (name, line, path, code))
    if not calls:
        sys.exit("no code in " + ", ".join(paths))
    print("int main() {")
    for name, place in calls:
        print('  std::puts("%s");\n  %s();' % (place, name))
    print("}")


if __name__ == "__main__":
    main(sys.argv[1:])
