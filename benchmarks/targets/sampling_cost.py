"""Work whose CPU time is compared with and without a profiler. A line names the work; the answer is a JSON object.

pure   builds and drops dicts, lists, tuples, strings and objects, and does nothing else
json   loads and dumps documents of 20 KB
hold   keeps a million records, and tells what memory has come
"""
import gc
import json
import sys
import time


class Point:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y


def pure(rounds):
    for _ in range(rounds):
        for i in range(1000):
            made = {"id": i, "name": "item", "tags": [i, i + 1, i + 2], "at": (i, i)}
            points = [Point(i, k) for k in range(5)]
            text = str(i)
        del made, points, text


DOCUMENT = json.dumps({"items": [{"id": i, "name": "item %d" % i, "price": i * 1.5, "tags": ["a", "b", str(i)], "stock": {"x": i, "y": None}} for i in range(200)]})


def documents(rounds):
    for _ in range(rounds):
        json.dumps(json.loads(DOCUMENT))


def resident():
    with open("/proc/self/smaps_rollup") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("Pss:"))


held = []
print(json.dumps({"ready": True, "document": len(DOCUMENT)}), flush=True)
for line in sys.stdin:
    work, amount = line.split()
    gc.collect()
    before, start = resident(), time.process_time()
    if work == "hold":
        held.append([{"id": i, "values": [i, i + 1], "name": "item %d" % i} for i in range(int(amount))])
    else:
        {"pure": pure, "json": documents}[work](int(amount))
    print(json.dumps({"cpu": time.process_time() - start, "grown": resident() - before}), flush=True)
