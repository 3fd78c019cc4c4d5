"""The debug endpoints in the application's own schema, for those who ask for it (include_in_schema=True)."""

from typing import Any, Dict, Optional

_ROOT = "/api/debug/memory"

_OPERATIONS = (
    ("get", "/snapshot", "Memory of every worker as of now", None),
    ("get", "/growth", "Types and containers that grow", None),
    ("get", "/history", "Memory over time", ("minutes", "How far back", 60)),
    ("get", "/leaks", "The verdict, and what is suspected", None),
    ("get", "/process-info", "Processes, threads, descriptors, limits", None),
    ("get", "/allocations", "Top allocation sites, where tracemalloc is on", ("limit", "How many", 10)),
    ("get", "/gc", "State and pauses of the garbage collector", None),
    ("post", "/gc", "Collects garbage and gives freed memory back to the system", None),
)


def describe(app: Any) -> None:
    """Adds the operations to what `app.openapi()` returns. An operation of the application's own stays."""
    original = app.openapi

    def openapi() -> Dict[str, Any]:
        schema: Dict[str, Any] = original()
        paths = schema.setdefault("paths", {})
        for method, path, summary, parameter in _OPERATIONS:
            paths.setdefault(_ROOT + path, {}).setdefault(method, _operation(method, path, summary, parameter))
        return schema

    app.openapi = openapi


def _operation(method: str, path: str, summary: str, parameter: Optional[Any]) -> Dict[str, Any]:
    answer = {"description": "As documented by LeakySpanner", "content": {"application/json": {"schema": {"type": "object"}}}}
    refused = {"description": "Neither a client of this machine nor one with the API key"}
    operation: Dict[str, Any] = {
        "tags": ["memory"],
        "summary": summary,
        "operationId": f"leakyspanner_{method}_{path.strip('/').replace('-', '_')}",
        "responses": {"200": answer, "401": refused, "403": refused, "503": {"description": "The sidecar does not answer"}},
    }
    if parameter is not None:
        name, description, default = parameter
        schema = {"type": "integer", "minimum": 1, "default": default}
        operation["parameters"] = [{"name": name, "in": "query", "required": False, "description": description, "schema": schema}]
    return operation
