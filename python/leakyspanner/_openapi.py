"""The debug endpoints in the application's own schema, for those who ask for it (include_in_schema=True)."""

from typing import Any, Dict, Tuple

_ROOT = "/api/debug/memory"

_MINUTES = ("minutes", "How far back", {"type": "integer", "minimum": 1, "maximum": 10080, "default": 60})
_LIMIT = ("limit", "How many lines", {"type": "integer", "minimum": 1, "maximum": 1000, "default": 10})
_PID = ("pid", "Which worker; the one that holds most memory otherwise", {"type": "integer", "minimum": 1, "maximum": 2147483647})

# The sidecar's own description (/api/debug/memory/openapi.json) says what the answers are; a test compares the two.
_OPERATIONS = (
    ("get", "", "This list", ()),
    ("get", "/snapshot", "Memory, collector, limit, verdict and requests as of now", ()),
    ("get", "/growth", "Types and containers that grow, and bytes left behind per request", ()),
    ("get", "/history", "Memory over the last minutes", (_MINUTES,)),
    ("get", "/leaks", "The verdict, the cost of every endpoint and the last diagnosis", ()),
    ("post", "/leaks", "Starts a diagnosis of the worker that grows fastest", ()),
    ("get", "/process-info", "Processes, limits, descriptors, threads, and what the sidecar costs", ()),
    ("get", "/allocations", "Lines that hold most memory", (_LIMIT, _PID)),
    ("get", "/gc", "State and pauses of the cyclic collector", ()),
    ("post", "/gc", "Collects, and gives free memory back to the system", ()),
    ("get", "/openapi.json", "All of this as OpenAPI 3.1", ()),
)


def describe(app: Any) -> None:
    """Adds the operations to what `app.openapi()` returns. An operation of the application's own stays."""
    original = app.openapi

    def openapi() -> Dict[str, Any]:
        schema: Dict[str, Any] = original()
        paths = schema.setdefault("paths", {})
        for method, path, summary, parameters in _OPERATIONS:
            paths.setdefault(_ROOT + path, {}).setdefault(method, _operation(method, path, summary, parameters))
        return schema

    app.openapi = openapi


def _operation(method: str, path: str, summary: str, parameters: Tuple[Tuple[str, str, Dict[str, Any]], ...]) -> Dict[str, Any]:
    answer = {"description": "Described by openapi.json beside it", "content": {"application/json": {"schema": {"type": "object"}}}}
    refused = {"description": "Neither a client on this machine nor one with the API key"}
    started = "202" if (method, path) == ("post", "/leaks") else "200"
    operation: Dict[str, Any] = {
        "tags": ["memory"],
        "summary": summary,
        "operationId": f"leakyspanner_{method}{path.replace('/', '_').replace('-', '_').replace('.', '_')}",
        "responses": {started: answer, "401": refused, "403": refused, "503": {"description": "The sidecar does not answer"}},
    }
    if parameters:
        operation["parameters"] = [
            {"name": name, "in": "query", "required": False, "description": description, "schema": schema}
            for name, description, schema in parameters
        ]
    return operation
