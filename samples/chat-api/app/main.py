from fastapi import FastAPI

from .routers import rooms, users

app = FastAPI(title="chat-api")
app.include_router(rooms.router)
app.include_router(users.router)


@app.get("/health")
async def health() -> dict:
    return {"status": "ok"}
