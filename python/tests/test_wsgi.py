import threading
import unittest
import warnings
from typing import Any, Callable, Dict, Iterator, List
from unittest import mock
from wsgiref.util import FileWrapper, setup_testing_defaults

from .parts import Case, call, run, scope
from leakyspanner import _install, _ring
from leakyspanner._routes import AnyRoutes
from leakyspanner._wsgi import WsgiWatch

try:
    import flask
except ImportError:
    flask = None  # type: ignore[assignment]

try:
    import django
    from django.conf import settings

    if not settings.configured:
        settings.configure(DEBUG=False, SECRET_KEY="tests", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], USE_TZ=True)
        django.setup()
    from django.http import HttpResponse, StreamingHttpResponse
    from django.urls import include, path, re_path
except ImportError:
    django = None  # type: ignore[assignment]


def environ(path: str = "/", method: str = "GET", **more: Any) -> Dict[str, Any]:
    given: Dict[str, Any] = {"PATH_INFO": path, "REQUEST_METHOD": method, "REMOTE_ADDR": "127.0.0.1", **more}
    setup_testing_defaults(given)
    return given


def request(app: Any, path: str = "/", method: str = "GET", **more: Any) -> List[Any]:
    """Status and body, as a server gets them."""
    status: List[str] = []
    given = environ(path, method, **more)
    body = app(given, lambda line, headers, *error: status.append(line))
    try:
        pieces = list(body)
    finally:
        if hasattr(body, "close"):
            body.close()
    return [*status[-1:], b"".join(pieces)]


def answers(body: Any, status: str = "200 OK") -> Callable[..., Any]:
    def app(environ: Any, start_response: Any) -> Any:
        start_response(status, [("A", "b")])
        return body

    return app


class WsgiTests(Case):
    def watch(self, app: Any) -> WsgiWatch:
        return WsgiWatch(app, self.monitor(), AnyRoutes())

    def test_lists_are_returned_as_they_are(self) -> None:
        body = [b"one", b"two"]
        given, seen = environ(), []

        def app(environ: Any, start_response: Any) -> Any:
            seen.append(environ)
            start_response("201 Created", [("A", "b")])
            return body

        started = mock.Mock()
        self.assertIs(self.watch(app)(given, started), body)
        self.assertIs(seen[0], given)
        started.assert_called_once_with("201 Created", [("A", "b")])
        record = self.records()[0]
        self.assertEqual((record.status, record.size, record.flags), (201, 6, _ring.STREAMED))
        self.assertEqual(self.named(), [("GET *", 201)])

    def test_what_start_response_returns_and_takes(self) -> None:
        def app(environ: Any, start_response: Any) -> Any:
            write = start_response("200 OK", [])
            write(b"written")
            start_response("500 Late", [], (ValueError, ValueError(), None))
            return []

        write = mock.Mock()
        started = mock.Mock(return_value=write)
        self.watch(app)(environ(), started)
        write.assert_called_once_with(b"written")
        self.assertEqual(len(started.call_args_list[1][0]), 3)
        self.assertEqual(self.named(), [("GET *", 500)])

    def test_files_stay_files(self) -> None:
        with open(__file__, "rb") as file:
            wrapped = FileWrapper(file)
            watch = self.watch(answers(wrapped))
            self.assertIs(watch(environ(**{"wsgi.file_wrapper": FileWrapper}), mock.Mock()), wrapped)
        self.assertEqual(len(self.records()), 1)

    def test_files_stay_files_where_the_wrapper_is_a_function(self) -> None:
        with open(__file__, "rb") as file:
            watch = self.watch(answers(file))
            self.assertIs(watch(environ(**{"wsgi.file_wrapper": lambda file, size=0: file}), mock.Mock()), file)
            self.assertIsNot(watch(environ(), mock.Mock()), file)

    def test_streams_end_when_they_are_closed(self) -> None:
        events: List[str] = []

        def stream() -> Iterator[bytes]:
            try:
                yield b"first"
                yield b""
                yield b"second"
            finally:
                events.append("closed")

        body = self.watch(answers(stream()))(environ(), mock.Mock())
        self.assertEqual(next(iter(body)), b"first")
        self.assertEqual(self.records(), [])
        self.assertEqual(list(body), [b"", b"second"])
        body.close()
        record = self.records()[0]
        self.assertEqual((record.size, record.flags, events), (11, _ring.STREAMED, ["closed"]))

    def test_streams_given_up_by_the_client(self) -> None:
        body = self.watch(answers(iter([b"first", b"second"])))(environ(), mock.Mock())
        next(body)
        body.close()
        body.close()
        self.assertEqual([record.flags for record in self.records()], [_ring.DISCONNECTED])

    def test_streams_of_servers_that_do_not_close(self) -> None:
        watch = self.watch(answers(iter([b"all"])))
        self.assertEqual(list(watch(environ(), mock.Mock())), [b"all"])
        self.assertEqual(len(self.records()), 1)
        body = watch(environ(), mock.Mock())
        del body
        self.assertEqual(len(self.records()), 2)
        self.assertEqual(len(watch._monitor.flights), 0)

    def test_streams_with_a_length_have_one(self) -> None:
        class Sized:
            def __iter__(self) -> Iterator[bytes]:
                return iter([b"x"])

            def __len__(self) -> int:
                return 1

        self.assertEqual(len(self.watch(answers(Sized()))(environ(), mock.Mock())), 1)
        self.assertRaises(TypeError, len, self.watch(answers(iter([b"x"])))(environ(), mock.Mock()))

    def test_exceptions_are_the_applications(self) -> None:
        problem = LookupError("mine")

        def app(environ: Any, start_response: Any) -> Any:
            raise problem

        def stream(environ: Any, start_response: Any) -> Iterator[bytes]:
            start_response("200 OK", [])
            yield b"first"
            raise problem

        for broken, status in ((app, 500), (stream, 200)):
            watch = self.watch(broken)
            with self.assertRaises(LookupError) as caught:
                request(watch)
            self.assertIs(caught.exception, problem)
            self.assertEqual([(record.status, record.flags) for record in self.records()], [(status, _ring.RAISED)])

    def test_our_own_mistakes_do_not_reach_the_application(self) -> None:
        for place in ("_begin",):
            watch = self.watch(answers([b"fine"]))
            with mock.patch.object(WsgiWatch, place, side_effect=RuntimeError("ours")), self.assertLogs("leakyspanner") as logs:
                self.assertEqual(request(watch), ["200 OK", b"fine"])
                self.assertEqual(request(watch), ["200 OK", b"fine"])
            self.assertEqual(len(logs.records), 1)

    def test_a_body_that_is_none_fails_where_it_ever_did(self) -> None:
        watch = self.watch(answers(None))
        with self.assertRaises(TypeError):
            request(watch)
        self.assertFalse(watch._monitor.off)

    def test_threads(self) -> None:
        watch = self.watch(answers([b"fine"]))
        watch._monitor.wake()
        start = threading.Barrier(8)

        def work() -> None:
            start.wait()
            for _ in range(200):
                request(watch)

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(self.records()), 1600)
        self.assertEqual(len(watch._monitor.flights), 0)

    def test_one_in_another_counts_once(self) -> None:
        inner = self.watch(answers([b"fine"]))
        outer = WsgiWatch(inner, inner._monitor, AnyRoutes())
        inner._monitor.wrappers = 2
        request(outer)
        request(inner)
        self.assertEqual(len(self.records()), 2)


@unittest.skipIf(flask is None, "Flask is not installed")
class FlaskTests(Case):
    def test_rules(self) -> None:
        app = flask.Flask("tests")
        app.add_url_rule("/users/<int:id>", "user", lambda id: str(id))
        app.add_url_rule("/raises", "raises", lambda: 1 / 0)
        app.add_url_rule("/stream", "stream", lambda: flask.Response(iter([b"a", b"b"])))
        monitor = self.monitor()
        self.assertIs(_install._kind_of(app)(app, monitor), app)
        _install._kind_of(app)(app, monitor)
        self.assertEqual(request(app, "/users/7"), ["200 OK", b"7"])
        self.assertEqual(request(app, "/stream"), ["200 OK", b"ab"])
        for path, method in (("/none", "GET"), ("/users/7", "POST"), ("/raises", "GET")):
            request(app, path, method)
        self.assertEqual(
            self.named(),
            [("GET /users/<int:id>", 200), ("GET /stream", 200), ("(unmatched)", 404), ("(unmatched)", 405), ("GET /raises", 500)],
        )
        self.assertEqual(self.records()[1].flags, _ring.STREAMED)

    def test_a_debug_page_of_its_own(self) -> None:
        app = flask.Flask("tests")
        app.add_url_rule("/<path:anything>", "all", lambda anything: anything)
        _install._kind_of(app)(app, self.monitor())
        self.assertEqual(request(app, "/debug/memory")[0], "503 Service Unavailable")
        app.add_url_rule("/debug/memory", "mine", lambda: "mine")
        self.assertEqual(request(app, "/debug/memory"), ["200 OK", b"mine"])


if django is not None:

    def article(request: Any, number: int) -> Any:
        return HttpResponse(str(number))

    def year(request: Any, year: str) -> Any:
        return StreamingHttpResponse(iter([b"a", b"b"]))

    urlpatterns = [
        path("articles/<int:number>/", article),
        re_path(r"^years/(?P<year>[0-9]{4})/$", year),
        path("shop/", include([path("items/<int:number>", article)])),
    ]


@unittest.skipIf(django is None, "Django is not installed")
class DjangoTests(Case):
    EXPECTED = [
        ("GET /articles/<int:number>/", 200),
        ("GET /years/(?P<year>[0-9]{4})/$", 200),
        ("GET /shop/items/<int:number>", 200),
        ("(unmatched)", 404),
    ]
    PATHS = ("/articles/5/", "/years/2026/", "/shop/items/5", "/nothing")

    def test_routes_of_the_wsgi_handler(self) -> None:
        from django.core.wsgi import get_wsgi_application

        handler = get_wsgi_application()
        app = _install._kind_of(handler)(handler, self.monitor())
        with mock.patch("logging.Logger.callHandlers"):
            bodies = [request(app, path)[1] for path in self.PATHS]
        self.assertEqual(bodies[:3], [b"5", b"ab", b"5"])
        self.assertEqual(self.named(), self.EXPECTED)

    def test_routes_of_the_asgi_handler(self) -> None:
        from django.core.asgi import get_asgi_application

        handler = get_asgi_application()
        app = _install._kind_of(handler)(handler, self.monitor())
        with mock.patch("logging.Logger.callHandlers"), warnings.catch_warnings():
            # Old Djangos leave the spooled request body to the collector.
            warnings.simplefilter("ignore", ResourceWarning)
            for path in self.PATHS:
                run(call(app, scope(path)))
        self.assertEqual(self.named(), self.EXPECTED)


if __name__ == "__main__":
    unittest.main()
