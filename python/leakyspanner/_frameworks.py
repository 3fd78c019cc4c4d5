"""Where frameworks without Starlette's scope keep the route of a request."""

import sys
from typing import Any, Callable, Dict

from ._asgi import flight_now
from ._ring import UNMATCHED, Ring
from ._routes import AnyRoutes


class FlaskRoutes(AnyRoutes):
    """Flask: werkzeug leaves the request in the environ as long as the request lasts."""

    def __init__(self, app: Any) -> None:
        self._app = app

    def index(self, ring: Ring, method: str, scope: Dict[str, Any], path: str, root_path: str) -> int:
        request = scope.get("werkzeug.request")
        rule = getattr(request, "url_rule", None)
        return UNMATCHED if rule is None else known(ring, method, rule.rule)

    def owns(self, path: str, method: str) -> bool:
        try:
            rule, _ = self._app.url_map.bind("localhost").match(path, method, return_rule=True)
            return str(rule.rule).startswith("/debug")
        except Exception:
            # Not found, redirected, or another method.
            return False


class DjangoRoutes(AnyRoutes):
    """Django: the handler resolves the route on the request; `announce_routes` tells us."""

    def index(self, ring: Ring, method: str, scope: Dict[str, Any], path: str, root_path: str) -> int:
        # Answered before a route was looked for, or none was found.
        return UNMATCHED

    def owns(self, path: str, method: str) -> bool:
        urls = sys.modules.get("django.urls")
        try:
            return urls is not None and urls.resolve(path).route.startswith("debug")
        except Exception:
            return False


def announce_routes(handler: Any) -> None:
    """Makes a Django handler say which route a request took. The handler itself, its class and the settings stay as they are."""
    original = getattr(handler, "get_response", None)
    if callable(original) and not hasattr(original, "leakyspanner"):
        handler.get_response = _sync(original)
    original_async = getattr(handler, "get_response_async", None)
    if callable(original_async) and not hasattr(original_async, "leakyspanner"):
        handler.get_response_async = _async(original_async)


def _sync(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def get_response(request: Any) -> Any:
        flight = flight_now.get()
        try:
            return original(request)
        finally:
            _tell(flight, request)

    get_response.leakyspanner = True  # type: ignore[attr-defined]
    return get_response


def _async(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    async def get_response_async(request: Any) -> Any:
        flight = flight_now.get()
        try:
            return await original(request)
        finally:
            _tell(flight, request)

    get_response_async.leakyspanner = True  # type: ignore[attr-defined]
    return get_response_async


def _tell(flight: Any, request: Any) -> None:
    try:
        template = getattr(getattr(request, "resolver_match", None), "route", None)
        if flight is not None and isinstance(template, str):
            flight.route = lambda ring, method: known(ring, method, "/" + template.lstrip("^/"))
    except Exception:
        pass


def known(ring: Ring, method: str, template: str) -> int:
    names = ring.endpoints.get(method)
    index = None if names is None else names.get(template)
    return ring.endpoint(method, template) if index is None else index
