from fastapi import FastAPI

from .routers import uploads

app = FastAPI(title="upload-api")
app.include_router(uploads.router)
