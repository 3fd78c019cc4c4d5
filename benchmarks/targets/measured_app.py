"""A small FastAPI service for benchmarks, with SHIM=1 watched. MEGABYTES makes its heap as large as that before it serves."""

import os
from typing import List

from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()
held = []


@app.on_event("startup")
def fill():
    # Records as services hold them: about 1.6 KB in half a dozen objects.
    for number in range(int(os.environ.get("MEGABYTES", "0")) * 600):
        held.append({"id": number, "name": f"item-{number}", "tags": [f"t{number}", f"u{number}"], "text": "x" * 900 + str(number)})


@app.get("/query/{q}")
async def query(q: str):
    return {"q": q, "hits": [1, 2, 3]}


class Order(BaseModel):
    number: int
    article: str
    price: float
    tags: List[str]


class Orders(BaseModel):
    customer: str
    orders: List[Order]


@app.get("/orders/{customer}", response_model=Orders)
async def orders(customer: str):
    # What an ordinary endpoint does: makes a list, has it checked against its model, and sends it.
    found = [{"number": n, "article": f"article-{n}", "price": n * 1.25, "tags": ["new", "small"]} for n in range(25)]
    return {"customer": customer, "orders": found}


if os.environ.get("SHIM") == "1":
    from leakyspanner import leakyspanner

    leakyspanner(app)
