# SPDX-License-Identifier: Apache-2.0
#
# gdb: the functions on the stack at each instruction of the first baton_switch that leaves the function parks().
import gdb


def stack():
    names = []
    frame = gdb.newest_frame()
    while frame is not None and len(names) < 40:
        names.append((frame.name() or "??").split("<")[0])
        frame = frame.older()
    return names


gdb.execute("break parks")
gdb.execute("run")
gdb.execute("break baton_switch")
gdb.execute("continue")
gdb.execute("set scheduler-locking on")
while stack()[0] == "baton_switch":
    print("at %s: %s" % (gdb.newest_frame().pc(), " ".join(stack()[1:])))
    gdb.execute("stepi", to_string=True)
print("end")
gdb.execute("kill")
