"""What the tests share: an application driven by hand, a sidecar that is none, and a reader of rings."""

import asyncio
import json
import os
import shutil
import socket
import struct
import sys
import tempfile
import threading
import unittest
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple
from unittest import mock

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from leakyspanner import _monitor, _options, _ring  # noqa: E402
from leakyspanner._monitor import Monitor  # noqa: E402

BOUND_SECONDS = 30


class Record(NamedTuple):
    number: int
    started: int
    duration: int
    size: int
    delta: int
    endpoint: int
    overlapped: int
    status: int
    kind: int
    flags: int
    request: int
    number_again: int


def names(ring: _ring.Ring) -> List[str]:
    """As a reader finds them in the file."""
    with open(ring.path, "rb") as file:
        data = file.read()
    used = struct.unpack_from("<Q", data, _ring.HEADER_NAMES_USED)[0]
    at, found = _ring.NAMES_OFFSET, []
    while at < _ring.NAMES_OFFSET + used:
        length = struct.unpack_from("<H", data, at)[0]
        found.append(data[at + 2 : at + 2 + length].decode())
        at += 2 + length
    return found


def records(ring: _ring.Ring) -> List[Record]:
    """As a reader finds them in the file, oldest first."""
    with open(ring.path, "rb") as file:
        data = file.read()
    found = [Record(*_ring.RECORD.unpack_from(data, _ring.HEADER_SIZE + slot * _ring.RECORD_SIZE)) for slot in range(_ring.RECORDS)]
    return sorted(record for record in found if record.number)


def options(**changes: Any) -> _options.Options:
    read = _options.read(arguments(**changes), {})
    assert read is not None
    return read


def arguments(**changes: Any) -> Dict[str, Any]:
    values: Dict[str, Any] = {
        "enabled": True,
        "log_path": "./leakyspanner_logs",
        "level": "basic",
        "interval_seconds": 5.0,
        "leak_threshold_mb": 50.0,
        "service": None,
        "log_format": "text",
        "log_max_mb": 100,
        "metrics_host": "127.0.0.1",
        "metrics_port": 8001,
        "api_key": None,
        "debug_endpoints": True,
        "tracemalloc": None,
        "sample_kb": None,
        "include_in_schema": False,
        "executable": None,
    }
    assert not set(changes) - set(values)
    return {**values, **changes}


class Case(unittest.TestCase):
    """Every test has a monitor of its own, which makes its ring in a folder of its own and starts nothing."""

    def setUp(self) -> None:
        self.folder = tempfile.mkdtemp(prefix="ls")
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.addCleanup(setattr, _monitor, "current", _monitor.current)
        _monitor.current = None
        # So that the memory of every request is measured, however fast the tests go.
        short = mock.patch.object(_monitor, "_SHORT_NANOSECONDS", 0)
        short.start()
        self.addCleanup(short.stop)

    def monitor(self, **changes: Any) -> Monitor:
        count = len(os.listdir(self.folder))

        def activate(monitor: Monitor) -> None:
            monitor.ring = _ring.Ring(os.path.join(self.folder, f"worker-{os.getpid()}-{count}.ring"))

        _monitor.current = Monitor(options(**changes), activate)
        return _monitor.current

    def ring(self) -> _ring.Ring:
        assert _monitor.current is not None and _monitor.current.ring is not None
        return _monitor.current.ring

    def records(self) -> List[Record]:
        return records(self.ring())

    def named(self) -> List[Tuple[str, int]]:
        """Name and status of every record, collections aside."""
        known = names(self.ring())
        return [(known[record.endpoint], record.status) for record in self.records() if record.kind != _ring.KIND_COLLECTION]


def scope(path: str = "/", method: str = "GET", **more: Any) -> Dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"localhost")],
        "client": ("127.0.0.1", 12345),
        "server": ("127.0.0.1", 80),
        **more,
    }


async def call(app: Any, given: Dict[str, Any], incoming: Optional[List[Dict[str, Any]]] = None) -> List[Dict[str, Any]]:
    """What the application sends. It receives `incoming`, then waits for ever."""
    waiting = list([{"type": "http.request", "body": b"", "more_body": False}] if incoming is None else incoming)
    sent: List[Dict[str, Any]] = []

    async def receive() -> Dict[str, Any]:
        if waiting:
            return waiting.pop(0)
        await asyncio.get_running_loop().create_future()
        raise AssertionError

    async def send(message: Dict[str, Any]) -> None:
        sent.append(message)

    await app(given, receive, send)
    return sent


def run(awaitable: Any) -> Any:
    async def bounded() -> Any:
        return await asyncio.wait_for(awaitable, BOUND_SECONDS)

    return asyncio.run(bounded())


def get(app: Any, path: str, method: str = "GET", **more: Any) -> List[Dict[str, Any]]:
    return run(call(app, scope(path, method, **more)))


def status_of(sent: List[Dict[str, Any]]) -> int:
    return sent[0]["status"]


def body_of(sent: List[Dict[str, Any]]) -> bytes:
    return b"".join(message.get("body", b"") for message in sent)


class FakeSidecar:
    """Answers HTTP on a Unix socket, in a thread, and keeps what it was asked."""

    def __init__(self, path: str, answer: Callable[[bytes], bytes]) -> None:
        self.asked: List[bytes] = []
        self._answer = answer
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.bind(path)
        self._socket.listen(16)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self) -> "FakeSidecar":
        return self

    def __exit__(self, *problem: object) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(BOUND_SECONDS)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(BOUND_SECONDS)
                try:
                    asked = read_request(connection)
                    self.asked.append(asked)
                    connection.sendall(self._answer(asked))
                except OSError:
                    pass


def read_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(4096)
        if not piece:
            return data
        data += piece
    head, _, rest = data.partition(b"\r\n\r\n")
    length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    while len(rest) < length:
        rest += connection.recv(4096)
    return head + b"\r\n\r\n" + rest


def http(status: int, body: bytes, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def as_json(status: int, value: Any, *headers: str) -> bytes:
    return http(status, json.dumps(value).encode(), "Content-Type: application/json", *headers)
