"""Points in memory, by host."""

import time
from collections import defaultdict

from .models import Point

series = defaultdict(list)


def append(host: str, points: list[Point]) -> int:
    now = time.time()
    rows = series[host]
    for point in points:
        rows.append({"at": now, "metric": point.metric, "value": point.value, "labels": dict(point.labels)})
    return len(rows)


def tail(host: str, count: int) -> list[dict]:
    return series[host][-count:] if host in series else []
