"""Reports are large for a moment; what stays of one is its digest."""

import hashlib
import random

digests: dict[int, bytes] = {}
KEPT = 200


def build(number: int, rows: int) -> int:
    rng = random.Random(number)
    pieces, size = [], 0
    for row in range(rows):
        piece = (f"{number};{row};" + "x" * rng.randrange(400, 1800)).encode()
        pieces.append(piece)
        size += len(piece)
    checksum = hashlib.sha256(b"\n".join(pieces)).digest()
    digests[number % KEPT] = checksum + pieces[-1][:600] if pieces else checksum
    return size
