"""Bookings of an account; made up, but the same ones every time."""

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Booking:
    day: int
    text: str
    cents: int


def bookings(account: int, month: int) -> list[Booking]:
    rng = random.Random(account * 13 + month)
    return [
        Booking(day=rng.randrange(1, 29), text=rng.choice(("card", "transfer", "fee", "salary")), cents=rng.randrange(-50_000, 90_000))
        for _ in range(30)
    ]


def balance(account: int) -> int:
    return sum(booking.cents for booking in bookings(account, 0))
