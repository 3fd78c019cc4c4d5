"""Hands content to the object store, which takes its time."""

import asyncio
import hashlib


class Quota:
    def __init__(self) -> None:
        self.used_bytes = 0
        self.uploads = 0


quota = Quota()


async def put(name: str, content: bytes) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for start in range(0, len(content), 65_536):
        digest.update(content[start : start + 65_536])
        await asyncio.sleep(0.02)
    quota.used_bytes += len(content)
    quota.uploads += 1
    return digest.hexdigest()
