"""As much HTTP/1.1 as two processes of one machine need: one request, one answer, then the connection ends."""

import socket
import time
from typing import List, NamedTuple, Optional, Tuple

Headers = List[Tuple[str, str]]

TIMEOUT_SECONDS = 10.0
LARGEST_ANSWER = 32 * 1024 * 1024


class NoAnswer(Exception):
    """Nobody answered, or nothing that makes sense."""


class Answer(NamedTuple):
    status: int
    headers: Headers
    body: bytes

    def header(self, name: str) -> Optional[str]:
        return next((value for key, value in self.headers if key.lower() == name), None)


def request(method: str, target: str, headers: Headers, body: Optional[bytes] = None) -> bytes:
    lines = [f"{method} {target} HTTP/1.1"]
    if not any(name.lower() == "host" for name, _ in headers):
        lines.append("Host: ")
    lines += [f"{name}: {value}" for name, value in headers]
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    elif method == "POST":
        lines.append("Content-Length: 0")
    lines += ["Connection: close", "", ""]
    return "\r\n".join(lines).encode("latin-1", "replace") + (body or b"")


def parse(data: bytes, without_body: bool = False) -> Answer:
    """The whole of what came until the connection ended."""
    head, separator, rest = data.partition(b"\r\n\r\n")
    try:
        lines = head.decode("latin-1").split("\r\n")
        version, status = lines[0].split(" ", 2)[:2]
        if not separator or not version.startswith("HTTP/1."):
            raise ValueError
        answer = Answer(int(status), [_header(line) for line in lines[1:]], rest)
        if 100 <= answer.status < 200:
            return parse(rest, without_body)
        if without_body:
            return answer._replace(body=b"")
        if (answer.header("transfer-encoding") or "").lower() == "chunked":
            return answer._replace(body=_join_chunks(rest))
        length = answer.header("content-length")
        if length is not None:
            if len(rest) < int(length):
                raise ValueError
            answer = answer._replace(body=rest[: int(length)])
        return answer
    except (ValueError, IndexError, RecursionError):
        raise NoAnswer("the sidecar's answer is not whole") from None


def exchange(path: str, data: bytes, without_body: bool = False, timeout: float = TIMEOUT_SECONDS) -> Answer:
    """Blocks the calling thread."""
    deadline = time.monotonic() + timeout
    received = bytearray()
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(timeout)
            connection.connect(path)
            connection.sendall(data)
            while True:
                connection.settimeout(max(deadline - time.monotonic(), 0.001))
                piece = connection.recv(65536)
                if not piece:
                    break
                received += piece
                if len(received) > LARGEST_ANSWER:
                    raise NoAnswer("the sidecar's answer is too large")
    except socket.timeout:
        raise NoAnswer(f"the sidecar has not answered within {timeout:g} s") from None
    except OSError as error:
        raise NoAnswer(f"the sidecar cannot be reached ({error.strerror or error})") from None
    return parse(bytes(received), without_body)


def _header(line: str) -> Tuple[str, str]:
    name, separator, value = line.partition(":")
    if not separator:
        raise ValueError
    return name.strip(), value.strip()


def _join_chunks(data: bytes) -> bytes:
    body, at = bytearray(), 0
    while True:
        end = data.index(b"\r\n", at)
        size = int(data[at:end].split(b";", 1)[0], 16)
        if size == 0:
            return bytes(body)
        at = end + 2
        if size < 0 or at + size + 2 > len(data):
            raise ValueError
        body += data[at : at + size]
        at += size + 2
