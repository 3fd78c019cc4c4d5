import asyncio
import gc
import os
import threading
import unittest
from typing import Any, Dict, List
from unittest import mock

from .parts import Case, body_of, call, get, run, scope
from leakyspanner import _monitor, _ring
from leakyspanner._asgi import AsgiWatch
from leakyspanner._monitor import Monitor
from leakyspanner._routes import AnyRoutes

START = {"type": "http.response.start", "status": 200, "headers": []}


def body(data: bytes = b"", more: bool = False) -> Dict[str, Any]:
    return {"type": "http.response.body", "body": data, "more_body": more}


def sends(*messages: Dict[str, Any]) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        for message in messages:
            await send(message)

    return app


class AsgiTests(Case):
    def watch(self, app: Any, **changes: Any) -> AsgiWatch:
        return AsgiWatch(app, self.monitor(**changes), AnyRoutes())

    def test_nothing_is_copied(self) -> None:
        given, message, incoming = scope(), dict(START), {"type": "http.request", "body": b"in"}
        seen: List[Any] = []

        async def app(scope: Any, receive: Any, send: Any) -> None:
            seen.append(scope)
            seen.append(await receive())
            await send(message)
            await send(body(b"out"))

        sent = run(call(self.watch(app), given, [incoming]))
        self.assertIs(seen[0], given)
        self.assertIs(seen[1], incoming)
        self.assertIs(sent[0], message)
        self.assertEqual(self.named(), [("GET *", 200)])
        self.assertEqual((self.records()[0].size, self.records()[0].flags), (3, 0))

    def test_the_scope_is_not_added_to(self) -> None:
        given = scope()
        before = dict(given)
        run(call(self.watch(sends(START, body())), given))
        self.assertEqual(given, before)

    def test_unknown_messages_pass(self) -> None:
        messages = (
            {"type": "http.response.early_hint", "links": [b"</a.css>"]},
            {"type": "http.response.push", "path": "/a", "headers": []},
            {**START, "trailers": True},
            body(b"abc", True),
            body(b"defg"),
            {"type": "http.response.trailers", "headers": [(b"a", b"b")]},
            {"nonsense": True},
        )
        sent = get(self.watch(sends(*messages)), "/")
        self.assertEqual(sent, list(messages))
        self.assertEqual((self.records()[0].size, self.records()[0].flags), (7, _ring.STREAMED))

    def test_files_sent_by_the_server(self) -> None:
        get(self.watch(sends(START, {"type": "http.response.zerocopysend", "file": 3, "count": 500})), "/")
        self.assertEqual(self.records()[0].size, 500)
        sent = get(self.watch(sends(START, {"type": "http.response.pathsend", "path": "/etc/hostname"})), "/")
        self.assertEqual(sent[1]["type"], "http.response.pathsend")
        self.assertEqual(self.named(), [("GET *", 200)])

    def test_exceptions_are_the_applications(self) -> None:
        problem = KeyError("mine")

        async def app(scope: Any, receive: Any, send: Any) -> None:
            raise problem

        with self.assertRaises(KeyError) as caught:
            get(self.watch(app), "/")
        self.assertIs(caught.exception, problem)
        self.assertIsNone(problem.__context__)
        self.assertEqual((self.named(), self.records()[0].flags), ([("GET *", 500)], _ring.RAISED))

    def test_raised_after_the_start_keeps_its_status(self) -> None:
        async def app(scope: Any, receive: Any, send: Any) -> None:
            await send(START)
            raise ValueError

        self.assertRaises(ValueError, get, self.watch(app), "/")
        self.assertEqual(self.named(), [("GET *", 200)])

    def test_cancelled_is_disconnected(self) -> None:
        async def app(scope: Any, receive: Any, send: Any) -> None:
            await send(START)
            await asyncio.get_running_loop().create_future()

        async def cancel() -> None:
            task = asyncio.ensure_future(call(watch, scope()))
            await asyncio.sleep(0)
            task.cancel()
            await task

        watch = self.watch(app)
        self.assertRaises(asyncio.CancelledError, run, cancel())
        self.assertEqual(self.records()[0].flags, _ring.DISCONNECTED)
        self.assertEqual(len(watch._monitor.flights), 0)

    def test_disconnect_before_the_end(self) -> None:
        async def app(scope: Any, receive: Any, send: Any) -> None:
            await send(START)
            await receive()

        run(call(self.watch(app), scope(), [{"type": "http.disconnect"}]))
        self.assertEqual(self.records()[0].flags, _ring.DISCONNECTED)

    def test_disconnect_after_the_end_is_ordinary(self) -> None:
        async def app(scope: Any, receive: Any, send: Any) -> None:
            await send(START)
            await send(body(b"all"))
            await receive()

        run(call(self.watch(app), scope(), [{"type": "http.disconnect"}]))
        self.assertEqual(self.records()[0].flags, 0)

    def test_nothing_is_buffered(self) -> None:
        async def scenario() -> None:
            arrived: "asyncio.Queue[Any]" = asyncio.Queue()
            proceed = asyncio.Event()

            async def app(scope: Any, receive: Any, send: Any) -> None:
                await send(START)
                await send(body(b"first", True))
                await proceed.wait()
                await send(body(b"second"))

            task = asyncio.ensure_future(self.watch(app)(scope(), None, arrived.put))
            self.assertEqual((await arrived.get())["type"], "http.response.start")
            self.assertEqual((await arrived.get())["body"], b"first")
            self.assertTrue(arrived.empty())
            proceed.set()
            self.assertEqual((await arrived.get())["body"], b"second")
            await task

        run(scenario())

    def test_methods_nobody_knows_are_one_word(self) -> None:
        watch = self.watch(sends(START, body()))
        for method in ("BREW", "PROPFIND", "get"):
            get(watch, "/", method)
        self.assertEqual({name for name, _ in self.named()}, {"OTHER *"})

    def test_lifespan_passes_and_wakes(self) -> None:
        seen: List[Any] = []

        async def app(scope: Any, receive: Any, send: Any) -> None:
            seen.append((scope, receive, send))

        watch = self.watch(app)
        given = {"type": "lifespan", "state": {}}
        receive, send = object(), object()
        run(watch(given, receive, send))  # type: ignore[arg-type]
        self.assertIs(seen[0][0], given)
        self.assertIs(seen[0][1], receive)
        self.assertIs(seen[0][2], send)
        self.assertEqual(self.records(), [])

    def test_unknown_kinds_of_connection_pass(self) -> None:
        watch = self.watch(sends())
        run(call(watch, {"type": "mqtt"}))
        self.assertEqual(self.records(), [])

    def test_nothing_is_made_before_the_first_use(self) -> None:
        monitor = self.watch(sends(START, body()))._monitor
        self.assertIsNone(monitor.ring)
        self.assertEqual(os.listdir(self.folder), [])

    def test_overlapping_requests_are_counted(self) -> None:
        async def scenario() -> None:
            entered = [asyncio.Event() for _ in range(3)]
            leave = [asyncio.Event() for _ in range(3)]

            async def app(scope: Any, receive: Any, send: Any) -> None:
                number = int(scope["path"][1:])
                entered[number].set()
                await leave[number].wait()
                await send(START)
                await send(body())

            watch = self.watch(app)
            tasks = []
            for number in range(3):
                tasks.append(asyncio.ensure_future(call(watch, scope(f"/{number}"))))
                await entered[number].wait()
            self.assertEqual(len(watch._monitor.flights), 3)
            # The first ends while the others go on, and a fourth begins after that.
            leave[0].set()
            await tasks[0]
            entered[0].clear()
            tasks.append(asyncio.ensure_future(call(watch, scope("/0"))))
            await entered[0].wait()
            leave[1].set()
            leave[2].set()
            await asyncio.gather(*tasks)

        run(scenario())
        # The first: two began meanwhile. The second: one was there, two began. The third: two, one. The fourth: two.
        self.assertEqual(sorted(record.overlapped for record in self.records()), [2, 2, 3, 3])

    def test_memory_that_stays_is_measured(self) -> None:
        kept: List[bytearray] = []

        async def app(scope: Any, receive: Any, send: Any) -> None:
            kept.append(bytearray(b"x" * (64 << 20)))
            await send(START)
            await send(body())

        get(self.watch(app), "/")
        self.assertGreater(self.records()[0].delta, 32 << 20)

    def test_a_reading_serves_requests_that_begin_a_moment_later(self) -> None:
        monitor = self.monitor()
        monitor.wake()
        readings = [b"9 100 1 1 0 1 0\n", b"9 150 1 1 0 1 0\n", b"9 160 1 1 0 1 0\n", b"9 170 1 1 0 1 0\n", b"9 170 1 1 0 1 0\n"]
        page = os.sysconf("SC_PAGE_SIZE")
        moment = _monitor.MOMENT_NANOSECONDS
        with mock.patch("os.pread", side_effect=lambda *_: readings.pop(0)):
            now = 10**9
            self.assertEqual(monitor.delta_at(monitor.memory_at(now), now + 5), 50 * page)
            self.assertEqual(monitor.delta_at(monitor.memory_at(now + 10), now + 15), 10 * page)
            # Old by now.
            now += 15 + moment
            self.assertEqual(monitor.delta_at(monitor.memory_at(now), now + 5), 0)
        self.assertEqual(readings, [])

    def test_a_functions_reading_serves_no_request(self) -> None:
        # It is made in the middle of one.
        monitor = self.monitor()
        monitor.wake()
        with mock.patch("os.pread", return_value=b"9 100 1 1 0 1 0\n") as pread:
            monitor.delta(monitor.memory())
            monitor.memory_at(10**9)
            self.assertEqual(pread.call_count, 3)

    def test_short_requests_in_a_row_are_not_all_measured(self) -> None:
        watch = self.watch(sends(START, body()))
        monitor = watch._monitor
        monitor.short = 2_000_000
        clock = iter(10**9 + at * 1000 for at in (0, 100, 200, 300, 6000, 7900, 7950, 8050, 8150, 8200, 8300, 10300, 10400, 10500))
        with mock.patch("leakyspanner._asgi.monotonic_ns", lambda: next(clock)), mock.patch("os.pread", return_value=b"9 100 1 1 0 1 0\n") as pread:
            for _ in range(7):
                get(watch, "/")
        # Microseconds: the first, the first that begins eight milliseconds after the last reading, and the one that took two.
        self.assertEqual([record.delta != _ring.NOT_MEASURED for record in self.records()], [True, False, False, False, True, True, False])
        self.assertEqual(pread.call_count, 5)

    def test_a_descriptor_taken_away_is_opened_again(self) -> None:
        watch = self.watch(sends(START, body()))
        get(watch, "/")
        os.close(watch._monitor._memory)
        get(watch, "/")
        self.assertEqual([record.delta != _ring.NOT_MEASURED for record in self.records()], [True, True])

    def test_a_descriptor_that_is_another_files_by_now(self) -> None:
        watch = self.watch(sends(START, body()))
        get(watch, "/")
        with open(os.path.join(self.folder, "theirs"), "w+") as file:
            file.write("their words")
            file.flush()
            os.dup2(file.fileno(), watch._monitor._memory)
            get(watch, "/")
            get(watch, "/")
        self.assertEqual([record.delta != _ring.NOT_MEASURED for record in self.records()], [True, False, True])

    def test_a_daemon_that_closes_all_descriptors(self) -> None:
        watch = self.watch(sends(START, body()))
        get(watch, "/")
        number = self.ring()._descriptor
        self.assertGreater(number, 2)
        before = len(_ring._kept)
        with open(os.path.join(self.folder, "theirs"), "w+") as file:
            os.dup2(file.fileno(), number)
            child = os.fork()
            if child == 0:
                gc.collect()
                try:
                    os.fstat(number)
                    os._exit(0 if watch._monitor.ring is None and len(_ring._kept) == before + 1 else 2)
                except OSError:
                    os._exit(1)
            self.assertEqual(os.waitpid(child, 0)[1], 0)

    def test_our_own_mistakes_do_not_reach_the_application(self) -> None:
        for place in ("Monitor.memory_at", "Monitor.delta_at"):
            with self.subTest(place=place):
                watch = self.watch(sends(START, body(b"fine")))
                with mock.patch(f"leakyspanner._monitor.{place}", side_effect=RuntimeError("ours")), self.assertLogs("leakyspanner") as logs:
                    self.assertEqual(body_of(get(watch, "/")), b"fine")
                    self.assertEqual(body_of(get(watch, "/")), b"fine")
                self.assertEqual(len(logs.records), 1)
                self.assertIn("RuntimeError: ours", logs.output[0])
                self.assertTrue(watch._monitor.off)

    def test_activation_that_fails_is_one_warning(self) -> None:
        def activate(monitor: Monitor) -> None:
            raise OSError(28, "No space left on device")

        monitor = self.monitor()
        monitor._activate = activate
        watch = AsgiWatch(sends(START, body(b"fine")), monitor, AnyRoutes())
        with self.assertLogs("leakyspanner") as logs:
            for _ in range(3):
                self.assertEqual(body_of(get(watch, "/")), b"fine")
        self.assertEqual(len(logs.records), 1)
        self.assertIn("No space left", logs.output[0])

    def test_a_status_that_is_none_harms_nobody(self) -> None:
        watch = self.watch(sends({**START, "status": "many"}, body()))
        get(watch, "/")
        self.assertEqual(self.named(), [("GET *", 0)])
        self.assertFalse(watch._monitor.off)

    def test_one_in_another_counts_once(self) -> None:
        monitor = self.monitor()
        monitor.wrappers = 2
        inner = AsgiWatch(sends(START, body()), monitor, AnyRoutes())
        get(AsgiWatch(inner, monitor, AnyRoutes()), "/")
        get(inner, "/")
        self.assertEqual(len(self.records()), 2)

    def test_in_progress_comes_back_to_nothing(self) -> None:
        watch = self.watch(sends(START, body()))
        get(watch, "/")
        with open(self.ring().path, "rb") as file:
            file.seek(_ring.HEADER_IN_PROGRESS)
            self.assertEqual(file.read(8), bytes(8))

    def test_a_request_leaves_no_garbage(self) -> None:
        watch = self.watch(sends(START, body()))

        async def many() -> int:
            for _ in range(10):
                await call(watch, scope())
            gc.collect()
            gc.disable()
            try:
                for _ in range(100):
                    await watch(scope(), _nothing, _swallow)
                return gc.collect()
            finally:
                gc.enable()

        self.assertEqual(run(many()), 0)

    def test_after_a_fork_the_child_starts_anew(self) -> None:
        watch = self.watch(sends(START, body()))
        get(watch, "/")
        monitor, ring, parent_memory = watch._monitor, watch._monitor.ring, watch._monitor._memory
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                fresh = monitor.ring is None and not monitor.flights and monitor._memory == -1
                get(watch, "/")
                os.write(write, b"yes" if fresh and monitor.ring is not ring and len(self.records()) == 1 else b"no")
            finally:
                os._exit(0)
        os.close(write)
        os.waitpid(child, 0)
        with os.fdopen(read, "rb") as file:
            self.assertEqual(file.read(), b"yes")
        self.assertIs(monitor.ring, ring)
        self.assertEqual(monitor._memory, parent_memory)

    def test_concurrent_first_requests_activate_once(self) -> None:
        monitor = self.monitor()
        activate, count, begun, release = monitor._activate, [], threading.Event(), threading.Event()

        def slowly(monitor: Monitor) -> None:
            count.append(1)
            begun.set()
            release.wait(30)
            activate(monitor)

        monitor._activate = slowly
        first = threading.Thread(target=monitor.wake)
        first.start()
        self.assertTrue(begun.wait(30))
        self.assertIsNone(monitor.wake())
        release.set()
        first.join()
        self.assertIsNotNone(monitor.wake())
        self.assertEqual(len(count), 1)


class WebSocketTests(Case):
    def record(self, app: Any, incoming: List[Dict[str, Any]]) -> Any:
        run(call(AsgiWatch(app, self.monitor(), AnyRoutes()), {**scope("/ws"), "type": "websocket"}, incoming))
        return self.records()[0]

    def test_closed_by_the_application(self) -> None:
        app = sends(
            {"type": "websocket.accept"},
            {"type": "websocket.send", "text": "hello"},
            {"type": "websocket.send", "bytes": b"abc"},
            {"type": "websocket.close", "code": 4000},
        )
        record = self.record(app, [])
        self.assertEqual((record.kind, record.status, record.size, record.flags), (_ring.KIND_WEBSOCKET, 4000, 8, 0))
        self.assertEqual(self.named()[0][0], "WS *")

    def test_closed_by_the_client(self) -> None:
        for code, flags in ((1000, 0), (1001, 0), (1006, _ring.DISCONNECTED)):

            async def app(scope: Any, receive: Any, send: Any) -> None:
                await receive()
                await send({"type": "websocket.accept"})
                await receive()

            record = self.record(app, [{"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": code}])
            self.assertEqual((record.status, record.flags), (code, flags))

    def test_refused_with_a_response(self) -> None:
        app = sends({"type": "websocket.http.response.start", "status": 403, "headers": []}, {"type": "websocket.http.response.body", "body": b"no"})
        record = self.record(app, [])
        self.assertEqual((record.status, record.size), (403, 2))

    def test_raised(self) -> None:
        async def app(scope: Any, receive: Any, send: Any) -> None:
            raise ValueError

        with self.assertRaises(ValueError):
            self.record(app, [])
        self.assertEqual((self.records()[0].status, self.records()[0].flags), (1011, _ring.RAISED))


async def _nothing() -> Any:
    return {"type": "http.request"}


async def _swallow(message: Any) -> None:
    pass


if __name__ == "__main__":
    unittest.main()
