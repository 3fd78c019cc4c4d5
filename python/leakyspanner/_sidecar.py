"""Starting the sidecar and telling it of this process: in a short-lived thread, once per process."""

import fcntl
import os
import sys
import threading
import time
from typing import Iterator, List

from . import _http, _pauses
from ._folder import Identity, folder_of, leave
from ._monitor import Monitor, inform, warn
from ._ring import Ring

# A .NET process on a busy machine has been seen to need two seconds.
START_SECONDS = 30.0
ANSWER_SECONDS = 30.0
_LOCK_SECONDS = 40.0
_POLL_SECONDS = 0.05
_LARGEST_ERROR_FILE = 65536

_PR_SET_PTRACER = 0x59616D61


class CannotStart(Exception):
    """Why there is no sidecar, and what to do."""


class Activation:
    """Called by the monitor at the first use in a process, and again in a forked child."""

    def __init__(self, service: str, identity: Identity) -> None:
        self._service = service
        self._key = identity.key(service)
        self._root = identity.root

    def __call__(self, monitor: Monitor) -> None:
        options = monitor.options
        if options.tracemalloc:
            import tracemalloc

            if not tracemalloc.is_tracing():
                tracemalloc.start(options.tracemalloc)
        folder = folder_of(self._key)
        monitor.socket = ""
        try:
            monitor.ring = Ring(os.path.join(folder, f"worker-{os.getpid()}.ring"))
        except OSError:
            leave(folder)
            raise
        if options.level != "basic":
            _pauses.watch(monitor)
        threading.Thread(target=self._meet, args=(monitor, folder), name="leakyspanner-start", daemon=True).start()

    def _meet(self, monitor: Monitor, folder: str) -> None:
        ring = monitor.ring
        if ring is None:
            return
        try:
            try:
                answer = self._register(monitor, folder, ring)
            except (CannotStart, OSError):
                if os.path.exists(ring.path):
                    raise
                # A sidecar that was just ending has swept the folder, us included.
                folder = folder_of(self._key)
                monitor.ring = ring = Ring(ring.path)
                answer = self._register(monitor, folder, ring)
            monitor.socket = os.path.join(folder, "sidecar.sock")
            _allow_reading(int(answer.get("sidecar_pid") or 0))
            self._sample(monitor, folder, answer)
            warnings = [str(warning) for warning in answer.get("warnings") or ()]
            if warnings:
                warn("; ".join(warnings))
            places = [str(place) for place in (answer.get("log_file"), answer.get("metrics")) if place]
            inform(f"watches this process (pid {os.getpid()}): {', '.join(places) or 'no log, no metrics'}")
        except CannotStart as reason:
            monitor.give_up(str(reason))
            leave(folder)
        except Exception as error:
            monitor.give_up(f"cannot start: {error or type(error).__name__}")
            leave(folder)

    def _sample(self, monitor: Monitor, folder: str, answer: "dict[str, object]") -> None:
        """Starts the sampling agent where it is wanted, and tells the sidecar where its file is, or why there is none."""
        if not monitor.options.sample_kb:
            return
        import json

        from . import _agent

        library = answer.get("agent")
        place, trouble = _agent.start(monitor, folder, library if isinstance(library, str) else None)
        body = json.dumps({"pid": os.getpid(), "folder": place, "trouble": trouble}).encode()
        try:
            _http.exchange(monitor.socket, _http.request("POST", "/v1/agent", [("Host", "localhost")], body))
        except _http.NoAnswer:
            # It has ended meanwhile; the next one is told anew.
            pass

    def _register(self, monitor: Monitor, folder: str, ring: Ring) -> "dict[str, object]":
        import json

        path = os.path.join(folder, "sidecar.sock")
        tracing = _is_tracing()
        from . import __version__

        body = json.dumps({"pid": os.getpid(), "ring": ring.path, "shim": __version__, "tracing": tracing}).encode()
        data = _http.request("POST", "/v1/workers", [("Host", "localhost")], body)
        with _StartLock(monitor, os.path.join(folder, "start.lock")):
            try:
                answer = _http.exchange(path, data)
            except _http.NoAnswer:
                self._start(monitor, folder)
                answer = _first_answer(path, data, os.path.join(folder, "sidecar.err"))
        if answer.status != 200:
            raise CannotStart(f"the sidecar refuses this process: {_first_line(answer.body)}")
        try:
            words = json.loads(answer.body)
        except ValueError:
            words = None
        if not isinstance(words, dict):
            raise CannotStart("the sidecar's answer makes no sense; do the package and the executable belong together?")
        return words

    def _start(self, monitor: Monitor, folder: str) -> None:
        import subprocess

        options = monitor.options
        executable = find_executable(options.executable)
        command = [
            executable, "sidecar", "--detach", "--folder", folder, f"--service={self._service}", "--root-pid", str(self._root),
            "--log-path", options.log_path, "--level", options.level, "--interval", _decimal(options.interval_seconds),
            "--leak-threshold", _decimal(options.leak_threshold_mb), "--log-format", options.log_format,
            "--log-max-mb", _decimal(options.log_max_mb), "--metrics-host", options.metrics_host, "--metrics-port", str(options.metrics_port),
        ]  # fmt: skip
        environment = dict(os.environ)
        # Command lines can be read by everybody.
        environment.pop("LEAKYSPANNER_API_KEY", None)
        if options.api_key:
            environment["LEAKYSPANNER_API_KEY"] = options.api_key
        errors = _error_file(os.path.join(folder, "sidecar.err"))
        try:
            try:
                process = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=errors,
                    env=environment,
                    close_fds=True,
                    start_new_session=True,
                )
            except OSError as error:
                raise CannotStart(f"cannot start {executable}: {error.strerror or error}") from None
        finally:
            os.close(errors)
        try:
            code = process.wait(START_SECONDS)
        except subprocess.TimeoutExpired:
            # It was to end at once. We wait for it in the end, so that it does not stay behind as a zombie.
            process.kill()
            process.wait()
            raise CannotStart(f"{executable} has not started within {START_SECONDS:g} s") from None
        if code != 0:
            raise CannotStart(f"{executable} ended with code {code}: {_last_line(os.path.join(folder, 'sidecar.err'))}")


class _StartLock:
    """One worker starts the sidecar, the others wait for it; but not for ever for one that hangs."""

    def __init__(self, monitor: Monitor, path: str) -> None:
        self._monitor = monitor
        self._path = path

    def __enter__(self) -> None:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        # A child forked now holds the lock as well; it closes this at once.
        self._monitor.lock_descriptor = descriptor
        deadline = time.monotonic() + _LOCK_SECONDS
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except OSError:
                if time.monotonic() > deadline:
                    return
                time.sleep(_POLL_SECONDS)

    def __exit__(self, *problem: object) -> None:
        descriptor, self._monitor.lock_descriptor = self._monitor.lock_descriptor, -1
        if descriptor >= 0:
            # For the children of forks too, which hold the same lock.
            fcntl.flock(descriptor, fcntl.LOCK_UN)
            os.close(descriptor)


def find_executable(option: "str | None") -> str:
    """The option, then where pip puts scripts, beside the interpreter, PATH, and every scheme that this Python knows."""
    if option is not None:
        if _is_executable(option):
            return option
        raise CannotStart(f"{option} {'is not executable' if os.path.exists(option) else 'does not exist'} (option executable)")
    for folder in _script_folders():
        candidate = os.path.join(folder, "leakyspanner")
        if _is_executable(candidate):
            return candidate
    raise CannotStart("no executable `leakyspanner` beside this package, this Python or on PATH; install the wheel, or set LEAKYSPANNER_EXECUTABLE")


def _script_folders() -> Iterator[str]:
    packages = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    # pip puts it into bin beside lib/python3.x/site-packages, whatever the scheme; with --target, into bin beside the package.
    yield os.path.normpath(os.path.join(packages, "..", "..", "..", "bin"))
    yield os.path.join(packages, "bin")
    if sys.executable:
        yield os.path.dirname(sys.executable)
    yield from (folder for folder in os.environ.get("PATH", "").split(os.pathsep) if os.path.isabs(folder))
    # Last, because it costs a few hundred kilobytes.
    import sysconfig

    for scheme in sysconfig.get_scheme_names():
        folder = sysconfig.get_path("scripts", scheme)
        if folder:
            yield folder


def _is_executable(path: str) -> bool:
    return os.path.isfile(path) and os.access(path, os.X_OK)


def _first_answer(path: str, data: bytes, errors: str) -> _http.Answer:
    deadline = time.monotonic() + ANSWER_SECONDS
    while True:
        try:
            return _http.exchange(path, data)
        except _http.NoAnswer as problem:
            if time.monotonic() > deadline:
                raise CannotStart(f"{problem}: {_last_line(errors)}") from None
        time.sleep(_POLL_SECONDS)


def _allow_reading(sidecar: int) -> None:
    """Yama's scope 1 lets only parents read a process; the process may name one more (prctl(2), PR_SET_PTRACER)."""
    try:
        with open("/proc/sys/kernel/yama/ptrace_scope", "rb") as file:
            restricted = file.read(8).strip() == b"1"
    except OSError:
        return
    if restricted and sidecar > 0:
        import ctypes

        ctypes.CDLL(None).prctl(ctypes.c_int(_PR_SET_PTRACER), ctypes.c_ulong(sidecar), 0, 0, 0)


def _is_tracing() -> bool:
    try:
        # The module around it would cost memory only to ask.
        import _tracemalloc

        return bool(_tracemalloc.is_tracing())
    except ImportError:
        return False


def _error_file(path: str) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    if os.fstat(descriptor).st_size > _LARGEST_ERROR_FILE:
        os.ftruncate(descriptor, 0)
    return descriptor


def _last_line(path: str) -> str:
    try:
        with open(path, "rb") as file:
            file.seek(max(os.fstat(file.fileno()).st_size - 4096, 0))
            lines: List[str] = file.read(4096).decode("utf-8", "replace").split("\n")
    except OSError:
        lines = []
    return next((_printable(line) for line in reversed(lines) if line.strip()), "it said nothing")


def _first_line(body: bytes) -> str:
    return _printable(body[:400].decode("utf-8", "replace")) or "it said nothing"


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text).strip()[:300]


def _decimal(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")
