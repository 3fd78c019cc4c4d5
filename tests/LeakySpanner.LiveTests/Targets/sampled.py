"""Allocates known amounts at known lines: what stays, what goes, and what was there for a moment. Prints the truth as JSON: label to bytes."""
import json
import os
import subprocess
import sys
import threading

MB = 1000 * 1000
kept = []
truth = {}


def churn(count):
    for number in range(count):
        {"number": number, "items": [number] * 8}  # line: churn


def leak(count):
    for number in range(count):
        kept.append(bytes(1000 + number % 7))  # line: leak
    truth["leak"] = sum(map(sys.getsizeof, kept))


def grow_lists(count):
    lists = [[] for _ in range(count)]
    for one in lists:
        for _ in range(20):
            one.append(None)  # line: grown
    kept.append(lists)
    # Without the list itself, which was made elsewhere.
    truth["grown"] = sum(sys.getsizeof(one) - sys.getsizeof([]) for one in lists)


def spike():
    large = [bytearray(64 * 1024) for _ in range(600)]  # line: spike
    truth["spike"] = sum(map(sys.getsizeof, large))


class Record:
    __slots__ = ("text",)

    def __init__(self, number):
        self.text = "%d" % number * 50  # line: record


def records(count):
    made = [Record(number) for number in range(100000, 100000 + count)]
    kept.append(made)
    truth["record"] = sum(sys.getsizeof(one.text) for one in made)


def in_thread():
    blocks = [bytes(3000) for _ in range(4000)]  # line: thread
    kept.append(blocks)
    truth["thread"] = sum(map(sys.getsizeof, blocks))


def child():
    blocks = [bytes(2000) for _ in range(6000)]  # line: child
    return sum(map(sys.getsizeof, blocks))


if len(sys.argv) > 1:
    # Started by exec: ends as programs do.
    assert child() > 0
    sys.exit(0)

churn(200000)
leak(24000)
grow_lists(60000)
records(40000)
thread = threading.Thread(target=in_thread)
thread.start()
thread.join()
spike()
churn(100000)
subprocess.run([sys.executable, __file__, "child"], check=True)
forked = os.fork()
if forked == 0:
    forked_blocks = [bytes(2000) for _ in range(6000)]  # line: forked
    os._exit(0)
assert os.waitpid(forked, 0)[1] == 0
print(json.dumps(truth), flush=True)
# What is alive now is what is to be told; an interpreter that ends frees it.
os._exit(7)
