from fastapi import FastAPI

from .routers import prices, watch

app = FastAPI(title="watch-api")
app.include_router(watch.router)
app.include_router(prices.router)
