import gc

from fastapi import FastAPI

from .routers import plans

app = FastAPI(title="planner-api")
app.include_router(plans.router)


@app.on_event("startup")
def avoid_pauses() -> None:
    gc.collect()
    gc.disable()
