"""Orders and their life cycle."""

import itertools
from datetime import datetime, timezone


class OrderLine:
    def __init__(self, sku: str, quantity: int, price_cents: int) -> None:
        self.sku = sku
        self.quantity = quantity
        self.price_cents = price_cents

    @property
    def total_cents(self) -> int:
        return self.quantity * self.price_cents


class Order:
    instances: dict[str, "Order"] = {}
    _numbers = itertools.count(1)

    def __init__(self, customer: str, lines: list[OrderLine], note: str = "") -> None:
        self.reference = f"{datetime.now(timezone.utc):%Y%m%d}-{next(self._numbers):08d}"
        self.customer = customer
        self.lines = lines
        self.note = note
        self.state = "placed"
        self.placed_at = datetime.now(timezone.utc)
        Order.instances[self.reference] = self

    @property
    def total_cents(self) -> int:
        return sum(line.total_cents for line in self.lines)

    def ship(self) -> None:
        self.state = "shipped"
