"""The sampling agent in this process: a shared library that samples allocations, and the context variable from which it reads who asked.

The library decides whether it knows this interpreter. Where anything stands in the way the application runs on without it, and the
sidecar is told why.
"""

import errno
import os
import sys
import threading
from contextvars import ContextVar
from typing import Any, Callable, Optional, Tuple

from ._monitor import Monitor

# The number of the request in progress. Frameworks hand it on to tasks, callbacks and threads together with the rest of the context.
request_now: "ContextVar[int]" = ContextVar("leakyspanner_request")

_LIBRARY = "libleakyspanner-agent.so"
_UNKNOWN_PYTHON = -1


class _NotHere(Exception):
    """Why there is no agent, for people."""


def start(monitor: Monitor, folder: str, library: Optional[str]) -> Tuple[Optional[str], Optional[str]]:
    """Starts sampling in this process; where it has been started, tells where its file is.

    folder   where the agent makes its file
    library  the sidecar's, used where this package came without one

    Returns the folder of the file and None, or None and the reason why there is none. With a folder the reason may be what cannot be told.
    Raises nothing.
    """
    try:
        return _start(monitor, folder, library)
    except _NotHere as reason:
        return None, str(reason)
    except Exception as error:
        return None, f"the sampling agent cannot be loaded: {type(error).__name__}: {error}"


def _start(monitor: Monitor, folder: str, library: Optional[str]) -> Tuple[str, Optional[str]]:
    if sys.implementation.name != "cpython":
        raise _NotHere(f"the sampling agent knows CPython only, and this is {sys.implementation.name}")
    try:
        import ctypes
    except ImportError:
        raise _NotHere("the sampling agent needs the module ctypes, which this Python was built without") from None
    # Under `leakyspanner run` it is here already, and started: a second copy would count everything twice.
    agent: Any = ctypes.PyDLL(None)
    given = os.environ.get("LEAKYSPANNER_AGENT", "")
    if hasattr(agent, "leakyspanner_agent_start") and given:
        folder = given
    else:
        agent = ctypes.PyDLL(_library(library))
    agent.leakyspanner_agent_start.argtypes = [ctypes.c_char_p, ctypes.c_ulong]
    mean = ctypes.c_ulong(int(monitor.options.sample_kb * 1024))
    problem = agent.leakyspanner_agent_start(os.fsencode(folder), mean)
    note = None
    if problem == errno.ENOSPC:
        # Containers have 64 KB of shared memory unless told otherwise; a file serves as well, as long as its pages stay in memory.
        folder = _folder_beside(folder)
        problem = agent.leakyspanner_agent_start(os.fsencode(folder), mean)
        note = f"allocation samples are in {folder}, because there is no room in /dev/shm: give the container more (docker run --shm-size=64m)"
    if problem == _UNKNOWN_PYTHON:
        raise _NotHere("allocations are not sampled: the agent does not know this build of Python (or its allocator, where PYTHONMALLOC or -X dev says another)")
    if problem != 0:
        raise _NotHere(f"allocations are not sampled: the agent's file cannot be made in {folder}: {os.strerror(problem)}")
    agent.leakyspanner_agent_requests.argtypes = [ctypes.py_object]
    if agent.leakyspanner_agent_requests(request_now) != 0:
        return folder, "allocations are sampled, but by which endpoints they are made is not known in this build of Python"
    monitor.request = request_now
    _follow_threads()
    return folder, note


def _library(given: Optional[str]) -> str:
    mine = os.path.join(os.path.dirname(os.path.abspath(__file__)), _LIBRARY)
    if os.path.exists(mine):
        return mine
    if given and os.path.isabs(given):
        return given
    raise _NotHere("allocations are not sampled: neither this package nor the sidecar has the agent's library")


def _folder_beside(folder: str) -> str:
    from ._folder import in_files

    return in_files(os.path.basename(folder))


_following = False


def _follow_threads() -> None:
    """Hands the request's number on to where contexts do not go by themselves: executors that are used directly, and threads that a
    request starts. Once per process."""
    global _following
    if _following:
        return
    _following = True
    from concurrent.futures import ThreadPoolExecutor

    ThreadPoolExecutor.submit = _submit_of(ThreadPoolExecutor.submit)  # type: ignore[method-assign]
    threading.Thread.start = _start_of(threading.Thread.start)  # type: ignore[method-assign]


def _carried(number: int, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
    outer = request_now.get(0)
    request_now.set(number)
    try:
        return function(*args, **kwargs)
    finally:
        request_now.set(outer)


def _submit_of(original: Any) -> Any:
    # Then an executor's thread has the number of the request that happened to start it.
    inherited = bool(getattr(sys.flags, "thread_inherit_context", False))

    def submit(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        number = request_now.get(0)
        if args and (number or inherited):
            return original(self, _carried, number, *args, **kwargs)
        return original(self, *args, **kwargs)

    return _named_as(submit, original)


def _start_of(original: Any) -> Any:
    def start(self: Any) -> Any:
        try:
            number = request_now.get(0)
            # Threads that serve whoever comes next must not work for this request for ever: those of executors, and of libraries that
            # have a class of their own for them.
            if number and type(self) in (threading.Thread, threading.Timer):
                name = "_target" if type(self) is threading.Thread else "function"
                target = getattr(self, name, None)
                if callable(target) and not getattr(target, "__module__", "").startswith("concurrent.futures"):
                    import functools

                    setattr(self, name, functools.partial(_carried, number, target))
        except Exception:
            # Whose attributes these are is not ours to say.
            pass
        return original(self)

    return _named_as(start, original)


def _named_as(function: Any, original: Any) -> Any:
    import functools

    return functools.update_wrapper(function, original)
