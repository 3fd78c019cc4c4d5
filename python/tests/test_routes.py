import os
import unittest
from typing import Any, List, Tuple

from .parts import Case, call, get, run, scope, status_of
from leakyspanner import _install
from leakyspanner._asgi import AsgiWatch
from leakyspanner._ring import Ring

try:
    import starlette
    from starlette import _utils
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.responses import PlainTextResponse
    from starlette.routing import Host, Mount, Route, Router, WebSocketRoute
    from starlette.staticfiles import StaticFiles
except ImportError:
    starlette = None  # type: ignore[assignment]

try:
    import fastapi
except ImportError:
    fastapi = None  # type: ignore[assignment]


def under(root_path: str, path: str) -> str:
    """A path as servers give it: with the root path in it, since Starlette (0.33) looks for it there."""
    return root_path + path if hasattr(_utils, "get_route_path") else path


async def fine(request: Any) -> Any:
    return PlainTextResponse("fine")


class CopiesScope:
    """As some middlewares do: what the router leaves in its copy is not seen outside."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(dict(scope), receive, send)


@unittest.skipIf(starlette is None, "Starlette is not installed")
class StarletteTests(Case):
    def watched(self, app: Any) -> Any:
        return _install._kind_of(app)(app, self.monitor())

    def names(self, app: Any, *requests: Tuple[str, str], **more: Any) -> List[str]:
        app = self.watched(app)
        for method, path in requests:
            get(app, path, method, **more)
        return [name for name, _ in self.named()]

    def test_templates_and_methods(self) -> None:
        app = Starlette(routes=[Route("/query/{q}", fine), Route("/items/{id:int}", fine, methods=["PUT"])])
        self.assertEqual(
            self.names(app, ("GET", "/query/a"), ("GET", "/query/b"), ("HEAD", "/query/c"), ("PUT", "/items/5")),
            ["GET /query/{q}", "GET /query/{q}", "HEAD /query/{q}", "PUT /items/{id:int}"],
        )

    def test_not_found_and_not_allowed_are_one_bucket(self) -> None:
        app = Starlette(routes=[Route("/a", fine), Mount("/sub", routes=[Route("/b", fine)])])
        app = self.watched(app)
        sent = [get(app, path, method) for method, path in (("GET", "/nowhere"), ("POST", "/a"), ("GET", "/sub/nowhere"), ("POST", "/sub/b"), ("GET", "/a/"))]
        self.assertEqual([status_of(messages) for messages in sent], [404, 405, 404, 405, 307])
        self.assertEqual({name for name, _ in self.named()}, {"(unmatched)"})

    def test_a_404_of_a_route_is_the_routes(self) -> None:
        async def missing(request: Any) -> Any:
            return PlainTextResponse("", status_code=404)

        self.assertEqual(self.names(Starlette(routes=[Route("/find/{what}", missing)]), ("GET", "/find/x")), ["GET /find/{what}"])

    def test_one_function_for_several_routes(self) -> None:
        app = Starlette(routes=[Route("/a/{x}", fine), Route("/b/{y}", fine), Route("/b/{y}", fine, methods=["POST"])])
        self.assertEqual(
            self.names(app, ("GET", "/b/1"), ("GET", "/a/1"), ("POST", "/b/1")), ["GET /b/{y}", "GET /a/{x}", "POST /b/{y}"]
        )

    def test_mounts_by_template(self) -> None:
        inner = Starlette(routes=[Route("/items/{id}", fine), Mount("/deep", app=Router([Route("/{x}/y", fine)]))])
        app = Starlette(routes=[Mount("/v1", app=inner), Mount("/tenants/{tenant}", app=inner), Mount("/", routes=[Route("/last", fine)])])
        self.assertEqual(
            self.names(
                app, ("GET", "/v1/items/1"), ("GET", "/v1/deep/a/y"), ("GET", "/tenants/acme/items/1"), ("GET", "/tenants/bell/deep/b/y"),
                ("GET", "/last"), ("GET", "/v1/none"),
            ),
            ["GET /v1/items/{id}", "GET /v1/deep/{x}/y", "GET /tenants/{tenant}/items/{id}", "GET /tenants/{tenant}/deep/{x}/y",
             "GET /last", "(unmatched)"],
        )  # fmt: skip

    def test_many_tenants_are_one_name(self) -> None:
        app = self.watched(Starlette(routes=[Mount("/{tenant}", routes=[Route("/x", fine)])]))
        for number in range(400):
            get(app, f"/tenant{number}/x")
        self.assertEqual({name for name, _ in self.named()}, {"GET /{tenant}/x"})
        self.assertLessEqual(len(app.build_middleware_stack._routes._prefixes), 256)

    def test_folders_of_files_and_other_applications(self) -> None:
        async def other(scope: Any, receive: Any, send: Any) -> None:
            await PlainTextResponse("other")(scope, receive, send)

        app = Starlette(routes=[Mount("/static", app=StaticFiles(directory=self.folder)), Mount("/wsgi", app=other)])
        self.assertEqual(
            self.names(app, ("GET", "/wsgi/any/thing"), ("GET", "/static/none.css")), ["GET /wsgi/{path:path}", "GET /static/{path:path}"]
        )

    def test_hosts(self) -> None:
        app = Starlette(routes=[Host("{shop}.example.org", Router([Route("/x/{y}", fine), Mount("/m", routes=[Route("/z", fine)])]))])
        headers = [(b"host", b"a.example.org")]
        self.assertEqual(self.names(app, ("GET", "/x/1"), ("GET", "/m/z"), ("GET", "/no"), headers=headers), ["GET /x/{y}", "GET /m/z", "(unmatched)"])

    def test_behind_a_proxy_with_a_root_path(self) -> None:
        app = Starlette(routes=[Route("/a/{b}", fine), Mount("/m", routes=[Route("/c/{d}", fine)])])
        paths = [under("/api", path) for path in ("/a/1", "/m/c/1")]
        self.assertEqual(self.names(app, *(("GET", path) for path in paths), root_path="/api"), ["GET /a/{b}", "GET /m/c/{d}"])

    def test_web_sockets(self) -> None:
        async def talk(socket: Any) -> None:
            await socket.accept()
            await socket.close(4001)

        app = self.watched(Starlette(routes=[WebSocketRoute("/ws/{room}", talk), Mount("/m", routes=[WebSocketRoute("/{x}", talk)])]))
        for path in ("/ws/lobby", "/m/a", "/none"):
            run(call(app, {**scope(path), "type": "websocket"}, [{"type": "websocket.connect"}]))
        self.assertEqual(self.named(), [("WS /ws/{room}", 4001), ("WS /m/{x}", 4001), ("(unmatched)", 1000)])

    def test_routes_that_come_later(self) -> None:
        app = self.watched(Starlette(routes=[Route("/first", fine)]))
        get(app, "/first")

        async def late(request: Any) -> Any:
            return PlainTextResponse("late")

        app.add_route("/late/{x}", late)
        app.build_middleware_stack._routes._indexed -= 10
        get(app, "/late/1")
        self.assertEqual([name for name, _ in self.named()], ["GET /first", "GET /late/{x}"])

    def test_middlewares_that_copy_the_scope(self) -> None:
        inner = Starlette(routes=[Route("/items/{id}", fine)])
        app = Starlette(
            routes=[Route("/q/{x}", fine), Mount("/t/{tenant}", app=inner), Route("/p", fine, methods=["POST"])],
            middleware=[Middleware(CopiesScope)],
        )
        self.assertEqual(
            self.names(app, ("GET", "/q/1"), ("GET", "/t/acme/items/2"), ("GET", "/no"), ("GET", "/p")),
            ["GET /q/{x}", "GET /t/{tenant}/items/{id}", "(unmatched)", "(unmatched)"],
        )

    def test_routers_and_applications_in_middlewares(self) -> None:
        for app in (Router([Route("/q/{x}", fine)]), CopiesScope(CopiesScope(Starlette(routes=[Route("/q/{x}", fine)])))):
            watched = self.watched(app)
            self.assertIsInstance(watched, AsgiWatch)
            get(watched, "/q/1")
            self.assertEqual(self.named(), [("GET /q/{x}", 200)])

    def test_a_route_that_raises_when_asked(self) -> None:
        class Raises(Route):
            def matches(self, scope: Any) -> Any:
                raise LookupError("mine")

        class Refuses:
            def __init__(self, app: Any) -> None:
                pass

            async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
                await PlainTextResponse("no", status_code=403)(scope, receive, send)

        app = self.watched(Starlette(routes=[Raises("/a", fine), Route("/b", fine)], middleware=[Middleware(Refuses)]))
        get(app, "/a")
        get(app, "/b")
        self.assertEqual(self.named(), [("(unmatched)", 403), ("GET /b", 403)])

    def test_the_request_path_is_never_a_name(self) -> None:
        app = self.watched(Starlette(routes=[Route("/q/{x}", fine)]))
        for number in range(50):
            get(app, f"/secret-{number}")
            get(app, f"/q/secret-{number}")
        ring: Ring = self.ring()
        self.assertEqual(set(ring._names), {"(unmatched)", "(other)", "GET /q/{x}"})


@unittest.skipIf(fastapi is None, "FastAPI is not installed")
class FastApiTests(Case):
    def watched(self, app: Any) -> Any:
        return _install._kind_of(app)(app, self.monitor())

    def test_routes_routers_and_documentation(self) -> None:
        router = fastapi.APIRouter(prefix="/v1")

        @router.get("/items/{item_id}")
        def item(item_id: int) -> Any:
            return {"id": item_id}

        app = fastapi.FastAPI()
        app.include_router(router)
        self.watched(app)
        for path in ("/v1/items/1", "/v1/items/none", "/docs", "/openapi.json"):
            get(app, path)
        get(app, "/v1/items/1", "DELETE")
        self.assertEqual(
            self.named(),
            [("GET /v1/items/{item_id}", 200), ("GET /v1/items/{item_id}", 422), ("GET /docs", 200), ("GET /openapi.json", 200), ("(unmatched)", 405)],
        )

    def test_included_routers_with_prefixes(self) -> None:
        async def talk(websocket: fastapi.WebSocket, room: str) -> None:
            await websocket.accept()
            await websocket.close()

        mounted = fastapi.FastAPI()
        inner, outer, app = fastapi.APIRouter(prefix="/inner"), fastapi.APIRouter(), fastapi.FastAPI()
        for router in (inner, mounted):
            router.add_api_route("/items/{item_id}", lambda item_id: {}, methods=["GET"])
        inner.add_api_websocket_route("/ws/{room}", talk)
        inner.add_route("/plain/{x}", fine)
        outer.include_router(inner, prefix="/outer")
        outer.mount("/m", mounted)
        app.include_router(outer, prefix="/v1")
        app.include_router(inner, prefix="/v2/{tenant}")
        self.watched(app)
        expected = []
        for path, name in (
            ("/v1/outer/inner/items/1", "GET /v1/outer/inner/items/{item_id}"),
            ("/v2/acme/inner/items/1", "GET /v2/{tenant}/inner/items/{item_id}"),
            ("/v1/outer/inner/plain/1", "GET /v1/outer/inner/plain/{x}"),
            ("/v1/m/items/1", "GET /v1/m/items/{item_id}"),
            ("/v1/outer/inner/nothing", "(unmatched)"),
        ):
            status = status_of(get(app, path))
            # Old FastAPIs leave mounts of an included router out, and its prefix where a route is not theirs.
            expected.append((name if status == 200 else "(unmatched)", status))
        get(app, "/v1/outer/inner/items/1", "DELETE")
        run(call(app, {**scope("/v2/acme/inner/ws/a"), "type": "websocket"}, [{"type": "websocket.connect"}]))
        self.assertEqual(self.named(), [*expected, ("(unmatched)", 405), ("WS /v2/{tenant}/inner/ws/{room}", 1000)])
        self.assertEqual([status for _, status in expected][:2] + [expected[-1][1]], [200, 200, 404])

    def test_included_routers_behind_a_middleware_that_copies_the_scope(self) -> None:
        router, app = fastapi.APIRouter(), fastapi.FastAPI()
        router.add_api_route("/items/{item_id}", lambda item_id: {}, methods=["GET"])
        router.add_route("/plain/{x}", fine)
        app.include_router(router, prefix="/v1")
        app.add_middleware(CopiesScope)
        self.watched(app)
        for path in ("/v1/items/1", "/v1/plain/1", "/v1/none"):
            get(app, path)
        self.assertEqual([name for name, _ in self.named()], ["GET /v1/items/{item_id}", "GET /v1/plain/{x}", "(unmatched)"])

    @unittest.skipUnless(hasattr(getattr(fastapi, "FastAPI", None), "frontend"), "this FastAPI has no app.frontend")
    def test_files_of_a_front_end(self) -> None:
        for name in ("index.html", "a.js"):
            with open(os.path.join(self.folder, name), "w") as file:
                file.write(name)
        app = fastapi.FastAPI()
        app.frontend("/", directory=self.folder)
        app.add_api_route("/api/x", lambda: {})
        self.watched(app)
        for path in ("/a.js", "/", "/api/x"):
            self.assertEqual(status_of(get(app, path)), 200)
        self.assertEqual([name for name, _ in self.named()], ["GET /{path:path}", "GET /{path:path}", "GET /api/x"])

    def test_mounted_applications(self) -> None:
        inner = fastapi.FastAPI()

        @inner.get("/items/{item_id}")
        async def item(item_id: int) -> Any:
            return {}

        app = fastapi.FastAPI(root_path="/outside")
        app.mount("/sub/{tenant}", inner)

        @app.get("/own/{x}")
        async def own(x: str) -> Any:
            return {}

        self.watched(app)
        for path in ("/sub/acme/items/1", "/own/1", "/sub/acme/nothing"):
            get(app, under("/outside", path))
        self.assertEqual([name for name, _ in self.named()], ["GET /sub/{tenant}/items/{item_id}", "GET /own/{x}", "(unmatched)"])

    def test_a_mounted_application_that_is_watched_too_counts_once(self) -> None:
        inner, app = fastapi.FastAPI(), fastapi.FastAPI()

        @inner.get("/x/{y}")
        async def x(y: str) -> Any:
            return {}

        app.mount("/sub", inner)
        monitor = self.monitor()
        for one in (inner, app):
            _install._kind_of(one)(one, monitor)
        get(app, "/sub/x/1")
        get(inner, "/x/1")
        self.assertEqual([name for name, _ in self.named()], ["GET /sub/x/{y}", "GET /x/{y}"])

    def test_web_sockets(self) -> None:
        app = fastapi.FastAPI()

        @app.websocket("/ws/{room}")
        async def talk(websocket: fastapi.WebSocket, room: str) -> None:
            await websocket.accept()
            await websocket.send_text(room)
            await websocket.close()

        self.watched(app)
        run(call(app, {**scope("/ws/a"), "type": "websocket"}, [{"type": "websocket.connect"}]))
        self.assertEqual(self.named(), [("WS /ws/{room}", 1000)])


if __name__ == "__main__":
    unittest.main()
