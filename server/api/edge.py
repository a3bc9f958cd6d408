"""What stands around every request: headers that browsers obey, and the limit on a body's size."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.domain.refusal import Refusal

from .problems import MEDIA, problem_of

BODY_LIMIT = 64 * 1024

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
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}

RAW_HEADERS = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
NO_STORE = (b"cache-control", b"no-store")


class Edge:
    """ASGI middleware, kept free of per-request objects: it stands before every ticket."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        for name, value in scope["headers"]:
            # A body whose length is not told beforehand has no place here.
            large = name == b"content-length" and (not value.isdigit() or int(value) > BODY_LIMIT)
            if large or name == b"transfer-encoding":
                await _too_large(send)
                return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                out = [*message["headers"], *RAW_HEADERS]
                if not any(name == b"cache-control" for name, _ in message["headers"]):
                    out.append(NO_STORE)
                message["headers"] = out
            await send(message)

        await self._app(scope, receive, send_with_headers)


async def _too_large(send: Send) -> None:
    problem = problem_of(Refusal("bad_request", {"where": "body"}), "zh").model_copy(update={"status": 413})
    headers = [(b"content-type", MEDIA.encode()), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": problem.model_dump_json().encode()})
