"""One endpoint for every kind of response that a server knows. With SHIM=1 the app is watched; what clients get must be the same.

Nothing in an answer depends on time, process or address. FOLDER names a folder whose files are served.
"""

import asyncio
import gc
import gzip
import os
import types
from pathlib import Path

from fastapi import BackgroundTasks, Cookie, FastAPI, HTTPException, Request, Response, WebSocket, WebSocketDisconnect
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, StreamingResponse
from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

# The header of a gzip member holds the time at which it was made.
gzip.time = types.SimpleNamespace(time=lambda: 0)

FOLDER = Path(os.environ["FOLDER"])
app = FastAPI()
seen = {"started": 0, "background": 0, "left": 0, "gave-up": 0, "hung-up": 0}


async def note(what):
    seen[what] += 1


@app.on_event("startup")
async def start():
    seen["started"] += 1


@app.get("/json")
async def json_answer():
    return {"text": "snowman \N{SNOWMAN}", "number": 1.5, "list": [1, None, True]}


@app.get("/sync")
def sync_answer():
    return [1, 2, 3]


@app.get("/text", response_class=PlainTextResponse)
async def text():
    return "plain"


@app.get("/html", response_class=HTMLResponse)
async def html():
    return "<h1>page</h1>"


@app.get("/items/{item}")
async def item(item: int, limit: int = 3):
    return {"item": item, "limit": limit}


@app.get("/redirect")
async def redirect():
    return RedirectResponse("/json?again=1", status_code=307)


@app.get("/file")
async def file():
    return FileResponse(FOLDER / "data.txt", filename="data.txt")


@app.head("/file")
async def file_head():
    return FileResponse(FOLDER / "data.txt", filename="data.txt")


@app.get("/range")
async def part_of_file(request: Request):
    first, _, last = request.headers["range"].partition("=")[2].partition("-")
    body = (FOLDER / "data.txt").read_bytes()
    return Response(body[int(first):int(last) + 1], 206, {"Content-Range": f"bytes {first}-{last}/{len(body)}"}, "text/plain")


@app.get("/stream")
async def stream(pieces: int = 5, size: int = 7):
    async def parts():
        for number in range(pieces):
            yield bytes([65 + number % 26]) * size
            await asyncio.sleep(0)
    return StreamingResponse(parts(), media_type="application/octet-stream")


@app.get("/sync-stream")
def sync_stream():
    return StreamingResponse((f"line {number}\n" for number in range(50)), media_type="text/plain")


@app.get("/events")
async def events():
    async def parts():
        for number in range(3):
            yield f"id: {number}\nevent: tick\ndata: {number * number}\n\n"
    return StreamingResponse(parts(), media_type="text/event-stream", headers={"Cache-Control": "no-cache"})


@app.get("/endless")
async def endless():
    async def parts():
        try:
            while True:
                yield b"x" * 65536
                await asyncio.sleep(0)
        finally:
            seen["left"] += 1
    return StreamingResponse(parts())


@app.get("/cookies")
async def cookies(response: Response, visits: int = Cookie(0)):
    response.set_cookie("visits", str(visits + 1), httponly=True, samesite="strict")
    response.set_cookie("theme", "dark", path="/cookies")
    # Not delete_cookie, which adds the time of day.
    response.set_cookie("old", "", max_age=0)
    return {"visits": visits}


@app.get("/headers")
async def headers():
    response = PlainTextResponse("many")
    response.headers.append("X-Twice", "one")
    response.headers.append("x-twice", "two")
    response.raw_headers.append((b"X-Bytes", b"caf\xe9"))
    return response


@app.get("/background", status_code=202)
async def background(tasks: BackgroundTasks):
    tasks.add_task(note, "background")
    return {"queued": True}


@app.get("/seen/{what}/{count}")
async def wait_until_seen(what: str, count: int):
    """Answers once it has happened so often: a test's handshake. A stream that its client left is only noticed when it is collected."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + 20
    while seen[what] < count and loop.time() < deadline:
        gc.collect()
        await asyncio.sleep(0.01)
    return {what: seen[what]}


@app.get("/no-content", status_code=204)
async def no_content():
    return Response(status_code=204)


@app.delete("/no-content", status_code=204, response_class=Response)
async def delete():
    pass


@app.get("/not-modified")
async def not_modified():
    return Response(status_code=304, headers={"ETag": '"1"'})


@app.get("/teapot")
async def teapot():
    raise HTTPException(418, {"reason": "short and stout"}, {"X-Pot": "tea"})


@app.get("/raises")
async def raises():
    raise RuntimeError("on purpose")


@app.get("/sync-raises")
def sync_raises():
    raise KeyError("on purpose")


class Refused(Exception):
    pass


@app.exception_handler(Refused)
async def handle_refused(request, problem):
    return JSONResponse({"refused": request.url.path}, 409)


@app.get("/handled")
async def handled():
    raise Refused


@app.get("/raises-late")
async def raises_late():
    async def parts():
        yield b"the beginning"
        raise RuntimeError("on purpose, after the answer began")
    return StreamingResponse(parts())


@app.post("/echo")
async def echo(request: Request):
    return Response(await request.body(), media_type=request.headers.get("content-type"))


@app.post("/echo-stream")
async def echo_stream(request: Request):
    received = b"".join([piece async for piece in request.stream()])
    # In pieces of one size, for how the body arrived in pieces is chance.
    return StreamingResponse((received[at:at + 10_000] for at in range(0, len(received), 10_000)), media_type="application/octet-stream")


@app.post("/count")
async def count(request: Request):
    received = 0
    async for piece in request.stream():
        received += len(piece)
    return {"received": received}


@app.post("/validate")
async def validate(body: dict):
    return sorted(body)


@app.post("/no-body-read")
async def no_body_read():
    return "not looked at"


@app.post("/wait-for-disconnect")
async def wait_for_disconnect(request: Request):
    await request.body()
    while not await request.is_disconnected():
        await asyncio.sleep(0.01)
    await note("gave-up")


@app.get("/scope/{part}")
async def scope(request: Request, part: str):
    """What the application sees of a request must not change either."""
    known = {key: request.scope[key] for key in ("type", "method", "path", "root_path", "query_string", "http_version", "scheme", "path_params")}
    return PlainTextResponse(repr(known) + repr(request.scope["raw_path"]) + repr(request.headers.raw) + repr(request.url_for("scope", part="x")))


@app.websocket("/ws/echo")
async def websocket_echo(socket: WebSocket):
    await socket.accept(subprotocol="chat" if "chat" in socket.scope["subprotocols"] else None, headers=[(b"x-socket", b"yes")])
    try:
        while True:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                break
            if message.get("text") is not None:
                await socket.send_text(message["text"].upper())
            else:
                await socket.send_bytes(message["bytes"][::-1])
    except WebSocketDisconnect:
        pass
    await note("hung-up")


@app.websocket("/ws/close/{code}")
async def websocket_close(socket: WebSocket, code: int):
    await socket.accept()
    await socket.send_json({"closing": code})
    await socket.close(code, "as asked")


@app.websocket("/ws/refused")
async def websocket_refused(socket: WebSocket):
    await socket.close(4403)


@app.websocket("/ws/raises")
async def websocket_raises(socket: WebSocket):
    await socket.accept()
    raise RuntimeError("on purpose")


async def inner(request):
    return JSONResponse({"path": request.url.path, "root": request.scope["root_path"], "name": request.path_params.get("name")})


async def inner_socket(socket):
    await socket.accept()
    await socket.send_text(socket.url.path)
    await socket.close()


async def plain_asgi(scope, receive, send):
    """An application without any framework."""
    assert scope["type"] == "http"
    await send({"type": "http.response.start", "status": 299, "headers": [(b"x-plain", b"asgi"), (b"content-length", b"6")]})
    await send({"type": "http.response.body", "body": b"abc", "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": True})
    await send({"type": "http.response.body", "body": b"def"})


sub = FastAPI(root_path_in_servers=False)


@sub.get("/thing/{thing}")
async def thing(thing: str, request: Request):
    return {"thing": thing, "root": request.scope["root_path"]}


app.mount("/static", StaticFiles(directory=FOLDER))
app.mount("/inner", Starlette(routes=[
    Route("/", inner), Route("/hello/{name}", inner, methods=["GET", "POST"]),
    WebSocketRoute("/ws", inner_socket), Mount("/deep", routes=[Route("/{name:path}", inner)]),
]))
app.mount("/sub", sub)
app.mount("/plain", plain_asgi)
app.add_middleware(GZipMiddleware, minimum_size=200)

if os.environ.get("SHIM") == "1":
    from leakyspanner import leakyspanner

    leakyspanner(app)
