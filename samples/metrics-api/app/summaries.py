"""Averages over the latest points."""

import numpy

from . import storage


def summarise(host: str, window: int = 200) -> dict[str, float]:
    values: dict[str, list[float]] = {}
    for row in storage.tail(host, window):
        values.setdefault(row["metric"], []).append(row["value"])
    return {metric: float(numpy.mean(numpy.array(numbers))) for metric, numbers in values.items()}
