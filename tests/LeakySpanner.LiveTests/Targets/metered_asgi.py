"""A FastAPI application that keeps what it is told to keep."""

from fastapi import FastAPI

from leakyspanner import leakyspanner

app = FastAPI()
kept = []


@app.get("/keep/{size}")
async def keep(size: int):
    kept.append(bytes(bytearray(b"x") * size))
    return {"kept": len(kept)}


@app.get("/health")
async def health():
    return {"ok": True}


leakyspanner(app, interval_seconds=1.0)
