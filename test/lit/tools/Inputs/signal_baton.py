# SPDX-License-Identifier: Apache-2.0
#
# signal_baton.py COMMAND...: starts COMMAND once for each signal, waits until it prints "ready", sends the signal to
# COMMAND alone, and prints the exit status. Signals have their default action at the start of COMMAND, whoever runs this:
# a shell starts background jobs with SIGINT ignored.
import signal
import subprocess
import sys

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def default_actions():
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)


for number in SIGNALS:
    process = subprocess.Popen(
        sys.argv[1:], stdout=subprocess.PIPE, text=True, start_new_session=True, preexec_fn=default_actions
    )
    assert process.stdout.readline() == "ready\n"
    process.send_signal(number)
    print("%s: status %d" % (number.name, process.wait(timeout=60)))
