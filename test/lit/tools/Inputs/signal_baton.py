# SPDX-License-Identifier: Apache-2.0
#
# signal_baton.py COMMAND...: starts COMMAND once for each signal, waits until it prints "ready", sends the signal to
# COMMAND alone, and prints the exit status.
import signal
import subprocess
import sys

for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    process = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stdout.readline() == "ready\n"
    process.send_signal(number)
    print("%s: status %d" % (number.name, process.wait()))
