from fastapi import FastAPI

from .routers import reports

app = FastAPI(title="report-api")
app.include_router(reports.router)
