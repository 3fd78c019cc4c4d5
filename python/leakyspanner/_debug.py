"""The debug endpoints: forwarded to the sidecar, which decides who may see what. Nothing is computed here."""

import os
import sys
import threading
from typing import TYPE_CHECKING, Any, Awaitable, Callable, Dict, Iterable, List, Optional, Tuple

from . import _http
from ._monitor import Monitor
from ._routes import AnyRoutes

if TYPE_CHECKING:
    import asyncio

# In every path that may be ours; looking for it is what a request of the application pays.
WORD = "/debug/memory"

_ROOT = "/api/debug/memory"
_SHORT = "/debug/memory"

# By what clients, browsers and proxies say, the sidecar decides who may.
_FORWARDED = (
    "host",
    "origin",
    "sec-fetch-site",
    "authorization",
    "x-api-key",
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-forwarded-server",
    "x-real-ip",
    "via",
    "x-client-ip",
    "true-client-ip",
    "cf-connecting-ip",
    "x-envoy-external-address",
)
_NOT_RELAYED = ("connection", "keep-alive", "transfer-encoding", "content-length", "server", "date", "x-leakyspanner-do")
_SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/")

Exchange = Callable[[bytes, bool], _http.Answer]


def path_of(path: str, root_path: str) -> Optional[str]:
    """Our path in a request's path, which some servers give with the path under which the application is mounted."""
    if root_path and path.startswith(root_path):
        path = path[len(root_path) :]
    if ".." in path.split("/") or "." in path.split("/"):
        # A server resolves them, and what they lead to at the sidecar's is not for clients.
        return None
    if path == _SHORT or path == _ROOT or path.startswith(_ROOT + "/"):
        return path
    return None


def is_ours(path: Optional[str], method: str, routes: AnyRoutes) -> bool:
    return path is not None and (path != _SHORT or not routes.owns(_SHORT, method))


def forwarded_request(method: str, path: str, query: str, headers: Iterable[Tuple[str, str]], client: str) -> bytes:
    path = "".join(c if c in _SAFE else "".join(f"%{b:02X}" for b in c.encode("utf-8", "replace")) for c in path)
    target = path + ("?" + "".join(c for c in query if "!" <= c <= "~") if query else "")
    kept = [(name, value) for name, value in headers if name.lower() in _FORWARDED and not set(value) & set("\r\n\0")]
    kept += [("X-LeakySpanner-Client", client if client.isprintable() else ""), ("X-LeakySpanner-Worker", str(os.getpid()))]
    return _http.request(method, target, kept)


def asks_to_collect(answer: _http.Answer) -> bool:
    return answer.header("x-leakyspanner-do") == "collect"


def collected_request() -> bytes:
    """Collects and trims, and says how it went. The interpreter stands still meanwhile."""
    from ._collect import collect

    return _http.request("POST", "/v1/collected", [("Host", "localhost")], collect())


def relayed_headers(answer: _http.Answer, method: str) -> List[Tuple[str, str]]:
    headers = [(name, value) for name, value in answer.headers if name.lower() not in _NOT_RELAYED]
    length = answer.header("content-length") if method == "HEAD" else str(len(answer.body))
    if length is not None and answer.status not in (204, 304):
        headers.append(("Content-Length", length))
    return headers


def refusal(monitor: Monitor, reason: str) -> _http.Answer:
    import json

    if monitor.off and monitor.reason:
        reason = monitor.reason
    elif monitor.ring is not None and not monitor.socket:
        reason = "the sidecar is starting; try again in a second"
    return _http.Answer(503, [("Content-Type", "application/json"), ("Cache-Control", "no-store")], json.dumps({"error": reason}).encode())


class AsgiForwarding:
    def __init__(self, monitor: Monitor, routes: AnyRoutes) -> None:
        self._monitor = monitor
        self._routes = routes

    def takes(self, scope: Dict[str, Any]) -> bool:
        path = path_of(scope.get("path", ""), scope.get("root_path", ""))
        return is_ours(path, scope.get("method", "GET"), self._routes)

    async def answer(self, scope: Dict[str, Any], receive: Any, send: Callable[[Dict[str, Any]], Awaitable[None]]) -> None:
        method = scope.get("method", "GET")
        try:
            answer = await self._ask(method, scope)
        except _http.NoAnswer as reason:
            answer = refusal(self._monitor, str(reason))
        except Exception as error:
            answer = refusal(self._monitor, f"internal error: {type(error).__name__}")
        if method == "HEAD":
            answer = answer._replace(body=b"")
        headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in relayed_headers(answer, method)]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    async def _ask(self, method: str, scope: Dict[str, Any]) -> _http.Answer:
        path = path_of(scope.get("path", ""), scope.get("root_path", "")) or _ROOT
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope.get("headers", ())]
        client = scope.get("client")
        data = forwarded_request(
            method, path, scope.get("query_string", b"").decode("latin-1"), headers, str(client[0]) if client else ""
        )
        socket_path = self._monitor.socket
        if not socket_path:
            raise _http.NoAnswer("the sidecar is not running")
        if not _in_asyncio():
            return await _in_trio(lambda: ask(socket_path, data, method))
        answer = _http.parse(await _exchange(socket_path, data), method == "HEAD")
        if asks_to_collect(answer):
            answer = _http.parse(await _exchange(socket_path, await _in_thread(collected_request)))
        return answer


def _in_asyncio() -> bool:
    # A server that runs on it has loaded it; a WSGI application without it is spared 1.7 MB.
    asyncio = sys.modules.get("asyncio")
    try:
        return asyncio is not None and asyncio.get_running_loop() is not None
    except RuntimeError:
        return False


def ask(socket_path: str, data: bytes, method: str) -> _http.Answer:
    """Blocks the calling thread."""
    answer = _http.exchange(socket_path, data, method == "HEAD")
    if asks_to_collect(answer):
        answer = _http.exchange(socket_path, collected_request())
    return answer


async def _exchange(path: str, data: bytes) -> bytes:
    """Blocks nobody. Its own timeout is the loop's, so that it works on every asyncio loop."""
    import asyncio

    try:
        return await asyncio.wait_for(_converse(path, data), _http.TIMEOUT_SECONDS)
    except asyncio.TimeoutError:
        raise _http.NoAnswer(f"the sidecar has not answered within {_http.TIMEOUT_SECONDS:g} s") from None
    except OSError as error:
        raise _http.NoAnswer(f"the sidecar cannot be reached ({error.strerror or error})") from None


async def _converse(path: str, data: bytes) -> bytes:
    import asyncio

    reader, writer = await asyncio.open_unix_connection(path)
    try:
        writer.write(data)
        received = bytearray()
        while True:
            piece = await reader.read(65536)
            if not piece:
                return bytes(received)
            received += piece
            if len(received) > _http.LARGEST_ANSWER:
                raise _http.NoAnswer("the sidecar's answer is too large")
    finally:
        writer.close()


async def _in_thread(work: Callable[[], bytes]) -> bytes:
    """In a thread of its own: the loop's executor may be full of the application's work, and would keep the thread."""
    import asyncio

    loop = asyncio.get_running_loop()
    done: "asyncio.Future[bytes]" = loop.create_future()

    def settle(result: Optional[bytes], error: Optional[BaseException]) -> None:
        if done.done():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result or b"")

    def run() -> None:
        result, problem = None, None
        try:
            result = work()
        except Exception as error:
            problem = error
        try:
            loop.call_soon_threadsafe(settle, result, problem)
        except RuntimeError:
            # The loop has ended meanwhile.
            pass

    threading.Thread(target=run, name="leakyspanner-collect", daemon=True).start()
    return await done


async def _in_trio(work: Callable[[], _http.Answer]) -> _http.Answer:
    trio = sys.modules.get("trio")
    if trio is None:
        raise _http.NoAnswer("the debug endpoints need asyncio or trio as the server's loop")
    return await trio.to_thread.run_sync(work)
