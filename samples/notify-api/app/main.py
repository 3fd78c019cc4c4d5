from fastapi import FastAPI

from .routers import users

app = FastAPI(title="notify-api")
app.include_router(users.router)
