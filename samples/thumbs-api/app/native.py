"""The image buffers of the C side."""

import ctypes
from contextlib import contextmanager
from typing import Iterator

_libc = ctypes.CDLL(None)
_libc.malloc.restype = ctypes.c_void_p
_libc.malloc.argtypes = [ctypes.c_size_t]
_libc.free.argtypes = [ctypes.c_void_p]
_libc.memset.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]


@contextmanager
def image_buffer(width: int, height: int) -> Iterator[int]:
    """Memory for one RGB image; the address is good inside the block."""
    size = width * height * 3
    address = _libc.malloc(size)
    if not address:
        raise MemoryError(size)
    _libc.memset(address, 0xFF, size)
    yield address
    _libc.free(address)


def copy_in(address: int, pixels: bytes) -> None:
    ctypes.memmove(address, pixels, len(pixels))


def average(address: int, size: int) -> float:
    raw = ctypes.string_at(address, size)
    return sum(raw[::97]) / max(1, len(raw[::97]))
