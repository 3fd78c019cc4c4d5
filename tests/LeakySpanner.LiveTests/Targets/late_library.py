"""Memory of libraries that were not there when the program began: their names are the first arguments."""
import ctypes
import os
import sys

SIZE, COUNT = 40_000, 300

caller = ctypes.CDLL(sys.argv[1])
caller.open_inner.restype = ctypes.c_void_p
assert caller.open_inner(), "found by the path of its caller"
inner = ctypes.CDLL(sys.argv[2])
for name in ("take", "take_by_pointer", "take_copy", "resize"):
    getattr(inner, name).restype = ctypes.c_void_p
take, by_pointer, copy = inner.take, inner.take_by_pointer, inner.take_copy
inner.give.argtypes = inner.give_by_pointer.argtypes = [ctypes.c_void_p]
inner.resize.argtypes = [ctypes.c_void_p, ctypes.c_size_t]

text = b"x" * (SIZE - 1)
kept = [take(SIZE) for _ in range(COUNT)]  # line: take
kept += [by_pointer(SIZE) for _ in range(COUNT)]  # line: pointer
kept += [copy(text) for _ in range(COUNT)]  # line: copy
for _ in range(COUNT):
    block = inner.resize(take(SIZE), 2 * SIZE)  # line: resized
    inner.give_by_pointer(block)
    inner.give(by_pointer(SIZE))
print("done", flush=True)
os._exit(7)
