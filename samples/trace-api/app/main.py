from fastapi import FastAPI, Request

from .routers import stock, traces
from .tracing import tracer

app = FastAPI(title="trace-api")
app.include_router(stock.router)
app.include_router(traces.router)


@app.middleware("http")
async def trace(request: Request, call_next):
    with tracer.span("http", method=request.method, path=request.url.path) as attributes:
        response = await call_next(request)
        attributes["status"] = response.status_code
    return response
