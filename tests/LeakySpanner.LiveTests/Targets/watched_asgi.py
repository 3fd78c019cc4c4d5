"""A FastAPI application with one endpoint of every kind that is counted under a name. Every process says who it is."""

import asyncio
import os

from fastapi import APIRouter, FastAPI, WebSocket
from fastapi.responses import StreamingResponse
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from leakyspanner import leakyspanner

app = FastAPI(title="counted")
state = {"started": 0}


@app.on_event("startup")
async def start():
    state["started"] += 1
    print("lifespan began in", os.getpid(), flush=True)


@app.on_event("shutdown")
async def stop():
    print("lifespan ended in", os.getpid(), flush=True)


@app.get("/query/{q}")
async def query(q: str):
    return {"q": q, "pid": os.getpid(), "started": state["started"]}


@app.get("/slow")
async def slow():
    await asyncio.sleep(0.05)
    return {"pid": os.getpid()}


@app.get("/sync/{number}")
def sync(number: int):
    return {"number": number}


@app.get("/stream")
async def stream():
    async def parts():
        for number in range(20):
            yield f"{number}\n"
            await asyncio.sleep(0)
    return StreamingResponse(parts())


@app.get("/raises")
async def raises():
    raise RuntimeError("on purpose")


@app.websocket("/ws/{room}")
async def echo(socket: WebSocket, room: str):
    await socket.accept()
    async for text in socket.iter_text():
        await socket.send_text(f"{room}: {text}")


router = APIRouter(prefix="/orders")


@router.post("/{order}/lines")
async def add_line(order: int, body: dict):
    return {"order": order, "lines": len(body)}


async def hello(request):
    return JSONResponse({"name": request.path_params["name"]})


app.include_router(router)
app.mount("/inner", Starlette(routes=[Mount("/deep", routes=[Route("/hello/{name}", hello)])]))
leakyspanner(app)
