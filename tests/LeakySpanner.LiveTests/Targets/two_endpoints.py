"""Two endpoints behind leakyspanner(app): one keeps 4 KB per request, the other keeps nothing, whatever it allocates meanwhile."""

import asyncio
import os

from fastapi import FastAPI
from leakyspanner import leakyspanner

app = FastAPI(title="two-endpoints")
leakyspanner(app)

KEPT = []

# With the header of a bytes object (33) a block of 4088, which is a chunk of 4096 in malloc; and 8 bytes in the list.
KILOBYTES_4 = 4096 - 8 - 33

PAUSE = float(os.environ.get("GUILTY_PAUSE", "0"))
TRANSIENT = int(os.environ.get("INNOCENT_BYTES", "0"))


@app.get("/guilty/{n}")
async def guilty(n: int):
    KEPT.append(bytes(KILOBYTES_4))
    if PAUSE:
        await asyncio.sleep(PAUSE)
    return {"n": n}


@app.get("/innocent/{n}")
async def innocent(n: int):
    buffer = bytearray(TRANSIENT)
    for page in range(0, len(buffer), 4096):
        buffer[page] = 1
    return {"n": n, "bytes": len(buffer)}
