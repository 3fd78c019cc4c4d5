"""LeakySpanner: says whether a web service leaks memory, where, and through which endpoint.

    from leakyspanner import leakyspanner

    app = FastAPI()
    leakyspanner(app)

The work is done by a process beside the application, the sidecar. In the application itself one small record is written per request.
"""

import os
import sys
from typing import Any, Optional, TypeVar, Union

from ._tracked import memory_tracked

__version__ = "0.1.0"
__all__ = ["leakyspanner", "memory_tracked", "setup_memory_monitoring"]

App = TypeVar("App")


def leakyspanner(
    app: App,
    enabled: bool = True,
    log_path: "Union[str, os.PathLike[str]]" = "./leakyspanner_logs",
    level: str = "mid",
    interval_seconds: float = 5.0,
    leak_threshold_mb: float = 50.0,
    *,
    service: Optional[str] = None,
    log_format: str = "text",
    log_max_mb: float = 100,
    metrics_host: str = "127.0.0.1",
    metrics_port: int = 8001,
    api_key: Optional[str] = None,
    debug_endpoints: bool = True,
    tracemalloc: Union[None, bool, int] = None,
    sample_kb: Optional[float] = None,
    include_in_schema: bool = False,
    executable: "Union[None, str, os.PathLike[str]]" = None,
) -> App:
    """Watches the memory of an ASGI or WSGI application, and returns it.

    FastAPI, Starlette, Flask and Quart applications are returned as they are; of another one, use what is returned. Calling this again
    for the same application changes nothing.

    enabled             False: nothing happens at all
    log_path            folder of the log
    level               "basic": requests and the kernel's numbers; "mid": also growing types and containers, collector pauses, and
                        allocations by line and endpoint (samples of them, for a few per cent); "deep": also the allocation sites
                        with every line of the log
    interval_seconds    between two lines of the log
    leak_threshold_mb   growth that is worth an alert
    service             name for people; default: the title of the application, or the working directory's name
    log_format          "text" or "json"
    log_max_mb          all log files of a session together
    metrics_host        address of the metrics; one that other machines reach needs an api_key
    metrics_port        0 for none
    api_key             who sends it may read the debug endpoints and metrics; without one, only clients of this machine
    debug_endpoints     whether /api/debug/memory/... is answered
    tracemalloc         True, or a number of frames to keep: Python's own tracing of every allocation instead of samples (it slows
                        allocation-heavy code down 5 to 18 times)
    sample_kb           mean distance of two allocation samples in KiB; None: 128; 0: no samples
    include_in_schema   whether FastAPI's schema describes the debug endpoints
    executable          of the sidecar, where it is not the one that came with this package

    Every option can be overridden by an environment variable, such as LEAKYSPANNER_ENABLED=0 or LEAKYSPANNER_LEVEL=basic.

    Raises ValueError that names every wrong option, and TypeError where `app` is no application. Raises nothing later.
    """
    from . import _monitor, _options

    arguments = {
        "enabled": enabled,
        "log_path": log_path,
        "level": level,
        "interval_seconds": interval_seconds,
        "leak_threshold_mb": leak_threshold_mb,
        "service": service,
        "log_format": log_format,
        "log_max_mb": log_max_mb,
        "metrics_host": metrics_host,
        "metrics_port": metrics_port,
        "api_key": api_key,
        "debug_endpoints": debug_endpoints,
        "tracemalloc": tracemalloc,
        "sample_kb": sample_kb,
        "include_in_schema": include_in_schema,
        "executable": executable,
    }
    options = _options.read(arguments, os.environ)
    if options is None:
        return app
    if not sys.platform.startswith("linux"):
        _monitor.warn("watches processes on Linux only; this one is not watched")
        return app
    from . import _install

    return _install.install(app, options)


def setup_memory_monitoring(app: App, **options: Any) -> App:
    """`leakyspanner(app, ...)` under the name of the toolkit; see there for the options."""
    return leakyspanner(app, **options)
