from fastapi import FastAPI

from .routers import profiles

app = FastAPI(title="profile-api")
app.include_router(profiles.router)
