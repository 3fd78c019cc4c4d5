import logging
import time
import uuid

from fastapi import FastAPI, Request

from .routers import orders, products, search
from .settings import get_settings

logging.basicConfig(level=get_settings().log_level)
log = logging.getLogger(__name__)

app = FastAPI(title="shop-api")
app.include_router(search.router)
app.include_router(products.router)
app.include_router(orders.router)


@app.middleware("http")
async def trace(request: Request, call_next):
    started = time.perf_counter()
    response = await call_next(request)
    response.headers["X-Request-Id"] = uuid.uuid4().hex
    response.headers["X-Elapsed-Ms"] = f"{(time.perf_counter() - started) * 1000:.1f}"
    return response


@app.get("/health")
async def health() -> dict:
    return {"status": "ok"}
