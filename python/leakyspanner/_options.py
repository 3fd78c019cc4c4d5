"""The options of `leakyspanner(app, ...)`, from arguments and environment, checked all at once at start-up."""

import math
import os
import socket
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Optional, Tuple

PREFIX = "LEAKYSPANNER_"
LEVELS = ("basic", "mid", "deep")
LOG_FORMATS = ("text", "json")
MOST_FRAMES = 100
DEFAULT_SAMPLE_KB = 128.0

_TRUE = ("1", "true", "yes", "on")
_FALSE = ("0", "false", "no", "off")


class Options(NamedTuple):
    enabled: bool
    log_path: str
    level: str
    interval_seconds: float
    leak_threshold_mb: float
    service: Optional[str]
    log_format: str
    log_max_mb: float
    metrics_host: str
    metrics_port: int
    api_key: Optional[str]
    debug_endpoints: bool
    tracemalloc: int
    """Frames to keep per allocation; 0 for no tracing."""
    sample_kb: float
    """Mean distance of two samples of the agent, in KiB; 0 for no agent."""
    include_in_schema: bool
    executable: Optional[str]


class _Wrong(Exception):
    """What is allowed, in words."""


def read(arguments: Mapping[str, Any], environment: Mapping[str, str]) -> Optional[Options]:
    """The options; None where the service is not to be watched.

    The environment wins over the arguments. Where it says that nothing is to be watched, nothing else is looked at, so that a wrong
    option cannot stand in the way of turning us off.

    Raises ValueError that names every wrong option, its value and what is allowed.
    """
    problems: List[str] = []

    def take(name: str) -> Any:
        parse, check = _OPTIONS[name]
        # Compose files and manifests set variables to nothing where they mean not to set them.
        word = environment.get(PREFIX + name.upper(), "").strip()
        if word:
            return attempt(PREFIX + name.upper(), word, lambda value: check(parse(value)), name == "api_key")
        return attempt(name, arguments[name], check, name == "api_key")

    def attempt(name: str, value: Any, check: Callable[[Any], Any], secret: bool) -> Any:
        try:
            return check(value)
        except _Wrong as allowed:
            problems.append(f"{name}={'...' if secret else repr(value)}: {allowed}")
            return None

    enabled = take("enabled")
    from_environment = environment.get(PREFIX + "ENABLED", "").strip()
    if enabled is False and from_environment:
        return None
    if enabled is False:
        environment = {}
    values: Dict[str, Any] = {name: take(name) for name in _OPTIONS if name != "enabled"}
    host, port = values["metrics_host"], values["metrics_port"]
    if host and port and not values["api_key"] and "api_key" not in _named(problems) and not _is_loopback(host):
        problems.append(
            f"api_key=None: needed because metrics_host={host!r} can be reached from other machines;"
            f" give a key (better in {PREFIX}API_KEY), or a loopback address"
        )
    if problems:
        raise ValueError("leakyspanner: " + "; ".join(problems))
    if not enabled:
        return None
    values["tracemalloc"] = values["tracemalloc"] or 0
    if values["level"] == "basic":
        values["sample_kb"] = 0.0
    elif values["sample_kb"] is None:
        values["sample_kb"] = 0.0 if values["tracemalloc"] else DEFAULT_SAMPLE_KB
    return Options(enabled=True, **values)


def _named(problems: List[str]) -> List[str]:
    return [problem.split("=", 1)[0].lower().replace(PREFIX.lower(), "") for problem in problems]


def _is_loopback(host: str) -> bool:
    return host == "::1" or host.startswith("127.")


def _word(value: str) -> str:
    return value


def _boolean_word(value: str) -> bool:
    if value.lower() in _TRUE:
        return True
    if value.lower() in _FALSE:
        return False
    raise _Wrong(f"allowed are {', '.join(_TRUE)} and {', '.join(_FALSE)}")


def _number_word(value: str) -> Any:
    try:
        return float(value)
    except ValueError:
        return value


def _integer_word(value: str) -> Any:
    try:
        return int(value)
    except ValueError:
        return value


def _tracing_word(value: str) -> Any:
    return _integer_word(value) if value.lstrip("+-").isdigit() and value not in ("0", "1") else _boolean_word(value)


def _boolean(value: Any) -> bool:
    if value is True or value is False:
        return value
    raise _Wrong("allowed are True and False")


def _one_of(words: Tuple[str, ...]) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if isinstance(value, str) and value in words:
            return value
        raise _Wrong(f"allowed are {', '.join(words)}")

    return check


def _number(least: float, most: float, unit: str) -> Callable[[Any], float]:
    def check(value: Any) -> float:
        if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value) and least <= value <= most:
            return float(value)
        raise _Wrong(f"allowed are {unit} from {least:g} to {most:g}")

    return check


def _path(value: Any) -> str:
    try:
        path = os.fspath(value)
    except TypeError:
        path = None
    if isinstance(path, str) and path.strip() and "\0" not in path:
        # Now, because the application may change its working directory later.
        return os.path.abspath(os.path.expanduser(path))
    raise _Wrong("allowed is a path")


def _executable(value: Any) -> Optional[str]:
    return None if value is None else _path(value)


def _service(value: Any) -> Optional[str]:
    if value is None or (isinstance(value, str) and 0 < len(value.strip()) and len(value) <= 100 and value.isprintable()):
        return value
    raise _Wrong("allowed is a name of at most 100 printable characters")


def _port(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 65535:
        return value
    raise _Wrong("allowed are ports from 1 to 65535, and 0 for no metrics")


def _host(value: Any) -> str:
    if value == "localhost":
        return "127.0.0.1"
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, value)
            return value
        except (OSError, TypeError, ValueError):
            pass
    raise _Wrong("allowed are IP addresses to listen on, such as 127.0.0.1 or 0.0.0.0")


def _key(value: Any) -> Optional[str]:
    if value is None or (isinstance(value, str) and value and all("!" <= character <= "~" for character in value)):
        return value
    raise _Wrong("allowed are visible ASCII characters without spaces, because it is sent in a header")


def _tracing(value: Any) -> Optional[int]:
    if value is None or isinstance(value, bool):
        return value if value is None else int(value)
    if isinstance(value, int) and 1 <= value <= MOST_FRAMES:
        return value
    raise _Wrong(f"allowed are None, True, False, and numbers of frames from 1 to {MOST_FRAMES}")


def _sampling(value: Any) -> Optional[float]:
    if value is None or (isinstance(value, (int, float)) and not isinstance(value, bool) and (value == 0 or 4 <= value <= 1048576)):
        return None if value is None else float(value)
    raise _Wrong("allowed are None, 0 for no sampling, and kilobytes from 4 to 1048576")


_OPTIONS: Dict[str, Tuple[Callable[[str], Any], Callable[[Any], Any]]] = {
    "enabled": (_boolean_word, _boolean),
    "log_path": (_word, _path),
    "level": (str.lower, _one_of(LEVELS)),
    "interval_seconds": (_number_word, _number(0.1, 86400, "seconds")),
    "leak_threshold_mb": (_number_word, _number(0.1, 1e9, "megabytes")),
    "service": (_word, _service),
    "log_format": (str.lower, _one_of(LOG_FORMATS)),
    "log_max_mb": (_number_word, _number(1, 1e6, "megabytes")),
    "metrics_host": (_word, _host),
    "metrics_port": (_integer_word, _port),
    "api_key": (_word, _key),
    "debug_endpoints": (_boolean_word, _boolean),
    "tracemalloc": (_tracing_word, _tracing),
    "sample_kb": (_number_word, _sampling),
    "include_in_schema": (_boolean_word, _boolean),
    "executable": (_word, _executable),
}
