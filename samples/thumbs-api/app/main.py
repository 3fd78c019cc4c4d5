from fastapi import FastAPI

from .routers import thumbnails

app = FastAPI(title="thumbs-api")
app.include_router(thumbnails.router)
