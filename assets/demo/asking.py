"""Asks the hall's programs over HTTP, with nothing but the standard library."""

from __future__ import annotations

import json
import urllib.request
from typing import Any


def answers(url: str, *, token: str = "", body: object = None) -> Any:
    """The JSON that ``url`` answers with, or None when it does not answer well."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, headers)  # noqa: S310 - our own address
    # Around any proxy of the machine: the hall is here.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=5) as answer:
            return json.load(answer)
    except (OSError, ValueError):
        return None
