"""The real kiosk on a virtual screen, killed at any moment while it is touched, again and again."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter as Tally
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import select

from hardware.printers.simulator.server import SimulatedPrinter
from kiosk.label_memory import FILE as LABELS
from server.store import tables as t
from server.store.engine import open_engine, reading, sqlite_url
from tests.load.halls import BROUGHT, SLOT, Place, furnish
from tests.load.servers import processes
from tests.waiting import free_port, until

from .bench_kiosk import HEIGHT, WIDTH, Kiosk, screen, settled

NUMBER = re.compile(r"^[A-Z]\d{3,4}$")
LONGEST = 6.0
"""Seconds after its start, at most, at which it is killed."""
VOUCHERS = 0.5
"""Share of the visits that begin with a voucher: these print labels."""


@dataclass(slots=True)
class Shown:
    """What people saw on the screen."""

    numbers: list[str] = field(default_factory=list)
    labelled: int = 0


@dataclass(frozen=True, slots=True)
class Outlived:
    """What became of what people were shown, and of what came out of the printer."""

    kills: int
    tickets: int
    """Numbers that people were shown."""
    lost: int
    """Those of which the server knows nothing."""
    twice: int
    """Shown to two people, or given twice."""
    labels: int
    """Told to the server."""
    miscounted: int
    """Told otherwise than the kiosk remembers them."""


class Glass:
    """The kiosk of one hall, which can be started again and again on the same virtual screen."""

    def __init__(self, folder: Path, place: Place, url: str, printer: int, display: str, pixels: Any) -> None:
        self._control = free_port()
        self._config = folder / "kiosk.toml"
        self._log = folder / "kiosk.log"
        self.state = folder / "state"
        self._display = display
        self._pixels = pixels
        [token] = place.kiosks.values()
        self._config.write_text(
            f"""
[server]
url = "{url}"
hall = "{place.id}"
token = "{token}"
[screen]
width = {WIDTH}
height = {HEIGHT}
diagonal_inches = 32
[printer]
driver = "escpos-network"
host = "127.0.0.1"
port = {printer}
[staff]
pin = "2468"
[state]
dir = "{self.state}"
[script]
control_port = {self._control}
""",
            encoding="utf-8",
        )

    def start(self) -> tuple[subprocess.Popen[bytes], Kiosk]:
        """Goes on when it answers."""
        env = {**os.environ, "DISPLAY": self._display, "SDL_AUDIODRIVER": "dummy"}
        command = [sys.executable, "-m", "kiosk.main", "--config", str(self._config)]
        with self._log.open("ab") as log:
            running = subprocess.Popen(command, env=env, stdout=log, stderr=log)
        made = Kiosk(running.pid, self._control, self._pixels, 0)

        def answers() -> bool:
            assert running.poll() is None, self._log.read_text()[-2000:]
            with contextlib.suppress(OSError, http.client.HTTPException):
                made.ask("GET", "/screen")
                return True
            return False

        until("the kiosk answering", answers, 60)
        return running, made


def visits(app: Kiosk, vouchers: list[str], shown: Shown, dice: random.Random) -> None:
    """One visitor after another, until the kiosk is no more."""
    with contextlib.suppress(OSError, http.client.HTTPException, TimeoutError):
        while True:
            app.ask("POST", "/wait?screen=Home&name=take-number&timeout=20")
            settled(app)
            if vouchers and dice.random() < VOUCHERS:
                app.ask("POST", f"/scan?text={vouchers.pop()}")
                app.touch("check-in", "Arrived")
                app.ask("POST", "/wait?screen=Labelling&paper=printed&timeout=20")
                shown.labelled += 1
                app.touch("done", "Labelling")
                continue
            app.touch("take-number", "Home")
            app.touch("service:accept", "Services")
            app.touch("take", "Choosing")
            app.ask("POST", "/wait?screen=Holding&timeout=20")
            texts = app.ask("GET", "/screen")["texts"]
            assert isinstance(texts, list)
            shown.numbers += [text for text in texts if NUMBER.match(str(text))][:1]
            app.touch("done", "Holding")


def booked(url: str, place: Place, count: int) -> list[str]:
    """So many vouchers for today."""
    [token] = place.kiosks.values()
    codes = []
    for n in range(count):
        customer = {"type": "sole_trader", "name": "某", "company": "某某店", "phone": f"137{n:08d}"}
        lines = [{"item": BROUGHT, "pieces": 2}]
        body = {"day": place.day, "slot": SLOT, "lines": lines, "customer": customer}
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": uuid.uuid4().hex}
        read = {"acknowledged": {BROUGHT: 1}, "consent": "1"}
        path = f"{url}/api/v1/halls/{place.id}/appointments"
        answer = requests.post(path, json=body | read, headers=headers, timeout=20)
        answer.raise_for_status()
        codes.append(answer.json()["code"])
    return codes


def kill_kiosks(folder: Path, kills: int, seed: int = 1) -> Outlived:
    dice = random.Random(seed)
    database = sqlite_url(folder)
    [place] = furnish(database, 1, 1, 1)
    shown = Shown()
    with (
        processes(folder, 1) as [server],
        SimulatedPrinter(folder / "paper") as printer,
        screen(folder / "screen") as (display, pixels),
    ):
        url = f"http://127.0.0.1:{server.port}"
        vouchers = booked(url, place, 2 * kills)
        glass = Glass(folder, place, url, printer.port, display, pixels)
        for _ in range(kills):
            running, app = glass.start()
            people = threading.Thread(target=visits, args=(app, vouchers, shown, dice))
            people.start()
            time.sleep(dice.uniform(0.1, LONGEST))
            running.send_signal(signal.SIGKILL)
            running.wait(20)
            people.join(60)
            assert not people.is_alive()
        # Once more, and left alone: what it has not told yet it tells now.
        running, app = glass.start()
        try:
            app.ask("POST", "/wait?screen=Home&name=take-number&timeout=30")
            with contextlib.suppress(AssertionError):
                until("all labels told", lambda: remembered(glass.state) == told(database, place), 60)
        finally:
            running.terminate()
            running.wait(20)
    known = numbers(database, place)
    mine, theirs = remembered(glass.state), told(database, place)
    return Outlived(
        kills=kills,
        tickets=len(shown.numbers),
        lost=sum(number not in known for number in shown.numbers),
        twice=len(shown.numbers) - len(set(shown.numbers)) + sum(n - 1 for n in known.values()),
        labels=theirs.total(),
        miscounted=((mine - theirs) + (theirs - mine)).total(),
    )


def numbers(database: str, place: Place) -> Tally[str]:
    """Every number that the server gave."""
    engine = open_engine(database)
    try:
        with reading(engine).begin() as connection:
            given = select(t.tickets.c.number).where(t.tickets.c.hall == place.id)
            return Tally(connection.scalars(given))
    finally:
        engine.dispose()


def told(database: str, place: Place) -> Tally[tuple[str, str]]:
    """(label, outcome) as often as the server was told of it."""
    engine = open_engine(database)
    try:
        with reading(engine).begin() as connection:
            lines = select(t.journal.c.payload).where(
                t.journal.c.hall == place.id, t.journal.c.kind.startswith("labels.")
            )
            said = [json.loads(payload) for payload in connection.scalars(lines)]
    finally:
        engine.dispose()
    return Tally((code, one["outcome"]) for one in said for code in one["codes"])


def remembered(state: Path) -> Tally[tuple[str, str]]:
    """(label, outcome) as the kiosk remembers what it printed."""
    try:
        lines = json.loads((state / LABELS).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Tally()
    return Tally((line["code"], line["outcome"] or "unknown") for line in lines)
