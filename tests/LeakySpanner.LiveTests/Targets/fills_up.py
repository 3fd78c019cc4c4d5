"""Keeps more and more until it is ended, once it is told to: about so many megabytes per second as its second argument says."""
import sys
import time

kept = {}


def keep(number):
    kept["key-%d" % number] = {"number": number, "text": "%d" % number + "x" * 4000}


def main(per_second):
    print("ready", flush=True)
    open(sys.argv[1]).read()
    number = 0
    started = time.monotonic()
    while True:
        for _ in range(25):
            keep(number)
            number += 1
        ahead = number * 4500 / (per_second * 1e6) - (time.monotonic() - started)
        if ahead > 0:
            time.sleep(ahead)


main(float(sys.argv[2]))
