"""The products on sale. A real shop asks a database; this one makes them up, the same ones every time."""

import random

from .models import Product
from .settings import get_settings

_COLOURS = ("red", "blue", "green", "black", "white", "grey")
_THINGS = ("lamp", "chair", "table", "mug", "plate", "shelf", "carpet", "vase")


def _make_products(count: int) -> dict[int, Product]:
    rng = random.Random(7)
    return {
        number: Product(
            id=number,
            name=f"{rng.choice(_COLOURS)} {rng.choice(_THINGS)} {number}",
            price_cents=rng.randrange(199, 49_900),
            tags=rng.sample(_COLOURS, 2),
        )
        for number in range(count)
    }


PRODUCTS = _make_products(get_settings().catalogue_size)


def find(product_id: int) -> Product | None:
    return PRODUCTS.get(product_id)


def rank(words: list[str], limit: int) -> list[dict]:
    """Products by how well they fit the words, best first, as rows for the client."""
    scored = []
    for product in PRODUCTS.values():
        score = sum(word in product.name for word in words) + sum(word in product.tags for word in words) / 2
        scored.append((score, -product.price_cents, product))
    scored.sort(key=lambda row: row[:2], reverse=True)
    return [
        {"id": product.id, "name": product.name, "price": product.price_cents / 100, "score": score}
        for score, _, product in scored[:limit]
    ]
