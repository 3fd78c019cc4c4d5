"""The folder of a service, where its workers and its sidecar meet."""

import fcntl
import os
import stat
import sys
import time
from typing import Iterable, List, NamedTuple, Optional

# A folder or ring that was touched within this time is left alone, whoever seems to be dead: somebody may be starting, or reading.
_SETTLED_SECONDS = 60.0

# Rings of a few workers. Some containers have 64 KB of shared memory.
_LEAST_SHARED_BYTES = 4 * 1024 * 1024

# The longest name of the socket that the kernel takes is 107 bytes.
_LONGEST_FOLDER = 80


class Identity(NamedTuple):
    """What the workers of a service have in common. A forked child keeps that of the process it came from."""

    root: int
    root_started: str
    directory: str
    arguments: str

    def key(self, service: str) -> str:
        words = (str(self.root), self.root_started, self.directory, self.arguments, service)
        # FNV-1a, 64 bits: hashlib may not be loaded, and would cost the application a megabyte.
        value = 0xCBF29CE484222325
        for byte in "\0".join(words).encode("utf-8", "surrogateescape"):
            value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
        return f"{value:016x}"


def identity() -> Identity:
    try:
        directory = os.getcwd()
    except OSError:
        directory = ""
    root = _root()
    return Identity(root, _started(root), directory, "\0".join(getattr(sys, "argv", [])))


def folder_of(key: str) -> str:
    """Made where it is missing: 0700 and ours, or an error."""
    problem: Optional[OSError] = None
    for base in _bases():
        try:
            parent = os.path.join(base, f"leakyspanner-{os.geteuid()}")
            if len(parent) > _LONGEST_FOLDER:
                raise OSError(f"{parent} is too long for a socket in it")
            _own(parent)
            sweep(parent, key)
            folder = os.path.join(parent, key)
            _own(folder)
            return folder
        except OSError as error:
            problem = problem or error
    raise problem or OSError("no folder for shared memory")


def in_files(key: str) -> str:
    """As `folder_of`, but never in shared memory."""
    parent = os.path.join(os.environ.get("TMPDIR") or "/tmp", f"leakyspanner-{os.geteuid()}")
    _own(parent)
    folder = os.path.join(parent, key)
    _own(folder)
    return folder


def sweep(parent: str, mine: str) -> None:
    """Removes what dead processes have left, as far as nobody can need it any more."""
    try:
        keys = os.listdir(parent)
    except OSError:
        return
    for key in keys[:1000]:
        folder = os.path.join(parent, key)
        try:
            names = os.listdir(folder)
            if key == mine:
                for name in names:
                    if _is_dead_ring(name) and _settled(os.path.join(folder, name)):
                        os.unlink(os.path.join(folder, name))
            elif _settled(folder) and all(_is_dead_ring(name) for name in names if name.endswith((".ring", ".agent"))) and not _is_served(folder):
                _remove(folder, names)
        except OSError:
            # Somebody else sweeps as well.
            pass


def leave(folder: str) -> None:
    """Removes the folder after a start that failed, unless others are there."""
    try:
        names = os.listdir(folder)
        if not any(name.endswith(".ring") or name == "sidecar.sock" for name in names) and not _is_served(folder):
            _remove(folder, names)
    except OSError:
        pass


def _remove(folder: str, names: List[str]) -> None:
    for name in names:
        os.unlink(os.path.join(folder, name))
    os.rmdir(folder)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True


def _bases() -> Iterable[str]:
    if os.access("/dev/shm", os.W_OK | os.X_OK) and _is_large("/dev/shm"):
        yield "/dev/shm"
    yield os.environ.get("TMPDIR") or "/tmp"


def _is_large(folder: str) -> bool:
    """By its size and not by what is free, so that all workers of a service come to the same answer."""
    try:
        found = os.statvfs(folder)
    except OSError:
        return False
    # No number of blocks: no limit.
    return found.f_blocks == 0 or found.f_blocks * found.f_frsize >= _LEAST_SHARED_BYTES


def _own(folder: str) -> None:
    try:
        os.mkdir(folder, 0o700)
    except FileExistsError:
        pass
    found = os.lstat(folder)
    # In a folder where everybody may write, somebody else may have been first.
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise OSError(f"{folder} is not a folder of ours alone (0700)")


def _is_dead_ring(name: str) -> bool:
    """A ring, or an agent's file (PID-TIME.agent), whose process has ended."""
    if name.endswith(".agent"):
        number = name.partition("-")[0]
    else:
        number = name[len("worker-") : -len(".ring")] if name.startswith("worker-") and name.endswith(".ring") else ""
    return number.isdigit() and not is_alive(int(number))


def _settled(path: str) -> bool:
    return time.time() - os.lstat(path).st_mtime > _SETTLED_SECONDS


def _is_served(folder: str) -> bool:
    """Whether a sidecar lives: it holds this lock as long as it does."""
    for name in ("sidecar.lock", "start.lock"):
        try:
            descriptor = os.open(os.path.join(folder, name), os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            os.close(descriptor)
    return False


def _root() -> int:
    """The parent where it runs the same interpreter: a supervisor of workers. This process otherwise."""
    parent = os.getppid()
    try:
        if parent > 1 and os.readlink(f"/proc/{parent}/exe") == os.readlink("/proc/self/exe"):
            return parent
    except OSError:
        pass
    return os.getpid()


def _started(pid: int) -> str:
    """In clock ticks after boot: with the number, this is one process for ever."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            # The command in parentheses may contain anything.
            return file.read(4096).rpartition(b")")[2].split()[19].decode()
    except (OSError, IndexError):
        return ""
