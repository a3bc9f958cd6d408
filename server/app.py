"""The composition root: the only place that picks adapters and joins the parts."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI
from sqlalchemy import Engine

from server import __version__
from server.api import bookings as booking_routes
from server.api import due, live, manage, messages, metrics, problems, sessions, tickets
from server.api import halls as hall_routes
from server.api import offer as offer_routes
from server.api import orders as order_routes
from server.api.asking import Core
from server.api.describing import describe
from server.api.edge import Edge
from server.live.hub import Hub
from server.live.poll import poll
from server.live.rights import watch_rights
from server.page_services import PagesCore
from server.protocol.views import Health
from server.services.bookings import Bookings
from server.services.checkins import CheckIns
from server.services.due import DueItems, Keeper
from server.services.fleets import Fleets
from server.services.floor import Change
from server.services.halls import Halls
from server.services.messages import Messages
from server.services.outbox import Channels, Sender
from server.services.people import People
from server.services.setup import Setup
from server.web.pages import pages, static_files

NO_CHANNELS = Channels()


def utc_now() -> datetime:
    return datetime.now(UTC)


def make_app(
    engine: Engine,
    base_url: str,
    clock: Callable[[], datetime] = utc_now,
    channels: Channels = NO_CHANNELS,
) -> FastAPI:
    """The server over an open, migrated database. ``base_url``: the public address, for QR codes.
    ``channels``: the ways on which customers are told; without any, messages wait."""
    halls = Halls(engine, clock, base_url.rstrip("/"))
    people = People(engine, clock)
    hub = Hub(halls)
    bookings, checkins = Bookings(halls), CheckIns(halls, tickets.new_code)
    due_items = DueItems(halls, channels.days_before)
    core = Core(
        halls=halls,
        people=people,
        setup=Setup(halls, people),
        hub=hub,
        bookings=bookings,
        checkins=checkins,
        messages=Messages(halls, channels),
        due_items=due_items,
        fleets=Fleets(halls),
    )
    told: list[Callable[[Change], None]] = [hub.changed]
    background: list[Callable[[], Coroutine[Any, Any, None]]] = [
        lambda: poll(halls, hub.devices, (halls.tidy, bookings.tidy)),
        lambda: watch_rights(hub, people),
        Sender(halls, channels).run,
        Keeper(halls, due_items).run,
    ]
    if engine.dialect.name == "postgresql":
        from server.live.notices import Notices

        notices = Notices(engine.url.render_as_string(hide_password=False), halls)
        told.append(notices.tell)
        background.append(notices.run)

    def tell_all(change: Change) -> None:
        for tell in told:
            tell(change)

    halls.on_change = tell_all

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await halls.start()
        hub.start()
        tasks = [asyncio.create_task(start()) for start in background]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await halls.stop()
            await hub.stop()
            engine.dispose()

    app = FastAPI(
        title="Liqu",
        version=__version__,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.core = core
    problems.install(app)
    describe(app)
    app.add_middleware(Edge)

    @app.get("/healthz", tags=["health"])
    async def healthz() -> Health:
        return Health(status="ok", version=__version__)

    # Taking a number comes first: routes are looked through in this order.
    for router in (tickets.router, hall_routes.router, sessions.router, manage.router, manage.devices_router):
        app.include_router(router)
    app.include_router(booking_routes.router)
    app.include_router(order_routes.router)
    app.include_router(offer_routes.router)
    app.include_router(messages.router)
    app.include_router(due.router)
    app.include_router(live.router)
    app.include_router(metrics.router)
    app.mount("/static", static_files(), name="static")
    app.include_router(pages(PagesCore(core)))
    return app


def fast_loop() -> str:
    """uvloop where it is installed."""
    return "uvloop" if importlib.util.find_spec("uvloop") else "asyncio"
