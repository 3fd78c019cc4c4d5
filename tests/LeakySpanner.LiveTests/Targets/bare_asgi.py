"""An ASGI application and a server for it in one file that needs nothing but the standard library. Port 0 lets the kernel choose."""

import asyncio
import signal

from leakyspanner import leakyspanner


async def plain(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            kind = (await receive())["type"]
            await send({"type": kind + ".complete"})
            if kind == "lifespan.shutdown":
                return
    body = scope["path"].encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


app = leakyspanner(plain)


async def serve(reader, writer):
    """One GET per connection."""
    method, path, _ = (await reader.readline()).decode().split(" ")
    while await reader.readline() not in (b"\r\n", b""):
        pass

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        if message["type"] == "http.response.start":
            head = [b"HTTP/1.1 %d OK" % message["status"], *(name + b": " + value for name, value in message["headers"]), b"connection: close", b"", b""]
            writer.write(b"\r\n".join(head))
        else:
            writer.write(message.get("body", b""))

    scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": [], "client": ("127.0.0.1", 1)}
    await app(scope, receive, send)
    writer.close()


async def main():
    events, answers = asyncio.Queue(), asyncio.Queue()
    lifespan = asyncio.ensure_future(app({"type": "lifespan"}, events.get, answers.put))
    await events.put({"type": "lifespan.startup"})
    assert (await answers.get())["type"] == "lifespan.startup.complete"
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    print("serving on port", server.sockets[0].getsockname()[1], flush=True)
    await stop.wait()
    server.close()
    await events.put({"type": "lifespan.shutdown"})
    await lifespan


asyncio.run(main())
