"""What stands around every request: headers that browsers obey, and the limit on a body's size."""

from __future__ import annotations

import ipaddress
import re

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.domain.refusal import Refusal
from server.protocol.language import wished

from .problems import MEDIA, problem_of

BODY_LIMIT = 64 * 1024
SHEET = re.compile(r"/api/v1/halls/[^/]+/(offer/sheet|(due-items|fleets)/(check|import))")
SHEET_LIMIT = 4 * 1024 * 1024
"""A table that is imported may be longer. Who may send one is asked before its body is read."""
PHOTO = re.compile(r"/api/v1/halls/[^/]+/cases/[^/]+/pieces/[^/]+/photos")
PHOTO_LIMIT = 10 * 1024 * 1024
"""So may a photo, as a phone makes it."""
SCREEN = re.compile(r"/api/v1/devices/self/errands/[^/]+/picture")
SCREEN_LIMIT = 4 * 1024 * 1024
"""So may the picture of a screen. Who may send one is asked before its body is read."""
SAFE = ("GET", "HEAD", "OPTIONS")
CHECK = "/check"
CHECK_LIMIT = 1 << 40
"""The page says itself, to people, that their file is too large, and reads none of it."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "media-src 'self'; connect-src 'self' ws: wss:; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}

HSTS = (b"strict-transport-security", b"max-age=15552000")
"""Half a year: who has come once by https comes by nothing else."""

RAW_HEADERS = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]


class Edge:
    """ASGI middleware, kept free of per-request objects: it stands before every ticket."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = message["headers"]
                known = {name for name, _ in said}
                # A header said twice counts as neither to some browsers: what a page says of itself stands.
                message["headers"] = [*said, *(header for header in RAW_HEADERS if header[0] not in known)]
                if scope["scheme"] == "https" and _has_a_name(scope):
                    message["headers"].append(HSTS)
            await send(message)

        limit = _limit(scope["path"])
        for name, value in scope["headers"]:
            if name == b"content-length" and (not value.isdigit() or int(value) > limit):
                await _turned_away(scope, send_with_headers, 413, limit)
                return
            # A body whose length is not told beforehand has no place here.
            if name == b"transfer-encoding":
                await _turned_away(scope, send_with_headers, 411, limit)
                return
        if scope["app"].state.stopping and scope["method"] not in SAFE:
            await _stopping(scope, send_with_headers)
            return
        await self._app(scope, receive, send_with_headers)


def _has_a_name(scope: Scope) -> bool:
    """Whether the server was asked for by a name; for an address browsers keep no such promise."""
    host = next((value for name, value in scope["headers"] if name == b"host"), b"")
    bare = host.decode("latin1").rpartition(":")[0] if re.search(rb":\d+$", host) else host.decode("latin1")
    try:
        ipaddress.ip_address(bare.strip("[]"))
    except ValueError:
        return bool(bare)
    return False


def _limit(path: str) -> int:
    """Bytes of a body at this path."""
    if path == CHECK:
        return CHECK_LIMIT
    if SHEET.fullmatch(path):
        return SHEET_LIMIT
    if SCREEN.fullmatch(path):
        return SCREEN_LIMIT
    return PHOTO_LIMIT if PHOTO.fullmatch(path) else BODY_LIMIT


async def _stopping(scope: Scope, send: Send) -> None:
    """Nothing was done: whoever asks again in a moment finds the server that comes after this one."""
    language = wished(Headers(scope=scope).get("accept-language", "")) or "zh"
    problem = problem_of(Refusal("stopping"), language)
    headers = [
        (b"content-type", MEDIA.encode()),
        (b"content-language", language.encode()),
        (b"retry-after", b"2"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": problem.model_dump_json().encode()})


async def _turned_away(scope: Scope, send: Send, status: int, limit: int) -> None:
    """Refused before a byte of the body was read."""
    language = wished(Headers(scope=scope).get("accept-language", "")) or "zh"
    refusal = Refusal("bad_request", {"where": f"body ≤ {limit // 1024} KB"})
    if status == 413 and (limit == PHOTO_LIMIT or SCREEN.fullmatch(scope["path"])):
        refusal = Refusal("file_too_large", {"most": str(limit // 1024 // 1024)})
    problem = problem_of(refusal, language).model_copy(update={"status": status})
    headers = [
        (b"content-type", MEDIA.encode()),
        (b"content-language", language.encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": problem.model_dump_json().encode()})
