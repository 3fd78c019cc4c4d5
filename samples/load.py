"""Drives a service on this machine with a bounded number of HTTP requests, and prints how it answered.

    python3 samples/load.py http://127.0.0.1:8000 "GET /query/{n}" --rate 100 --duration 30
    python3 samples/load.py http://127.0.0.1:8000 --sample samples/shop-api/sample.json

A request is `METHOD /path [body]`. Placeholders in path and body:
    {n}       the number of the request          {n:50}    the same, modulo 50
    {rand:9}  a random number below 9            {text:9}  nine letters (the first 64 at random)

Only loopback addresses are accepted. Needs nothing but the standard library.
"""

import argparse
import asyncio
import ipaddress
import json
import random
import re
import signal
import socket
import string
import sys
import time
from urllib.parse import urlsplit

MAX_SECONDS = 900
MAX_REQUESTS = 2_000_000
MAX_CONNECTIONS = 256

PLACEHOLDER = re.compile(r"\{(n|rand|text)(?::(\d+))?\}")


def loopback_address(url):
    """The (address, port) of a loopback URL; anything else ends the program."""
    parts = urlsplit(url)
    if parts.scheme != "http" or not parts.hostname or not parts.port:
        sys.exit(f"load.py: {url!r} is not of the form http://127.0.0.1:PORT")
    for *_, address in socket.getaddrinfo(parts.hostname, parts.port, type=socket.SOCK_STREAM):
        if ipaddress.ip_address(address[0]).is_loopback:
            return address[0], parts.port
    sys.exit(f"load.py: {parts.hostname} is not a loopback address; this driver never leaves the machine")


class RequestSpec:
    """`METHOD /path [body]` with placeholders, rendered to the bytes of one request."""

    def __init__(self, text):
        method, _, rest = text.partition(" ")
        self.method, (self.path, _, self.body) = method.upper(), rest.partition(" ")
        if not self.method.isalpha() or not self.path.startswith("/"):
            sys.exit(f"load.py: {text!r} is not of the form 'METHOD /path [body]'")

    def render(self, number, host):
        def fill(match):
            kind, bound = match[1], int(match[2] or 0)
            if kind == "n":
                return str(number % bound if bound else number)
            if kind == "rand":
                return str(random.randrange(max(1, bound)))
            return "".join(random.choices(string.ascii_lowercase, k=min(bound, 64))).ljust(bound, "x")

        path, body = PLACEHOLDER.sub(fill, self.path), PLACEHOLDER.sub(fill, self.body).encode()
        head = f"{self.method} {path} HTTP/1.1\r\nHost: {host}\r\nX-User: user-{number % 40}\r\n"
        if body:
            head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        return head.encode() + b"\r\n" + body


async def read_response(reader):
    """Reads one response to its end and returns its status."""
    status, length, chunked = None, 0, False
    while (line := await reader.readline()) not in (b"\r\n", b""):
        if status is None:
            status = int(line.split(b" ", 2)[1])
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
        elif name.lower() == b"transfer-encoding":
            chunked = b"chunked" in value.lower()
    if status is None:
        raise ConnectionError("connection closed before an answer")
    if not chunked:
        await reader.readexactly(length)
        return status
    while size := int(await reader.readline(), 16):
        await reader.readexactly(size + 2)
    await reader.readline()
    return status


class Driver:
    """Sends requests over keep-alive connections, at a rate or as fast as answers come."""

    def __init__(self, address, specs, options):
        self.address, self.specs, self.options = address, specs, options
        self.host = f"{address[0]}:{address[1]}"
        self.sent, self.failed, self.latencies = 0, 0, []
        self.due, self.stopped = 0.0, asyncio.Event()
        self.started = time.monotonic()

    def next_slot(self):
        """The number of the next request and when it is due, or None once a limit is reached."""
        elapsed, options = time.monotonic() - self.started, self.options
        if self.stopped.is_set() or self.sent >= options.count or elapsed >= options.duration:
            return None
        number, self.sent, due = self.sent, self.sent + 1, self.due
        if options.rate:
            share = min(1.0, elapsed / options.duration)
            rate = options.rate + ((options.ramp or options.rate) - options.rate) * share
            if self.sent % options.burst == 0:
                self.due += options.burst / rate
        return number, self.started + due

    async def work(self):
        reader = writer = None
        while (slot := self.next_slot()) is not None:
            number, due = slot
            if (wait := due - time.monotonic()) > 0:
                try:
                    await asyncio.wait_for(self.stopped.wait(), min(wait, self.options.duration))
                    return
                except asyncio.TimeoutError:
                    pass
            began = time.monotonic()
            try:
                if writer is None:
                    reader, writer = await asyncio.open_connection(*self.address)
                writer.write(self.specs[number % len(self.specs)].render(number, self.host))
                await writer.drain()
                status = await asyncio.wait_for(read_response(reader), 30)
                if status >= 500:
                    self.failed += 1
            except (OSError, ValueError, IndexError, asyncio.IncompleteReadError, asyncio.TimeoutError):
                self.failed += 1
                if writer is not None:
                    writer.close()
                reader = writer = None
                await asyncio.sleep(0.05)
                continue
            self.latencies.append(time.monotonic() - began)
            if len(self.latencies) == self.options.announce:
                print(f"answered {self.options.announce}", flush=True)
        if writer is not None:
            writer.close()

    async def run(self):
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.stopped.set)
        self.started = time.monotonic()
        await asyncio.gather(*(self.work() for _ in range(self.options.connections)))
        seconds = max(1e-9, time.monotonic() - self.started)
        ranked = sorted(self.latencies) or [0.0]
        p50, p99 = (ranked[min(len(ranked) - 1, int(len(ranked) * share))] * 1000 for share in (0.50, 0.99))
        print(f"requests {len(self.latencies)}  failed {self.failed}  rps {len(self.latencies) / seconds:.1f}  "
              f"p50 {p50:.1f} ms  p99 {p99:.1f} ms", flush=True)
        return 0 if self.latencies else 1


def bounded(kind, low, high):
    def parse(text):
        value = kind(text)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"must lie between {low} and {high}")
        return value
    return parse


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", help="http://127.0.0.1:PORT")
    parser.add_argument("requests", nargs="*", metavar="REQUEST", help="'METHOD /path [body]', taken in turn")
    parser.add_argument("--sample", metavar="FILE", help="take requests and rate from a sample's sample.json")
    parser.add_argument("--rate", type=bounded(float, 0, 100_000), help="requests per second; 0 is full speed (default)")
    parser.add_argument("--ramp", type=bounded(float, 0, 100_000), help="rate at the end, reached linearly")
    parser.add_argument("--burst", type=bounded(int, 1, 10_000), help="send so many at once, then wait (default 1)")
    parser.add_argument("--connections", type=bounded(int, 1, MAX_CONNECTIONS), help="keep-alive connections (default 8)")
    parser.add_argument("--duration", type=bounded(float, 0.1, MAX_SECONDS), default=10, help="seconds (default 10)")
    parser.add_argument("--count", type=bounded(int, 1, MAX_REQUESTS), default=MAX_REQUESTS, help="at most so many requests")
    parser.add_argument("--announce", type=int, default=0, metavar="N", help="print `answered N` once N were answered")
    options = parser.parse_args()

    load = {}
    if options.sample:
        with open(options.sample, encoding="utf-8") as file:
            load = json.load(file)["load"]
    for name, default in (("rate", 0), ("ramp", 0), ("burst", 1), ("connections", 8)):
        if getattr(options, name) is None:
            setattr(options, name, load.get(name, default))
    texts = options.requests or load.get("requests", [])
    if not texts:
        parser.error("give at least one REQUEST or --sample")
    address = loopback_address(options.url)

    async def drive():
        return await Driver(address, [RequestSpec(text) for text in texts], options).run()

    sys.exit(asyncio.run(drive()))


if __name__ == "__main__":
    main()
