"""Follows one symbol on behalf of one client."""

import random
import zlib

from .bus import bus


class Watcher:
    def __init__(self, symbol: str, ticks: int) -> None:
        rng = random.Random(zlib.crc32(symbol.encode()))
        self.symbol = symbol
        self.prices = [round(rng.uniform(10, 900), 2) for _ in range(ticks * 10)]
        self.changes = 0

    def start(self) -> "Watcher":
        bus.subscribe(f"price:{self.symbol}", self.on_price)
        return self

    def on_price(self, price: float) -> None:
        self.changes += 1
        self.prices[self.changes % len(self.prices)] = price

    def summary(self) -> dict:
        return {"symbol": self.symbol, "low": min(self.prices), "high": max(self.prices), "last": self.prices[-5:]}
