#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What -race costs at compile time: processor seconds and bytes of code of a source, with -race over without.

compile_cost.py PREFIX RUNS [SOURCE [FLAG...]]

Without SOURCE: a program that uses most of the JSON library nlohmann/json (24,000 lines). Medians of RUNS in turn.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile

JSON = """#include <nlohmann/json.hpp>
#include <iostream>
int main(int, char** argv) {
  auto value = nlohmann::json::parse(argv[1]);
  value["key"] = 3;
  std::cout << value.dump(2);
  return nlohmann::json::from_cbor(nlohmann::json::to_cbor(value)) == value;
}
"""


def compile_once(command):
    """Processor seconds of the command and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def code_bytes(path):
    lines = subprocess.run(["size", "-A", path], check=True, capture_output=True, text=True).stdout.splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith(".text"))


def main():
    if len(sys.argv) < 3 or not sys.argv[2].isdigit() or int(sys.argv[2]) == 0:
        sys.exit(__doc__)
    compiler = os.path.join(sys.argv[1], "bin", "baton-c++")
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "json.cpp")
        with open(source, "w", encoding="utf-8") as file:
            file.write(JSON)
        flags = sys.argv[4:]
        if len(sys.argv) > 3:
            source = sys.argv[3]
        for level in ("-O1", "-O2", "-O3"):
            seconds = {False: [], True: []}
            size = {}
            for _ in range(int(sys.argv[2])):
                for race in (False, True):
                    out = os.path.join(folder, "out.o")
                    command = [compiler, level, "-w", "-c", source, "-o", out, *flags]
                    seconds[race].append(compile_once(command + ["-race"] * race))
                    size[race] = code_bytes(out)
            plain, race = (statistics.median(seconds[key]) for key in (False, True))
            print(
                f"{os.path.basename(source)} {level}: {plain:.2f} s, with -race {race:.2f} s, ratio {race / plain:.2f}; "
                f"code {size[False]} bytes, with -race {size[True]}, ratio {size[True] / size[False]:.2f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
