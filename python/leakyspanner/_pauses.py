"""How long the cyclic garbage collector stops the application, from its own callbacks."""

import atexit
import gc
from time import monotonic_ns
from typing import Any, Callable, Dict

from ._monitor import Monitor
from ._ring import KIND_COLLECTION, NOT_MEASURED, UNMATCHED

_callback: "Callable[[str, Dict[str, Any]], None] | None" = None


def watch(monitor: Monitor) -> None:
    """Records collections of the older generations. The youngest is collected so often that it pays for a comparison only."""
    global _callback
    if _callback is not None:
        return

    started = 0

    def callback(phase: str, info: Dict[str, Any]) -> None:
        # Runs wherever something is allocated, in our own code as well: it takes no lock. The collector does not run in itself.
        nonlocal started
        generation = info["generation"]
        if generation == 0:
            return
        if phase == "start":
            started = monotonic_ns()
            return
        ring = monitor.ring
        if ring is None or started == 0:
            return
        try:
            ring.write(
                started, monotonic_ns() - started, info["collected"], NOT_MEASURED, UNMATCHED, 0, generation, KIND_COLLECTION, 0
            )
        except Exception:
            # Raised here, it would be printed at every collection.
            pass
        started = 0

    _callback = callback
    gc.callbacks.append(callback)
    atexit.register(ignore)


def ignore() -> None:
    global _callback
    callback, _callback = _callback, None
    if callback is not None and callback in gc.callbacks:
        gc.callbacks.remove(callback)
