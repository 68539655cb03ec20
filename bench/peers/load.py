#!/usr/bin/python3
"""The load of bench/peers on a peer, or on the bare disk; prints one line of JSON.

Batches are made before the clock starts, so that this program costs the peer as little as it can:
each connection has a thread that waits, PostgreSQL's with one batch on its way, Redis's with
several. The work is drawn as `packledger bench` draws it: 1 to 3 units, ids of 16 characters, some
sends again.
"""
import argparse
import bisect
import collections
import itertools
import json
import os
import random
import socket
import statistics
import threading
import time


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("peer", choices=["postgresql", "redis", "disk"])
    parser.add_argument("--socket", help="of the peer: its directory (postgresql), or itself")
    parser.add_argument("--fill", action="store_true", help="make the accounts, do not measure")
    parser.add_argument("--file", help="that the disk is measured with")
    parser.add_argument("--bytes", type=int, default=59_000, help="of a record (disk)")
    parser.add_argument("--accounts", type=int, default=100_000)
    parser.add_argument("--quota", type=int, default=100)
    parser.add_argument("--distribution", choices=["uniform", "zipf"], default="uniform")
    parser.add_argument("--duplicates", type=int, default=1, help="per cent")
    parser.add_argument("--batch", type=int, default=1_000)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--in-flight", type=int, default=8, help="batches of a connection (redis)")
    parser.add_argument("--batches-max", type=int, default=3_000, help="that are made beforehand")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args()


def name(number):
    return f"bench-{number}"


class Work:
    def __init__(self, o):
        self.o = o
        self.dice = random.Random(o.seed)
        self.recent = collections.deque(maxlen=65_536)
        self.weights = None
        if o.distribution == "zipf":
            ranks = range(1, o.accounts + 1)
            self.weights = list(itertools.accumulate(rank**-0.99 for rank in ranks))

    def account(self):
        if self.weights is None:
            return self.dice.randrange(self.o.accounts)
        rank = bisect.bisect_left(self.weights, self.dice.random() * self.weights[-1])
        return rank * 618_033 % self.o.accounts  # busy accounts are no neighbours

    def send(self):
        if self.recent and self.dice.random() * 100 < self.o.duplicates:
            return self.recent[self.dice.randrange(len(self.recent))]
        made = (name(self.account()), f"{self.dice.getrandbits(64):016x}", self.dice.randint(1, 3))
        self.recent.append(made)
        return made

    def batch(self):
        return [self.send() for _ in range(self.o.batch)]


class Measured:
    """What the threads of a run have in common."""

    def __init__(self, o, batches):
        self.o = o
        self.batches = iter(batches)
        self.lock = threading.Lock()
        self.waits = []
        self.counts = collections.Counter()
        self.start = time.monotonic()
        self.end = self.start

    def next(self):
        if time.monotonic() - self.start >= self.o.seconds:
            return None
        with self.lock:
            return next(self.batches, None)

    def answered(self, sent_at, results):
        now = time.monotonic()
        with self.lock:
            self.waits.append(now - sent_at)
            self.counts.update(results)
            self.end = max(self.end, now)

    def tell(self):
        waits = sorted(self.waits)
        at = lambda part: waits[min(len(waits) - 1, int(part * len(waits)))]
        sends = sum(self.counts.values())
        print(json.dumps({
            "sends": sends,
            "recorded": self.counts[1],
            "duplicates": self.counts[2],
            "sends_per_second": int(sends / (self.end - self.start)),
            "p50_ms": round(at(0.5) * 1e3, 3),
            "p99_ms": round(at(0.99) * 1e3, 3),
        }))


def run_threads(o, batches, work):
    measured = Measured(o, batches)
    threads = [threading.Thread(target=work, args=(measured,)) for _ in range(o.connections)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    measured.tell()


# ---- PostgreSQL ----


def postgresql(o):
    import psycopg2

    def connect():
        connection = psycopg2.connect(host=o.socket, dbname="postgres", user="postgres")
        connection.autocommit = True
        return connection

    if o.fill:
        cursor = connect().cursor()
        cursor.execute(
            "INSERT INTO accounts SELECT n, 'bench-' || n, %s, %s FROM generate_series(0, %s) n",
            (o.quota, o.quota, o.accounts - 1))
        cursor.execute("VACUUM ANALYZE")
        return
    work = Work(o)
    batches = []
    for _ in range(min(o.batches_max, int(o.seconds * 200))):
        batches.append(["{" + ",".join(str(s[i]) for s in sends) + "}"
                        for sends in [work.batch()] for i in range(3)])
    connections = [connect() for _ in range(o.connections)]

    def publish(measured):
        with measured.lock:
            cursor = connections.pop().cursor()
        cursor.execute(
            "PREPARE p (text[], text[], integer[]) AS SELECT publish($1, $2, $3)")
        while (batch := measured.next()) is not None:
            sent_at = time.monotonic()
            cursor.execute("EXECUTE p (%s, %s, %s)", batch)
            measured.answered(sent_at, cursor.fetchone()[0])

    run_threads(o, batches, publish)


# ---- Redis ----


def command(*words):
    parts = [b"*%d\r\n" % len(words)]
    for word in words:
        word = word if isinstance(word, bytes) else str(word).encode()
        parts.append(b"$%d\r\n%s\r\n" % (len(word), word))
    return b"".join(parts)


class Redis:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.reader = self.socket.makefile("rb", buffering=1 << 16)

    def ask(self, *words):
        self.socket.sendall(command(*words))
        return self.read()

    def read(self):
        line = self.reader.readline()
        kind, rest = line[:1], line[1:-2]
        if kind == b":":
            return int(rest)
        if kind == b"*":
            return [self.read() for _ in range(int(rest))]
        if kind == b"$":
            return self.reader.read(int(rest) + 2)[:-2]
        if kind == b"-":
            raise RuntimeError(rest.decode())
        return rest

    def read_results(self, count):
        """Of a batch: so many one-digit integers, read at once."""
        line = self.reader.readline()
        if line != b"*%d\r\n" % count:
            raise RuntimeError(line.decode())
        text = self.reader.read(4 * count)
        ones = text.count(b":1\r\n")
        twos = text.count(b":2\r\n")
        if ones + twos != count:
            raise RuntimeError("results that make no sense")
        return {1: ones, 2: twos}


def redis(o):
    if o.fill:
        peer = Redis(o.socket)
        for begin in range(0, o.accounts, 1_000):
            some = range(begin, min(begin + 1_000, o.accounts))
            peer.socket.sendall(b"".join(
                command("HSET", "a:" + name(n), "p1", o.quota, "p2", o.quota, "charged", 0)
                for n in some))
            for _ in some:
                peer.read()
        return
    folder = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(folder, "redis.lua"), encoding="utf-8") as file:
        script = Redis(o.socket).ask("SCRIPT", "LOAD", file.read())
    work = Work(o)
    batches = []
    for _ in range(min(o.batches_max, int(o.seconds * 300))):
        words = [word for send in work.batch() for word in send]
        batches.append(command("EVALSHA", script, 0, *words))
    connections = [Redis(o.socket) for _ in range(o.connections)]

    def publish(measured):
        with measured.lock:
            peer = connections.pop()
        sent = collections.deque()
        more = True
        while more or sent:
            while more and len(sent) < o.in_flight:
                batch = measured.next()
                more = batch is not None
                if more:
                    sent.append(time.monotonic())
                    peer.socket.sendall(batch)
            if sent:
                results = peer.read_results(o.batch)
                measured.answered(sent.popleft(), results)

    run_threads(o, batches, publish)


# ---- the bare disk ----


def disk(o):
    handle = os.open(o.file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    record = b"x" * o.bytes
    waits = []
    start = time.monotonic()
    while (begin := time.monotonic()) - start < o.seconds:
        os.write(handle, record)
        os.fdatasync(handle)
        waits.append(time.monotonic() - begin)
    per_second = len(waits) / (time.monotonic() - start)
    os.close(handle)
    os.remove(o.file)
    print(json.dumps({
        "syncs_per_second": round(per_second, 1),
        "sends_per_second": int(per_second * o.batch),
        "p50_ms": round(statistics.median(waits) * 1e3, 3),
        "p99_ms": round(sorted(waits)[int(len(waits) * 0.99)] * 1e3, 3),
    }))


if __name__ == "__main__":
    asked = options()
    {"postgresql": postgresql, "redis": redis, "disk": disk}[asked.peer](asked)
