"""Quotes: a price in every currency, with the steps that lead to it."""

import zlib
from typing import Callable

from . import rates


def base_price_cents(sku: str) -> int:
    return 199 + zlib.crc32(sku.encode()) % 20_000


def make_quoter(markup: float) -> Callable[[str, int, str], dict]:
    quotes = {}

    def quote(sku: str, amount: int, customer: str) -> dict:
        key = (sku, amount, customer)
        known = quotes.get(key)
        if known is not None:
            return known
        net = base_price_cents(sku) * amount * (1 + markup)
        steps = [
            {"step": "base", "cents": base_price_cents(sku)},
            {"step": "amount", "cents": base_price_cents(sku) * amount},
            {"step": "markup", "cents": round(net)},
            {"step": "discount", "cents": round(net * (1 - rates.discount(amount)))},
        ]
        result = {
            "sku": sku,
            "customer": customer,
            "steps": steps,
            "prices": {currency: round(steps[-1]["cents"] * rate) for currency, rate in rates.RATES.items()},
        }
        quotes[key] = result
        return result

    return quote


retail = make_quoter(markup=0.35)
