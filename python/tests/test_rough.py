"""Applications that do what nobody expects: they get what they would get without us, and go on being watched."""

import signal
import subprocess
import sys
import threading
import unittest
import weakref
from typing import Any, Dict, List
from unittest import mock

from .parts import Case, call, get, run, scope, status_of
from leakyspanner import _monitor, _ring, memory_tracked
from leakyspanner._asgi import AsgiWatch, AsgiWrapper
from leakyspanner._routes import AnyRoutes, StarletteRoutes
from leakyspanner._wsgi import WsgiWatch

START = {"type": "http.response.start", "status": 200, "headers": []}
END = {"type": "http.response.body", "body": b"out"}


async def answers(scope: Any, receive: Any, send: Any) -> None:
    await send(START)
    await send(END)


class Plain:
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await answers(scope, receive, send)


def environ() -> Dict[str, Any]:
    return {"REQUEST_METHOD": "GET", "PATH_INFO": "/"}


class RoughTests(Case):
    def assert_watched(self, count: int = 1) -> None:
        assert self.monitor_now is not None
        self.assertFalse(self.monitor_now.off, self.monitor_now.reason)
        self.assertEqual(len(self.records()), count)
        self.assertEqual(self.monitor_now.flights, set())

    def asgi(self, app: Any, routes: Any = None) -> AsgiWatch:
        self.monitor_now = self.monitor()
        return AsgiWatch(app, self.monitor_now, routes or AnyRoutes())

    def wsgi(self, app: Any) -> WsgiWatch:
        self.monitor_now = self.monitor()
        return WsgiWatch(app, self.monitor_now, AnyRoutes())

    def test_no_memory_at_the_wrong_moment_costs_a_record(self) -> None:
        watch = self.asgi(answers)
        get(watch, "/")
        for place in ("memory_at", "delta_at"):
            watch._monitor.read_at -= _monitor.MOMENT_NANOSECONDS
            with mock.patch.object(watch._monitor, place, side_effect=MemoryError):
                self.assertEqual(status_of(get(watch, "/")), 200)
        get(watch, "/")
        self.assert_watched(2)

    def test_no_memory_in_a_wsgi_application(self) -> None:
        def app(environ: Any, start: Any) -> List[bytes]:
            start("200 OK", [])
            return [b"out"]

        watch = self.wsgi(app)
        list(watch(environ(), lambda *given: None))
        with mock.patch.object(watch._monitor, "memory", side_effect=MemoryError):
            self.assertEqual(list(watch(environ(), lambda *given: None)), [b"out"])
        list(watch(environ(), lambda *given: None))
        self.assert_watched(2)

    def test_recursion_without_an_end(self) -> None:
        self.monitor_now = self.monitor()

        @memory_tracked
        def deeper(level: int) -> int:
            return deeper(level + 1)

        def below(levels: int) -> None:
            if levels:
                below(levels - 1)
            else:
                deeper(0)

        # Wherever the limit is reached: in the function, in our code before it, or after it.
        for levels in range(12):
            with self.assertRaises(RecursionError):
                below(levels)
        self.assertFalse(self.monitor_now.off, self.monitor_now.reason)

    def test_a_route_that_is_none(self) -> None:
        for nonsense in ("/x", 5, object(), {"path": "/x"}):

            async def app(scope: Any, receive: Any, send: Any) -> None:
                scope["route"] = nonsense
                await answers(scope, receive, send)

            watch = self.asgi(app, StarletteRoutes(app))
            self.assertEqual(status_of(get(watch, "/")), 200)
            self.assert_watched()
            self.assertEqual(self.named(), [("(unmatched)", 200)])

    def test_a_wsgi_body_that_is_no_bytes(self) -> None:
        for body in ([None], [5, b"a"], (object(),)):

            def app(environ: Any, start: Any) -> Any:
                start("200 OK", [])
                return body

            self.assertIs(self.wsgi(app)(environ(), lambda *given: None), body)
            self.assert_watched()

    def test_pieces_of_a_wsgi_body_that_are_no_bytes(self) -> None:
        def app(environ: Any, start: Any) -> Any:
            start("200 OK", [])
            return iter([5, b"abc"])

        self.assertEqual(list(self.wsgi(app)(environ(), lambda *given: None)), [5, b"abc"])
        self.assert_watched()
        self.assertEqual(self.records()[0].size, 3)

    def test_a_wsgi_status_that_is_none(self) -> None:
        given: List[Any] = []

        def app(environ: Any, start: Any) -> Any:
            start(None, [])
            return [b""]

        list(self.wsgi(app)(environ(), lambda *arguments: given.append(arguments)))
        self.assertEqual(given, [(None, [])])
        self.assert_watched()

    def test_attributes_are_the_applications(self) -> None:
        app = Plain()
        watch = AsgiWrapper(app, self.monitor(), AnyRoutes())
        watch.debug = True
        self.assertTrue(app.debug)  # type: ignore[attr-defined]
        self.assertTrue(watch.debug)
        self.assertIs(weakref.ref(watch)(), watch)

    def test_a_server_that_raises_where_it_is_sent_something(self) -> None:
        async def send(message: Dict[str, Any]) -> None:
            raise OSError("gone")

        async def receive() -> Dict[str, Any]:
            return {"type": "http.disconnect"}

        watch = self.asgi(answers)
        with self.assertRaisesRegex(OSError, "gone"):
            run(watch(scope(), receive, send))
        self.assert_watched()

    def test_ten_thousand_names(self) -> None:
        class Many(AnyRoutes):
            count = 0

            def index(self, ring: Any, method: str, scope: Any, path: str, root_path: str) -> int:
                Many.count += 1
                return ring.endpoint(method, f"/a/long/template/number/{Many.count}")

        watch = self.asgi(answers, Many())

        async def all_of_them() -> None:
            for _ in range(10_000):
                await call(watch, scope())

        run(all_of_them())
        self.assertEqual(self.records()[-1].endpoint, _ring.OTHER)
        self.assertFalse(watch._monitor.off)

    def test_a_signal_handler_while_a_name_is_appended(self) -> None:
        self.monitor_now = self.monitor()
        self.monitor_now.wake()
        ring = self.ring()
        self.addCleanup(signal.signal, signal.SIGUSR1, signal.getsignal(signal.SIGUSR1))
        seen: List[int] = []
        signal.signal(signal.SIGUSR1, lambda *given: seen.append(ring.name("asked by the handler")))
        with ring._naming:
            signal.raise_signal(signal.SIGUSR1)
        self.assertEqual(seen, [_ring.OTHER])
        self.assertGreater(ring.name("asked by the handler"), _ring.OTHER)

    def test_the_first_requests_of_many_threads_are_all_recorded(self) -> None:
        self.monitor_now = monitor = self.monitor()
        watch = WsgiWatch(lambda environ, start: (start("200 OK", []), [b"out"])[1], monitor, AnyRoutes())
        activate, asked = monitor._activate, threading.Barrier(4)

        def when_all_have_asked(monitor: Any) -> None:
            asked.wait(30)
            activate(monitor)

        def request() -> None:
            if threading.current_thread() is not threads[0]:
                asked.wait(30)
            self.assertEqual(b"".join(watch(environ(), lambda *given: None)), b"out")

        monitor._activate = when_all_have_asked
        threads = [threading.Thread(target=request) for _ in range(4)]
        with mock.patch("leakyspanner._monitor._LONGEST_WAKING_SECONDS", 30):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        self.assert_watched(4)

    def test_many_threads_name_the_same(self) -> None:
        self.monitor_now = self.monitor()
        self.monitor_now.wake()
        ring = self.ring()
        found: List[List[int]] = []
        threads = [threading.Thread(target=lambda: found.append([ring.name(f"name {i}") for i in range(200)])) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(found), 8)
        self.assertTrue(all(indexes == found[0] for indexes in found))
        self.assertEqual(found[0], list(range(2, 202)))

    def test_a_wsgi_application_is_spared_asyncio(self) -> None:
        program = (
            "import sys; from leakyspanner import leakyspanner; from leakyspanner import _wsgi\n"
            "app = lambda environ, start: []\n"
            "leakyspanner(app, executable='/bin/false', metrics_port=0)\n"
            "sys.exit('asyncio is loaded' if 'asyncio' in sys.modules else 0)"
        )
        ended = subprocess.run([sys.executable, "-c", program], stderr=subprocess.PIPE, timeout=60)
        self.assertEqual((ended.returncode, ended.stderr), (0, b""))


if __name__ == "__main__":
    unittest.main()
