"""The wrapper around an ASGI application. Everything here that runs per request is counted in microseconds."""

from contextvars import ContextVar
from time import monotonic_ns
from typing import Any, Awaitable, Callable, Dict, Optional

from ._debug import WORD, AsgiForwarding
from ._monitor import Monitor
from ._ring import DISCONNECTED, IN_PROGRESS, KIND_HTTP, KIND_WEBSOCKET, RAISED, STREAMED, UNMATCHED, Ring
from ._routes import AnyRoutes, method_of

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
    """Passes scope, messages and exceptions on as they are, and writes one record per request."""

    __slots__ = ("app", "_monitor", "_routes", "_forwarding", "_announces", "__weakref__")

    def __init__(self, app: Any, monitor: Monitor, routes: AnyRoutes, announces: bool = False) -> None:
        self.app = app
        self._monitor = monitor
        self._routes = routes
        self._forwarding: Optional[AsgiForwarding] = AsgiForwarding(monitor, routes) if monitor.options.debug_endpoints else None
        self._announces = announces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            flight = self._begin(scope, receive, send)
        except Exception as error:
            self._monitor.fail(error)
            flight = None
        if flight is None:
            await self.app(scope, receive, send)
            return
        if flight is _DEBUG:
            await self._forwarding.answer(scope, receive, send)  # type: ignore[union-attr]
            return
        try:
            await self.app(scope, flight.receive, flight.send)
        except BaseException as error:
            self._end(flight, scope, error)
            raise
        self._end(flight, scope, None)

    def __getattr__(self, name: str) -> Any:
        # Whoever looks for something of the application (its state, its router) finds it.
        if name in AsgiWatch.__slots__:
            raise AttributeError(name)
        return getattr(self.app, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in AsgiWatch.__slots__:
            object.__setattr__(self, name, value)
        else:
            setattr(self.app, name, value)

    def _begin(self, scope: Scope, receive: Receive, send: Send) -> Any:
        monitor = self._monitor
        ring = monitor.ring
        if ring is None:
            ring = monitor.wake()
        kind = scope["type"]
        if kind == "http":
            if self._forwarding is not None and WORD in scope.get("path", "") and self._forwarding.takes(scope):
                return _DEBUG
            if ring is None:
                return None
            flight: _Flight = _Exchange()
        elif kind == "websocket" and ring is not None:
            flight = _Conversation()
        else:
            return None
        if monitor.wrappers > 1:
            if _inside.get():
                return None
            flight.token = _inside.set(True)
        if self._announces:
            flight_now.set(flight)
        flight.ring = ring
        flight.next_receive = receive
        flight.next_send = send
        flight.path = scope.get("path", "")
        flight.root_path = scope.get("root_path", "")
        flights = monitor.flights
        flight.alongside = len(flights)
        flight.number = number = monitor.started = monitor.started + 1
        flight.key = key = id(flight)
        flights.add(key)
        try:
            ring.words[IN_PROGRESS] = len(flights)
            flight.started = now = monotonic_ns()
            flight.memory = monitor.memory_at(now)
        except BaseException:
            flights.discard(key)
            raise
        return flight

    def _end(self, flight: "_Flight", scope: Scope, error: Optional[BaseException]) -> None:
        monitor = self._monitor
        try:
            ended = monotonic_ns()
            monitor.flights.discard(flight.key)
            if flight.token is not None:
                try:
                    _inside.reset(flight.token)
                except ValueError:
                    # The server ends a request in another context than it began.
                    pass
            ring = flight.ring
            if ring is not monitor.ring:
                return
            ring.words[IN_PROGRESS] = len(monitor.flights)
            ring.write(
                flight.started,
                ended - flight.started,
                flight.size,
                monitor.delta_of_request(flight.memory, flight.started, ended),
                self._endpoint(flight, scope, ring),
                flight.alongside + monitor.started - flight.number,
                flight.outcome(error),
                flight.kind,
                flight.flags,
            )
        except Exception as problem:
            monitor.fail(problem)

    def _endpoint(self, flight: "_Flight", scope: Scope, ring: Ring) -> int:
        method = method_of(scope) if flight.kind == KIND_HTTP else "WS"
        try:
            if flight.route is not None:
                return flight.route(ring, method)
            return self._routes.index(ring, method, scope, flight.path, flight.root_path)
        except Exception:
            # Routes are the application's objects, and so is what stands in the scope: anything may.
            return UNMATCHED


_DEBUG = object()


class _Flight:
    """A request in progress. Its `receive` and `send` are what the application gets."""

    kind = KIND_HTTP

    # What servers send where an application has raised.
    raised = 500

    # What most requests do not change costs them nothing here.
    status = size = pieces = flags = 0
    complete = False
    token: Any = None
    route: Any = None

    ring: Ring
    next_receive: Receive
    next_send: Send
    path: str
    root_path: str
    alongside: int
    number: int
    key: int
    memory: bytes
    started: int

    def outcome(self, error: Optional[BaseException]) -> int:
        return self.status if error is None else self._failed(error)

    def _failed(self, error: BaseException) -> int:
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
                    self.size += len(body)
                    self.pieces += 1
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

    def outcome(self, error: Optional[BaseException]) -> int:
        if self.pieces > 1:
            self.flags |= STREAMED
        return self.status if error is None else self._failed(error)


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
                    self.pieces += 1
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
