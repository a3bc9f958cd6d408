"""The server is killed while people come: the kiosk goes on by itself, and nothing is lost or counted twice.

Every program is a real process; server and kiosk are killed by signal 9, the kiosk in the midst of it.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from assets.demo.asking import answers
from assets.demo.programs import Program
from tests.afternoon import afternoon
from tests.conftest import need
from tests.waiting import until

from .album import Album
from .apps import PORTRAIT, Kiosk, start_kiosk
from .hall import ROOT, Hall

pytestmark = [pytest.mark.screen, pytest.mark.timeout(300)]
FOLDER = ROOT / "var" / "journey" / "cut-off"
NAME, SHOP = "某某人丙", "明亮眼镜店"


@dataclass(slots=True)
class Stage:
    hall: Hall
    album: Album
    kiosk: Kiosk
    voucher: str


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    need(shutil.which("Xvfb"), "Xvfb")
    shutil.rmtree(FOLDER, ignore_errors=True)
    album = Album(FOLDER)
    hall = Hall(FOLDER / "hall")
    try:
        for program in (hall.server, hall.printer):
            program.start()
            program.wait_ready()
        day, slot = afternoon(lambda *asked: hall.as_("manager", *asked))
        begin_today(hall, day)
        booked = hall.as_(
            *("clerk1", "POST", "/halls/main/appointments"),
            {
                "day": str(day),
                "slot": slot,
                "lines": [{"item": "lensmeter", "pieces": 2}],
                "customer": {"type": "sole_trader", "name": NAME, "phone": "13912345678", "company": SHOP},
                "acknowledged": notices(hall),
                "consent": hall.as_("clerk1", "GET", "/halls/main/catalogue")["consent"]["version"],
            },
        )
        kiosk = start_kiosk(hall, album, "kiosk", PORTRAIT)
        yield Stage(hall, album, kiosk, booked["code"])
    finally:
        hall.close()


def begin_today(hall: Hall, day: date) -> None:
    """A business day never goes back; where the hall's clock was set back over a midnight, it must."""
    hall.server.stop()
    with closing(sqlite3.connect(hall.folder / "liqu.db")) as database, database:
        database.execute("UPDATE halls SET day = ?", (str(day),))
    hall.server.start()
    hall.server.wait_ready()


def notices(hall: Hall) -> dict[str, int]:
    items = hall.as_("clerk1", "GET", "/halls/main/catalogue")["items"]
    return {one["id"]: one["notice"]["version"] for one in items if one["id"] == "lensmeter"}


def kill(program: Program) -> None:
    """As a power cut ends it."""
    pid = program.pid
    assert pid is not None
    os.killpg(pid, signal.SIGKILL)
    until(f"the end of {program.name}", lambda: not program.alive)


def standing(stage: Stage) -> Any:
    """What the kiosk can do by itself; None while it does not answer."""
    shown = answers(f"{stage.kiosk.address}/screen")
    return shown["alone"] if shown else None


def code_on(sheet: Path) -> str:
    """The ticket's code, as its QR carries it."""
    [found] = zxingcpp.read_barcodes(Image.open(sheet).convert("L"))
    return found.text.rpartition("/t/")[2]


def taken(stage: Stage, service: str) -> tuple[str, str]:
    """Take a number until its paper is out; (number, code on the paper)."""
    before = len(stage.hall.sheets())
    stage.kiosk.choose(service)
    stage.kiosk.wait(screen="Choosing")
    stage.kiosk.tap("take")
    number = stage.kiosk.wait(screen="Holding", paper="printed", limit=40)["number"]
    until("the paper", lambda: len(stage.hall.sheets()) == before + 1)
    return number, code_on(stage.hall.sheets()[-1])


def test_numbers_are_given_checked_in_and_handed_in_though_server_and_kiosk_are_killed(stage: Stage) -> None:
    hall, album, kiosk = stage.hall, stage.album, stage.kiosk
    album.chapter("Cut off")
    until("the lent numbers", lambda: (now := standing(stage)) and now["lent"] and now["vouchers"])
    before, _ = taken(stage, "accept")
    hall.as_("clerk1", "POST", "/halls/main/counters/1/open")

    kill(hall.server)
    given = [taken(stage, "accept")]
    kiosk.picture("alone-number", "The server is gone: a number from the block, and it counts.")
    album.add(hall.sheets()[-1], "alone-sheet", "Its paper.")
    kiosk.home()
    kiosk.picture("alone-home", "What can be had all the same.")
    given.append(taken(stage, "consult"))

    kill(kiosk.program)
    kiosk.program.start()
    until("the kiosk without its server", lambda: (now := standing(stage)) and now["lent"], limit=60)
    kiosk.wait(screen="Home", limit=40)
    kiosk.picture("alone-again", "Killed and started without the server: it goes on.")
    given.append(taken(stage, "accept"))
    assert len({number for number, _ in (*given, (before, ""))}) == 4

    kiosk.home()
    sheets = len(hall.sheets())
    kiosk.scan(stage.voucher)
    arrived = kiosk.wait(screen="ArrivedAlone")
    assert not any(secret in text for text in arrived["texts"] for secret in (NAME, SHOP))
    kiosk.picture("alone-arrived", "A voucher, found in the day's list.")
    kiosk.tap("check-in")
    number = kiosk.wait(screen="Holding", paper="printed", limit=40)["number"]
    until("the paper", lambda: len(hall.sheets()) == sheets + 1)
    booked = (number, code_on(hall.sheets()[-1]))
    kiosk.picture("alone-checked-in", "Checked in; the labels come later.")
    album.add(hall.sheets()[-1], "alone-voucher-sheet", "Its paper.")
    kiosk.home()
    kiosk.scan(stage.voucher)
    kiosk.wait(screen="ArrivedAlone", text=number)
    kiosk.home()
    assert standing(stage)["waiting"] == 4

    hall.server.start()
    hall.server.wait_ready()
    until("all handed in", lambda: (now := standing(stage)) and now["waiting"] == 0, limit=60)
    kiosk.wait(screen="Home")
    until("the link", lambda: kiosk.shown()["link"] == "live")
    kiosk.picture("alone-over", "The server is back.")
    for number, code in (*given, booked):
        assert hall.as_("clerk1", "GET", f"/tickets/{code}")["number"] == number
    checked_in = hall.as_("clerk1", "GET", f"/tickets/{booked[1]}")
    assert checked_in["priority"] == "appointment"

    # The order is there, and so are its labels.
    assert checked_in["state"] == "waiting"
    order = hall.as_("clerk1", "POST", "/halls/main/labels", {"code": booked[1]})
    assert len(order["labels"]) == 2

    called = []
    while ticket := hall.as_("clerk1", "POST", "/halls/main/counters/1/call-next", {})["ticket"]:
        called.append(ticket["number"])
        for step in ("start", "done"):
            hall.as_("clerk1", "POST", f"/tickets/{ticket['id']}/{step}", {})
    # Whoever is expected at two is called from ten minutes before, and then first.
    assert called.count(number) <= 1
    came = [one for one in called if one != number]
    assert came == [before, given[0][0], given[2][0]], "each once, in the order in which they came"
    hall.as_("clerk4", "POST", "/halls/main/counters/4/open")
    ticket = hall.as_("clerk4", "POST", "/halls/main/counters/4/call-next", {})["ticket"]
    assert ticket["number"] == given[1][0]
    after, _ = taken(stage, "accept")
    assert after not in (before, number, *(one for one, _ in given))
    assert hall.checked() == "main: the journal is whole\n"
