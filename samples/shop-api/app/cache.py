"""Search with memory: ranking the catalogue is slow, so answers are kept."""

import logging
import time

from . import catalogue

log = logging.getLogger(__name__)

results_cache = {}
timings = {"hits": 0, "misses": 0, "seconds": 0.0}


def normalise(q: str) -> list[str]:
    return [word for word in q.lower().replace("-", " ").split() if word]


def search(q: str, limit: int = 20) -> dict:
    if q in results_cache:
        timings["hits"] += 1
        return results_cache[q]

    started = time.perf_counter()
    rows = catalogue.rank(normalise(q), limit)
    answer = {"query": q, "count": len(rows), "results": rows}
    results_cache[q] = answer
    timings["misses"] += 1
    timings["seconds"] += time.perf_counter() - started
    log.debug("ranked %d products for %r", len(rows), q)
    return answer
