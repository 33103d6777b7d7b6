#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# Random compiled programs against the truth: generates batches of programs (generate.py), logs what they do, and checks
# that the detector finds exactly their races in builds at several optimisation levels and GOMAXPROCS (README.md).
#
#   run.py --prefix DIR --support DIR [--first SEED] [--count N] [--flags "-O0" --flags "-O2" ...] [--keep DIR]
import argparse
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import generate  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))


def call(command, out=None, timeout=300, **more):
    """Runs a command; on failure shows what it said and returns False."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout, text=True, **more)
    if out is not None:
        out.append(done.stdout)
    return done.returncode == 0


def execute(program, path, procs, timeout):
    environment = dict(os.environ, ORACLE_OUT=path, GOMAXPROCS=str(procs))
    environment.pop("GORACE", None)
    said = []
    try:
        done = call([program], out=said, timeout=timeout, env=environment)
    except subprocess.TimeoutExpired:
        return "did not end"
    return None if done else "ended badly: " + said[0][-2000:]


def check_batch(options, folder, seeds):
    """Returns a list of complaints about the programs of one batch."""
    source = os.path.join(folder, "batch.cpp")
    with open(source, "w") as file:
        file.write(generate.batch(seeds))
    compiler = os.path.join(options.prefix, "bin", "baton-c++")
    common = ["-g", "-w", "-std=c++20", "-I", HERE, source]
    log_program = os.path.join(folder, "log")
    said = []
    if not call([compiler, "-O0", "-DORACLE_LOG"] + common +
                [os.path.join(options.support, "oracle_log.o"), "-o", log_program], said):
        return ["the log build does not compile: " + said[0][:2000]]
    log = os.path.join(folder, "log.txt")
    problem = execute(log_program, log, 1, options.timeout)
    if problem:
        return ["the log build " + problem]
    complaints = []
    procs = [1, 2, 8]
    for i, flags in enumerate(options.flags):
        words = flags.split()
        program = os.path.join(folder, "race%d" % i)
        said = []
        if not call([compiler, "-race"] + words + common +
                    [os.path.join(options.support, "oracle_race.o"), "-o", program], said):
            complaints.append("%s does not compile: %s" % (flags, said[0][:2000]))
            continue
        found = os.path.join(folder, "found%d.txt" % i)
        problem = execute(program, found, procs[(seeds[0] + i) % 3], options.timeout)
        if problem:
            complaints.append("%s %s" % (flags, problem))
            continue
        check = [os.path.join(options.support, "oracle_check"), log, found] + (["lines"] if "-O0" in words else [])
        said = []
        if not call(check, said):
            complaints.append("%s:\n%s" % (flags, said[0]))
        elif options.verbose:
            print("  %s: %s" % (flags, said[0].strip()))
    return complaints


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--prefix", required=True, help="where bin/baton-c++ is")
    parser.add_argument("--support", required=True, help="where oracle_check and the objects of support.cpp are")
    parser.add_argument("--first", type=int, default=1, help="first seed")
    parser.add_argument("--count", type=int, default=100, help="number of programs")
    parser.add_argument("--batch", type=int, default=25, help="programs in one source file")
    parser.add_argument("--flags", action="append", help="flags of one build; may be repeated")
    parser.add_argument("--timeout", type=int, default=120, help="seconds for one run of a batch")
    parser.add_argument("--keep", help="a folder to leave sources, logs and findings in")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    options.flags = options.flags or ["-O0", "-O2"]
    wrong = 0
    last = options.first + options.count
    for first in range(options.first, last, options.batch):
        seeds = list(range(first, min(first + options.batch, last)))
        folder = options.keep or tempfile.mkdtemp(prefix="oracle")
        os.makedirs(folder, exist_ok=True)
        complaints = check_batch(options, folder, seeds)
        if not options.keep:
            shutil.rmtree(folder)
        if complaints:
            wrong += 1
            print("seeds %d to %d are wrong:" % (seeds[0], seeds[-1]))
            for complaint in complaints:
                print(complaint)
            print("again: %s --prefix %s --support %s --first %d --count %d --batch %d --keep DIR" %
                  (os.path.abspath(__file__), options.prefix, options.support, seeds[0], len(seeds), len(seeds)),
                  flush=True)
    print("compiled programs: seeds %d to %d at %s: %s" %
          (options.first, last - 1, ", ".join(options.flags), "all right" if wrong == 0 else "%d batches wrong" % wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
