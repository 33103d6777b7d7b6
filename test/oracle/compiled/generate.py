# SPDX-License-Identifier: Apache-2.0
#
# Random programs in the language of oracle.h: a few goroutines whose steps run in one fixed order. A step is straight
# code, loops, branches and calls over a small shared memory, with accesses of every size, and synchronisation between
# them wherever it cannot block. What synchronises whom is decided by the order of the steps; whether an access races,
# by where the synchronisation happens to stand: so code that may be optimised lies beside code that must not.
#
# generate(seed) returns the text of one program; batch(seeds) a source file with a main that runs them all.
import random

ORDERS_LOAD = ["relaxed", "acquire", "seq_cst"]
ORDERS_STORE = ["relaxed", "release", "seq_cst"]
ORDERS_RMW = ["relaxed", "acquire", "release", "acq_rel", "seq_cst"]
ORDERS_FENCE = ["acquire", "release", "acq_rel", "seq_cst"]

MEMORY = """struct M {
  S s[3];
  int arr[40];
  unsigned char by[48];
  long lg[10];
  double db[8];
  V8 v[3];
  V4 q[3];
  short sh[24];
};"""

# member of M -> (number of elements, type of one)
ARRAYS = {"arr": (40, "int"), "by": (48, "unsigned char"), "lg": (10, "long"), "db": (8, "double"), "sh": (24, "short")}
VECTORS = {"v": (3, "V8"), "q": (3, "V4")}
FIELDS = [("i", "int"), ("l", "long"), ("d", "double"), ("u", "unsigned char"), ("w", "unsigned char"), ("j", "int"),
          ("k", "int"), ("h[0]", "short"), ("h[1]", "short"), ("c[0]", "char"), ("c[3]", "char"), ("f[1]", "float"),
          ("f[2]", "float")]


class Program:
    def __init__(self, number, seed):
        self.random = random.Random(seed)
        self.number = number
        self.helpers = []
        self.goroutines = self.random.randint(2, 4)
        self.bodies = {g: [] for g in range(self.goroutines)}
        self.mutexes = self.random.randint(1, 3)
        self.atomics = self.random.randint(1, 3)
        self.holder = [None] * self.mutexes
        self.writer = None
        self.readers = set()
        self.capacity = [1, self.random.randint(2, 3)]
        self.sent = [0, 0]
        self.received = [0, 0]
        self.locals = 0
        self.depth = 0
        # A small part of the memory, so that goroutines meet.
        places = ["s[%d]" % i for i in range(3)] + list(ARRAYS) + list(VECTORS)
        self.hot = self.random.sample(places, self.random.randint(2, 4))
        self.loopiness = self.random.random()
        self.heap = self.random.random() < 0.4

    def chance(self, p):
        return self.random.random() < p

    def pick(self, items):
        return self.random.choice(items)

    def fresh(self, prefix):
        self.locals += 1
        return "%s%d" % (prefix, self.locals)

    # ---- Places in memory -------------------------------------------------------------------------------------------

    def base(self):
        return self.pick(["m", "m", "(*mp)"]) if not self.heap else self.pick(["m", "(*mp)", "(*hp)"])

    def scalar(self):
        """An lvalue of arithmetic type."""
        where = self.pick(self.hot)
        if where in VECTORS:
            where = self.pick([h for h in self.hot if h not in VECTORS] or ["arr"])
        if where in ARRAYS:
            count, _ = ARRAYS[where]
            index = self.random.randrange(min(count, 12))
            return "%s.%s[%s]" % (self.base(), where, self.pick(["%d", "%d", "K(%d)"]) % index)
        return "%s.%s.%s" % (self.base(), where, self.pick(FIELDS)[0])

    def vector(self):
        name = self.pick([h for h in self.hot if h in VECTORS] or list(VECTORS))
        return "%s.%s[%d]" % (self.base(), name, self.random.randrange(2))

    def array(self):
        names = [h for h in self.hot if h in ARRAYS]
        return self.pick(names or list(ARRAYS))

    # ---- Statements -------------------------------------------------------------------------------------------------

    def access(self):
        """One or two accesses on one line."""
        r = self.random.random()
        if r < 0.34:
            return ["acc += (long)R(%s);" % self.scalar()]
        if r < 0.62:
            return ["W(%s) = %d;" % (self.scalar(), self.random.randrange(100))]
        if r < 0.76:
            return ["U(%s) += 1;" % self.scalar()]
        if r < 0.84:
            value = self.scalar()
            return ["W(%s) = R(%s) + 1;" % (self.scalar(), value)]
        if r < 0.90:
            name = self.vector()
            return [self.pick(["W(%s) = R(%s) + 1;" % (name, name), "acc += (long)R(%s)[1];" % name])]
        if r < 0.95:
            count = self.pick(["%d", "K(%d)"]) % self.random.choice([0, 1, 3, 8, 17, 32])
            base = self.base()
            if self.chance(0.5):
                return ["FILL(%s.by + %d, 1, %s);" % (base, self.random.randrange(16), count)]
            return [self.pick(["COPY(%s.by, %s.arr + %d, %s);", "MOVE(%s.by + 5, %s.by + %d, %s);"]) %
                    (base, base, self.random.randrange(4), count)]
        a, b = self.random.sample(range(3), 2)
        return ["ASSIGN(m.s[%d], m.s[%d]);" % (a, b)]

    def sync(self):
        """Synchronisation that leaves nothing behind that could block: it may stand anywhere, also in a loop."""
        at = "at%d" % self.random.randrange(self.atomics)
        r = self.random.random()
        if r < 0.17:
            return ["acc += LOAD(%s, %s);" % (at, self.pick(ORDERS_LOAD))]
        if r < 0.34:
            return ["STORE(%s, %d, %s);" % (at, self.random.randrange(9), self.pick(ORDERS_STORE))]
        if r < 0.45:
            return ["%s(%s, 1, %s);" % (self.pick(["ADD", "SWAP"]), at, self.pick(ORDERS_RMW))]
        if r < 0.52:
            return ["acc += CAS(%s, %d, 3, %s, %s);" %
                    (at, self.random.randrange(4), self.pick(ORDERS_RMW), self.pick(ORDERS_LOAD))]
        if r < 0.64:
            return ["FENCE(%s);" % self.pick(ORDERS_FENCE)]
        free = [i for i in range(self.mutexes) if self.holder[i] is None]
        if r < 0.86 and free:
            i = self.pick(free)
            self.holder[i] = -1
            body = self.some(self.random.randint(0, 2), plain=True)
            self.holder[i] = None
            return ["LOCK(mu%d);" % i] + body + ["UNLOCK(mu%d);" % i]
        if r < 0.93 and self.writer is None:
            return ["RLOCK(rw);"] + self.some(1, plain=True) + ["RUNLOCK(rw);"]
        return ["gosched();"]

    def some(self, count, plain=False):
        lines = []
        for _ in range(count):
            lines += self.access() if plain else self.statement()
        return lines

    def bound(self, n):
        return self.pick(["%d", "K(%d)"]) % n

    def loop(self):
        self.depth += 1
        array = self.array()
        count, _ = ARRAYS[array]
        k = self.fresh("k")
        base = self.base()
        r = self.random.random()
        inner = []
        if r < 0.5:
            step = self.pick([1, 1, 1, 2, 3])
            low = self.random.randrange(0, 3)
            high = self.random.randrange(low, min(count, 20))
            place = "%s.%s[%s]" % (base, array, k)
            inner = [self.pick(["W(%s) = %s;" % (place, k), "U(%s) += 1;" % place, "acc += (long)R(%s);" % place])]
            if self.chance(0.3) and count > high + 1:
                inner.append("acc += (long)R(%s.%s[%s + 1]);" % (base, array, k))
            if self.chance(0.2):
                inner = ["if (%s %% 3 == K(1)) {" % k] + inner + ["}"]
            if self.chance(0.15):
                inner.append("if (%s == K(%d)) break;" % (k, self.random.randrange(low, high + 2)))
            heads = ["for (int %s = %s; %s < %s; %s += %d) {" % (k, self.bound(low), k, self.bound(high), k, step),
                     "for (int %s = %s; %s >= %s; %s -= %d) {" % (k, self.bound(high), k, self.bound(low), k, step),
                     "for (unsigned %s = %s; %s < (unsigned)%s; %s++) {" %
                     (k, self.bound(low), k, self.bound(high), k)]
            head = self.pick(heads)
        elif r < 0.65:
            k2 = self.fresh("k")
            rows, columns = self.random.randint(1, 4), self.random.randint(1, 4)
            stride = self.random.randint(1, 5)
            place = "%s.%s[%s * %d + %s]" % (base, "arr", k, stride, k2)
            head = "for (int %s = 0; %s < %s; %s++) {" % (k, k, self.bound(rows), k)
            inner = ["for (int %s = 0; %s < %s; %s++) {" % (k2, k2, self.bound(columns), k2),
                     self.pick(["W(%s) = 1;", "U(%s) += 1;", "acc += R(%s);"]) % place, "}"]
        elif r < 0.8:
            p = self.fresh("p")
            head = "for (auto* %s = %s.%s + %d; %s != %s.%s + %s; %s++) {" % (
                p, base, array, 1, p, base, array, self.bound(1 + self.random.randrange(0, 8)), p)
            inner = [self.pick(["W(*%s) = 2;", "acc += (long)R(*%s);", "U(*%s) += 1;"]) % p]
        else:
            head = self.pick(["for (int %s = 0; %s < %s; %s++) {", "for (int %s = 1; %s <= %s; %s++) {"]) % (
                k, k, self.bound(self.random.randint(0, 3)), k)
            inner = self.some(1)
        if self.chance(0.35):
            inner += self.some(1)
        if self.chance(0.25):
            inner = inner + self.sync() if self.chance(0.5) else self.sync() + inner
        self.depth -= 1
        return [head] + inner + ["}"]

    def branch(self):
        self.depth += 1
        value = self.random.randrange(2)
        r = self.random.random()
        if r < 0.5:
            lines = ["if (K(%d)) {" % value] + self.some(self.random.randint(1, 2)) + ["}"]
            if self.chance(0.6):
                lines[-1] = "} else {"
                lines += self.some(self.random.randint(1, 2)) + ["}"]
        elif r < 0.75:
            lines = ["switch (K(%d)) {" % self.random.randrange(3)]
            for i in range(3):
                lines += ["case %d:" % i] + self.some(1) + (["break;"] if self.chance(0.7) else [])
            lines += ["}"]
        else:
            lines = ["try {"] + self.some(1) + ["if (K(%d)) throw 1;" % value] + self.some(1)
            lines += ["} catch (int) {"] + self.some(1) + ["}"]
        self.depth -= 1
        return lines

    def call(self):
        name = "h%d_%d" % (self.number, len(self.helpers))
        kind = self.random.random()
        place = self.pick(["m.%s", "mp->%s"]) % self.pick(["s[0].i", "s[1].j", "arr[2]", "arr[K(5)]"])
        attribute = self.pick(["[[gnu::noinline]] ", "[[gnu::noinline]] ", "inline ", ""])
        self.depth += 1
        if kind < 0.3:
            body = [self.pick(["W(*p) = 7;", "acc += R(*p);", "U(*p) += n + 1;"])]
        elif kind < 0.5:
            body = ["for (int i = 0; i < n; i++) {", self.pick(["U(*p) += i + 1;", "acc += R(p[0]) + i;"]), "}"]
        elif kind < 0.75:
            body = self.some(self.random.randint(1, 2), plain=True)
        else:
            body = self.some(1, plain=True) + self.sync() + self.some(1, plain=True)
        self.depth -= 1
        self.helpers.append(["%sstatic long %s(int* p, int n) {" % (attribute, name),
                             "long acc = n;", "(void)p;"] + body + ["return acc;", "}"])
        return ["acc += %s(&%s, %s);" % (name, place, self.bound(self.random.randint(0, 3)))]

    def statement(self):
        r = self.random.random()
        if self.depth < 2 and r < 0.10 + 0.22 * self.loopiness:
            return self.loop()
        if self.depth < 2 and r < 0.42:
            return self.branch()
        if self.depth < 3 and r < 0.50:
            return self.call()
        if r < 0.62:
            return self.sync()
        return self.access()

    def blocking(self, g):
        """Synchronisation that changes what others may do; only between the statements of a step."""
        options = []
        for i in range(self.mutexes):
            if self.holder[i] is None and g not in self.holder:
                options.append(("LOCK(mu%d);" % i, lambda i=i: self.hold(i, g)))
            if self.holder[i] == g:
                options += [("UNLOCK(mu%d);" % i, lambda i=i: self.hold(i, None))] * 2
        if self.writer is None and g not in self.readers:
            options.append(("RLOCK(rw);", lambda: self.readers.add(g)))
            if not self.readers:
                options.append(("WLOCK(rw);", lambda: self.write(g)))
        if g in self.readers:
            options += [("RUNLOCK(rw);", lambda: self.readers.discard(g))] * 3
        if self.writer == g:
            options += [("WUNLOCK(rw);", lambda: self.write(None))] * 3
        for c in range(2):
            if self.sent[c] - self.received[c] < self.capacity[c]:
                options.append(("SEND(c%d, %d);" % (c, self.sent[c] % self.capacity[c]), lambda c=c: self.send(c)))
            if self.sent[c] > self.received[c]:
                options.append(("RECV(c%d, %d);" % (c, self.received[c] % self.capacity[c]), lambda c=c: self.receive(c)))
        line, effect = self.pick(options)
        effect()
        return [line]

    def hold(self, i, g):
        self.holder[i] = g

    def write(self, g):
        self.writer = g

    def send(self, c):
        self.sent[c] += 1

    def receive(self, c):
        self.received[c] += 1

    def unlock_all(self, g):
        lines = ["UNLOCK(mu%d);" % i for i in range(self.mutexes) if self.holder[i] == g]
        self.holder = [None if h == g else h for h in self.holder]
        if g in self.readers:
            self.readers.discard(g)
            lines.append("RUNLOCK(rw);")
        if self.writer == g:
            self.writer = None
            lines.append("WUNLOCK(rw);")
        return lines

    # ---- The whole ---------------------------------------------------------------------------------------------------

    def text(self):
        waiting = list(range(1, self.goroutines))
        alive = [0]
        steps = self.random.randint(self.goroutines + 1, 9)
        turn = 0
        order = []
        while steps > 0 or waiting:
            g = self.pick(alive)
            lines = ["turn_wait(%d, %d);" % (turn, g)]
            turn += 1
            steps -= 1
            parts = self.random.randint(1, 4)
            for _ in range(parts):
                lines += self.some(self.random.randint(1, 3))
                if self.chance(0.4):
                    lines += self.blocking(g)
            if waiting and (self.chance(0.5) or steps <= 0 or len(alive) == 1):
                child = waiting.pop(0)
                alive.append(child)
                lines += ["GO(%d, g%d_%d);" % (child, self.number, child)]
                if self.chance(0.7):
                    lines += self.some(1)
            order.append(g)
            self.bodies[g].append(lines + ["turn_end();"])
        for g in range(1, self.goroutines):
            self.bodies[g].append(["turn_wait(%d, %d);" % (turn, g)] + self.unlock_all(g) + self.some(1) +
                                  ["DONE(wg);", "turn_end();"])
            turn += 1
        self.bodies[0].append(["turn_wait(%d, 0);" % turn] + self.unlock_all(0) + ["WAIT(wg);"] + self.some(1) +
                              ["turn_end();"])

        # A helper may itself have been made while another one was.
        out = ["namespace program%d {" % self.number, MEMORY, "alignas(64) M m;", "M* mp = &m;", "WaitGroup wg;",
               "RWMutex rw;"]
        if self.heap:
            out.append("M* hp;")
        out += ["Mutex mu%d;" % i for i in range(self.mutexes)]
        out += ["std::atomic<int> at%d;" % i for i in range(self.atomics)]
        out += ["chan<int> c%d;" % i for i in range(2)]
        out += ["static void g%d_%d();" % (self.number, g) for g in range(1, self.goroutines)]
        for helper in self.helpers:
            out += helper
        for g in reversed(range(self.goroutines)):
            out += ["static void g%d_%d() {" % (self.number, g), "long acc = 0;"]
            for step in self.bodies[g]:
                out += step
            out += ["oracle_keep(acc);", "}"]
        out += ["void run() {", "oracle_program(%d, &m, sizeof m);" % self.number]
        out += ["c%d = make_chan<int>(%d);" % (i, self.capacity[i]) for i in range(2)]
        out += ["wg.add(%d);" % (self.goroutines - 1)]
        if self.heap:
            out += ["hp = new M();", "oracle_block(hp, sizeof(M));"]
        out += ["g%d_0();" % self.number]
        if self.heap:
            out += ["delete hp;"]
        out += ["}", "}  // namespace program%d" % self.number]
        return out


def batch(seeds):
    out = ["#include \"oracle.h\""]
    for seed in seeds:
        out += Program(seed, seed).text()
    out += ["int main() {"]
    out += ["program%d::run();" % seed for seed in seeds]
    out += ["}", ""]
    return "\n".join(out)
