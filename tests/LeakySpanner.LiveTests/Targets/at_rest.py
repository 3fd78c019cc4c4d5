"""A process that stands still and says how many objects of each type it has, then builds known ones and stands still again.

First line: {type name: how many objects of it the collector tracks}, counted by gc.get_objects(). After a line on its input it builds,
and says {type name: how many it made}. Everything that a count itself needs is made before the last count, which is the second.
"""
import array
import asyncio
import collections
import contextvars
import dataclasses
import datetime
import decimal
import enum
import functools
import gc
import http.server
import json
import logging
import os
import sys
import threading
import typing
import warnings
import weakref

gc.disable()
warnings.simplefilter("ignore")
MANY = 3000


class Plain:
    def __init__(self, number):
        self.number = number


class Slotted:
    __slots__ = ("left", "__weakref__")


class Cache(dict):
    pass


class Names(list):
    pass


class Pair(tuple):
    pass


class Number(int):
    pass


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


@dataclasses.dataclass
class Point:
    x: int
    y: typing.Optional[int] = None


def ticking():
    yield 1


async def waiting():
    await asyncio.sleep(1)


def closing():
    kept = []
    return lambda: kept


def started():
    generator = ticking()
    next(generator)
    return generator


kept = {}
names = []
counts = array.array("q")


def keep(name, values, **also):
    """Keeps a list of new objects, and notes what else came into being with each of them. The notes hold no objects of their own."""
    kept[name] = values
    note(name, len(values))
    note("list", 1)
    for other in also:
        note(other, also[other] * len(values))


def note(name, count):
    names.append(name)
    counts.append(count)


def build(many):
    # Before 3.11 an object of a class has a dict of its own from its first attribute on, and what is suspended has a frame.
    own_dict, own_frame = ({"dict": 1}, {"frame": 1}) if sys.version_info < (3, 11) else ({}, {})
    own_bytes = {"bytes": 1} if sys.version_info >= (3, 15) else {}
    slots = [Slotted() for i in range(many)]
    keep("int", [1_000_000 + i for i in range(many)])
    keep("float", [i + 0.5 for i in range(many)])
    keep("complex", [complex(i, 1) for i in range(many)])
    keep("str", ["text %d" % i for i in range(many)] + ["\u20ac %d" % i for i in range(many)] + ["\U0001f600 %d" % i for i in range(many)])
    keep("bytes", [b"bytes %d" % i for i in range(many)])
    keep("bytearray", [bytearray(9) for i in range(many)], **own_bytes)
    keep("tuple", [(i % 100, 7) for i in range(many)])
    keep("dict", [{"key": 7, 9: 7} for i in range(many)])
    keep("set", [{1, 2, i % 100} for i in range(many)])
    keep("frozenset", [frozenset((1, 2, i % 100)) for i in range(many)])
    keep("object", [object() for i in range(many)])
    keep("range", [range(i % 100) for i in range(many)])
    keep("slice", [slice(i % 100, 7) for i in range(many)])
    keep("__main__.Plain", [Plain(7) for i in range(many)], **own_dict)
    keep("__main__.Slotted", slots)
    keep("__main__.Cache", [Cache(one=7) for i in range(many)])
    keep("__main__.Names", [Names((1, 2)) for i in range(many)])
    keep("__main__.Pair", [Pair((1, 2)) for i in range(many)])
    keep("__main__.Number", [Number(1_000_000 + i) for i in range(many)])
    keep("__main__.Point", [Point(7) for i in range(many)], **own_dict)
    keep("collections.OrderedDict", [collections.OrderedDict(one=7) for i in range(many)])
    keep("collections.defaultdict", [collections.defaultdict(int, one=7) for i in range(many)])
    keep("datetime.datetime", [datetime.datetime(2026, 1, 1 + i % 28) for i in range(many)])
    keep("datetime.timedelta", [datetime.timedelta(i + 1) for i in range(many)])
    keep("decimal.Decimal", [decimal.Decimal(i) for i in range(many)])
    keep("array.array", [array.array("d", [1.0, 2.0]) for i in range(many)])
    keep("function", [closing() for i in range(many)], cell=1, list=1, tuple=1)
    keep("method", [plain.__init__ for plain in kept["__main__.Plain"]])
    keep("generator", [started() for i in range(many)], **own_frame)
    keep("coroutine", [waiting() for i in range(many)], **own_frame)
    keep("functools.partial", [functools.partial(len, ()) for i in range(many)], tuple=1, dict=1)
    keep("list_iterator", [iter(slots) for i in range(many)])
    keep(REFERENCE, [weakref.ref(value) for value in slots])


def name_of(kind):
    return kind.__qualname__ if kind.__module__ == "builtins" else "%s.%s" % (kind.__module__, kind.__qualname__)


REFERENCE = name_of(weakref.ref)

# Once in vain, for what the interpreter makes when something is done for the first time.
build(3)
kept.clear()
names.clear()
del counts[:]

# Names of attributes that were looked up once are kept in a cache, until something else falls into their place.
getattr(sys, "_clear_type_cache", int)()

kinds = []
tally = []
places = {}
answer = {}

# The cache of attribute look-ups keeps names alive that nothing else does, until others take their place.
if sys.version_info < (3, 13):
    sys._clear_type_cache()

# At the level of the module, so that no frame comes or goes between the count and the rest.
for _ in range(2):
    gc.collect()
    for place in range(len(tally)):
        tally[place] = 0
    everything = gc.get_objects()
    # No name is given to the objects: to load one that is a lazy import (3.15) is to import.
    for kind in map(type, everything):
        place = places.get(kind)
        if place is None:
            place = places[kind] = len(tally)
            kinds.append(kind)
            tally.append(0)
        tally[place] += 1
    everything = kind = place = None
    answer.clear()
    for kind, count in zip(kinds, tally):
        answer[name_of(kind)] = answer.get(name_of(kind), 0) + count
    line = (json.dumps(answer) + "\n").encode()

answer.clear()
kind = count = None
os.write(1, line)
while os.read(0, 1) != b"\n":
    pass
build(MANY)
answer.clear()
for name, count in zip(names, counts):
    answer[name] = answer.get(name, 0) + count
line = (json.dumps(answer) + "\n").encode()
answer.clear()
name = count = None
os.write(1, line)
while os.read(0, 1):
    pass
os._exit(0)
