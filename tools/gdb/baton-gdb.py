# SPDX-License-Identifier: Apache-2.0
#
# gdb on programs with goroutines: `source PREFIX/lib/baton/baton-gdb.py`, or gdb -x. Two commands, as in Go's script:
#
#   info goroutines          every goroutine: number, state, and where it is in the program
#   goroutine N COMMAND      runs a gdb command as if goroutine N were selected: goroutine 7 bt
#   goroutine all COMMAND    the same for all of them
#
# A parked goroutine is shown by its saved registers: they are put into the selected thread's for the command and taken
# back, so a process is needed, not a core file; `goroutine N` must not continue the program.
import gdb

HIDDEN = ("baton::rt::", "baton::internal::", "baton_switch", "syscall", "long baton::rt::")
# What baton_switch has pushed, lowest address first (runtime/src/switch.h).
SAVED = ("r15", "r14", "r13", "r12", "rbx", "rbp", "rip")


def value(expression):
    try:
        return gdb.parse_and_eval(expression)
    except gdb.error as error:
        raise gdb.GdbError("this program has no goroutines that gdb can see: %s" % error)


def goroutines():
    """All goroutines that have not ended, by number."""
    found = []
    g = value("'baton::rt::sched'")["all_goroutines"]["_M_b"]["_M_p"]
    while g != 0:
        if status_of(g) != "kDead":
            found.append(g)
        g = g["all_link"]
    return sorted(found, key=lambda g: int(g["id"]))


def enumerator(v):
    return str(v).rsplit("::", 1)[-1]


def status_of(g):
    return enumerator(g["status"]["_M_i"])


def state_of(g):
    """What the program's own dumps say."""
    status = status_of(g)
    if status == "kRunning":
        return "running"
    if status != "kWaiting":
        return "runnable"
    try:
        texts = gdb.parse_and_eval("'baton::rt::kWaitReasonTexts'")
        return texts[int(g["why"])].string()
    except gdb.error:
        return enumerator(g["why"])[1:]


def thread_of(g):
    """The thread that runs it, or None."""
    selected = gdb.selected_thread()
    try:
        for thread in gdb.selected_inferior().threads():
            thread.switch()
            try:
                m = gdb.parse_and_eval("'baton::rt::(anonymous namespace)::this_m'")
                if m != 0 and m["current"] == g:
                    return thread
            except gdb.error:
                pass  # a thread that has not come so far
    finally:
        selected.switch()
    return None


class As:
    """For a `with`: the goroutine's registers are those of the selected thread."""

    def __init__(self, g):
        self.g = g
        self.selected = gdb.selected_thread()
        self.frame = gdb.selected_frame()
        self.changed = False

    def __enter__(self):
        thread = thread_of(self.g) if status_of(self.g) == "kRunning" else None
        if thread is not None:
            thread.switch()
            return
        words = self.g["context"]["sp"].cast(gdb.lookup_type("unsigned long").pointer())
        if words == 0:
            raise gdb.GdbError("goroutine %d has not run yet" % int(self.g["id"]))
        gdb.execute("select-frame 0")
        self.saved = {name: int(gdb.parse_and_eval("(unsigned long)$" + name)) for name in SAVED + ("rsp",)}
        self.changed = True
        for i, name in enumerate(SAVED):
            gdb.execute("set $%s = %d" % (name, int(words[i])))
        gdb.execute("set $rsp = %d" % int((words + len(SAVED))))

    def __exit__(self, *unused):
        if self.changed:
            gdb.execute("select-frame 0")
            for name, number in self.saved.items():
                gdb.execute("set $%s = %d" % (name, number))
        self.selected.switch()
        self.frame.select()


def place_of(g):
    """The innermost frame that belongs to the program."""
    with As(g):
        frame = gdb.newest_frame()
        while frame is not None:
            name = frame.name() or "??"
            if not name.startswith(HIDDEN):
                line = frame.find_sal()
                where = "" if line.symtab is None else " at %s:%d" % (line.symtab.filename, line.line)
                return name + where
            frame = frame.older()
    return "??"


class InfoGoroutines(gdb.Command):
    """List all goroutines: number, state, and where each is in the program."""

    def __init__(self):
        super().__init__("info goroutines", gdb.COMMAND_STACK, gdb.COMPLETE_NONE)

    def invoke(self, argument, from_tty):
        for g in goroutines():
            state = state_of(g)
            try:
                place = place_of(g)
            except (gdb.error, gdb.GdbError) as error:
                place = "(%s)" % error
            print("%s %d [%s] %s" % ("*" if state == "running" else " ", int(g["id"]), state, place))


class Goroutine(gdb.Command):
    """Run a command in a goroutine's context: goroutine N bt; goroutine all bt."""

    def __init__(self):
        super().__init__("goroutine", gdb.COMMAND_STACK, gdb.COMPLETE_NONE)

    def invoke(self, argument, from_tty):
        words = argument.split(None, 1)
        if len(words) != 2 or not (words[0] == "all" or words[0].isdigit()):
            raise gdb.GdbError("usage: goroutine N COMMAND, or goroutine all COMMAND")
        chosen = [g for g in goroutines() if words[0] == "all" or int(g["id"]) == int(words[0])]
        if not chosen:
            raise gdb.GdbError("there is no goroutine %s: see info goroutines" % words[0])
        for g in chosen:
            if words[0] == "all":
                print("\ngoroutine %d [%s]:" % (int(g["id"]), state_of(g)))
            with As(g):
                gdb.execute(words[1], from_tty)


InfoGoroutines()
Goroutine()
