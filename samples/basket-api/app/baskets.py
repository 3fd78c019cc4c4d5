"""Baskets that expire."""

import asyncio
import time
from dataclasses import dataclass, field


@dataclass
class Basket:
    expires_at: float
    items: dict[int, dict] = field(default_factory=dict)


class BasketStore:
    def __init__(self, lifetime: float) -> None:
        self.lifetime = lifetime
        self._baskets: dict[str, Basket] = {}

    def open(self, key: str) -> Basket:
        basket = self._baskets.get(key)
        if basket is None:
            basket = self._baskets[key] = Basket(expires_at=0.0)
        basket.expires_at = time.monotonic() + self.lifetime
        return basket

    def find(self, key: str) -> Basket | None:
        return self._baskets.get(key)

    def purge(self) -> int:
        now = time.monotonic()
        expired = [key for key, basket in self._baskets.items() if basket.expires_at <= now]
        for key in expired:
            del self._baskets[key]
        return len(expired)


store = BasketStore(lifetime=8.0)


async def purge_for_ever(every: float) -> None:
    while True:
        await asyncio.sleep(every)
        store.purge()
