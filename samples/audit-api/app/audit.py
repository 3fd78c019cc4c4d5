"""Who touched which document, and what it looked like then."""

import time
from typing import Any

ENTRIES: list[dict[str, Any]] = []


def record(action: str, user: str, document_id: int, **details: Any) -> None:
    ENTRIES.append({
        "at": time.time(),
        "action": action,
        "user": user,
        "document": document_id,
        "details": details,
    })


def latest(count: int) -> list[dict[str, Any]]:
    return ENTRIES[-count:]
