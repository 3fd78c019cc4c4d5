from fastapi import FastAPI

from .routers import articles

app = FastAPI(title="news-api")
app.include_router(articles.router)
