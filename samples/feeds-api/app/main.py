from fastapi import FastAPI

from .routers import subscriptions

app = FastAPI(title="feeds-api")
app.include_router(subscriptions.router)


@app.get("/health")
async def health() -> dict:
    return {"status": "ok"}
