"""A search that remembers every answer for ever: a FastAPI service where FastAPI is installed, else a loop. It runs until it is ended."""
import socket
import time

try:
    import fastapi
    import uvicorn
except ImportError:
    fastapi = None

results_cache = {}


def remember(query):
    results_cache[query] = {"query": query, "rows": ["%s row %d" % (query, row) for row in range(30)]}
    return results_cache[query]


def serve():
    app = fastapi.FastAPI()

    @app.get("/search/{query}")
    async def search(query: str):
        return {"rows": len(remember(query)["rows"])}

    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(16)
    print("listening %d" % listener.getsockname()[1], flush=True)
    uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listener])


def go_on():
    print("running", flush=True)
    number = 0
    while True:
        number += 1
        remember("query %d" % number)
        time.sleep(0.005)


if fastapi is None:
    go_on()
else:
    serve()
