"""What jobs do."""

import hashlib
from collections import Counter


def resize(payload: str) -> dict:
    digest = hashlib.sha256(payload.encode()).hexdigest()
    return {"checksum": digest, "variants": [f"{digest[:8]}-{size}.webp" for size in (64, 128, 256, 512)]}


def wordcount(payload: str) -> dict:
    return {"words": dict(Counter(payload.split()).most_common(10))}


WORKERS = {"resize": resize, "wordcount": wordcount}
