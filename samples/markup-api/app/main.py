import gc

from fastapi import FastAPI

from .routers import rendering

app = FastAPI(title="markup-api")
app.include_router(rendering.router)


@app.on_event("startup")
def collect_less_often() -> None:
    gc.freeze()
    gc.set_threshold(12_000, 5, 5)
