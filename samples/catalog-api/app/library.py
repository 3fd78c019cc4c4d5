"""The books, shelf by shelf; a shelf is read on first use and kept, there are only so many."""

import random
from dataclasses import dataclass

SHELVES = 240


@dataclass
class Book:
    isbn: str
    title: str
    author: int
    blurb: str


class Library:
    def __init__(self) -> None:
        self._shelves: dict[int, list[Book]] = {}

    def shelf(self, number: int) -> list[Book]:
        if number not in self._shelves:
            self._shelves[number] = self._load(number)
        return self._shelves[number]

    @staticmethod
    def _load(number: int) -> list[Book]:
        rng = random.Random(number)
        return [
            Book(
                isbn=f"978-{rng.randrange(10**9):09d}",
                title=f"Volume {index} of shelf {number}",
                author=rng.randrange(900),
                blurb="A tale of " + " and ".join(rng.choices(("rivers", "cities", "winter", "machines", "letters"), k=40)),
            )
            for index in range(80)
        ]


library = Library()
