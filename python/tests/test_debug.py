import asyncio
import json
import os
import re
import threading
import unittest
from typing import Any, Dict, List, Tuple
from unittest import mock

from .parts import BOUND_SECONDS, Case, FakeSidecar, as_json, body_of, call, get, http, run, scope, status_of
from .test_wsgi import answers, request
from leakyspanner import _collect, _debug, _http, _install
from leakyspanner._asgi import AsgiWatch
from leakyspanner._monitor import Monitor
from leakyspanner._routes import AnyRoutes
from leakyspanner._wsgi import WsgiWatch

try:
    import starlette
    from starlette.applications import Starlette
    from starlette.responses import PlainTextResponse
    from starlette.routing import Mount, Route
except ImportError:
    starlette = None  # type: ignore[assignment]

try:
    import trio
except ImportError:
    trio = None

try:
    import uvloop
except ImportError:
    uvloop = None

SNAPSHOT = "/api/debug/memory/snapshot"


async def own(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"own"})


def parsed(asked: bytes) -> Tuple[str, Dict[str, str], bytes]:
    head, _, body = asked.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    return lines[0], {line.split(": ", 1)[0].lower(): line.split(": ", 1)[1] for line in lines[1:] if ": " in line}, body


class ForwardingCase(Case):
    def setUp(self) -> None:
        super().setUp()
        self.socket = os.path.join(self.folder, "sidecar.sock")

    def connected(self, **changes: Any) -> Monitor:
        monitor = self.monitor(**changes)
        monitor.wake()
        monitor.socket = self.socket
        return monitor

    def sidecar(self, *answers: bytes) -> FakeSidecar:
        left = list(answers)
        return FakeSidecar(self.socket, lambda asked: left.pop(0))


class AsgiTests(ForwardingCase):
    def watch(self, **changes: Any) -> AsgiWatch:
        return AsgiWatch(own, self.connected(**changes), AnyRoutes())

    def test_what_is_sent_and_what_comes_back(self) -> None:
        headers = [
            (b"host", b"localhost:8000"), (b"authorization", b"Bearer secret"), (b"cookie", b"session=1"), (b"x-forwarded-for", b"10.0.0.1"),
            (b"x-forwarded-for", b"10.0.0.2"), (b"x-leakyspanner-client", b"127.0.0.1"), (b"sec-fetch-site", b"none"),
        ]  # fmt: skip
        with self.sidecar(as_json(200, {"rss": 1}, "Cache-Control: no-store", "Server: Kestrel", "Connection: close")) as sidecar:
            sent = get(self.watch(), SNAPSHOT, headers=headers, query_string=b"minutes=60&a=%20", client=("10.9.8.7", 5))
        line, found, _ = parsed(sidecar.asked[0])
        self.assertEqual(line, f"GET {SNAPSHOT}?minutes=60&a=%20 HTTP/1.1")
        self.assertEqual(
            found,
            {"host": "localhost:8000", "authorization": "Bearer secret", "x-forwarded-for": "10.0.0.2", "sec-fetch-site": "none",
             "x-leakyspanner-client": "10.9.8.7", "x-leakyspanner-worker": str(os.getpid()), "connection": "close"},
        )  # fmt: skip
        self.assertEqual(sidecar.asked[0].count(b"x-forwarded-for"), 2)
        self.assertEqual((status_of(sent), json.loads(body_of(sent))), (200, {"rss": 1}))
        self.assertEqual(
            dict(sent[0]["headers"]),
            {b"content-type": b"application/json", b"cache-control": b"no-store", b"content-length": b"10"},
        )
        self.assertEqual(self.records(), [])

    def test_paths(self) -> None:
        for path, root_path, ours in (
            ("/api/debug/memory", "", True),
            ("/api/debug/memory/", "", True),
            ("/api/debug/memory/gc", "", True),
            ("/mounted/api/debug/memory/gc", "/mounted", True),
            ("/api/debug/memory/gc", "/mounted", True),
            ("/api/debug/memoryleak", "", False),
            ("/other/api/debug/memory/gc", "", False),
            ("/x/debug/memory", "", False),
            ("/debug/memory", "", False),
            ("/api/debug/memory/../../../v1/collected", "", False),
            ("/api/debug/memory/./gc", "", False),
            ("/api/debug/memory/..", "", False),
            ("/api/debug/memory/..gc", "", True),
        ):
            with self.subTest(path=path, root_path=root_path):
                self.assertEqual(status_of(get(self.watch(), path, root_path=root_path)), 503 if ours else 200)

    def test_paths_cannot_change_the_request(self) -> None:
        with self.sidecar(http(404, b"")) as sidecar:
            get(self.watch(), "/api/debug/memory/a b\r\nX: y/ä?", query_string=b"a=1 HTTP/1.1\r\nX: y")
        line, found, _ = parsed(sidecar.asked[0])
        self.assertEqual(line, "GET /api/debug/memory/a%20b%0D%0AX%3A%20y/%C3%A4%3F?a=1HTTP/1.1X:y HTTP/1.1")
        self.assertNotIn("x", found)

    def test_unknown_client(self) -> None:
        with self.sidecar(http(403, b"no")) as sidecar:
            sent = get(self.watch(), SNAPSHOT, client=None)
        self.assertEqual(sidecar.asked[0].count(b"X-LeakySpanner-Client: \r\n"), 1)
        self.assertEqual((status_of(sent), body_of(sent)), (403, b"no"))

    def test_a_client_that_is_no_address(self) -> None:
        with self.sidecar(http(403, b"no")) as sidecar:
            get(self.watch(), SNAPSHOT, client=("127.0.0.1\r\nX: y", 5))
        self.assertEqual(sidecar.asked[0].count(b"X-LeakySpanner-Client: \r\n"), 1)

    def test_head(self) -> None:
        with self.sidecar(b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n"):
            sent = get(self.watch(), SNAPSHOT, "HEAD")
        self.assertEqual((body_of(sent), dict(sent[0]["headers"])), (b"", {b"content-length": b"12"}))

    def test_turned_off(self) -> None:
        self.assertEqual(body_of(get(self.watch(debug_endpoints=False), SNAPSHOT)), b"own")

    def test_web_sockets_are_the_applications(self) -> None:
        sent = run(call(self.watch(), {**scope(SNAPSHOT), "type": "websocket"}))
        self.assertEqual(body_of(sent), b"own")

    def test_no_sidecar(self) -> None:
        sent = get(self.watch(), SNAPSHOT)
        self.assertEqual((status_of(sent), dict(sent[0]["headers"])[b"content-type"]), (503, b"application/json"))
        self.assertIn("cannot be reached", json.loads(body_of(sent))["error"])

    def test_a_sidecar_that_is_starting(self) -> None:
        watch = AsgiWatch(own, self.monitor(), AnyRoutes())
        self.assertIn("is starting", json.loads(body_of(get(watch, SNAPSHOT)))["error"])

    def test_a_sidecar_that_could_not_start(self) -> None:
        watch = self.watch()
        with self.assertLogs("leakyspanner"):
            watch._monitor.give_up("no executable")
        self.assertEqual(json.loads(body_of(get(watch, SNAPSHOT)))["error"], "no executable")

    def test_a_sidecar_that_hangs(self) -> None:
        release = threading.Event()

        def hang(asked: bytes) -> bytes:
            release.wait(30)
            return b""

        with FakeSidecar(self.socket, hang), mock.patch.object(_http, "TIMEOUT_SECONDS", 0.05):
            sent = get(self.watch(), SNAPSHOT)
            release.set()
        self.assertEqual(status_of(sent), 503)
        self.assertIn("has not answered within", json.loads(body_of(sent))["error"])

    def test_answers_that_make_no_sense(self) -> None:
        for answer in (b"", b"hello", b"HTTP/1.1 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort", b"HTTP/1.1 200 OK\r\nbroken\r\n\r\n",
                       b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", b"HTTP/1.1 100 Continue\r\n\r\n" * 5000):  # fmt: skip
            with self.subTest(answer=answer[:60]), self.sidecar(answer):
                self.assertEqual(status_of(get(self.watch(), SNAPSHOT)), 503)
            os.unlink(self.socket)

    def test_answers_too_large(self) -> None:
        with self.sidecar(http(200, b"x" * 5000)), mock.patch.object(_http, "LARGEST_ANSWER", 4000):
            self.assertEqual(status_of(get(self.watch(), SNAPSHOT)), 503)

    def test_chunked_answers(self) -> None:
        with self.sidecar(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n"):
            sent = get(self.watch(), SNAPSHOT)
        self.assertEqual((body_of(sent), dict(sent[0]["headers"])), (b"abc0123456789", {b"content-length": b"13"}))

    def test_collecting(self) -> None:
        with self.sidecar(http(204, b"", "X-LeakySpanner-Do: collect"), as_json(200, {"freed": 5})) as sidecar:
            cycle: List[Any] = []
            cycle.append(cycle)
            del cycle
            sent = get(self.watch(), "/api/debug/memory/gc", "POST")
        line, found, body = parsed(sidecar.asked[1])
        self.assertEqual((line, found["content-type"]), ("POST /v1/collected HTTP/1.1", "application/json"))
        report = json.loads(body)
        self.assertEqual(set(report), {"pid", "collected", "uncollectable", "collect_seconds", "trimmed", "trim_seconds"})
        self.assertEqual(report["pid"], os.getpid())
        self.assertGreaterEqual(report["collected"], 1)
        self.assertEqual(json.loads(body_of(sent)), {"freed": 5})

    def test_collecting_without_permission(self) -> None:
        with self.sidecar(http(401, b"{}")) as sidecar, mock.patch.object(_collect, "collect") as collect:
            self.assertEqual(status_of(get(self.watch(), "/api/debug/memory/gc", "POST")), 401)
        collect.assert_not_called()
        self.assertEqual(len(sidecar.asked), 1)

    def test_one_collection_at_a_time(self) -> None:
        with self.sidecar(http(204, b"", "X-LeakySpanner-Do: collect")), _collect._busy:
            sent = get(self.watch(), "/api/debug/memory/gc", "POST")
        self.assertEqual((status_of(sent), json.loads(body_of(sent))["error"]), (503, "a collection is in progress"))

    @unittest.skipIf(uvloop is None, "uvloop is not installed")
    def test_under_uvloop(self) -> None:
        loop = uvloop.new_event_loop()
        self.addCleanup(loop.close)
        with self.sidecar(as_json(200, {"rss": 1})):
            sent = loop.run_until_complete(asyncio.wait_for(call(self.watch(), scope(SNAPSHOT)), BOUND_SECONDS))
        self.assertEqual((status_of(sent), body_of(sent)), (200, b'{"rss": 1}'))

    @unittest.skipIf(trio is None, "trio is not installed")
    def test_under_trio(self) -> None:
        sent: List[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        with self.sidecar(http(204, b"", "X-LeakySpanner-Do: collect"), as_json(200, {"freed": 5})):
            trio.run(self.watch(), scope("/api/debug/memory/gc", "POST"), None, send)
        self.assertEqual((status_of(sent), body_of(sent)), (200, b'{"freed": 5}'))

    def test_a_loop_that_is_not_asyncios(self) -> None:
        # Driven by hand, as by another library's loop.
        watch, sent = self.watch(), []

        async def send(message: Any) -> None:
            sent.append(message)

        coroutine = watch(scope(SNAPSHOT), None, send)  # type: ignore[arg-type]
        with mock.patch.dict("sys.modules", trio=None), self.assertRaises(StopIteration):
            coroutine.send(None)
        self.assertIn("asyncio or trio", json.loads(body_of(sent))["error"])


EXCHANGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "src", "LeakySpanner", "Web", "Exchange.cs")


@unittest.skipUnless(os.path.exists(EXCHANGE), "not in a checkout of the whole project")
class HeaderTests(unittest.TestCase):
    def test_every_mark_of_a_proxy_reaches_the_sidecar(self) -> None:
        with open(EXCHANGE, encoding="utf-8") as file:
            listed = re.search(r"ForwardingHeaders =\s*\[(.*?)\]", file.read(), re.DOTALL)
        assert listed is not None
        names = {name.lower() for name in re.findall('"([^"]+)"', listed.group(1))}
        self.assertIn("x-forwarded-for", names)
        self.assertEqual(names - set(_debug._FORWARDED), set())


class WsgiTests(ForwardingCase):
    def watch(self, **changes: Any) -> WsgiWatch:
        return WsgiWatch(answers([b"own"]), self.connected(**changes), AnyRoutes())

    def test_what_is_sent_and_what_comes_back(self) -> None:
        with self.sidecar(as_json(200, {"rss": 1})) as sidecar:
            found = request(
                self.watch(), SNAPSHOT, QUERY_STRING="minutes=5", HTTP_X_API_KEY="secret", HTTP_COOKIE="no", HTTP_HOST="localhost", REMOTE_ADDR="::1"
            )
        self.assertEqual(found, ["200 OK", b'{"rss": 1}'])
        line, headers, _ = parsed(sidecar.asked[0])
        self.assertEqual(line, f"GET {SNAPSHOT}?minutes=5 HTTP/1.1")
        self.assertEqual((headers["x-api-key"], headers["x-leakyspanner-client"]), ("secret", "::1"))
        self.assertNotIn("cookie", headers)
        self.assertEqual(self.records(), [])

    def test_no_sidecar(self) -> None:
        status, body = request(self.watch(), SNAPSHOT)
        self.assertEqual(status, "503 Service Unavailable")
        self.assertIn("cannot be reached", json.loads(body)["error"])

    def test_collecting(self) -> None:
        with self.sidecar(http(204, b"", "X-LeakySpanner-Do: collect"), as_json(200, {"freed": 5})):
            self.assertEqual(request(self.watch(), "/api/debug/memory/gc", "POST"), ["200 OK", b'{"freed": 5}'])

    def test_the_rest_is_the_applications(self) -> None:
        for path in ("/debug/memory", "/api/debug/memoryx", "/"):
            self.assertEqual(request(self.watch(), path)[1], b"own")
        self.assertEqual(request(self.watch(debug_endpoints=False), SNAPSHOT)[1], b"own")


@unittest.skipIf(starlette is None, "Starlette is not installed")
class OwnRoutesTests(ForwardingCase):
    def body(self, *routes: Any) -> bytes:
        app = Starlette(routes=list(routes))
        _install._kind_of(app)(app, self.connected())
        return body_of(get(app, "/debug/memory"))

    def test_the_short_path_is_ours_where_nobody_else_has_it(self) -> None:
        async def mine(request: Any) -> Any:
            return PlainTextResponse("mine")

        self.assertIn(b"error", self.body())
        self.assertIn(b"error", self.body(Route("/{anything:path}", mine)))
        self.assertEqual(self.body(Route("/debug/memory", mine)), b"mine")
        self.assertEqual(self.body(Route("/debug/{what}", mine)), b"mine")
        self.assertEqual(self.body(Mount("/debug", routes=[Route("/memory", mine)])), b"mine")


if __name__ == "__main__":
    unittest.main()
