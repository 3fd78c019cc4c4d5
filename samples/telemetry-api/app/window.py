"""The readings of the last while."""

from collections import deque
from typing import Any

readings: deque[dict[str, Any]] = deque(maxlen=1000)


def add(reading: dict[str, Any]) -> None:
    readings.append(reading)


def average() -> float:
    values = [value for reading in list(readings) for value in reading["values"]]
    return sum(values) / len(values) if values else 0.0
