import logging
import time

from fastapi import FastAPI, Request

from .routers import documents, reports

log = logging.getLogger("app")

app = FastAPI(title="audit-api")
app.include_router(documents.router)
app.include_router(reports.router)


@app.middleware("http")
async def log_slow(request: Request, call_next):
    started = time.perf_counter()
    response = await call_next(request)
    elapsed = time.perf_counter() - started
    if elapsed > 0.5:
        log.warning("%s %s took %.2f s", request.method, request.url.path, elapsed)
    return response
