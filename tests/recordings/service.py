"""A made-up service that holds one of everything, for the recording beside it. Its numbers are asserted by the replay tests."""

import _tracemalloc
import collections
import functools
import gc
import time
import weakref

gc.disable()

results_cache = {}
sessions = collections.OrderedDict()
recent = collections.deque(maxlen=50)
seen = set()
allowed = frozenset(range(1000, 1200))
upload = bytearray(b"x" * 100_000)
primes = [2**521 - 1 + i for i in range(70)]


class Position:
    __slots__ = ("latitude", "longitude", "__weakref__")

    def __init__(self, number):
        self.latitude = number / 7
        self.longitude = number / 11


class User:
    def __init__(self, number):
        self.number = number
        self.position = Position(number)


class Settings(dict):
    pass


class Knot:
    def __init__(self):
        self.itself = self
        self.load = ["rope"] * 40


def remember(key):
    results_cache[key] = {"key": key, "rows": [key, key + 1, key + 2]}


def make_lookup():
    known = {}

    def lookup(key):
        known[key] = "known " * 20 + str(key)
        return known[key]

    return lookup


@functools.lru_cache(maxsize=64)
def price(article):
    return "price " * 10 + str(article)


def tickets():
    booked = [0] * 33
    for number in range(1000):
        booked.append(number)
        yield number


class Later:
    def __await__(self):
        yield self


async def poll(batch):
    await Later()
    return len(batch)


def serve():
    for key in range(1000, 1400):
        remember(key)
    users = [User(number) for number in range(60)]
    references = [weakref.ref(user.position) for user in users[:35]]
    for number in range(1000, 1300):
        sessions[number] = "session %d" % number
        recent.append(number)
        seen.add(number)
        price(number)
    lookup = make_lookup()
    for number in range(90):
        lookup(number)
    settings = Settings((number, str(number)) for number in range(1000, 1045))
    stream = tickets()
    next(stream)
    job = poll([1.5] * 37)
    job.send(None)
    for _ in range(25):
        Knot()
    _tracemalloc.start(3)
    traced = ["traced %d" % number for number in range(500)]
    print("ready", flush=True)
    time.sleep(600)
    return users, references, lookup, settings, stream, job, traced


serve()
