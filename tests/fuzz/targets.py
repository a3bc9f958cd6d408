"""What is fed with anything: each target takes bytes and may end only in the ways that its part promises.

A target that raises is a defect. Seeds are good inputs, for the mutations to begin at.
"""

from __future__ import annotations

import io
import itertools
import json
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from PIL import Image

from display.client import Address, LiveClient
from hardware.printers.base import DeviceError, Sheet
from hardware.printers.escpos.driver import EscposPrinter
from hardware.printers.escpos.line import Connect, LineError
from hardware.printers.labels.driver import LabelPrinter
from hardware.printers.labels.language import Language, Stock
from hardware.printers.labels.tspl import Tspl
from hardware.printers.labels.zpl import Zpl
from hardware.printers.simulator.device import Device
from kiosk import following, live
from server.device import duty
from server.domain.hall import Hall
from server.protocol import codes
from server.services import sheets
from server.services.demo import DEMO_HALL, hall_from
from server.services.due_sheet import read_sheet
from server.services.offer_sheets import planned
from server.services.photos import shrunk
from server.services.registration_sheet import read_fleet
from server.services.sheets_items import COLUMNS, exported

NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)
WIDTH = 576


@dataclass(frozen=True, slots=True)
class Target:
    name: str
    feed: Callable[[bytes], None]
    seeds: Sequence[bytes]


class Babble:
    """A printer's line on which the printer says ``told``, in pieces, and then nothing more."""

    def __init__(self, told: bytes) -> None:
        self._told = io.BytesIO(told)
        self._pieces = itertools.cycle((1, 3, 64, 2))
        self.now = 0.0

    def clock(self) -> float:
        return self.now

    def send(self, data: bytes) -> None:
        self.now += 0.01

    def receive(self, limit: float) -> bytes:
        self.now += 0.01
        heard = self._told.read(next(self._pieces))
        if not heard:
            self.now += limit
        if heard.startswith(b"\xff\xff"):
            raise LineError("the line broke")
        return heard

    def close(self) -> None: ...

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def _to(line: Babble) -> Connect:
    return lambda: line


def _sheet(width: int) -> Sheet:
    return Sheet(Image.new("1", (width, 8), 1), job="A001", title="")


def escpos(data: bytes) -> None:
    """The parser of an ESC/POS printer's answers, before, during and after a job."""
    line = Babble(data)
    EscposPrinter(_to(line), WIDTH, clock=line.clock).status()
    line = Babble(data)
    with suppress(DeviceError):
        EscposPrinter(_to(line), WIDTH, clock=line.clock).print(_sheet(WIDTH))


def _labels(language: Language) -> Callable[[bytes], None]:
    def feed(data: bytes) -> None:
        stock = Stock(50, 30, 2)
        for act in (lambda one: one.status(), lambda one: one.print(_label(stock))):
            line = Babble(data)
            with suppress(DeviceError):
                act(LabelPrinter(_to(line), language, stock, clock=line.clock, sleep=line.sleep))

    return feed


def _label(stock: Stock) -> Sheet:
    return Sheet(Image.new("1", stock.dots, 1), job="S", title="")


def simulator(data: bytes) -> None:
    """The simulated printer's parser of jobs: it stands in for a device that takes anything."""
    Device(WIDTH, lambda cutting: None).connect().receive(data)


def grammar(data: bytes) -> None:
    """Whatever a scanner may say: a code of ours whose text is again itself, or a fault."""
    text = data.decode("utf-8", "replace")
    found = codes.read(text)
    codes.could_be_ours(text)
    if not isinstance(found, str):
        assert codes.read(found.text) == found
        assert len(found.text) <= 32


@cache
def hall() -> Hall:
    return hall_from(json.loads(DEMO_HALL.read_text(encoding="utf-8")))


def table(data: bytes) -> None:
    """An uploaded sheet, by each of the three that read one."""
    ids = (f"{n:032x}" for n in itertools.count())
    with suppress(sheets.Unreadable):
        sheets.read(data)
    planned(data, hall())
    read_fleet(data, hall())
    read_sheet(data, hall(), "sheet", NOON, lambda: next(ids))


def photo(data: bytes) -> None:
    """An uploaded photo: shrunk, or refused."""
    try:
        made = shrunk(data)
    except ValueError:
        return
    assert made.startswith(b"\xff\xd8")


class Nobody:
    """A listener of frames that looks at nothing."""

    def on_open(self, server_at: datetime | None) -> None: ...

    def on_frame(self, view: object) -> None: ...

    def on_heartbeat(self, at: datetime) -> None:
        assert at.tzinfo is not None

    def on_broke(self) -> None: ...


def frame(data: bytes) -> None:
    """A live frame, as display, kiosk, progress and device hear it."""
    text = data.decode("utf-8", "replace")
    LiveClient(Address("http://127.0.0.1", "board:main"), Nobody())._deliver(text)
    _, at = live.read(text)
    assert at is None or at.tzinfo is not None
    following.read(text)
    duty.read(text)


def _xlsx() -> bytes:
    wide = [column.wide for column in COLUMNS]
    return sheets.write_xlsx("目录", [column.zh for column in COLUMNS], exported(hall()), wide)


def _csv() -> bytes:
    return sheets.write_csv([column.zh for column in COLUMNS], exported(hall()))


def _picture(form: str) -> bytes:
    made = io.BytesIO()
    Image.effect_noise((64, 48), 50).convert("RGB").save(made, form)
    return made.getvalue()


BOARD = {
    "topic": "board:main",
    "seq": 1,
    "at": "2026-11-21T12:00:00+08:00",
    "view": {"calls": [{"id": "1", "number": "A001", "counter": "1", "at": "2026-11-21T12:00:00+08:00"}]},
}
HEARTBEAT = {"topic": "heartbeat", "at": "2026-11-21T12:00:00+08:00"}


def targets() -> Iterator[Target]:
    yield Target("escpos", escpos, [b"\x16\x12\x12\x12", b"\x16\x16\x12\x72", b"\x10\x00\x00\x12" * 4])
    zpl = (
        b"\x02030,0,0,1245,000,0,0,0,000,0,0,0\x03\r\n\x02000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n"
        b"\x021234,0\x03\r\n"
    )
    yield Target("zpl", _labels(Zpl()), [zpl * 3])
    yield Target("tspl", _labels(Tspl()), [b"\x00\x00\x00", b"\x01\x04\x08"])
    yield Target("simulator", simulator, [b"\x1b@\x1dv0\x00\x48\x00\x08\x00" + bytes(576) + b"\x1dVA\x00"])
    made = [codes.code_of(kind, 0x5EED_5EED_5EED_5EED_5EED).encode() for kind in codes.KINDS]
    yield Target("grammar", grammar, [*made, codes.number_of(0x5EED_5EED_5EED).encode()])
    yield Target(
        "table", table, [_csv(), _xlsx(), "器具,出厂编号\n焦度计,1\n".encode(), "器具,到期日\n".encode()]
    )
    yield Target("photo", photo, [_picture("JPEG"), _picture("PNG")])
    yield Target("frame", frame, [json.dumps(one).encode() for one in (BOARD, HEARTBEAT)])


PARTS = ("hardware", "kiosk", "display", "server")


def quiet() -> None:
    """What is strange is logged where it is met; here all of it is. For a process that does nothing else."""
    for part in PARTS:
        logging.getLogger(part).setLevel(logging.CRITICAL)
