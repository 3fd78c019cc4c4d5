from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from .routers import orders

app = FastAPI(title="orders-api")
app.include_router(orders.router)


@app.exception_handler(ValueError)
async def bad_value(request: Request, error: ValueError) -> JSONResponse:
    return JSONResponse(status_code=422, content={"detail": str(error)})
