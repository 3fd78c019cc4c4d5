"""Checks stock, places and ships. The warehouse is a table of numbers here."""

import logging
from collections import Counter

from .domain import Order, OrderLine
from .schemas import OrderIn

log = logging.getLogger(__name__)


class Fulfilment:
    def __init__(self) -> None:
        self.sold: Counter[str] = Counter()
        self.revenue_cents = 0

    def place(self, incoming: OrderIn) -> Order:
        lines = [OrderLine(line.sku, line.quantity, line.price_cents) for line in incoming.lines]
        order = Order(incoming.customer, lines, incoming.note)
        for line in lines:
            self.sold[line.sku] += line.quantity
        self.revenue_cents += order.total_cents
        order.ship()
        log.debug("shipped %s", order.reference)
        return order

    def statistics(self) -> dict:
        return {"revenue_cents": self.revenue_cents, "best": self.sold.most_common(5)}


fulfilment = Fulfilment()
