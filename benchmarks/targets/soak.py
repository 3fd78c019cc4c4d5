"""A small service for hours: makes and forgets classes, objects and containers without end, and stays as large as it is."""
import collections
import time

recent = collections.deque(maxlen=2000)
print('{"state": "ready"}', flush=True)
number = 0
while True:
    number += 1
    # A class of its own now and then: types come and go, at addresses that are used again.
    made = type("Made%d" % (number % 500), (), {"number": number, "__slots__": ("left", "right")}) if number % 20 == 0 else dict
    recent.append((made(), {"number": number, "text": "x" * (number % 300)}, [number] * (number % 90)))
    if number % 50 == 0:
        time.sleep(0.001)
