# SPDX-License-Identifier: Apache-2.0
#
# How the tests under test/lit run. A test is a file with RUN: lines, each a bash command (pipes fail when any part
# does). Substitutions:
#   %baton %baton_cxx %baton_cc   our commands            %prefix   where they are installed (in %build_folder)
#                                 (%baton_cxx with headers precompiled, cxx.sh.in, but for the suite tools)
#   %opt %clangxx %gxx            LLVM's opt, clang++ 19, g++ 12      %pass_so   the pass plugin
#   %python %chromium             the python of this run; a browser without a window
#   %root                         the source tree         %s %S %t %T   as in every lit
#   %exits N COMMAND...           runs COMMAND; fails unless its exit status is N (128 + signal if killed)
#   %rounds %size                  how often, and how much: more under ctest -L soak
#   %repeat N COMMAND...          runs COMMAND N times, stops at the first failure and shows that run's output
# FileCheck, not and count are found by name. GOMAXPROCS, GORACE, GOTRACEBACK and NO_COLOR of the caller do not reach
# the tests.
import os
import shutil
import subprocess
import sys

import lit.formats

config.name = "baton"
config.test_format = lit.formats.ShTest(execute_external=True)
config.suffixes = [".test", ".cpp", ".c", ".ll"]
config.excludes = ["Inputs"]
config.test_source_root = os.path.dirname(__file__)
lit_config.maxIndividualTestTimeout = 300  # seconds
config.test_exec_root = os.path.join(config.baton_binary_root, "lit")


def required(path, package):
    """The path of a tool; ends the run if it is not there, so that no suite passes by having run nothing."""
    found = path if os.sep in path and os.access(path, os.R_OK) else shutil.which(path)
    if not found:
        lit_config.fatal("%s is missing: %s" % (path, package))
    return found


def llvm(name):
    return required(os.path.join(config.baton_llvm_tools, name), "install the packages of tools/packages.txt")


def ours(name):
    return required(os.path.join(config.baton_prefix, name), "build first (tools/dev build)")


for name in ("FileCheck", "not", "count"):
    llvm(name)

helpers = config.test_source_root
plugin = ours("lib/baton/baton-pass.so")
# lit replaces in this order, so a name comes before its own beginnings (%baton).
config.substitutions += [
    ("%baton_cxx", os.path.join(config.test_exec_root, "cxx")),
    ("%baton_cc", ours("bin/baton-cc")),
    ("%baton", ours("bin/baton")),
    ("%opt", llvm("opt")),
    ("%pass_so", plugin),
    ("%clangxx", llvm("clang++")),
    ("%gxx", required("g++", "install the packages of tools/packages.txt")),
    ("%prefix", config.baton_prefix),
    ("%build_folder", os.path.dirname(config.baton_binary_root)),
    ("%python", sys.executable),
    ("%chromium", shutil.which("chromium-headless-shell") or shutil.which("chromium") or "chromium-headless-shell"),
    ("%root", config.baton_source_root),
    ("%exits", required(os.path.join(helpers, "exits.sh"), "the source tree is not complete")),
    ("%repeat", required(os.path.join(helpers, "repeat.sh"), "the source tree is not complete")),
]

# Whether control groups can be made here, with room for two processors.
quota = [sys.executable, os.path.join(helpers, "runtime", "Inputs", "with_cpu_quota.py"), "100000", "true"]
if len(os.sched_getaffinity(0)) > 1 and subprocess.run(quota, capture_output=True).returncode == 0:
    config.available_features.add("cpu-quota")

# How often a program without races runs in test/lit/race_free: more under ctest -L soak.
config.substitutions.append(("%rounds", lit_config.params.get("rounds", "20")))
# Percent of the full size, and rounds, of test/lit/race/found_whatever_came_between.cpp.
config.substitutions.append(("%size", lit_config.params.get("size", "1 5")))

for name in ("GOMAXPROCS", "GORACE", "GOTRACEBACK", "BATON_CLANG"):
    config.environment.pop(name, None)
config.environment["NO_COLOR"] = "1"
config.environment["LC_ALL"] = "C.UTF-8"
config.environment["PATH"] = os.pathsep.join([config.baton_llvm_tools, os.environ["PATH"]])
