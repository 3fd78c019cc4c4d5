"""What this process knows of itself: its ring, its memory, its requests in progress. One per process."""

import itertools
import os
import sys
import threading
from contextvars import ContextVar
from typing import Callable, Optional, Set

from ._options import Options
from ._ring import NOT_MEASURED, Ring

_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096

_STATM_SPACES = 6

# Reading memory costs 1.3 us where nothing else happens, and 5 to 10 us between the requests of a busy service, whose caches the kernel takes.
# So such a service reads it twice in eight milliseconds, and after requests that take so long that a reading is next to nothing.
MOMENT_NANOSECONDS = 8_000_000
_SHORT_NANOSECONDS = 2_000_000
_LONG_AGO = -MOMENT_NANOSECONDS

# A daemon that closes all descriptors takes ours with it; more often than this nobody does.
_MOST_REOPENINGS = 4

# How long the first request of another thread waits for the ring, which takes about a millisecond, before it goes unrecorded.
_LONGEST_WAKING_SECONDS = 0.05

_NEW, _AWAKE, _OFF = range(3)


class Monitor:
    """Sleeps until the first request, lifespan start-up or tracked call in this process; again so after a fork.

    Nothing here may raise into the application. Whatever goes wrong ends in `give_up`: one warning, and silence.
    """

    def __init__(self, options: Options, activate: "Callable[[Monitor], None]") -> None:
        self.options = options
        # None until active, and again after giving up: who finds None leaves the request alone.
        self.ring: Optional[Ring] = None
        # Requests in progress. A set, because adding and removing are single steps under the GIL.
        self.flights: Set[int] = set()
        # The number of the request that was begun last. Under the GIL, taking one is a single step.
        self.started = 0
        self.take_number = itertools.count(1).__next__
        # Where the sampling agent runs: the context variable that tells it the number of the request in progress.
        self.request: "Optional[ContextVar[int]]" = None
        # More than one wrapped application can be inside one another; then only the outermost one records.
        self.wrappers = 0
        # Whether somebody has been told that a second call's options do not count.
        self.contradicted = False
        # What stood in the way, for whoever asks the debug endpoints.
        self.reason = ""
        self.socket = ""
        # A descriptor that a child of a fork has to close: a lock on it would outlive us.
        self.lock_descriptor = -1
        self._activate = activate
        self._state = _NEW
        # Whether there is nothing to wait for: the ring is made, or will never be.
        self._woken = False
        # Reentrant: a signal handler may call a tracked function while this thread wakes us.
        self._waking = threading.RLock()
        self._memory = -1
        self._reopened = 0
        # The last reading of memory between requests, and when it was.
        self.reading = b""
        self.read_at = _LONG_AGO
        self.short = _SHORT_NANOSECONDS
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forget)

    @property
    def off(self) -> bool:
        return self._state == _OFF

    def wake(self) -> Optional[Ring]:
        """The ring, made now if this is the first use in this process. None where it takes another thread too long, and after giving up."""
        if self._woken or not self._waking.acquire(timeout=_LONGEST_WAKING_SECONDS):
            return self.ring
        try:
            if self._state == _NEW:
                self._state = _AWAKE
                try:
                    self._memory = _open_memory()
                    self._activate(self)
                except Exception as error:
                    self.give_up(f"cannot start: {_words(error)}")
                finally:
                    self._woken = True
        finally:
            self._waking.release()
        return self.ring

    def give_up(self, reason: str) -> None:
        """Ends recording in this process, with one warning in the application's log."""
        if self._state == _OFF:
            return
        self._state = _OFF
        ring, self.ring = self.ring, None
        self.reason = reason
        if ring is not None:
            try:
                # The mapping goes when the last request that still holds the ring has ended.
                os.unlink(ring.path)
                ring.let_go()
            except OSError:
                pass
        warn(f"{reason}; this process (pid {os.getpid()}) is not watched, its requests are served as ever")

    def fail(self, error: BaseException) -> None:
        """Our own code raised, which is our mistake and must not be the application's."""
        if isinstance(error, (RecursionError, MemoryError)):
            # The application has used up the stack or the memory, and we were called at that moment: one record less.
            return
        try:
            place = error.__traceback__
            while place is not None and place.tb_next is not None:
                place = place.tb_next
            where = f" at {os.path.basename(place.tb_frame.f_code.co_filename)}:{place.tb_lineno}" if place else ""
            self.give_up(f"internal error{where}: {_words(error)}")
        except Exception:
            self._state, self.ring = _OFF, None

    def memory(self) -> bytes:
        """/proc/self/statm as it is now (1.3 us), b"" where it cannot be read; two of them make a difference."""
        try:
            return os.pread(self._memory, 64, 0)
        except OSError:
            return self._reopen_memory()

    def memory_at(self, now: int) -> bytes:
        """As `memory`, for a request that begins: the last reading between requests, where that was a moment ago."""
        if now - self.read_at < MOMENT_NANOSECONDS:
            return self.reading
        self.reading = reading = self.memory()
        self.read_at = now
        return reading

    def delta_of_request(self, before: bytes, started: int, ended: int) -> int:
        """As `delta`, and not measured for a short request that began with another one's reading."""
        if ended - started < self.short and self.read_at != started:
            return NOT_MEASURED
        return self.delta_at(before, ended)

    def delta_at(self, before: bytes, now: int) -> int:
        """As `delta`; the reading serves requests that begin a moment later."""
        self.reading, self.read_at = self.memory(), now
        return self._difference(before, self.reading)

    def delta(self, before: bytes) -> int:
        """Bytes of resident memory more than before."""
        return self._difference(before, self.memory())

    def _difference(self, before: bytes, after: bytes) -> int:
        if after == before and after.count(b" ") == _STATM_SPACES:
            return 0
        try:
            return (int(after.split(None, 2)[1]) - int(before.split(None, 2)[1])) * _PAGE
        except (IndexError, ValueError):
            # The descriptor was taken away from us, and the number is another file's by now.
            self.read_at = _LONG_AGO
            self._reopen_memory()
            return NOT_MEASURED

    def _reopen_memory(self) -> bytes:
        if self._state != _AWAKE or self._reopened >= _MOST_REOPENINGS:
            return b""
        self._reopened += 1
        try:
            # The old number may be the application's by now, so it is not closed.
            self._memory = _open_memory()
            return os.pread(self._memory, 64, 0)
        except OSError:
            return b""

    def _forget(self) -> None:
        """In the child of a fork: the ring is the parent's, and its statm would show the parent's memory."""
        try:
            ring, self.ring = self.ring, None
            if ring is not None:
                ring.let_go()
            self.socket = ""
            self.flights = set()
            self._waking = threading.RLock()
            _close(self._memory, "/statm")
            _close(self.lock_descriptor, "/start.lock")
            self._memory = self.lock_descriptor = -1
            self._reopened = 0
            self.read_at = _LONG_AGO
            if self._state == _AWAKE:
                self._state, self._woken = _NEW, False
        except Exception:
            self._state, self.ring = _OFF, None


def warn(message: str) -> None:
    """One line in the application's log. Nothing is said, and nothing raised, by an interpreter that is going down."""
    _log("warning", message)


def inform(message: str) -> None:
    _log("info", message)


def _log(level: str, message: str) -> None:
    if sys.is_finalizing():
        return
    try:
        import logging

        getattr(logging.getLogger("leakyspanner"), level)("LeakySpanner: %s", " ".join(message.split()))
    except Exception:
        pass


def _close(descriptor: int, name: str) -> None:
    try:
        # A daemon that closed all descriptors may use the number for something of its own.
        if descriptor >= 0 and os.readlink(f"/proc/self/fd/{descriptor}").endswith(name):
            os.close(descriptor)
    except OSError:
        pass


def _open_memory() -> int:
    return os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)


def _words(error: BaseException) -> str:
    text = str(error)
    return text if isinstance(error, OSError) and text else f"{type(error).__name__}: {text}" if text else type(error).__name__


current: Optional[Monitor] = None
