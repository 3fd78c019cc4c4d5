"""A service that keeps what it is asked to keep, watched by one line."""

from fastapi import FastAPI

from leakyspanner import leakyspanner

app = FastAPI()
kept = []


@app.get("/keep/{megabytes}")
def keep(megabytes: int):
    # Written to, so that it is resident.
    kept.append(bytearray(b"x") * (megabytes * 1024 * 1024))
    return {"kept": len(kept)}


@app.get("/remember/{count}")
async def remember(count: int):
    kept.extend({"number": number, "text": "x" * 1000} for number in range(count))
    return {"kept": len(kept)}


@app.get("/health")
async def health():
    return {"ok": True}


leakyspanner(app)
