"""The wrapper around an ASGI application. Everything here that runs per request is counted in microseconds."""

from contextvars import ContextVar
from time import monotonic_ns
from typing import Any, Awaitable, Callable, Dict, Optional, Tuple

from ._debug import WORD, AsgiForwarding
from ._monitor import MOMENT_NANOSECONDS, Monitor
from ._ring import DISCONNECTED, IN_PROGRESS, KIND_HTTP, KIND_ROUTE, KIND_WEBSOCKET, NOT_MEASURED, RAISED, STREAMED, UNMATCHED, Ring
from ._routes import METHODS, AnyRoutes

Scope = Dict[str, Any]
Message = Dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_CLEAN_CLOSES = (1000, 1001, 1005)

# Set only where several applications of one process are wrapped: one may be mounted in another.
_inside: "ContextVar[bool]" = ContextVar("leakyspanner_inside", default=False)

# The request in progress, for frameworks that do not leave their route in the scope.
flight_now: "ContextVar[Any]" = ContextVar("leakyspanner_flight", default=None)


class AsgiWatch:
    """Passes scope, messages and exceptions on as they are, and writes one record per request.

    Stands within an application's own middleware. Its attributes are looked up without `__getattr__`, which would make each of them slower.
    """

    __slots__ = ("app", "_monitor", "_routes", "_forwarding", "_announces", "__weakref__")

    def __init__(self, app: Any, monitor: Monitor, routes: AnyRoutes, announces: bool = False) -> None:
        self.app = app
        self._monitor = monitor
        self._routes = routes
        self._forwarding: Optional[AsgiForwarding] = AsgiForwarding(monitor, routes) if monitor.options.debug_endpoints else None
        self._announces = announces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # All in one function, and in locals. What is used once per request has left the processor's caches by the next one, so that every
        # call, object and attribute costs several times what it does in a loop.
        monitor = self._monitor
        ring = monitor.ring
        app = self.app
        try:
            path = scope.get("path", "")
            if ring is not None and scope["type"] == "http" and monitor.wrappers == 1 and WORD not in path and not self._announces:
                flight: Optional[_Flight] = _Exchange()
            else:
                app, flight = self._look_closer(scope)
                ring = monitor.ring
            if flight is not None:
                flight.next_receive = receive
                flight.next_send = send
                root_path = scope.get("root_path", "")
                flights = monitor.flights
                alongside = len(flights)
                monitor.started = number = monitor.take_number()
                flights.add(number)
                variable = monitor.request
                if variable is not None:
                    flight.outer = variable.get(0)
                    variable.set(number)
                    flight.begun = (self, ring, scope, path, root_path, number)
                try:
                    ring.words[IN_PROGRESS] = alongside + 1  # type: ignore[union-attr]
                    started = monotonic_ns()
                    memory = monitor.reading if started - monitor.read_at < MOMENT_NANOSECONDS else monitor.memory_at(started)
                except BaseException:
                    flights.discard(number)
                    raise
        except Exception as error:
            monitor.fail(error)
            app, flight = self.app, None
        if flight is None:
            await app(scope, receive, send)
            return
        try:
            await app(scope, flight.receive, flight.send)
        except BaseException as error:
            self._end(flight, scope, ring, number, alongside, started, memory, path, root_path, error)
            raise
        self._end(flight, scope, ring, number, alongside, started, memory, path, root_path, None)

    def _look_closer(self, scope: Scope) -> "Tuple[Any, Optional[_Flight]]":
        """Who answers what is not simply a request of the only application that is watched, and what is to be recorded of it."""
        monitor = self._monitor
        ring = monitor.ring or monitor.wake()
        kind = scope["type"]
        if kind == "http":
            if self._forwarding is not None and WORD in scope.get("path", "") and self._forwarding.takes(scope):
                return self._forwarding.answer, None
            flight: _Flight = _Exchange()
        elif kind == "websocket":
            flight = _Conversation()
        else:
            return self.app, None
        if ring is None:
            return self.app, None
        if monitor.wrappers > 1:
            if _inside.get():
                return self.app, None
            flight.token = _inside.set(True)
        if self._announces:
            flight_now.set(flight)
        return self.app, flight

    def _end(
        self,
        flight: "_Flight",
        scope: Scope,
        ring: Any,
        number: int,
        alongside: int,
        started: int,
        memory: bytes,
        path: str,
        root_path: str,
        error: Optional[BaseException],
    ) -> None:
        monitor = self._monitor
        try:
            ended = monotonic_ns()
            flights = monitor.flights
            flights.discard(number)
            if flight.outer is not None:
                monitor.request.set(flight.outer)  # type: ignore[union-attr]
            if flight.token is not None:
                try:
                    _inside.reset(flight.token)
                except ValueError:
                    # The server ends a request in another context than it began.
                    pass
            if ring is not monitor.ring:
                return
            ring.words[IN_PROGRESS] = len(flights)
            try:
                method = scope.get("method")
                if flight.kind != KIND_HTTP:
                    method = "WS"
                elif method not in METHODS:
                    method = "OTHER"
                endpoint = self._routes.index(ring, method, scope, path, root_path) if flight.route is None else flight.route(ring, method)
            except Exception:
                # Routes are the application's objects, and so is what stands in the scope: anything may.
                endpoint = UNMATCHED
            duration = ended - started
            ring.write(
                started,
                duration,
                flight.size,
                NOT_MEASURED if duration < monitor.short and monitor.read_at != started else monitor.delta_at(memory, ended),
                endpoint,
                alongside + monitor.started - number,
                flight.status if error is None else flight.failed(error),
                flight.kind,
                flight.flags,
                number,
            )
        except Exception as problem:
            monitor.fail(problem)


class AsgiWrapper(AsgiWatch):
    """Stands for the application: whoever looks for something of it (its state, its router) finds it."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        if name in AsgiWatch.__slots__:
            raise AttributeError(name)
        return getattr(self.app, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in AsgiWatch.__slots__:
            object.__setattr__(self, name, value)
        else:
            setattr(self.app, name, value)


class _Flight:
    """A request in progress. Its `receive` and `send` are what the application gets."""

    kind = KIND_HTTP

    # What servers send where an application has raised.
    raised = 500

    # What most requests do not change costs them nothing here.
    status = size = flags = 0
    complete = False
    token: Any = None
    # Where somebody asks which requests allocate: what it takes to tell the route of one that goes on for long.
    begun: "Optional[Tuple[AsgiWatch, Any, Scope, str, str, int]]" = None
    # The request within which this one is served, 0 for none; None where nobody asks.
    outer: Optional[int] = None
    route: Any = None

    next_receive: Receive
    next_send: Send

    def announce(self) -> None:
        """Tells the route before the end, so that what a long request allocates is not nobody's until then. Once."""
        if self.begun is None:
            return
        watch, ring, scope, path, root_path, number = self.begun
        self.begun = None
        if ring is not watch._monitor.ring:
            return
        method = scope.get("method")
        if self.kind != KIND_HTTP:
            method = "WS"
        elif method not in METHODS:
            method = "OTHER"
        endpoint = watch._routes.index(ring, method, scope, path, root_path) if self.route is None else self.route(ring, method)
        if endpoint != UNMATCHED:
            ring.write(monotonic_ns(), 0, 0, NOT_MEASURED, endpoint, 0, self.kind, KIND_ROUTE, 0, number)

    def failed(self, error: BaseException) -> int:
        if not isinstance(error, Exception):
            # Cancelled: the server gives up a request whose client has gone, or ends.
            if not self.complete:
                self.flags |= DISCONNECTED
            return self.status
        self.flags |= RAISED
        return self.status or self.raised


class _Exchange(_Flight):
    async def receive(self) -> Message:
        message = await self.next_receive()
        try:
            if message["type"] == "http.disconnect" and not self.complete:
                self.flags |= DISCONNECTED
        except Exception:
            pass
        return message

    def send(self, message: Message) -> Awaitable[None]:
        # No coroutine of our own: the application awaits what the server gave.
        try:
            kind = message["type"]
            if kind == "http.response.body":
                body = message.get("body")
                if body:
                    if self.size:
                        self.flags |= STREAMED
                        self.announce()
                    self.size += len(body)
                if not message.get("more_body"):
                    self.complete = True
            elif kind == "http.response.start":
                self.status = message["status"]
            elif kind == "http.response.pathsend":
                self.complete = True
            elif kind == "http.response.zerocopysend":
                self.size += message.get("count") or 0
                self.complete = not message.get("more_body")
        except Exception:
            # A message that makes no sense: the server will say so.
            pass
        return self.next_send(message)


class _Conversation(_Flight):
    """A WebSocket, from the handshake to the close."""

    kind = KIND_WEBSOCKET
    raised = 1011

    async def receive(self) -> Message:
        message = await self.next_receive()
        try:
            if message["type"] == "websocket.disconnect" and not self.complete:
                self.complete = True
                self.status = code = message.get("code") or 1005
                if code not in _CLEAN_CLOSES:
                    self.flags |= DISCONNECTED
        except Exception:
            pass
        return message

    def send(self, message: Message) -> Awaitable[None]:
        try:
            kind = message["type"]
            if kind == "websocket.send":
                content = message.get("bytes") or message.get("text")
                if content:
                    self.size += len(content)
            elif kind == "websocket.accept":
                self.announce()
            elif kind == "websocket.close":
                if not self.complete:
                    self.complete = True
                    self.status = message.get("code") or 1000
            elif kind == "websocket.http.response.start":
                self.complete = True
                self.status = message["status"]
            elif kind == "websocket.http.response.body":
                self.size += len(message.get("body") or b"")
        except Exception:
            pass
        return self.next_send(message)
