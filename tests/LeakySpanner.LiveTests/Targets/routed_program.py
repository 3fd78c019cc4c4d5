"""A program with containers that functions fill, and, where FastAPI is there, routers in routers and a mounted application. Waits for a line."""

import sys

results = {}


class Registry:
    def __init__(self):
        self.by_user = {}
        self.recent = []

    def add(self, user, item):
        self.by_user.setdefault(user, []).append(item)
        self.recent.append(item)
        self.recent = [one for one in self.recent if one][-100:]

    async def forget(self, user):
        async with self.lock:
            del self.by_user[user]


def remember(key, value=None):
    results[key] = value
    return len(results)


for number in range(200):
    remember(number)

try:
    from fastapi import APIRouter, Depends, FastAPI
except ImportError:
    app = None
else:

    def logged_in():
        return True

    items = APIRouter(prefix="/items")
    shop = APIRouter()
    app = FastAPI()
    inner = FastAPI()

    @items.get("/{key}")
    async def item(key: str):
        return remember(key)

    @shop.post("/orders")
    def order(paid: bool = Depends(logged_in)):
        return remember(paid)

    @inner.get("/deep")
    def deep():
        return remember("deep")

    @app.get("/plain")
    def plain():
        return remember("plain")

    shop.include_router(items, prefix="/shop", dependencies=[Depends(logged_in)])
    app.include_router(shop, prefix="/v1")
    app.mount("/inner", inner)

print("ready", flush=True)
sys.stdin.readline()
