"""What the figures are measured against: the least that could do the same job with the same libraries.

``empty PORT``: a FastAPI route that parses the body of a ticket request and answers it, nothing else.
``broadcast PORT FILE``: ``websockets.broadcast`` of the file's bytes to all clients, on each message.
"""

from __future__ import annotations

import asyncio
import sys
from http import HTTPStatus
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from websockets.asyncio.server import ServerConnection, broadcast, serve
from websockets.http11 import Request, Response

from server.protocol.commands import TakeNumber


def empty(port: int) -> None:
    app = FastAPI()

    @app.post("/api/v1/halls/{hall}/tickets", status_code=201)
    async def take(hall: str, body: TakeNumber) -> TakeNumber:
        return body

    uvicorn.run(
        app,
        port=port,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_config=None,
        server_header=False,
    )


async def broadcasts(port: int, frame: str) -> None:
    clients: set[ServerConnection] = set()

    async def client(connection: ServerConnection) -> None:
        clients.add(connection)
        try:
            async for _ in connection:
                broadcast(clients, frame)
        finally:
            clients.discard(connection)

    def plain(connection: ServerConnection, request: Request) -> Response | None:
        return None if "Upgrade" in request.headers else connection.respond(HTTPStatus.OK, "ready\n")

    async with serve(client, "127.0.0.1", port, compression=None, process_request=plain) as server:
        await server.serve_forever()


def main(name: str, port: str, *arguments: str) -> None:
    if name == "empty":
        empty(int(port))
    else:
        import uvloop

        uvloop.run(broadcasts(int(port), Path(arguments[0]).read_text(encoding="utf-8")))


if __name__ == "__main__":
    asyncio.set_event_loop(None)
    main(*sys.argv[1:])
