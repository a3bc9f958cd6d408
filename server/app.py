"""The composition root: the only place that picks adapters and joins the parts."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from sqlalchemy import Engine

from server import __version__
from server.api import bookings as booking_routes
from server.api import (
    cases,
    due,
    handovers,
    live,
    manage,
    messages,
    metrics,
    problems,
    referrals,
    sessions,
    tickets,
)
from server.api import certificates as certificate_routes
from server.api import equipment as equipment_routes
from server.api import errands as errand_routes
from server.api import halls as hall_routes
from server.api import health as health_routes
from server.api import keeping as keeping_routes
from server.api import lab as lab_routes
from server.api import leases as lease_routes
from server.api import negotiations as negotiation_routes
from server.api import offer as offer_routes
from server.api import orders as order_routes
from server.api import pairings as pairing_routes
from server.api import pickups as pickup_routes
from server.api import progress as progress_routes
from server.api.asking import Core
from server.api.describing import describe
from server.api.edge import Edge
from server.certificates.keys import Signer
from server.certificates.making import Maker
from server.certificates.typeset import Typesetter
from server.live.hub import Hub
from server.live.poll import poll
from server.live.rights import watch_rights
from server.page_services import PagesCore
from server.protocol.views import Health
from server.seals.files import FOLDER as SEALS
from server.seals.files import SealFolder
from server.seals.key import SealKey, passing_key
from server.services.again import Again
from server.services.alarms import Alarms, AlarmWatch
from server.services.bookings import Bookings
from server.services.certificate_prints import CertificatePrints
from server.services.certificates import Certificates
from server.services.checking import Checking
from server.services.checkins import CheckIns
from server.services.clock import utc_now
from server.services.credentials import Credentials
from server.services.due import DueItems, Keeper
from server.services.equipment import EquipmentBook
from server.services.errands import Errands
from server.services.exports import Exports
from server.services.fleets import Fleets
from server.services.floor import Change
from server.services.halls import Halls
from server.services.health import MachineHealth
from server.services.intake import Intake
from server.services.lab import Lab
from server.services.leases import Leases
from server.services.machine import Machine
from server.services.messages import Messages
from server.services.negotiations import Negotiations, Watch
from server.services.outbox import Channels, Sender
from server.services.pairing import Pairings
from server.services.people import People
from server.services.personal import Clearer, Persons
from server.services.pickups import Pickups
from server.services.press import Press
from server.services.progress import Progress
from server.services.proofs import Proofs
from server.services.renewal import Renewal
from server.services.results import Results
from server.services.seals import Sealer
from server.services.setup import Setup
from server.services.shelf import Shelves
from server.services.sign_ins import SignIns
from server.services.status_labels import StatusLabels
from server.services.today import Today
from server.services.upkeep import UpkeepLog
from server.tls.serving import ServedTls
from server.web.pages import pages, static_files

NO_CHANNELS = Channels()


def make_app(
    engine: Engine,
    base_url: str,
    clock: Callable[[], datetime] = utc_now,
    channels: Channels = NO_CHANNELS,
    signer: Signer | None = None,
    seal: SealKey | None = None,
    data: Path | None = None,
    tls: ServedTls | None = None,
) -> FastAPI:
    """The server over an open, migrated database. ``base_url``: the public address, for QR codes.
    ``channels``: the ways on which customers are told; without any, messages wait.
    ``signer``: the key for certificates; without one 样张 stands across them.
    ``seal``: the hall's key for daily seals and day lists; one of its own for this run when none is given.
    ``data``: the data folder, whose disk is looked after. ``tls``: the certificate that is served, if any."""
    halls = Halls(engine, clock, base_url.rstrip("/"))
    people = People(engine, clock)
    bookings, checkins = Bookings(halls), CheckIns(halls, tickets.new_code)
    proofs = Proofs(halls, bookings.guesses)
    progress = Progress(halls, proofs)
    errands = Errands(halls)
    hub = Hub(halls, progress, errands)
    due_items = DueItems(halls, channels.days_before)
    press = Press(halls, Maker(Typesetter(), signer))
    certificate_prints = CertificatePrints(halls, proofs)
    results, negotiations = Results(halls), Negotiations(halls, proofs)
    seal = seal or passing_key()
    machine = Machine(engine, data, clock)
    setup = Setup(halls, people)
    sealer = Sealer(halls, seal, SealFolder(data / SEALS) if data else None)
    tells = bool(channels.routes.get("alarm"))
    alarms = Alarms(halls, hub.changed, tells)
    core = Core(
        seal=seal,
        leases=Leases(halls, checkins, seal, tells),
        tls=tls,
        pairings=Pairings(halls, people, setup, seal.public),
        renewal=Renewal(halls),
        sign_ins=SignIns(halls, people),
        machine=machine,
        sealer=sealer,
        exports=Exports(halls),
        persons=Persons(halls),
        halls=halls,
        people=people,
        setup=setup,
        hub=hub,
        bookings=bookings,
        checkins=checkins,
        messages=Messages(halls, channels),
        due_items=due_items,
        fleets=Fleets(halls),
        pickups=Pickups(halls, proofs, tickets.new_code),
        progress=progress,
        again=Again(halls, bookings, proofs),
        intake=Intake.over(halls),
        certificates=Certificates(halls, signing=signer is not None),
        certificate_prints=certificate_prints,
        checking=Checking(halls),
        lab=Lab(halls, results),
        results=results,
        negotiations=negotiations,
        equipment=EquipmentBook(halls),
        credentials=Credentials(halls),
        status_labels=StatusLabels(halls),
        errands=errands,
        alarms=alarms,
        health=MachineHealth(halls, machine, lambda: tls.until if tls else None),
        upkeep=UpkeepLog(halls),
        today=Today(halls),
    )
    shelves = Shelves(halls, hub.changed)
    told: list[Callable[[Change], None]] = [
        hub.changed,
        shelves.changed,
        sealer.changed,
        lambda change: press.wake(),
    ]
    tidy = (halls.tidy, errands.tidy, alarms.tidy, bookings.tidy, core.pairings.tidy)
    background: list[Callable[[], Coroutine[Any, Any, None]]] = [
        lambda: poll(halls, hub.devices, tidy),
        lambda: watch_rights(hub, people),
        Sender(halls, channels).run,
        Keeper(halls, due_items).run,
        press.run,
        shelves.run,
        certificate_prints.run,
        Watch(halls, negotiations).run,
        AlarmWatch(alarms, errands, setup.parts_changed).run,
        machine.run,
        sealer.run,
        Clearer(halls).run,
    ]
    if engine.dialect.name == "postgresql":
        from server.live.notices import Notices

        notices = Notices(engine.url.render_as_string(hide_password=False), halls, hub.follows)
        told.append(notices.tell)
        background.append(notices.run)

    if tls is not None:
        background.append(tls.run)

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
    app.state.background = background
    app.state.stopping = False
    problems.install(app)
    describe(app)
    app.add_middleware(Edge)

    @app.get("/healthz", tags=["health"])
    async def healthz() -> Health:
        return Health(status="ok", version=__version__)

    # Taking a number comes first: routes are looked through in this order.
    for router in (tickets.router, hall_routes.router, sessions.router, manage.router, manage.devices_router):
        app.include_router(router)
    for router in (health_routes.router, errand_routes.router, errand_routes.devices_router):
        app.include_router(router)
    app.include_router(booking_routes.router)
    app.include_router(order_routes.router)
    app.include_router(lease_routes.router)
    for router in (lab_routes.router, negotiation_routes.public, negotiation_routes.router):
        app.include_router(router)
    app.include_router(equipment_routes.router)
    app.include_router(certificate_routes.router)
    app.include_router(offer_routes.router)
    app.include_router(pickup_routes.router)
    app.include_router(progress_routes.router)
    app.include_router(messages.router)
    app.include_router(due.router)
    for router in (cases.router, handovers.router, referrals.router):
        app.include_router(router)
    for router in (pairing_routes.public, pairing_routes.router, sessions.in_hall, sessions.own):
        app.include_router(router)
    app.include_router(keeping_routes.router)
    app.include_router(live.router)
    app.include_router(metrics.router)
    app.mount("/static", static_files(), name="static")
    app.include_router(pages(PagesCore(core)))
    return app


def fast_loop() -> str:
    """uvloop where it is installed."""
    return "uvloop" if importlib.util.find_spec("uvloop") else "asyncio"
