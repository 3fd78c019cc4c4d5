"""Replaces its objects by new ones as fast as it can: the number of records stays, nothing else does."""
import sys


class Position:
    def __init__(self, row):
        self.row = row
        self.shelf = [row]


def record(number):
    return {"id": 1_000_000 + number, "name": "record %d" % number, "position": Position(number), "rest": (number + 0.5, {number})}


def main(count):
    records = [record(number) for number in range(count)]
    print("ready", flush=True)
    number = 0
    while True:
        number += 7919
        records[number % count] = record(number)


main(int(sys.argv[1]))
