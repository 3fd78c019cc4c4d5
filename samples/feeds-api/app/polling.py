"""Polls one feed in a thread of its own."""

import json
import threading
import time
import xml.etree.ElementTree as ElementTree

_TEMPLATE = "<rss><channel>" + "".join(f"<item><title>Entry {n}</title><guid>{n}</guid></item>" for n in range(40)) + "</channel></rss>"


def fetch(url: str) -> str:
    """Stands in for an HTTP request."""
    return _TEMPLATE.replace("Entry", url.rsplit("/", 1)[-1])


class FeedPoller:
    def __init__(self, url: str, every_seconds: int) -> None:
        self.url = url
        self.every_seconds = every_seconds
        self.stop = threading.Event()
        self.entries: list[dict] = []
        self.polled_at = 0.0

    def start(self) -> None:
        threading.Thread(target=self.run, name=f"poll {self.url}", daemon=True).start()

    def run(self) -> None:
        while not self.stop.is_set():
            document = ElementTree.fromstring(fetch(self.url))
            self.entries = [{child.tag: child.text for child in item} for item in document.iter("item")]
            self.polled_at = time.time()
            json.dumps(self.entries)
            self.stop.wait(self.every_seconds)
