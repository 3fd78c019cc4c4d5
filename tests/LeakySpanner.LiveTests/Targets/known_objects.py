"""Makes one object of each kind that a walk reads exactly, and says what Python itself knows of them.

Prints one JSON object: for each sample its id, sys.getsizeof, the ids of named fields, and of what it contains, in order;
then waits until stdin ends. Sizes that getsizeof leaves out (attribute values kept beside an object) are said beside.
"""
import array
import collections
import functools
import json
import sys
import types


class Plain:
    def __init__(self):
        self.first = [1]
        self.second = "two"


class Slotted:
    __slots__ = ("left", "right")


class Cache(dict):
    pass


class Names(list):
    pass


class Pair(tuple):
    pass


samples = {}


# Py_TPFLAGS_INLINE_VALUES: attribute values stand behind the object, with a dict or without.
VALUES_BEHIND = 1 << 2 if sys.version_info >= (3, 13) else 0


def sample(name, value, items=None, beside=0, ordered=True, **fields):
    if beside == 0 and type(value).__flags__ & VALUES_BEHIND:
        beside = 1
    samples[name] = {
        "value": value, "beside": beside, "fields": fields,
        "items": None if items is None else list(items), "ordered": ordered and not isinstance(value, (set, frozenset)),
    }


# From 3.11 on, attributes stand beside their object, and frames in their coroutine.
BESIDE = sys.version_info >= (3, 11)


def sample_suspended(name, value, code, frame, **local):
    if BESIDE:
        sample(name, value, None, __code__=code, **local)
    else:
        sample(name, value, None, __code__=code, cr_frame=frame)
        sample(name + "'s frame", frame, None, f_code=code, f_globals=globals(), **local)


def pairs(mapping):
    return [part for pair in mapping.items() for part in pair]


def suspended(held):
    total = 0
    for number in held:
        total += number
        yield total


async def waiting(jobs):
    await asyncless()


@types.coroutine
def asyncless():
    yield


def closure():
    kept = ["kept"]

    def inner(default=["default"]):
        return kept
    return inner


@functools.lru_cache(maxsize=7)
def memoized(number):
    return [number]


def build():
    for count in (0, 1, 3, 200, 50_000):
        values = [[i] for i in range(count)]
        grown = []
        grown.extend(values)
        sample("list %d" % count, grown, grown)
        sample("tuple %d" % count, tuple(values), values)
        numbers = {i: value for i, value in enumerate(values)}
        sample("dict of int %d" % count, numbers, pairs(numbers))
        names = {"key %d" % i: value for i, value in enumerate(values)}
        sample("dict of str %d" % count, names, pairs(names))
        members = {"member %d" % i for i in range(count)}
        sample("set %d" % count, members, members)
        sample("frozenset %d" % count, frozenset(members), members)
        queue = collections.deque(values)
        sample("deque %d" % count, queue, values)
        ordered = collections.OrderedDict(names)
        sample("OrderedDict %d" % count, ordered, pairs(ordered))
        sample("bytes %d" % count, b"x" * count, [])
        # From 3.15 on the bytes are an object of their own, which getsizeof counts too.
        sample("bytearray %d" % count, bytearray(count), [], beside=0 if sys.version_info < (3, 15) else None)
        sample("ascii %d" % count, "a" * count, [])
        sample("latin %d" % count, "\xe9" * count, [])
        sample("wide %d" % count, "\u20ac" * count, [])
        sample("widest %d" % count, "\U0001f600" * count, [])
        sample("int %d" % count, 7 ** count, [])
        sample("array %d" % count, array.array("d", [0.0] * count), [])
    holes = {i: [i] for i in range(100)}
    for i in range(0, 100, 3):
        del holes[i]
    sample("dict with holes", holes, pairs(holes))
    turned = collections.deque([[i] for i in range(300)])
    for _ in range(130):
        turned.popleft()
    sample("deque with a past", turned, turned)
    plain = Plain()
    if BESIDE:
        sample("instance", plain, [], beside=1, __class__=Plain, first=plain.first, second=plain.second)
    else:
        sample("instance", plain, [], __class__=Plain, __dict__=plain.__dict__)
    asked = Plain()
    sample("instance with a dict", asked, [], __class__=Plain, __dict__=asked.__dict__)
    # Its class has the names in an order of its own.
    sample("split dict", asked.__dict__, pairs(asked.__dict__), beside=None, ordered=False)
    slotted = Slotted()
    slotted.left = ["left"]
    sample("slots", slotted, [], __class__=Slotted, left=slotted.left)
    cache = Cache(one=[1])
    sample("dict subclass", cache, pairs(cache), __class__=Cache)
    sample("list subclass", Names([[1], [2]]), None, __class__=Names)
    sample("tuple subclass", Pair(([1], [2])), None, __class__=Pair)
    inner = closure()
    sample("function", inner, [], __code__=inner.__code__, __closure__=inner.__closure__, __globals__=globals(), __defaults__=inner.__defaults__)
    sample("cell", inner.__closure__[0], [], cell_contents=inner.__closure__[0].cell_contents)
    sample("method", plain.__init__, [], __func__=Plain.__init__, __self__=plain)
    sample("partial", functools.partial(len, [1]), [], beside=None, func=len)
    memoized(1)
    sample("lru_cache", memoized, [], __wrapped__=memoized.__wrapped__)
    held = [1, 2, 3]
    generator = suspended(held)
    next(generator)
    sample_suspended("generator", generator, generator.gi_code, generator.gi_frame, held=held)
    jobs = [["job"]]
    coroutine = waiting(jobs)
    coroutine.send(None)
    sample_suspended("coroutine", coroutine, coroutine.cr_code, coroutine.cr_frame, jobs=jobs)
    sample("module", types, None, __dict__=types.__dict__)
    sample("code", build.__code__, [], co_consts=build.__code__.co_consts, co_names=build.__code__.co_names)


def describe(name, of):
    return {
        "name": name, "id": id(of["value"]), "size": sys.getsizeof(of["value"]), "beside": of["beside"],
        "fields": {field: id(value) for field, value in of["fields"].items()},
        "items": None if of["items"] is None else [id(item) for item in of["items"]], "ordered": of["ordered"],
    }


build()
print(json.dumps([describe(name, of) for name, of in samples.items()]), flush=True)
sys.stdin.read()
