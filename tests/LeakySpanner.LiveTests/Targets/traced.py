"""Allocates in many ways under tracemalloc, stands still until a line comes, then says what take_snapshot() makes of it.

Arguments: the number of frames to keep; how many tuples to allocate and free again in a thread, over and over, until the line comes.
"""

import ctypes
import json
import os
import sys
import threading
import tracemalloc

DOMAIN = 389047
KEPT = 60_000


def track(address: int, size: int) -> None:
    """What an extension with a domain of its own does; the address need not be memory at all."""
    ctypes.pythonapi.PyTraceMalloc_Track(ctypes.c_uint(DOMAIN), ctypes.c_size_t(address), ctypes.c_size_t(size))


class Record:
    def __init__(self, number: int) -> None:
        self.number = number
        self.text = "record %d" % number


def deep(levels: int) -> list:
    return [bytes(100)] if levels == 0 else [deep(levels - 1)]


def churn(stop: threading.Event, most: int) -> None:
    """As a service under load does, or, with many, so that the table is enlarged and made smaller all the time."""
    held: list = []
    while not stop.is_set():
        for i in range(most):
            held.append(("x", i, float(i)))
        del held[:]


tracemalloc.start(int(sys.argv[1]))
kept = [str(number) * 3 for number in range(KEPT)]
KEPT_LINE = sys._getframe().f_lineno - 1
records = {number: Record(number) for number in range(5_000)}
grown = bytearray()
for piece in range(2_000):
    grown += b"x" * 1_000
mapped = [bytearray(300_000) for _ in range(50)]
nested = [deep(depth) for depth in range(30)]
for block in range(1_000):
    track(0x10_0000_0000 + block * 4096, 10_000)
exec(compile("generated = [object() for _ in range(100)]", "<a generated file \u00e9\u4e2d>", "exec"))
del records[17], kept[100]

stop = threading.Event()
worker = threading.Thread(target=churn, args=(stop, int(sys.argv[2]) if len(sys.argv) > 2 else 0), daemon=True)
for waited in (False, True):
    if waited:
        os.write(1, b"%d\n" % KEPT_LINE)
        os.read(0, 1)
        if len(sys.argv) > 2:
            stop.set()
            worker.join()
    elif len(sys.argv) > 2:
        worker.start()
        continue
    # Freed objects (and to 3.10 the frames of functions) that are kept to be used again carry the line of their last use: let that be
    # this one, before the wait and after it.
    snapshot = tracemalloc.take_snapshot()
    if not waited:
        del snapshot
tracemalloc.stop()
print(json.dumps([
    {"file": line.traceback[0].filename, "line": line.traceback[0].lineno, "count": line.count, "bytes": line.size}
    for line in snapshot.statistics("lineno")
]))
