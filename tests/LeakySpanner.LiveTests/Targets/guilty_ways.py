"""Endpoints that keep memory in every way in which a request can have its work done by somebody else, and one that keeps nothing. Each
keeps it in a function of its own, so that who is charged can be compared with who did it."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

from fastapi import BackgroundTasks, FastAPI

from leakyspanner import leakyspanner

app = FastAPI()
leakyspanner(app)

SIZE = 16384
KEPT = []
TASKS = set()
POOL = ThreadPoolExecutor(4)


def by_itself():
    KEPT.append(bytearray(SIZE))


def by_gather():
    KEPT.append(bytearray(SIZE))


def by_task():
    KEPT.append(bytearray(SIZE))


def by_endpoint_thread():
    KEPT.append(bytearray(SIZE))


def by_executor():
    KEPT.append(bytearray(SIZE))


def by_submit():
    KEPT.append(bytearray(SIZE))


def by_thread():
    KEPT.append(bytearray(SIZE))


def by_timer():
    KEPT.append(bytearray(SIZE))


def by_background():
    KEPT.append(bytearray(SIZE))


async def pause():
    await asyncio.sleep(0.002)


@app.get("/itself/{n}")
async def itself(n: int):
    await pause()
    by_itself()


@app.get("/gather/{n}")
async def gather(n: int):
    async def part():
        await pause()
        by_gather()

    await asyncio.gather(part(), part())


@app.get("/task/{n}")
async def task(n: int):
    async def later():
        await asyncio.sleep(0.05)
        by_task()

    # It goes on after the response.
    made = asyncio.get_running_loop().create_task(later())
    TASKS.add(made)
    made.add_done_callback(TASKS.discard)


@app.get("/endpoint-thread/{n}")
def endpoint_thread(n: int):
    by_endpoint_thread()


@app.get("/executor/{n}")
async def executor(n: int):
    # Hands no context on.
    await asyncio.get_running_loop().run_in_executor(None, by_executor)


@app.get("/submit/{n}")
async def submit(n: int):
    await asyncio.wrap_future(POOL.submit(by_submit))


@app.get("/thread/{n}")
def thread(n: int):
    made = threading.Thread(target=by_thread)
    made.start()
    made.join()


@app.get("/timer/{n}")
async def timer(n: int):
    threading.Timer(0.01, by_timer).start()


@app.get("/background/{n}")
async def background(n: int, tasks: BackgroundTasks):
    tasks.add_task(by_background)


@app.get("/innocent/{n}")
async def innocent(n: int):
    parts = [bytearray(SIZE) for _ in range(8)]
    await pause()
    return len(parts)
