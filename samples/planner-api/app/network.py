"""Stops and the lines between them."""

import random

_rng = random.Random(3)
STOPS = {number: {"id": number, "name": f"Stop {number}", "zone": number % 5} for number in range(60)}
LINES = [(a, b, _rng.randrange(2, 20)) for a in STOPS for b in _rng.sample(sorted(STOPS), 3) if a != b]
