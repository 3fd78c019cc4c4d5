"""Collecting garbage and giving freed memory back, because a client asked for it."""

import gc
import json
import os
import threading
import time

from ._http import NoAnswer

_busy = threading.Lock()


def collect() -> bytes:
    """What the sidecar wants to know of it (docs/sidecar.md), as JSON."""
    if not _busy.acquire(False):
        raise NoAnswer("a collection is in progress")
    try:
        stuck = _uncollectable()
        before = time.monotonic()
        collected = gc.collect()
        between = time.monotonic()
        trimmed = _trim()
        after = time.monotonic()
        stuck = _uncollectable() - stuck
    finally:
        _busy.release()
    report = {
        "pid": os.getpid(),
        "collected": collected,
        "uncollectable": stuck,
        "collect_seconds": between - before,
        "trimmed": trimmed,
        "trim_seconds": after - between,
    }
    return json.dumps(report).encode()


def _uncollectable() -> int:
    return sum(generation["uncollectable"] for generation in gc.get_stats())


def _trim() -> bool:
    """glibc's malloc_trim, without the GIL; other C libraries have none."""
    try:
        import ctypes

        trim = ctypes.CDLL(None).malloc_trim
    except (ImportError, OSError, AttributeError):
        return False
    trim(0)
    return True
