"""The sampling agent, in processes of their own: once started it stays."""

import asyncio
import os
import subprocess
import sys
import threading
import unittest
from typing import Any, List
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

from leakyspanner import _agent, _ring
from leakyspanner._agent import request_now
from leakyspanner._asgi import AsgiWatch
from leakyspanner._routes import AnyRoutes
from leakyspanner._wsgi import WsgiWatch

from .parts import BOUND_SECONDS, Case, call, run, scope

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LIBRARY = os.path.join(ROOT, "artifacts", "agent", "libleakyspanner-agent.so")

PROGRAM = """
import os, sys, threading
sys.path.insert(0, sys.argv[1])
from leakyspanner import _agent, _monitor, _options
values = dict(zip(_options.Options._fields, [None] * 99))
values.update(enabled=True, level="mid", sample_kb=4.0)
monitor = _monitor.Monitor(_options.Options(**values), lambda monitor: None)
folder, trouble = _agent.start(monitor, sys.argv[2], sys.argv[3] or None)
kept = []
def keep():
    kept.extend(bytearray(4096) for _ in range(100))
if monitor.request is not None:
    monitor.request.set(41)
    keep()
    thread = threading.Thread(target=keep)
    thread.start()
    thread.join()
names = sorted(os.listdir(folder)) if folder else []
print([folder, trouble, monitor.request is not None, len(names)])
if names:
    import struct
    with open(os.path.join(folder, names[0]), "rb") as file:
        data = file.read()
    slots = struct.unpack_from("<Q", data, 48)[0]
    found = [struct.unpack_from("<QQQQ", data, slots + 40 * i)[3] for i in range(32768) if struct.unpack_from("<Q", data, slots + 40 * i)[0]]
    print(sum(request == 41 for request in found) > 60, set(found) <= {0, 41})
"""


class AgentTests(Case):
    def run_program(self, library: str, **environment: str) -> "list[str]":
        package = os.path.join(ROOT, "python")
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, package, self.folder, library],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=BOUND_SECONDS, env={**os.environ, **environment},
        )  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout.decode().splitlines()

    @unittest.skipUnless(os.path.exists(LIBRARY), "make native has not built the agent")
    def test_it_samples_and_knows_the_request_in_threads_too(self) -> None:
        lines = self.run_program(LIBRARY)
        self.assertEqual(lines, [repr([self.folder, None, True, 1]), "True True"])

    @unittest.skipUnless(os.path.exists(LIBRARY), "make native has not built the agent")
    def test_an_allocator_that_it_does_not_know_is_left_alone(self) -> None:
        (line,) = self.run_program(LIBRARY, PYTHONMALLOC="debug")
        self.assertIn("the agent does not know this build of Python", line)
        self.assertTrue(line.endswith("False, 0]"), line)

    def test_without_a_library(self) -> None:
        (line,) = self.run_program("")
        self.assertIn("neither this package nor the sidecar has the agent's library", line)

    def test_a_library_that_is_none(self) -> None:
        path = os.path.join(self.folder, "agent.so")
        with open(path, "w") as file:
            file.write("no library")
        (line,) = self.run_program(path)
        self.assertIn("the sampling agent cannot be loaded: OSError", line)


class NumberTests(Case):
    """The context variable holds the number that the record has, while a request is in progress and no longer."""

    def setUp(self) -> None:
        super().setUp()
        self.seen: List[int] = []
        self.watched = self.monitor()

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        self.seen.append(request_now.get(0))
        if scope["path"] == "/outer":
            # A request within a request, in the same context.
            await AsgiWatch(self.app, self.watched, AnyRoutes())({**scope, "path": "/inner"}, receive, send)
            self.seen.append(request_now.get(0))

    def test_asgi(self) -> None:
        self.watched.request = request_now
        app = AsgiWatch(self.app, self.watched, AnyRoutes())

        async def both() -> None:
            await call(app, scope("/outer"))
            self.seen.append(request_now.get(0))

        run(both())
        self.assertEqual(self.seen, [1, 2, 1, 0])
        self.assertEqual([record.request for record in self.records()], [2, 1])

    def test_requests_side_by_side(self) -> None:
        self.watched.request = request_now
        numbers = {}

        async def slow(scope: Any, receive: Any, send: Any) -> None:
            before = request_now.get(0)
            await asyncio.sleep(0)
            parts = await asyncio.gather(*[asyncio.create_task(asyncio.sleep(0, request_now.get(0))) for _ in range(2)])
            numbers[scope["path"]] = {before, *parts, request_now.get(0)}

        app = AsgiWatch(slow, self.watched, AnyRoutes())

        async def side_by_side() -> None:
            await asyncio.gather(*[call(app, scope(f"/{i}")) for i in range(20)])

        run(side_by_side())
        self.assertEqual(sorted(sum(map(sorted, numbers.values()), [])), list(range(1, 21)))

    def test_what_goes_on_for_long_tells_its_route_at_once(self) -> None:
        self.watched.request = request_now
        seen = []

        async def app(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "websocket":
                await send({"type": "websocket.accept"})
            else:
                await send({"type": "http.response.start", "status": 200, "headers": []})
                for _ in range(3):
                    await send({"type": "http.response.body", "body": b"x", "more_body": True})
            seen.append([(record.kind, record.status, record.request) for record in self.records()])

        watch = AsgiWatch(app, self.watched, AnyRoutes())
        run(call(watch, scope("/feed", type="websocket")))
        run(call(watch, scope("/events")))
        self.assertEqual(seen, [[(_ring.KIND_ROUTE, _ring.KIND_WEBSOCKET, 1)], [(_ring.KIND_ROUTE, 1, 1), (1, 0, 1), (_ring.KIND_ROUTE, _ring.KIND_HTTP, 2)]])

    def test_wsgi(self) -> None:
        self.watched.request = request_now

        def app(environ: Any, start_response: Any) -> Any:
            self.seen.append(request_now.get(0))
            start_response("200 OK", [])
            return [b"x"] if environ["PATH_INFO"] == "/list" else self.body()

        watch = WsgiWatch(app, self.watched, AnyRoutes())
        for path in ("/list", "/stream"):
            list(watch({"REQUEST_METHOD": "GET", "PATH_INFO": path}, lambda *answer: None))
            self.seen.append(request_now.get(0))
        self.assertEqual(self.seen, [1, 0, 2, 2, 0])
        self.assertEqual([record.request for record in self.records()], [1, 2])

    def body(self) -> Any:
        self.seen.append(request_now.get(0))
        yield b"x"

    def test_where_no_agent_runs_nothing_is_set(self) -> None:
        run(call(AsgiWatch(self.app, self.watched, AnyRoutes()), scope("/")))
        self.assertEqual((self.seen, self.records()[0].request), ([0], 1))


class ThreadTests(unittest.TestCase):
    """Numbers are handed on to where contexts do not go."""

    def setUp(self) -> None:
        for part in (
            mock.patch.object(ThreadPoolExecutor, "submit", _agent._submit_of(ThreadPoolExecutor.submit)),
            mock.patch.object(threading.Thread, "start", _agent._start_of(threading.Thread.start)),
        ):
            part.start()
            self.addCleanup(part.stop)
        token = request_now.set(0)
        self.addCleanup(request_now.reset, token)

    def test_an_executor_works_for_whoever_submits(self) -> None:
        with ThreadPoolExecutor(1) as pool:
            request_now.set(5)
            self.assertEqual(pool.submit(request_now.get, 0).result(), 5)
            request_now.set(6)
            self.assertEqual(list(pool.map(lambda _: request_now.get(0), range(2))), [6, 6])
            request_now.set(0)
            self.assertEqual(pool.submit(request_now.get, 0).result(), 0)
            self.assertRaises(ZeroDivisionError, pool.submit(lambda: 1 // 0).result)

    def test_what_fails_for_one_request_is_not_charged_to_it_later(self) -> None:
        with ThreadPoolExecutor(1) as pool:
            request_now.set(5)
            self.assertRaises(ZeroDivisionError, pool.submit(lambda: 1 // 0).result)
            request_now.set(0)
            self.assertEqual(pool.submit(request_now.get, 0).result(), 0)

    def test_a_thread_works_for_the_request_that_starts_it(self) -> None:
        seen = []
        request_now.set(7)
        for thread in (threading.Thread(target=lambda: seen.append(request_now.get(0))), threading.Timer(0, lambda: seen.append(request_now.get(0)))):
            thread.start()
            thread.join()
        self.assertEqual(seen, [7, 7])

    def test_threads_of_an_executor_and_of_other_classes_work_for_nobody(self) -> None:
        class Own(threading.Thread):
            def run(self) -> None:
                seen.append(request_now.get(0))

        seen = []
        request_now.set(8)
        own = Own()
        own.start()
        own.join()
        with ThreadPoolExecutor(1, initializer=lambda: seen.append(request_now.get(0))) as pool:
            pool.submit(len, "").result()
        self.assertEqual(seen, [0, 0])


if __name__ == "__main__":
    unittest.main()
