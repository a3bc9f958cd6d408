"""What the figures are measured against: the least that could do the same job with the same libraries.

``empty PORT``: a FastAPI route that parses the body of a ticket request and answers it, nothing else.
``select PORT DATABASE``: a FastAPI app over the tables of a hall. ``/order`` finds one order by its code, on
a worker thread, as every blocking read must be; ``/order/written`` also writes one row of it for good;
``/bench`` finds a section's pieces at the bench, as many as one page of them shows.
``broadcast PORT FILE``: ``websockets.broadcast`` of the file's bytes to all clients, on each message.
"""

from __future__ import annotations

import asyncio
import sys
from http import HTTPStatus
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from sqlalchemy import select, update
from websockets.asyncio.server import ServerConnection, broadcast, serve
from websockets.http11 import Request, Response

from server.protocol.commands import TakeNumber
from server.protocol.pickup import FindProgress
from server.services.lab import MOST as BENCH_ROWS
from server.store import tables as t
from server.store.bench import AT_THE_BENCH
from server.store.engine import open_engine, reading


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


def select_one(port: int, database: str) -> None:
    app = FastAPI()
    engine = open_engine(database)
    orders = t.orders

    def look(code: str) -> dict[str, str]:
        with reading(engine).begin() as connection:
            row = connection.execute(select(orders).where(orders.c.code == code)).one()
            return {"id": row.id, "number": row.number, "state": row.state}

    def write(code: str) -> dict[str, str]:
        with engine.begin() as connection:
            row = connection.execute(select(orders).where(orders.c.code == code)).one()
            connection.execute(update(orders).where(orders.c.id == row.id).values(site="x"))
            return {"id": row.id, "number": row.number, "state": row.state}

    @app.post("/order/written")
    async def written(body: FindProgress) -> dict[str, str]:
        return await asyncio.to_thread(write, body.code)

    def on_bench(section: str) -> list[dict[str, str]]:
        samples = t.samples.c
        with reading(engine).begin() as connection:
            rows = connection.execute(
                select(t.samples)
                .where(samples.hall == "main", samples.section == section)
                .where(samples.state.in_(AT_THE_BENCH))
                .order_by(samples.due, samples.received_at)
                .limit(BENCH_ROWS)
            )
            return [{"code": row.code, "item": row.item, "state": row.state} for row in rows]

    @app.get("/bench")
    async def bench(section: str) -> list[dict[str, str]]:
        return await asyncio.to_thread(on_bench, section)

    @app.post("/order")
    async def order(body: FindProgress) -> dict[str, str]:
        return await asyncio.to_thread(look, body.code)

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
    elif name == "select":
        select_one(int(port), *arguments)
    else:
        import uvloop

        uvloop.run(broadcasts(int(port), Path(arguments[0]).read_text(encoding="utf-8")))


if __name__ == "__main__":
    asyncio.set_event_loop(None)
    main(*sys.argv[1:])
