from fastapi import FastAPI

from .routers import imports

app = FastAPI(title="import-api")
app.include_router(imports.router)
