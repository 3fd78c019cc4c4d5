from fastapi import FastAPI

from . import spool
from .routers import attachments

app = FastAPI(title="files-api")
app.include_router(attachments.router)


@app.on_event("startup")
def prepare() -> None:
    spool.fill(300)
