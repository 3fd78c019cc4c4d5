from fastapi import FastAPI

from .routers import events

app = FastAPI(title="events-api")
app.include_router(events.router)
