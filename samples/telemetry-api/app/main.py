from fastapi import FastAPI

from .routers import readings

app = FastAPI(title="telemetry-api")
app.include_router(readings.router)
