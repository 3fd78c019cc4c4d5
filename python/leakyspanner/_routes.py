"""Which route a request took, as a template: never the path itself, so that the number of names is bounded."""

import time
from typing import Any, Dict, List, Optional

from ._ring import UNMATCHED, Ring

METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"))

# Bounds on what we look through: routing tables may be large, nested, or built in loops.
_MOST_ROUTES = 5000
_DEEPEST = 16
_MOST_PREFIXES = 256

# Looking through the table again because an endpoint is not known costs about a microsecond per route.
_SECONDS_BETWEEN_INDEXES = 1.0

_REST = "/{path:path}"


class AnyRoutes:
    """An application whose routes nobody tells us: one name per method."""

    def index(self, ring: Ring, method: str, scope: Dict[str, Any], path: str, root_path: str) -> int:
        known = ring.endpoints.get(method)
        return known["*"] if known and "*" in known else ring.endpoint(method, "*")

    def owns(self, path: str, method: str) -> bool:
        """Whether the application has a route of its own for a path. Unknown here, so it may."""
        return True


class StarletteRoutes(AnyRoutes):
    """Starlette, FastAPI, and routers of theirs.

    Their router leaves the endpoint (FastAPI: the route as well) in the scope that we have passed down. It also moves `root_path` on
    at every mount, to what has been matched: that leads us to the mount's template.
    """

    def __init__(self, app: Any) -> None:
        self._app = app
        self._prefixes: Dict[str, str] = {}
        self._by_endpoint: Dict[int, List[Any]] = {}
        self._indexed = -_SECONDS_BETWEEN_INDEXES

    def index(self, ring: Ring, method: str, scope: Dict[str, Any], path: str, root_path: str) -> int:
        route = scope.get("route")
        methods = getattr(route, "methods", None)
        if route is None:
            template = self._without_route(scope, path, root_path)
        elif methods and method not in methods and _refuses(route, scope):
            return UNMATCHED
        elif methods is None and _is_mount(route):
            # Newer Starlettes leave what was matched last there, be it a mount.
            template = self._of_mount(route, scope, path, root_path)
        else:
            template = route.path
            inclusion = scope.get("fastapi")
            if inclusion is not None:
                # Newer FastAPIs keep an included router as it is, and the prefix of its inclusion beside it.
                context = inclusion.get("effective_route_context")
                if context is not None and context.original_route is route:
                    template = context.path
            if scope.get("root_path", "") != root_path:
                template = self._prefix(scope, path, root_path) + template
        if template is None:
            return UNMATCHED
        known = ring.endpoints.get(method)
        index = None if known is None else known.get(template)
        return ring.endpoint(method, template) if index is None else index

    def owns(self, path: str, method: str) -> bool:
        # A catch-all (a single-page application's) matches every path, and is not meant for this one.
        template = self._match({"type": "http", "method": method, "path": path, "root_path": "", "headers": []})
        return template is not None and template.startswith("/debug")

    def _without_route(self, scope: Dict[str, Any], path: str, root_path: str) -> Optional[str]:
        endpoint = scope.get("endpoint")
        if endpoint is None:
            if "router" in scope:
                # The router has seen our scope and found nothing, except perhaps one of the files of app.frontend().
                return _REST if "frontend_path" in (scope.get("fastapi") or ()) else None
            # A middleware has answered itself, or has passed on a copy of the scope.
            return self._match_again(scope, path, root_path)
        route = self._route_of(endpoint, scope)
        if route is None or _refuses(route, scope):
            return None
        if _is_mount(route):
            return self._of_mount(route, scope, path, root_path)
        if scope.get("root_path", "") == root_path:
            return route.path
        return self._prefix(scope, path, root_path) + route.path

    def _of_mount(self, mount: Any, scope: Dict[str, Any], path: str, root_path: str) -> Optional[str]:
        # An application without routes, such as a folder of files; one with routes has not found any.
        return None if mount.app is None or _inner(mount) else self._prefix(scope, path, root_path) + _REST

    def _match_again(self, scope: Dict[str, Any], path: str, root_path: str) -> Optional[str]:
        return self._match({**scope, "path": path, "root_path": root_path})

    def _route_of(self, endpoint: Any, scope: Dict[str, Any]) -> Optional[Any]:
        routes = self._by_endpoint.get(id(endpoint))
        if routes is None:
            now = time.monotonic()
            if now - self._indexed < _SECONDS_BETWEEN_INDEXES:
                return None
            self._by_endpoint, self._indexed = _by_endpoint(self._app), now
            routes = self._by_endpoint.get(id(endpoint))
        if routes is None:
            return None
        if len(routes) == 1:
            return routes[0]
        # One function for several routes. The scope is as the router that chose among them saw it.
        return next((route for route in routes if _matches(route, scope)[0]), None)

    def _prefix(self, scope: Dict[str, Any], path: str, root_path: str) -> str:
        """Template of the mounts that have been passed."""
        reached = scope.get("root_path", "")
        base = getattr(self._app, "root_path", "") or root_path
        if not reached.startswith(base):
            # An application further in has a root path of its own.
            template = self._match_again(scope, path, root_path)
            return "" if template is None else "/" + template.lstrip("/").split("/", 1)[0]
        passed = reached[len(base) :]
        prefix = self._prefixes.get(passed)
        if prefix is None:
            prefix = _mounts(self._app, passed)
            if len(self._prefixes) < _MOST_PREFIXES:
                self._prefixes[passed] = prefix
        return prefix

    def _match(self, scope: Dict[str, Any]) -> Optional[str]:
        """Asks the routes themselves, one after the other, as their router does."""
        # FastAPI notes in its part of the scope what it is looking at.
        scope = {name: value for name, value in scope.items() if name != "fastapi"}
        routes, prefix, left = _flat(_routes(self._app)), "", _MOST_ROUTES
        for _ in range(_DEEPEST):
            for route in routes[:left]:
                full, child = _matches(route, scope)
                if full:
                    break
            else:
                return None
            left -= len(routes)
            if not _is_mount(route):
                return prefix + route.path
            prefix += getattr(route, "path", "")
            routes = _flat(_inner(route))
            if not routes:
                return prefix + _REST
            scope = {**scope, **child}
        return None


def has_routes(app: Any) -> bool:
    return isinstance(getattr(app, "routes", None), list)


def _routes(app: Any) -> List[Any]:
    routes = getattr(app, "routes", None)
    return routes if isinstance(routes, list) else []


def _flat(routes: List[Any], depth: int = 0) -> List[Any]:
    """With included routers, which newer FastAPIs keep as one route, replaced by what they contain, prefixes and all."""
    if not any(hasattr(route, "effective_candidates") for route in routes):
        return routes
    flat: List[Any] = []
    for route in routes:
        if not hasattr(route, "effective_candidates"):
            flat.append(route)
        elif depth < _DEEPEST and len(flat) < _MOST_ROUTES:
            candidates = [getattr(candidate, "starlette_route", None) or candidate for candidate in route.effective_candidates()]
            flat.extend(_flat(candidates, depth + 1))
    return flat


def _is_mount(route: Any) -> bool:
    """A mount or a host: something with an application behind it."""
    return getattr(route, "endpoint", None) is None


def _inner(route: Any) -> List[Any]:
    return _routes(route)


def _refuses(route: Any, scope: Dict[str, Any]) -> bool:
    methods = getattr(route, "methods", None)
    return bool(methods) and scope.get("type") == "http" and scope.get("method") not in methods


def _matches(route: Any, scope: Dict[str, Any]) -> Any:
    try:
        match, child = route.matches(scope)
        return match.value == 2, child
    except Exception:
        # A converter of the application's: it has raised for the router as well.
        return False, {}


def _by_endpoint(app: Any) -> Dict[int, List[Any]]:
    found: Dict[int, List[Any]] = {}
    left = _MOST_ROUTES
    level = _flat(_routes(app))
    for _ in range(_DEEPEST):
        below: List[Any] = []
        for route in level[:left]:
            endpoint = getattr(route, "endpoint", None)
            if endpoint is None:
                endpoint = getattr(route, "app", None)
                below.extend(_inner(route))
            found.setdefault(id(endpoint), []).append(route)
        left -= len(level)
        if left <= 0 or not below:
            break
        level = _flat(below)
    return found


def _mounts(app: Any, passed: str) -> str:
    """The templates of the mounts that match `passed`, one after the other."""
    routes, prefix = _routes(app), ""
    for _ in range(_DEEPEST):
        if not passed:
            break
        routes = [inner for route in _flat(routes) for inner in (_flat(_inner(route)) if hasattr(route, "host_regex") else [route])]
        for route in routes[:_MOST_ROUTES]:
            regex = getattr(route, "path_regex", None)
            if regex is None or not _is_mount(route):
                continue
            match = regex.match(passed + "/")
            if match is not None:
                break
        else:
            return prefix + _REST
        prefix += route.path
        passed = match.group("path").rstrip("/")
        passed = "/" + passed if passed else ""
        routes = _inner(route)
    return prefix
