"""Events wait here until there are enough of them for one write."""

import gzip
import json
import os
import tempfile
from threading import Lock


class BatchWriter:
    def __init__(self, batch_size: int) -> None:
        self.batch_size = batch_size
        self.written = 0
        self._pending: list[dict] = []
        self._lock = Lock()
        self._target = tempfile.TemporaryFile(prefix="events-")

    def add(self, event: dict) -> None:
        with self._lock:
            self._pending.append(event)
            if len(self._pending) < self.batch_size:
                return
            batch, self._pending = self._pending, []
        self._write(batch)

    def _write(self, batch: list[dict]) -> None:
        data = gzip.compress("\n".join(json.dumps(event) for event in batch).encode(), compresslevel=1)
        os.ftruncate(self._target.fileno(), 0)
        os.pwrite(self._target.fileno(), data, 0)
        self.written += len(batch)


writer = BatchWriter(batch_size=800)
