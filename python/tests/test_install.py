import functools
import json
import os
import subprocess
import sys
import unittest
from typing import Any, List
from unittest import mock

from .parts import Case, body_of, get, run, scope, status_of
import leakyspanner as package
from leakyspanner import _install, _monitor, _openapi, leakyspanner, setup_memory_monitoring
from leakyspanner._asgi import AsgiWatch
from leakyspanner._wsgi import WsgiWatch

try:
    import starlette
    from starlette.applications import Starlette
    from starlette.middleware.errors import ServerErrorMiddleware
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route
except ImportError:
    starlette = None  # type: ignore[assignment]

try:
    import fastapi
except ImportError:
    fastapi = None  # type: ignore[assignment]


async def asgi(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"asgi"})


def wsgi(environ: Any, start_response: Any) -> List[bytes]:
    start_response("200 OK", [])
    return [b"wsgi"]


class InstallTests(Case):
    def setUp(self) -> None:
        super().setUp()
        self.monitor(level="mid")

    def test_kinds_of_applications(self) -> None:
        class Asgi:
            async def __call__(self, scope: Any, receive: Any, send: Any) -> None: ...

        class Wsgi:
            def __call__(self, environ: Any, start_response: Any) -> Any: ...

        class NotAsync:
            def __call__(self, scope: Any, receive: Any, send: Any) -> Any: ...

        async def more(extra: Any, scope: Any, receive: Any, send: Any) -> None: ...

        def decorated(*args: Any, **kwargs: Any) -> Any: ...

        functools.update_wrapper(decorated, asgi)
        for app in (asgi, Asgi(), Asgi().__call__, NotAsync(), functools.partial(more, 1), decorated):
            self.assertIsInstance(leakyspanner(app), AsgiWatch, app)
        for app in (wsgi, Wsgi()):
            self.assertIsInstance(leakyspanner(app), WsgiWatch, app)

    def test_what_is_no_application(self) -> None:
        class Some:
            async def __call__(self, scope: Any, receive: Any, send: Any) -> None: ...

        async def two(a: Any, b: Any) -> None: ...

        for app in (None, 5, "main:app", Some, lambda: asgi, two, object(), {}):
            with self.assertRaises(TypeError) as caught:
                leakyspanner(app)
            self.assertIn("leakyspanner", str(caught.exception))

    def test_wrong_options_raise_before_anything_is_wrapped(self) -> None:
        with self.assertRaises(ValueError):
            leakyspanner(asgi, level="loud")
        with self.assertRaises(TypeError):
            leakyspanner(asgi, colour="red")  # type: ignore[call-arg]

    def test_turned_off_the_application_is_untouched(self) -> None:
        self.assertIs(leakyspanner(asgi, enabled=False), asgi)
        with mock.patch.dict(os.environ, LEAKYSPANNER_ENABLED="off"):
            self.assertIs(leakyspanner(asgi, level="nonsense"), asgi)

    def test_twice_is_once(self) -> None:
        for app in (asgi, wsgi):
            watched = leakyspanner(app)
            self.assertIs(leakyspanner(watched), watched)
            self.assertIs(setup_memory_monitoring(watched), watched)

    def test_the_wrapper_shows_the_application(self) -> None:
        class Some:
            state = "mine"

            async def __call__(self, scope: Any, receive: Any, send: Any) -> None: ...

        self.assertEqual(leakyspanner(Some()).state, "mine")
        self.assertFalse(hasattr(leakyspanner(Some()), "other"))

    def test_the_first_options_hold(self) -> None:
        _monitor.current = None
        leakyspanner(asgi, level="basic")
        first = _monitor.current
        with self.assertLogs("leakyspanner") as logs:
            leakyspanner(wsgi, level="deep")
            leakyspanner(wsgi, level="deep")
        self.assertEqual(len(logs.records), 1)
        self.assertIs(_monitor.current, first)
        self.assertIn("options of the first call", logs.output[0])

    def test_importing_starts_nothing(self) -> None:
        _monitor.current = None
        leakyspanner(asgi)
        assert _monitor.current is not None
        self.assertIsNone(_monitor.current.ring)

    def test_elsewhere_than_on_linux_nothing_happens(self) -> None:
        with mock.patch("sys.platform", "darwin"), self.assertLogs("leakyspanner"):
            self.assertIs(leakyspanner(asgi), asgi)

    def test_elsewhere_nothing_of_linux_is_imported(self) -> None:
        code = (
            "import sys; sys.path.insert(0, sys.argv[1]); sys.platform = 'win32'\n"
            "sys.modules['fcntl'] = None\n"
            "from leakyspanner import leakyspanner, memory_tracked\n"
            "assert leakyspanner(print) is print and memory_tracked(lambda: 5)() == 5\n"
        )
        folder = os.path.dirname(os.path.dirname(os.path.abspath(package.__file__)))
        ended = subprocess.run([sys.executable, "-c", code, folder], stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
        self.assertEqual((ended.returncode, ended.stdout), (0, ""), ended.stderr)
        self.assertEqual(ended.stderr, "LeakySpanner: watches processes on Linux only; this one is not watched\n")

    def test_the_service_has_a_name(self) -> None:
        app = mock.Mock(title="Shop")
        self.assertEqual(_install._service_of(app), "Shop")
        app.title = "FastAPI"
        self.assertEqual(_install._service_of(app), os.path.basename(os.getcwd()))

    def test_version(self) -> None:
        self.assertEqual(package.__version__, "0.1.0")


@unittest.skipIf(starlette is None, "Starlette is not installed")
class StarletteTests(Case):
    def setUp(self) -> None:
        super().setUp()
        self.monitor()
        self.order: List[str] = []

    def install(self, app: Any) -> Any:
        # With the test's monitor, whatever its options.
        return _install._kind_of(app)(app, _monitor.current)

    def app(self) -> Any:
        async def fine(request: Any) -> Any:
            return PlainTextResponse("fine")

        async def raises(request: Any) -> Any:
            raise LookupError("mine")

        return Starlette(routes=[Route("/fine", fine), Route("/raises", raises)])

    def middleware(self, name: str) -> Any:
        order = self.order

        class Some:
            def __init__(self, app: Any) -> None:
                self.app = app

            async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
                order.append(name)
                await self.app(scope, receive, send)

        return Some

    def test_the_same_application_is_returned(self) -> None:
        app = self.app()
        self.assertIs(self.install(app), app)
        self.assertIs(type(app), Starlette)

    def test_middleware_may_come_before_and_after(self) -> None:
        app = self.app()
        app.add_middleware(self.middleware("before"))
        self.install(app)
        app.add_middleware(self.middleware("after"))
        get(app, "/fine")
        self.assertEqual(self.order, ["after", "before"])
        self.assertIsInstance(app.middleware_stack.app, AsgiWatch)
        self.assertEqual(self.named(), [("GET /fine", 200)])

    def test_after_the_start(self) -> None:
        app = self.app()
        get(app, "/fine")
        self.install(app)
        self.install(app)
        get(app, "/fine")
        self.assertEqual(self.named(), [("GET /fine", 200)])

    def test_twice_is_once(self) -> None:
        app = self.app()
        self.install(self.install(app))
        get(app, "/fine")
        self.assertEqual(len(self.records()), 1)

    def test_the_outermost_layer_stays_starlettes_own(self) -> None:
        # Tracers take the stack apart there.
        app = self.install(self.app())
        self.assertIs(type(app.build_middleware_stack()), ServerErrorMiddleware)

    def test_whoever_wraps_the_builder_after_us(self) -> None:
        app = self.install(self.app())
        build = app.build_middleware_stack

        def tracer() -> Any:
            stack = build()
            stack.app = self.middleware("tracer")(stack.app)
            return ServerErrorMiddleware(stack.app)

        app.build_middleware_stack = tracer
        get(app, "/fine")
        self.assertEqual((self.order, self.named()), (["tracer"], [("GET /fine", 200)]))

    def test_a_stack_without_that_layer(self) -> None:
        app = self.app()
        app.build_middleware_stack = lambda: app.router
        self.install(app)
        get(app, "/fine")
        self.assertEqual(self.named(), [("GET /fine", 200)])

    def test_errors_are_answered_as_ever(self) -> None:
        app = self.install(self.app())
        sent: List[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        with self.assertRaises(LookupError):
            run(app(scope("/raises"), None, send))
        self.assertEqual((status_of(sent), body_of(sent)), (500, b"Internal Server Error"))
        self.assertEqual(self.named(), [("GET /raises", 500)])

    def test_exception_handlers_may_be_added_later(self) -> None:
        app = self.install(self.app())

        async def handler(request: Any, error: Any) -> Any:
            return PlainTextResponse("handled", status_code=418)

        app.add_exception_handler(LookupError, handler)
        self.assertEqual(body_of(get(app, "/raises")), b"handled")
        self.assertEqual(self.named(), [("GET /raises", 418)])


@unittest.skipIf(fastapi is None, "FastAPI is not installed")
class FastApiTests(Case):
    def app(self, **changes: Any) -> Any:
        app = fastapi.FastAPI()
        return _install._kind_of(app)(app, self.monitor(**changes))

    def test_the_schema_is_the_applications(self) -> None:
        self.assertEqual(self.app().openapi(), fastapi.FastAPI().openapi())

    def test_the_schema_describes_the_debug_endpoints_where_asked(self) -> None:
        app = self.app(include_in_schema=True)

        @app.get("/mine")
        def mine() -> Any:
            return {}

        schema = app.openapi()
        self.assertIn("/mine", schema["paths"])
        self.assertIn("get", schema["paths"]["/api/debug/memory/gc"])
        self.assertIn("post", schema["paths"]["/api/debug/memory/gc"])
        self.assertEqual(schema["paths"]["/api/debug/memory/history"]["get"]["parameters"][0]["name"], "minutes")
        self.assertEqual(app.openapi(), schema)


SIDECARS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "src", "LeakySpanner", "Web", "openapi.json")


@unittest.skipUnless(os.path.exists(SIDECARS), "not in a checkout of the whole project")
class SchemaTests(unittest.TestCase):
    def test_it_says_what_the_sidecars_own_says(self) -> None:
        with open(SIDECARS, encoding="utf-8") as file:
            theirs = json.load(file)
        app = mock.Mock(openapi=lambda: {})
        _openapi.describe(app)
        ours = app.openapi()["paths"]

        def words(paths: Any) -> Any:
            return {
                (method, path): (
                    operation["summary"],
                    {parameter["name"]: parameter["schema"] for parameter in operation.get("parameters", ())},
                    set(operation["responses"]) & {"200", "202"},
                )
                for path, item in paths.items()
                for method, operation in item.items()
                if path.startswith("/api/debug/memory")
            }

        self.assertEqual(words(ours), words(theirs["paths"]))


if __name__ == "__main__":
    unittest.main()
