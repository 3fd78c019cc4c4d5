"""Coordinates of an address; made up from its letters."""

import math
import zlib
from threading import Lock

from cachetools import LRUCache, cached


@cached(LRUCache(maxsize=2500), lock=Lock())
def locate(address: str) -> dict:
    seed = zlib.crc32(address.lower().encode())
    lat, lon = seed % 180_000 / 1000 - 90, seed // 180_000 % 360_000 / 1000 - 180
    outline = [
        {"lat": lat + math.sin(angle / 8) / 900, "lon": lon + math.cos(angle / 8) / 900}
        for angle in range(14)
    ]
    return {"address": address, "lat": lat, "lon": lon, "outline": outline}


def nearest(lat: float, lon: float) -> str:
    return f"{abs(int(lat * 7))} Some Street, Zone {abs(int(lon)) % 60}"
