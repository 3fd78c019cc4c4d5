"""Finds out what kind of application it was given, and wraps it in the place where nothing else is disturbed."""

import inspect
import os
from typing import Any, Callable, Optional, Tuple

from . import _monitor
from ._asgi import AsgiWatch, AsgiWrapper
from ._folder import identity
from ._frameworks import DjangoRoutes, FlaskRoutes, announce_routes
from ._monitor import Monitor, warn
from ._options import Options
from ._routes import AnyRoutes, StarletteRoutes, has_routes
from ._sidecar import Activation
from ._wsgi import WsgiWatch

# An application may be wrapped in as many middlewares before we look for its routes.
_DEEPEST = 20


def install(app: Any, options: Options) -> Any:
    kind = _kind_of(app)
    if isinstance(app, (AsgiWatch, WsgiWatch)):
        return app
    return kind(app, _monitor_for(options, app))


def _monitor_for(options: Options, app: Any) -> Monitor:
    monitor = _monitor.current
    if monitor is None:
        service = options.service or _service_of(app)
        monitor = _monitor.current = Monitor(options, Activation(service, identity()))
    elif monitor.options != options and not monitor.contradicted:
        monitor.contradicted = True
        warn("is already set up in this process; the options of the first call hold")
    return monitor


def _service_of(app: Any) -> str:
    title = getattr(app, "title", None)
    if isinstance(title, str) and title.isprintable() and 0 < len(title) <= 100 and title != "FastAPI":
        return title
    try:
        folder = os.path.basename(os.getcwd())
    except OSError:
        folder = ""
    return folder if folder.isprintable() and 0 < len(folder) <= 100 else "service"


def _kind_of(app: Any) -> Callable[[Any, Monitor], Any]:
    if isinstance(app, (AsgiWatch, WsgiWatch)):
        return _wrap_asgi
    if isinstance(app, type):
        raise TypeError(f"leakyspanner: {app.__name__} is a class; give it the application, {app.__name__}()")
    if callable(getattr(app, "build_middleware_stack", None)) and hasattr(app, "middleware_stack"):
        return _starlette
    if callable(getattr(app, "wsgi_app", None)) and hasattr(app, "url_map"):
        return _flask
    if callable(getattr(app, "asgi_app", None)) and hasattr(app, "url_map"):
        return _quart
    if hasattr(app, "load_middleware") and hasattr(app, "get_response"):
        return _django
    if not callable(app):
        raise TypeError(f"leakyspanner: {app!r} is neither an ASGI nor a WSGI application: it cannot be called")
    if _is_asgi(app):
        return _wrap_asgi
    if not _is_coroutine_function(app) and _takes(app, 2):
        return _wrap_wsgi
    raise TypeError(
        f"leakyspanner: {app!r} is neither an ASGI application (called with scope, receive, send) nor a WSGI application (environ,"
        " start_response); give it the application itself, not a function that makes it"
    )


def _is_asgi(app: Any) -> bool:
    return _takes(app, 3) and (_is_coroutine_function(app) or not _takes(app, 2))


def _is_coroutine_function(app: Any) -> bool:
    while hasattr(app, "func") and hasattr(app, "keywords"):
        # functools.partial
        app = app.func
    return inspect.iscoroutinefunction(app) or inspect.iscoroutinefunction(getattr(app, "__call__", None))


def _takes(app: Any, count: int) -> bool:
    try:
        inspect.signature(app).bind(*range(count))
    except TypeError:
        return False
    except ValueError:
        # Written in C, and without a signature.
        return count == 2
    return True


def _starlette(app: Any, monitor: Monitor) -> Any:
    if isinstance(app.__dict__.get("build_middleware_stack"), _StackBuilder):
        return app
    monitor.wrappers += 1
    builder = _StackBuilder(app, monitor)
    app.build_middleware_stack = builder
    if app.middleware_stack is not None:
        # Already serving, or asked once: requests in progress end as they began.
        app.middleware_stack = builder.splice(app.middleware_stack)
    if monitor.options.include_in_schema and callable(getattr(app, "openapi", None)):
        from ._openapi import describe

        describe(app)
    return app


class _StackBuilder:
    """Stands in for `build_middleware_stack`, which Starlette calls at the first request, once all middleware has been added.

    The stack keeps its outermost layer, Starlette's own that turns exceptions into responses: tracers look for it there, take it apart,
    and give up where they find something else. We come directly below, around everything of the application's.
    """

    def __init__(self, app: Any, monitor: Monitor) -> None:
        self._build = app.build_middleware_stack
        self._monitor = monitor
        self._routes = StarletteRoutes(app)

    def __call__(self) -> Any:
        return self.splice(self._build())

    def splice(self, stack: Any) -> Any:
        if type(stack).__name__ == "ServerErrorMiddleware" and hasattr(stack, "app"):
            if not isinstance(stack.app, AsgiWatch):
                stack.app = AsgiWatch(stack.app, self._monitor, self._routes)
            return stack
        return stack if isinstance(stack, AsgiWatch) else AsgiWrapper(stack, self._monitor, self._routes)


def _flask(app: Any, monitor: Monitor) -> Any:
    if not isinstance(app.wsgi_app, WsgiWatch):
        monitor.wrappers += 1
        app.wsgi_app = WsgiWatch(app.wsgi_app, monitor, FlaskRoutes(app))
    return app


def _quart(app: Any, monitor: Monitor) -> Any:
    if not isinstance(app.asgi_app, AsgiWatch):
        monitor.wrappers += 1
        app.asgi_app = AsgiWrapper(app.asgi_app, monitor, AnyRoutes())
    return app


def _django(app: Any, monitor: Monitor) -> Any:
    monitor.wrappers += 1
    announce_routes(app)
    if _is_asgi(app):
        return AsgiWrapper(app, monitor, DjangoRoutes(), announces=True)
    return WsgiWatch(app, monitor, DjangoRoutes())


def _wrap_asgi(app: Any, monitor: Monitor) -> Any:
    monitor.wrappers += 1
    inner = _within(app)
    return AsgiWrapper(app, monitor, AnyRoutes() if inner is None else StarletteRoutes(inner))


def _wrap_wsgi(app: Any, monitor: Monitor) -> Any:
    monitor.wrappers += 1
    return WsgiWatch(app, monitor, AnyRoutes())


def _within(app: Any) -> Optional[Any]:
    """The routes behind middlewares that were put around an application by hand."""
    names: Tuple[str, ...] = ("app", "application", "_app")
    for _ in range(_DEEPEST):
        if has_routes(app):
            return app
        inner = next((value for value in (getattr(app, name, None) for name in names) if callable(value)), None)
        if inner is None:
            return None
        app = inner
    return None
