# SPDX-License-Identifier: Apache-2.0
#
# with_cpu_quota.py MICROSECONDS COMMAND...: runs the command in a control group of its own, and in a group within that,
# which may use so many microseconds of processor time in each 100,000. Ends as the command does, or with 77 if control
# groups cannot be made here.
import os
import subprocess
import sys

quota, command = sys.argv[1], sys.argv[2:]
name = "baton-%d" % os.getpid()


def write(folder, file, text):
    with open(os.path.join(folder, file), "w") as out:
        out.write(text)


def group():
    """The new outer group: in the second version of control groups if the processor is left to it."""
    v2 = "/sys/fs/cgroup"
    if os.path.exists(os.path.join(v2, "cgroup.subtree_control")):
        write(v2, "cgroup.subtree_control", "+cpu")
        folder = os.path.join(v2, name)
        os.mkdir(folder)
        write(folder, "cpu.max", quota + " 100000")
    else:
        folder = os.path.join(v2, "cpu", name)
        os.mkdir(folder)
        write(folder, "cpu.cfs_quota_us", quota)
    return folder


try:
    outer = group()
except OSError as error:
    print("no control group: %s" % error)
    sys.exit(77)
inner = os.path.join(outer, "inner")
try:
    os.mkdir(inner)
    process = subprocess.run(command, preexec_fn=lambda: write(inner, "cgroup.procs", str(os.getpid())))
finally:
    for folder in (inner, outer):
        if os.path.isdir(folder):
            os.rmdir(folder)
sys.exit(process.returncode)
