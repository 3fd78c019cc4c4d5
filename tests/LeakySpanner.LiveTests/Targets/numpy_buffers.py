"""Keeps numpy's buffers, which pass by Python's allocators."""
import os

import numpy

kept = [numpy.zeros(5000) for _ in range(500)]  # line: kept
for _ in range(500):
    gone = numpy.zeros(5000) * 2
print(sum(array.nbytes for array in kept), flush=True)
os._exit(7)
