"""Stock levels."""

import random

from .tracing import tracer


def level(item: int) -> dict:
    with tracer.span("warehouse.level", item=item) as attributes:
        quantity = random.Random(item).randrange(0, 5_000)
        attributes["quantity"] = quantity
        return {"item": item, "quantity": quantity}


def history(item: int, days: int) -> list[dict]:
    rows = []
    with tracer.span("warehouse.history", item=item, days=days):
        for day in range(days):
            with tracer.span("warehouse.day", item=item, day=day):
                rows.append({"day": day, "quantity": random.Random(item * 100 + day).randrange(0, 5_000)})
    return rows
