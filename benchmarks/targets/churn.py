"""A heap of a known size whose objects are replaced by new ones at full speed: about ten objects per record, one record at a time.

Protocol, one line each on stdin and stdout: says "empty"; builds on "build N" and answers with the numbers of objects that there are from then
on, whatever it does; "churn" starts replacing, "rest" stops it and answers with how many records were replaced per second.
"""
import gc
import json
import sys
import threading
import time


class Position:
    def __init__(self, row, shelf):
        self.row = row
        self.shelf = shelf


def record(i):
    return {
        "id": 1_000_000 + i,
        "name": "customer-%d of the northern region" % i,
        "price": i + 0.25,
        "tags": ["tag-%d, warehouse and shop" % i, "common"],
        "rest": ("note-%d: deliver before noon" % i, {"level": 3, "flags": 1}, Position(1, 2)),
    }


class Churn(threading.Thread):
    def __init__(self, records):
        super().__init__(daemon=True)
        self.records = records
        self.on = True
        self.replaced = 0

    def run(self):
        records, count, at = self.records, len(self.records), 0
        while self.on:
            for _ in range(1000):
                # A large prime: neighbours in the list do not follow each other.
                at = (at + 1_299_709) % count
                records[at] = record(at)
            self.replaced += 1000


def main():
    say = lambda **facts: print(json.dumps(facts), flush=True)
    records, churn, started = [], None, 0
    say(state="empty")
    for line in sys.stdin:
        words = line.split()
        if words[0] == "build":
            count = int(words[1])
            records = [record(i) for i in range(count)]
            gc.collect()
            say(dict=2 * count, str=3 * count, int=count, float=count, list=count + 1, tuple=count, instance=count)
        elif words[0] == "churn":
            churn, started = Churn(records), time.monotonic()
            churn.start()
            say(state="churning")
        elif words[0] == "rest":
            churn.on = False
            churn.join()
            say(per_second=churn.replaced / (time.monotonic() - started))


main()
