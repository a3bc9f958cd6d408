"""What the OpenAPI description says beyond the routes' own types: who may ask, and with which headers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI

from server.protocol.errors import Problem

from .asking import COOKIE, KEY

PUBLIC = {
    ("get", "/healthz"),
    ("get", "/api/v1/halls/{hall}"),
    ("get", "/api/v1/tickets/{code}"),
    ("post", "/api/v1/sessions"),
    ("get", "/api/v1/halls/{hall}/catalogue"),
    ("post", "/api/v1/halls/{hall}/slots"),
    ("post", "/api/v1/halls/{hall}/verdicts"),
    ("post", "/api/v1/appointments/find"),
    ("post", "/api/v1/halls/{hall}/certificates/find"),
    ("post", "/api/v1/halls/{hall}/progress"),
    ("get", "/api/v1/certificates/{code}"),
    ("post", "/api/v1/pairings"),
    ("post", "/api/v1/pairings/{id}/token"),
}
FOR_ALL = {
    ("post", "/api/v1/negotiations/{id}/answer"),
    ("post", "/api/v1/halls/{hall}/appointments"),
    ("post", "/api/v1/appointments/reschedule"),
    ("post", "/api/v1/appointments/cancel"),
    ("post", "/api/v1/certificates/{id}/links"),
}
"""Changes that anybody may ask for; who signs in is told apart."""
REPORT = "/api/v1/devices/self/status"
"""Says how things are: repeating it changes nothing, with a key or without."""
SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "A session's or a device's token."},
    "page": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": "The pages' session; what changes something carries X-CSRF-Token as well.",
    },
}
ONCE = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Made when the person pressed the button; kiosks must send it. The same key with the same "
    "request gives the same answer for 48 hours.",
    "schema": {"type": "string", "pattern": f"^{KEY.pattern}$"},
}
LANGUAGE = {
    "name": "Accept-Language",
    "in": "header",
    "required": False,
    "description": "The language of the sentences in the answer: zh (also for any other) or en.",
    "schema": {"type": "string"},
}


def describe(app: FastAPI) -> None:
    """Let ``app`` tell all of it at ``/api/openapi.json``."""
    routes_only: Callable[[], dict[str, Any]] = app.openapi

    def whole() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _completed(routes_only())
        return app.openapi_schema

    # FastAPI names this as the way to extend the description.
    app.openapi = whole  # type: ignore[method-assign]


def _completed(told: dict[str, Any]) -> dict[str, Any]:
    parts = told.setdefault("components", {})
    parts["securitySchemes"] = SCHEMES
    parts.setdefault("schemas", {})["Problem"] = Problem.model_json_schema()
    for path, operations in told["paths"].items():
        for method, operation in operations.items():
            known = operation.setdefault("parameters", [])
            if path != "/healthz":
                known.append(LANGUAGE)
            if (method, path) in PUBLIC:
                continue
            nobody: list[dict[str, list[str]]] = [{}] if (method, path) in FOR_ALL else []
            operation["security"] = nobody + [{name: []} for name in SCHEMES]
            if method in ("post", "put") and path != REPORT:
                known.append(ONCE)
    return told
