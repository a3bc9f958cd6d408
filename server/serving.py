"""How the server is served, wherever it is: by the program and in tests."""

from __future__ import annotations

import uvicorn
from fastapi import FastAPI

from server.app import fast_loop
from server.live.wire import LiveProtocol

GRACE_SECONDS = 5


def serving(app: FastAPI, host: str, port: int) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        loop=fast_loop(),
        http="httptools",
        ws=LiveProtocol,
        ws_max_size=4096,
        ws_ping_interval=10,
        ws_ping_timeout=10,
        # Frames are made once for all clients; compressing them would make them anew for each.
        ws_per_message_deflate=False,
        access_log=False,
        # At "info" it names the address of every live link, and with it a visitor's ticket code.
        log_level="warning",
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
