"""What the shim costs per request, and what it adds to memory: python3 benchmarks/shim/cost.py

Bare applications are driven without a server, with and without the shim, in turns; the medians of the turns are compared. The CPU time
of the process is counted. No sidecar is started: the ring is made, and nobody reads it.
"""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "python"))

TURNS = 15
REQUESTS = 20000

START = {"type": "http.response.start", "status": 200, "headers": []}
BODY = {"type": "http.response.body", "body": b"hello"}


def scope():
    return {"type": "http", "method": "GET", "path": "/hello", "root_path": "", "headers": [], "query_string": b""}


async def bare(scope, receive, send):
    await send(START)
    await send(BODY)


async def receive():
    return {"type": "http.request"}


async def send(message):
    pass


async def drive(app, requests):
    before = time.process_time()
    for _ in range(requests):
        await app(scope(), receive, send)
    return (time.process_time() - before) / requests * 1e6


def bare_wsgi(environ, start_response):
    start_response("200 OK", [])
    return [b"hello"]


def nothing():
    pass


def call_wsgi(app):
    before = time.process_time()
    for _ in range(REQUESTS):
        app({"REQUEST_METHOD": "GET", "PATH_INFO": "/hello"}, started)
    return (time.process_time() - before) / REQUESTS * 1e6


def started(status, headers):
    pass


def call_function(function):
    before = time.process_time()
    for _ in range(REQUESTS):
        function()
    return (time.process_time() - before) / REQUESTS * 1e6


def compare(plain, watched, requests):
    def turn(app):
        return asyncio.run(drive(app, requests))

    turn(plain), turn(watched)
    pairs = [(turn(plain), turn(watched)) for _ in range(TURNS)]
    without, with_it = (statistics.median(side) for side in zip(*pairs))
    return without, with_it


def activate(folder):
    from leakyspanner import _ring

    def make(monitor):
        monitor.ring = _ring.Ring(os.path.join(folder, "worker-1.ring"))

    return make


def per_request():
    import leakyspanner
    from leakyspanner import _monitor

    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        watched = leakyspanner.leakyspanner(bare, level="basic")
        _monitor.current._activate = activate(folder)
        without, with_it = compare(bare, watched, REQUESTS)
        print(f"bare ASGI application   {without:6.2f} us without, {with_it:6.2f} us with: {with_it - without:5.2f} us per request")
        watched_wsgi = leakyspanner.leakyspanner(bare_wsgi, level="basic")
        _monitor.current.wrappers = 1
        turns = [(call_wsgi(bare_wsgi), call_wsgi(watched_wsgi)) for _ in range(TURNS)]
        without, with_it = (statistics.median(side) for side in zip(*turns))
        print(f"bare WSGI application   {without:6.2f} us without, {with_it:6.2f} us with: {with_it - without:5.2f} us per request")
        tracked = leakyspanner.memory_tracked(nothing)
        turns = [(call_function(nothing), call_function(tracked)) for _ in range(TURNS)]
        without, with_it = (statistics.median(side) for side in zip(*turns))
        print(f"tracked function        {without:6.2f} us without, {with_it:6.2f} us with: {with_it - without:5.2f} us per call")
        try:
            from starlette.applications import Starlette
            from starlette.responses import PlainTextResponse
            from starlette.routing import Route
        except ImportError:
            return

        async def hello(request):
            return PlainTextResponse("hello")

        plain, wrapped = (Starlette(routes=[Route("/hello", hello)]) for _ in range(2))
        leakyspanner.leakyspanner(wrapped, level="basic")
        _monitor.current.wrappers = 1
        without, with_it = compare(plain, wrapped, REQUESTS // 4)
        print(f"Starlette               {without:6.2f} us without, {with_it:6.2f} us with: {with_it - without:5.2f} us per request")


MEMORY = """
import asyncio, os, sys
sys.path.insert(0, {package!r})
try:
    import fastapi, uvicorn, uvicorn.protocols.http.h11_impl
except ImportError:
    import logging
def resident():
    with open("/proc/self/smaps_rollup") as file:
        return sum(int(line.split()[1]) for line in file if line.split()[0] in ("Pss:",))
async def app(scope, receive, send):
    pass
async def main():
    before = resident()
    import leakyspanner
    from leakyspanner import _monitor
    watched = leakyspanner.leakyspanner(app, level="basic", executable={executable!r})
    scope = dict(type="http", method="GET", path="/", root_path="", headers=[], query_string=b"")
    await watched(scope, None, None)
    import threading
    for thread in threading.enumerate():
        if thread.name == "leakyspanner-start":
            thread.join()
    for _ in range(10000):
        await watched(dict(scope), None, None)
    print(resident() - before)
asyncio.run(main())
"""


def memory():
    # What answers the registration is this script: a sidecar that says yes and ends.
    package = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "python")
    with tempfile.TemporaryDirectory() as folder:
        stand_in = os.path.join(folder, "sidecar")
        with open(stand_in, "w") as file:
            file.write(f"#!{sys.executable}\n{STAND_IN}")
        os.chmod(stand_in, 0o755)
        code = MEMORY.format(package=package, executable=stand_in)
        # As installed: compiled before. The first run compiles.
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": os.path.join(folder, "compiled")}

        def added():
            return int(subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True, env=environment).stdout)

        added()
        figures = [added() for _ in range(5)]
    print(f"memory                  {statistics.median(figures)} KiB added by import, activation and 10,000 requests (proportional set size)")


STAND_IN = """
import os, socket, sys
path = os.path.join(sys.argv[sys.argv.index("--folder") + 1], "sidecar.sock")
server = socket.socket(socket.AF_UNIX)
server.bind(path)
server.listen()
if os.fork():
    os._exit(0)
server.settimeout(20)
connection, _ = server.accept()
connection.recv(65536)
answer = b'{"sidecar_pid":0,"slot":0,"metrics":null,"log_file":null,"warnings":[]}'
connection.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(answer) + answer)
connection.close()
os.unlink(path)
"""


if __name__ == "__main__":
    print(f"Python {sys.version.split()[0]}")
    per_request()
    memory()
