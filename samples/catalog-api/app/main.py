from fastapi import FastAPI

from .routers import authors, shelves

app = FastAPI(title="catalog-api")
app.include_router(shelves.router)
app.include_router(authors.router)
