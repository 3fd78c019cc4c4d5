from fastapi import FastAPI

from .routers import geocoding

app = FastAPI(title="geo-api")
app.include_router(geocoding.router)
