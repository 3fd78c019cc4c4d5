from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from .routers import hosts, ingest

app = FastAPI(title="metrics-api")
app.add_middleware(GZipMiddleware, minimum_size=500)
app.include_router(ingest.router)
app.include_router(hosts.router)
