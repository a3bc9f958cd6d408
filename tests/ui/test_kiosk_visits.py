"""A visit at the real kiosk before the real server: a voucher held before the camera, a number, its labels.

The camera is a folder of pictures, the two printers are simulated; everything between is as in a hall.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zxingcpp
from PIL import Image, ImageFilter
from sqlalchemy import select

from hardware.printers.simulator.server import SimulatedPrinter
from tests.conftest import need
from tests.journey.apps import Kiosk
from tests.reading import label_codes
from tests.servers import Clock, ServerThread, furnished_copy, served
from tests.ui.kiosk_program import kiosk_at
from tests.waiting import until

pytestmark = pytest.mark.screen

AFTER_LUNCH = datetime(2026, 11, 20, 5, 15, tzinfo=UTC)
"""A Friday, a quarter past one in Shanghai: fifteen minutes before the slot that is booked."""
LINES = [{"item": "price-scale", "pieces": 2}, {"item": "electronic-sphygmomanometer", "pieces": 1}]


@dataclass(slots=True)
class Stage:
    kiosk: Kiosk
    hall: ServerThread
    clock: Clock
    tickets: SimulatedPrinter
    labels: SimulatedPrinter
    camera: Path

    def book(self, day: str = "2026-11-20", slot: str = "accept-1330", hall: str = "main") -> Any:
        catalogue = self.hall.ask("GET", f"/halls/{hall}/catalogue")
        notices = {item["id"]: item["notice"]["version"] for item in catalogue["items"] if item["notice"]}
        body = {
            "day": day,
            "slot": slot,
            "lines": LINES,
            "customer": {
                "type": "sole_trader",
                "name": "某某甲",
                "phone": "13912345678",
                "company": "某某秤店",
            },
            "acknowledged": {line["item"]: notices[line["item"]] for line in LINES},
            "consent": catalogue["consent"]["version"],
        }
        return self.hall.ask("POST", f"/halls/{hall}/appointments", body)

    @contextmanager
    def held_up(self, code: str) -> Iterator[None]:
        """The voucher's code before the camera, as a hand holds a phone: askew and a little blurred."""
        symbol = zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.QRCode).to_image(scale=8)
        phone = Image.new("L", (420, 640), 245)
        phone.paste(Image.fromarray(np.array(symbol, copy=False)), (80, 160))
        scene = Image.new("L", (1280, 720), 96)
        turned = phone.convert("LA").rotate(random.Random(code).uniform(-14, 14), expand=True)
        scene.paste(turned.convert("L"), (400, 20), turned.getchannel("A"))
        path = self.camera / "voucher.png"
        scene.filter(ImageFilter.GaussianBlur(1.2)).save(path)
        try:
            yield
        finally:
            path.unlink()


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("kiosk-visits")
    camera = folder / "camera"
    camera.mkdir()
    clock = Clock(AFTER_LUNCH)
    with ExitStack() as open_:
        tickets = open_.enter_context(SimulatedPrinter(folder / "tickets"))
        labels = open_.enter_context(SimulatedPrinter(folder / "labels", language="zpl"))
        hall = open_.enter_context(served(*furnished_copy(folder), clock))
        token = hall.credentials["devices"]["kiosk-1"]
        kiosk = open_.enter_context(
            kiosk_at(hall.url, tickets.port, folder, token, label_port=labels.port, camera=camera)
        )
        kiosk.wait(screen="Home", name="check-in", limit=40)
        yield Stage(kiosk, hall, clock, tickets, labels, camera)


def codes_on(labels: SimulatedPrinter, since: int) -> list[str]:
    """The identity code of each label that came out, read from its picture."""
    return [label_codes(caught.path).get("DataMatrix", "") for caught in labels.sheets[since:]]


def told_of_labels(stage: Stage) -> list[str]:
    """What the journal says of labels, oldest first."""
    from server.store.tables import journal

    with stage.hall.app.state.core.halls.engine.begin() as connection:
        rows = connection.execute(select(journal.c.kind).order_by(journal.c.seq)).all()
    return [kind for (kind,) in rows if kind.startswith("labels.")]


def test_one_scan_and_one_touch_bring_the_number_and_a_label_for_each_piece(stage: Stage) -> None:
    kiosk = stage.kiosk
    booked = stage.book()
    tickets, labels = len(stage.tickets.sheets), len(stage.labels.sheets)
    kiosk.home()
    with stage.held_up(booked["code"]):
        seen = kiosk.wait(screen="Arrived", limit=30)
    assert any("预约有效" in text for text in seen["texts"])
    assert not any("某某甲" in text or "13912345678" in text for text in seen["texts"])
    assert seen["clipped"] == []
    kiosk.tap("check-in")
    done = kiosk.wait(screen="Labelling", paper="printed", limit=40)
    assert done["labels"] == {"out": 3, "left": 0}
    assert done["number"][0] in "AB"
    assert done["clipped"] == []
    assert len(stage.tickets.sheets) == tickets + 1
    codes = codes_on(stage.labels, labels)
    assert len(set(codes)) == 3
    assert all(code.startswith("S") for code in codes)
    until("the labels being told", lambda: told_of_labels(stage) == ["labels.printed"])
    kiosk.tap("done")
    kiosk.wait(screen="Home")

    # The same voucher again: it was used, and says with which number; its labels can be had again.
    kiosk.tap("check-in")
    kiosk.wait(screen="Showing")
    for digit in booked["number"]:
        kiosk.tap(f"key:{digit}")
    kiosk.tap("key:enter")
    used = kiosk.wait(screen="Arrived")
    assert any(done["number"] in text for text in used["texts"])
    kiosk.tap("labels")
    again = kiosk.wait(screen="LabelsFound")
    assert any("这是补打" in text for text in again["texts"])
    kiosk.tap("print")
    kiosk.wait(screen="Labelling", paper="printed", limit=40)
    assert sorted(codes_on(stage.labels, labels)) == sorted(codes * 2)
    until("the reprint being told", lambda: told_of_labels(stage) == ["labels.printed", "labels.reprinted"])
    kiosk.tap("done")


def test_labels_without_paper_wait_for_it_and_none_is_lost_or_doubled(stage: Stage) -> None:
    kiosk = stage.kiosk
    booked = stage.book()
    before = len(stage.labels.sheets)
    kiosk.home()
    stage.labels.fault("out_of_paper", on=True)
    try:
        kiosk.scan(f"{stage.hall.url}/v/{booked['code']}")
        kiosk.wait(screen="Arrived")
        # One scale stayed at home: two labels only.
        kiosk.tap("fewer:price-scale")
        kiosk.wait(text="1 件")
        kiosk.tap("check-in")
        seen = kiosk.wait(screen="Labelling", paper="out_of_paper", limit=60)
        assert seen["labels"] == {"out": 0, "left": 2}
        assert seen["number"] in seen["texts"]
        assert seen["clipped"] == []
    finally:
        stage.labels.fault("out_of_paper", on=False)
    kiosk.tap("continue")
    assert kiosk.wait(screen="Labelling", paper="printed", limit=40)["labels"] == {"out": 2, "left": 0}
    assert len(codes_on(stage.labels, before)) == len(set(codes_on(stage.labels, before))) == 2
    kiosk.tap("done")


def test_a_label_whose_end_is_unknown_is_asked_about_and_the_rest_can_be_had_later(stage: Stage) -> None:
    kiosk = stage.kiosk
    booked = stage.book()
    before = len(stage.labels.sheets)
    kiosk.home()
    stage.labels.fault("drop", after=700)
    try:
        kiosk.scan(booked["code"])
        kiosk.wait(screen="Arrived")
        kiosk.tap("check-in")
        seen = kiosk.wait(screen="Labelling", paper="unknown", limit=60)
        assert {"skip", "continue", "done"} <= set(seen["names"])
        assert seen["clipped"] == []
    finally:
        stage.labels.fault("drop", on=False)
    # The person says that it did come out, and leaves with one of three.
    kiosk.tap("skip")
    kiosk.wait(screen="Labelling", paper="printed", limit=40)
    kiosk.tap("done")
    kiosk.tap("labels")
    kiosk.wait(screen="Showing")
    kiosk.scan(booked["code"])
    assert "print" in kiosk.wait(screen="LabelsFound")["names"], "all three are known to have come out"
    kiosk.home()
    assert len(codes_on(stage.labels, before)) >= 2


def test_instruments_without_an_appointment_are_chosen_by_touch_and_get_their_labels(stage: Stage) -> None:
    kiosk = stage.kiosk
    before = len(stage.labels.sheets)
    kiosk.home()
    kiosk.tap("take-number")
    kiosk.wait(screen="Services")
    kiosk.tap("register")
    kiosk.wait(screen="ChoosingCustomer")
    kiosk.tap("customer:company")
    kiosk.wait(screen="ChoosingField")
    kiosk.tap("field:optometry")
    kiosk.wait(screen="ChoosingItem")
    kiosk.tap("item:trial-lenses")
    asked = kiosk.wait(screen="Counting")
    assert "add" not in asked["names"], "the parts are asked for first"
    kiosk.tap("incomplete")
    kiosk.tap("more:trial-lenses")
    kiosk.wait(text="2 件")
    kiosk.tap("add")
    kiosk.wait(screen="Basket", text="承诺")
    kiosk.tap("register")
    done = kiosk.wait(screen="Labelling", paper="printed", limit=40)
    assert done["labels"] == {"out": 2, "left": 0}
    assert done["number"].startswith("B")
    assert len(stage.labels.sheets) == before + 2
    kiosk.tap("done")


def test_a_voucher_for_another_day_another_hall_or_given_up_is_told_apart(stage: Stage) -> None:
    kiosk = stage.kiosk
    monday = stage.book(day="2026-11-23")
    east = stage.book(hall="east")
    lost = stage.book(slot="accept-1500")
    stage.hall.ask("POST", "/appointments/cancel", {"code": lost["code"], "tail": "5678"})
    for booked, told in ((monday, "预约不是今天"), (east, "预约在另一个大厅"), (lost, "已取消")):
        kiosk.home()
        kiosk.scan(booked["code"])
        seen = kiosk.wait(screen="Arrived")
        assert any(told in text for text in seen["texts"]), seen["texts"]
        assert "check-in" not in seen["names"]
        assert seen["clipped"] == []
    kiosk.home()
    kiosk.scan(monday["code"][:-1] + ("0" if monday["code"][-1] != "0" else "1"))
    assert kiosk.shown()["screen"] == "Home", "at home a code that is not whole is nobody's"
    kiosk.tap("check-in")
    kiosk.wait(screen="Showing")
    kiosk.scan(monday["code"][:-2])
    kiosk.wait(text="不完整")
    kiosk.scan("https://elsewhere.example/")
    kiosk.wait(text="不是预约凭证")
    kiosk.home()


def test_late_and_early_are_told_and_still_get_a_number(stage: Stage) -> None:
    kiosk = stage.kiosk
    for slot, ahead, told, label in (
        ("accept-1500", timedelta(), "早", "签到取号"),
        ("accept-1400", timedelta(hours=2), "时段已过", "现场取号"),
    ):
        booked = stage.book(slot=slot)
        stage.clock.now = AFTER_LUNCH + ahead
        try:
            kiosk.home()
            kiosk.scan(booked["code"])
            seen = kiosk.wait(screen="Arrived", name="check-in")
            assert any(told in text for text in seen["texts"]), seen["texts"]
            assert any(label in text for text in seen["texts"])
            kiosk.tap("check-in")
            kiosk.wait(screen="Labelling", paper="printed", limit=40)
            kiosk.tap("done")
        finally:
            stage.clock.now = AFTER_LUNCH


def test_a_scanner_that_types_is_read_from_the_windows_keyboard(stage: Stage, tmp_path: Path) -> None:
    need(shutil.which("xdotool"), "xdotool is not installed")
    # The hall has seen three o'clock, and does not follow a clock that goes back.
    booked = stage.book(slot="accept-1530")
    token = stage.hall.credentials["devices"]["kiosk-1"]
    wedge = {"driver": "wedge", "gap_ms": 200}
    with kiosk_at(
        stage.hall.url, stage.tickets.port, tmp_path, token, label_port=stage.labels.port, scanner=wedge
    ) as kiosk:
        kiosk.wait(screen="Home", name="check-in", limit=40)
        kiosk.tap("check-in")
        seen = kiosk.wait(screen="Showing")
        assert seen["scanner"] == "ready"
        keys = ["xdotool", "type", "--delay", "2", booked["code"]]
        subprocess.run(keys, env=os.environ | dict(kiosk.glass.env), check=True, timeout=30)
        enter = ["xdotool", "key", "Return"]
        subprocess.run(enter, env=os.environ | dict(kiosk.glass.env), check=True, timeout=30)
        kiosk.wait(screen="Arrived", name="check-in")
