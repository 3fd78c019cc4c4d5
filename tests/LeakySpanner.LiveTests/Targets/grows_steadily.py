"""Keeps a little more every few milliseconds, and says every second how far it is."""
import time

kept = []
for turn in range(1_000_000):
    kept.append([bytes(1000) for _ in range(20)])  # line: leak
    if turn % 100 == 0:
        print("turn", turn, flush=True)
    time.sleep(0.005)
