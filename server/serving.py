"""How the server is served, wherever it is: by the program and in tests."""

from __future__ import annotations

import contextlib
import resource
from collections.abc import Sequence

import uvicorn
from fastapi import FastAPI

from server.app import fast_loop
from server.live.wire import LiveProtocol
from server.patience import CONNECTIONS, PatientProtocol
from server.tls.serving import ServedTls

GRACE_SECONDS = 5
PING_SECONDS = PONG_SECONDS = 10.0
"""Between two pings of a live link, and that an answer may take: a dead one is noticed after twice that."""
IDLE_SECONDS = 30
"""Between two requests of a connection; a balancer in front must let go of it sooner."""
FILES = CONNECTIONS + 1000
"""Files that the process may have open: a connection is one."""


def serving(
    app: FastAPI, host: str, port: int, tls: ServedTls | None = None, proxies: Sequence[str] = ()
) -> uvicorn.Config:
    """``proxies``: whose word on a request's address and scheme is taken; by default nobody's."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        loop=fast_loop(),
        http=PatientProtocol,
        ws=LiveProtocol,
        ws_max_size=4096,
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PONG_SECONDS,
        # Frames are made once for all clients; compressing them would make them anew for each.
        ws_per_message_deflate=False,
        access_log=False,
        # At "info" it names the address of every live link, and with it a visitor's ticket code.
        log_level="warning",
        log_config=None,
        server_header=False,
        ssl_context_factory=None if tls is None else lambda *_: tls.context,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def allow_files() -> None:
    """As many open files as connections are taken, where the system lets the process have them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
