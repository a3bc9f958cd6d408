"""Whether a request that brought no answer can have reached the server."""

from __future__ import annotations

import requests
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError


def never_left(error: requests.RequestException) -> bool:
    """There was no connection to send it on. Everything else is doubt: it may have arrived all the same."""
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return isinstance(reason, NewConnectionError | ConnectTimeoutError)
