import asyncio

from fastapi import FastAPI

from . import baskets
from .routers import baskets as basket_routes

app = FastAPI(title="basket-api")
app.include_router(basket_routes.router)


@app.on_event("startup")
async def start_purging() -> None:
    app.state.purger = asyncio.create_task(baskets.purge_for_ever(every=1.0))


@app.on_event("shutdown")
async def stop_purging() -> None:
    app.state.purger.cancel()
