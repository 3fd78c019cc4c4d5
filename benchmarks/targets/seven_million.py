"""A heap like a service's: about 7.0 million objects in 650 MB, with their numbers known by construction.

Protocol, one line each on stdin and stdout: says "empty" and waits; builds on "build N" (records, 700000 unless told) and
answers with the numbers of objects made; answers "gc" with what gc.get_objects()
and a Counter see and how long the program stood still, "tracemalloc" with the time of a snapshot's statistics (only
where started with the argument tracemalloc); ends on "quit".
"""
import collections
import gc
import json
import sys
import time


class Position:
    def __init__(self, row, shelf):
        self.row = row
        self.shelf = shelf


def record(i):
    """Ten objects: 2 dicts, 3 str, 1 int, 1 float, 1 list, 1 tuple, 1 instance (its values are a buffer)."""
    return {
        "id": 1_000_000 + i,
        "name": "customer-%d of the northern region" % i,
        "price": i + 0.25,
        "tags": ["tag-%d, warehouse and shop" % i, "common"],
        "rest": ("note-%d: deliver before noon" % i, {"level": 3, "flags": 1}, Position(1, 2)),
    }


def build(count):
    return [record(i) for i in range(count)]


def typestats():
    """As objgraph.typestats does it: the names of the types of all tracked objects."""
    stats = {}
    for o in gc.get_objects():
        name = type(o).__name__
        stats[name] = stats.get(name, 0) + 1
    return stats


def timed(call):
    started = time.perf_counter()
    result = call()
    return time.perf_counter() - started, result


def main():
    if "tracemalloc" in sys.argv:
        import tracemalloc
        tracemalloc.start()
    say = lambda **facts: print(json.dumps(facts), flush=True)
    records = None
    say(state="empty")
    for line in sys.stdin:
        words = line.split()
        if words[0] == "build":
            count = int(words[1])
            records = build(count)
            gc.collect()
            say(state="ready", dict=2 * count, str=3 * count, int=count, float=count, list=count + 1, tuple=count, instance=count)
        elif words[0] == "gc":
            counter, seen = timed(lambda: collections.Counter(map(type, gc.get_objects())))
            stats, _ = timed(typestats)
            say(counter_seconds=counter, objects=sum(seen.values()), typestats_seconds=stats)
        elif words[0] == "tracemalloc":
            import tracemalloc
            seconds, _ = timed(lambda: tracemalloc.take_snapshot().statistics("lineno"))
            say(seconds=seconds)
        elif words[0] == "quit":
            break


main()
