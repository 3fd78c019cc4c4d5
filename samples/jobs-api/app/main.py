from fastapi import FastAPI

from .routers import jobs

app = FastAPI(title="jobs-api")
app.include_router(jobs.router)
