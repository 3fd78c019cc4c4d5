"""The file in which this process writes its requests down, shared with every observer.

docs/sidecar.md describes it; `RequestRingLayout.cs` says the same, and a test compares the two. All numbers are little-endian.
"""

import errno
import itertools
import mmap
import os
import struct
import threading
import time
from typing import Dict, List

MAGIC = b"LEAKYSP1"
VERSION = 1
HEADER_SIZE = 4096
RECORD_SIZE = 64
RECORDS = 8192
NAMES_OFFSET = HEADER_SIZE + RECORDS * RECORD_SIZE
NAMES_SIZE = 65536
FILE_SIZE = NAMES_OFFSET + NAMES_SIZE

# Offsets in the header.
HEADER_MAGIC = 0
HEADER_VERSION = 8
HEADER_HEADER_SIZE = 12
HEADER_RECORD_SIZE = 16
HEADER_RECORD_COUNT = 20
HEADER_NAMES_OFFSET = 24
HEADER_NAMES_SIZE = 28
HEADER_PID = 32
HEADER_CREATED_NANOSECONDS = 40
HEADER_NAMES_USED = 48
HEADER_IN_PROGRESS = 56

# Where in Ring.words requests in progress are counted.
IN_PROGRESS = HEADER_IN_PROGRESS // 8

NOT_MEASURED = -(2**63)

KIND_HTTP = 0
KIND_WEBSOCKET = 1
KIND_FUNCTION = 2
KIND_COLLECTION = 3
# A request that goes on says which route it took; the status is its kind.
KIND_ROUTE = 4

STREAMED = 1
RAISED = 2
DISCONNECTED = 4

# Of a request's number, as much as a record has room for.
REQUEST_MASK = 2**32 - 1

UNMATCHED = 0
OTHER = 1

# sequence, started ns, duration ns, response bytes, RSS delta, endpoint, overlapped, status, kind, flags, request's number, sequence.
RECORD = struct.Struct("<QQQQqIIHBBIQ")

# Mappings that must not be closed, see Ring.let_go.
_kept: List[mmap.mmap] = []
# A name is appended in microseconds.
_NAMING_SECONDS = 0.25

# A route template longer than this is cut: the table is for many names.
LONGEST_NAME = 512


class Ring:
    """One writer process, any number of its threads; nobody is ever waited for.

    The file is reserved as a whole first, so that a full disk is an OSError here and not a SIGBUS at some request.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._memory = _create(path)
        self._descriptor = _descriptor_of(path)
        # Under the GIL, next() of this is one step: each number is taken once.
        self._next = itertools.count(1).__next__
        self._pack = RECORD.pack_into
        # The file as 64-bit numbers. Writing one is a single store.
        self.words = memoryview(self._memory).cast("Q")
        self._naming = threading.Lock()
        self._names: Dict[str, int] = {}
        self._names_used = 0
        # Endpoints by method, then by template: two look-ups, no allocation.
        self.endpoints: Dict[str, Dict[str, int]] = {}
        header = struct.pack(
            "<IIIIIIIIQQQ", VERSION, HEADER_SIZE, RECORD_SIZE, RECORDS, NAMES_OFFSET, NAMES_SIZE, os.getpid(), 0, time.monotonic_ns(), 0, 0
        )
        self._memory[HEADER_VERSION : HEADER_VERSION + len(header)] = header
        self.name("(unmatched)")
        self.name("(other)")
        # Last, so that a reader sees either no ring or a whole one.
        self._memory[HEADER_MAGIC : HEADER_MAGIC + len(MAGIC)] = MAGIC

    def write(
        self,
        started: int,
        duration: int,
        size: int,
        delta: int,
        endpoint: int,
        overlapped: int,
        status: int,
        kind: int,
        flags: int,
        request: int = 0,
    ) -> None:
        request &= REQUEST_MASK
        number = self._next()
        offset = HEADER_SIZE + (number - 1) % RECORDS * RECORD_SIZE
        try:
            self._pack(self._memory, offset, number, started, duration, size, delta, endpoint, overlapped, status, kind, flags, request, number)
        except (struct.error, TypeError):
            # An application may send what is no status. The number is taken, so the record has to be written.
            self._pack(
                self._memory, offset, number, started, max(duration, 0), _within(size, 2**63), delta, endpoint,
                _within(overlapped, 2**32), _within(status, 2**16), kind, flags, request, number,
            )  # fmt: skip

    def let_go(self) -> None:
        """Before the last reference goes.

        The mapping has a descriptor of its own, and closes that number when it goes. Where the application has closed all descriptors
        meanwhile, as daemons do, the number may be the application's, and the mapping stays.
        """
        if _descriptor_of(self.path) != self._descriptor:
            _kept.append(self._memory)

    def endpoint(self, method: str, template: str) -> int:
        """Index of the name `METHOD template`, appended where it is new."""
        index = self.name(f"{method} {template}")
        self.endpoints.setdefault(method, {})[template] = index
        return index

    def name(self, text: str) -> int:
        """Index of a name, appended where it is new; OTHER where there is no more room. The table never shrinks."""
        index = self._names.get(text)
        if index is not None:
            return index
        data = text.encode("utf-8", "replace")
        if len(data) > LONGEST_NAME:
            data = data[:LONGEST_NAME].decode("utf-8", "ignore").encode()
        entry = struct.pack("<H", len(data)) + data
        if not self._naming.acquire(timeout=_NAMING_SECONDS):
            # Held by this very thread: a signal handler or a finalizer has interrupted it here, and calls a tracked function.
            return OTHER
        try:
            index = self._names.get(text)
            if index is not None:
                return index
            used = self._names_used
            if used + len(entry) > NAMES_SIZE:
                return OTHER
            self._memory[NAMES_OFFSET + used : NAMES_OFFSET + used + len(entry)] = entry
            self._names_used = used + len(entry)
            # After the name itself: a reader trusts what lies below this.
            self.words[HEADER_NAMES_USED // 8] = self._names_used
            index = len(self._names)
            self._names[text] = index
            return index
        finally:
            self._naming.release()


def _descriptor_of(path: str) -> int:
    """The number under which a file is open here, -1 for none."""
    try:
        for name in os.listdir("/proc/self/fd"):
            try:
                if os.readlink(f"/proc/self/fd/{name}") in (path, path + " (deleted)"):
                    return int(name)
            except OSError:
                pass
    except OSError:
        pass
    return -1


def _within(value: object, limit: int) -> int:
    return value if isinstance(value, int) and 0 <= value < limit else 0


def _create(path: str) -> mmap.mmap:
    try:
        # Left behind by a process that had our number.
        os.unlink(path)
    except FileNotFoundError:
        pass
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        try:
            os.posix_fallocate(fd, 0, FILE_SIZE)
        except OSError as error:
            if error.errno not in (errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS):
                raise
            block = bytes(4096)
            for _ in range(0, FILE_SIZE, len(block)):
                if os.write(fd, block) != len(block):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path) from None
        return mmap.mmap(fd, FILE_SIZE)
    except BaseException:
        os.unlink(path)
        raise
    finally:
        os.close(fd)
