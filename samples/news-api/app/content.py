"""Stands in for the content system: an article for every slug."""

import random

_WORDS = "the vote count rain storm goal coach minister city bridge river market price match late early again".split()


def load(slug: str) -> dict:
    rng = random.Random(slug)
    paragraphs = [" ".join(rng.choices(_WORDS, k=60)) for _ in range(6)]
    return {"slug": slug, "headline": slug.replace("-", " ").title(), "paragraphs": paragraphs}
