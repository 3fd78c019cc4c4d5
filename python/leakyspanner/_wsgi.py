"""The wrapper around a WSGI application: what `_asgi.py` is for ASGI, for servers with a thread per request."""

from time import monotonic_ns
from typing import Any, Callable, Dict, Iterable, Iterator, List, Optional, Tuple

from . import _debug, _http
from ._asgi import flight_now
from ._monitor import Monitor
from ._ring import DISCONNECTED, IN_PROGRESS, KIND_HTTP, RAISED, STREAMED, UNMATCHED, Ring
from ._routes import METHODS, AnyRoutes

Environ = Dict[str, Any]


class WsgiWatch:
    """Passes environ, status, headers, body and exceptions on as they are, and writes one record per request."""

    def __init__(self, app: Any, monitor: Monitor, routes: AnyRoutes) -> None:
        self.app = app
        self._monitor = monitor
        self._routes = routes

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            if self._monitor.options.debug_endpoints and _debug.WORD in environ.get("PATH_INFO", "") and self._is_ours(environ):
                return self._forward(environ, start_response)
            flight = self._begin(environ, start_response)
        except Exception as error:
            self._monitor.fail(error)
            flight = None
        if flight is None:
            return self.app(environ, start_response)
        try:
            body = self.app(environ, flight.start_response)
        except BaseException as error:
            flight.end(error)
            raise
        return flight.follow(body)

    def __getattr__(self, name: str) -> Any:
        if name in ("app", "_monitor", "_routes"):
            raise AttributeError(name)
        return getattr(self.app, name)

    def _begin(self, environ: Environ, start_response: Callable[..., Any]) -> "Optional[_WsgiFlight]":
        ring = self._monitor.ring or self._monitor.wake()
        if ring is None:
            return None
        if self._monitor.wrappers > 1:
            outer = flight_now.get()
            # One wrapped application in another: its environ is the outer one's.
            if isinstance(outer, _WsgiFlight) and outer.environ is environ and not outer.ended:
                return None
        flight = _WsgiFlight(self._monitor, ring, self._routes, environ, start_response)
        flight_now.set(flight)
        return flight

    def _is_ours(self, environ: Environ) -> bool:
        return _debug.is_ours(_debug.path_of(environ.get("PATH_INFO", ""), ""), environ.get("REQUEST_METHOD", "GET"), self._routes)

    def _forward(self, environ: Environ, start_response: Callable[..., Any]) -> List[bytes]:
        monitor = self._monitor
        method = environ.get("REQUEST_METHOD", "GET")
        try:
            if monitor.ring is None:
                monitor.wake()
            if not monitor.socket:
                raise _http.NoAnswer("the sidecar is not running")
            headers = [(key[5:].replace("_", "-"), str(value)) for key, value in environ.items() if key.startswith("HTTP_")]
            path = _debug.path_of(environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace"), "") or ""
            client = str(environ.get("REMOTE_ADDR") or "")
            data = _debug.forwarded_request(method, path, environ.get("QUERY_STRING", ""), headers, client)
            answer = _debug.ask(monitor.socket, data, method)
        except _http.NoAnswer as reason:
            answer = _debug.refusal(monitor, str(reason))
        except Exception as error:
            answer = _debug.refusal(monitor, f"internal error: {type(error).__name__}")
        import http

        try:
            phrase = http.HTTPStatus(answer.status).phrase
        except ValueError:
            phrase = "Unknown"
        start_response(f"{answer.status} {phrase}", _debug.relayed_headers(answer, method))
        return [] if method == "HEAD" else [answer.body]


class _WsgiFlight:
    """A request in progress."""

    def __init__(self, monitor: Monitor, ring: Ring, routes: AnyRoutes, environ: Environ, start_response: Callable[..., Any]) -> None:
        self.environ = environ
        self.route: Optional[Callable[[Ring, str], int]] = None
        self.ended = False
        self.size = self.pieces = 0
        self._monitor = monitor
        self._ring = ring
        self._routes = routes
        self._next_start_response = start_response
        self._status = 0
        self._flags = 0
        self._index: Optional[int] = None
        flights = monitor.flights
        self._alongside = len(flights)
        monitor.started = self._number = monitor.take_number()
        flights.add(self._number)
        if monitor.request is not None:
            monitor.request.set(self._number)
        try:
            ring.words[IN_PROGRESS] = len(flights)
            self._started = now = monotonic_ns()
            self._memory = monitor.memory_at(now)
        except BaseException:
            flights.discard(self._number)
            raise

    def start_response(self, status: str, headers: List[Tuple[str, str]], *error: Any) -> Callable[[bytes], Any]:
        try:
            self._status = int(status[:3])
            # Frameworks forget the request, and its route with it, before we see the end of it.
            if self._index is None:
                self._index = self._endpoint()
        except (ValueError, TypeError):
            # No status: the server will say so.
            pass
        except Exception as problem:
            self._monitor.fail(problem)
        return self._next_start_response(status, headers, *error)

    def follow(self, body: Any) -> Any:
        """The same body, wrapped only where the request goes on while the server iterates it."""
        try:
            wrapper = self.environ.get("wsgi.file_wrapper")
            if isinstance(body, (list, tuple)):
                self.pieces, self.size = len(body), sum(map(_size, body))
            elif not _is_servers_file(body, wrapper):
                return _SizedBody(self, body) if hasattr(body, "__len__") else _Body(self, body)
            # A server hands what its own wrapper holds to the kernel, if it recognises it.
        except Exception as problem:
            self._monitor.fail(problem)
        self.end(None)
        return body

    def end(self, error: Optional[BaseException], early: bool = False) -> None:
        if self.ended:
            return
        self.ended = True
        monitor = self._monitor
        try:
            ended = monotonic_ns()
            monitor.flights.discard(self._number)
            if monitor.request is not None and monitor.request.get(0) == self._number:
                monitor.request.set(0)
            if flight_now.get() is self:
                flight_now.set(None)
            if self._ring is not monitor.ring:
                return
            self._ring.words[IN_PROGRESS] = len(monitor.flights)
            flags = STREAMED if self.pieces > 1 else 0
            if early:
                flags |= DISCONNECTED
            if error is not None:
                flags |= RAISED
            self._ring.write(
                self._started,
                ended - self._started,
                self.size,
                monitor.delta_of_request(self._memory, self._started, ended),
                self._endpoint() if self._index is None else self._index,
                max(self._alongside + monitor.started - self._number, 0),
                self._status or (500 if error is not None else 0),
                KIND_HTTP,
                flags,
                self._number,
            )
        except Exception as problem:
            monitor.fail(problem)

    def _endpoint(self) -> int:
        method = self.environ.get("REQUEST_METHOD", "")
        method = method if method in METHODS else "OTHER"
        try:
            if self.route is not None:
                return self.route(self._ring, method)
            return self._routes.index(self._ring, method, self.environ, self.environ.get("PATH_INFO", ""), "")
        except Exception:
            # Routes and what stands in the environ are the application's.
            return UNMATCHED


def _size(piece: Any) -> int:
    """Of what should be bytes; where it is not, the server will say so."""
    try:
        return len(piece)
    except TypeError:
        return 0


def _is_servers_file(body: Any, wrapper: Any) -> bool:
    # uWSGI's wrapper is a function that returns the file itself.
    return isinstance(body, wrapper) if isinstance(wrapper, type) else wrapper is not None and hasattr(body, "read")


class _Body:
    """The application's body; the request ends where the server closes it."""

    def __init__(self, flight: _WsgiFlight, body: Any) -> None:
        self._flight = flight
        self._body = body
        self._iterator: Optional[Iterator[bytes]] = None
        self._exhausted = False

    def __iter__(self) -> "_Body":
        return self

    def __next__(self) -> bytes:
        flight = self._flight
        try:
            if self._iterator is None:
                self._iterator = iter(self._body)
            piece = next(self._iterator)
        except StopIteration:
            self._exhausted = True
            if not hasattr(self._body, "close"):
                flight.end(None)
            raise
        except BaseException as error:
            flight.end(error)
            raise
        if piece:
            flight.pieces += 1
            flight.size += _size(piece)
        return piece

    def close(self) -> None:
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                close()
        except BaseException as error:
            self._flight.end(error)
            raise
        self._flight.end(None, early=not self._exhausted and self._iterator is not None)

    def __del__(self) -> None:
        # A server that does not close: the request is over all the same.
        try:
            self._flight.end(None)
        except Exception:
            pass


class _SizedBody(_Body):
    """Servers know from the length of a body with one piece how long the response is."""

    def __len__(self) -> int:
        return len(self._body)
