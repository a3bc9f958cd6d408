"""Kiosk and display as programs, with the real server: paired by a code, asked from afar, stopped."""

from __future__ import annotations

import io
import json
import re
import shutil
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from assets.demo.asking import answers
from assets.demo.configurations import write
from assets.demo.programs import Program
from assets.demo.screens import Screen, virtual_screen
from server.protocol.places import FONT_BOLD, ICONS
from tests.conftest import need
from tests.journey.album import Album
from tests.journey.apps import Kiosk
from tests.servers import ServerThread, furnished_copy, served
from tests.waiting import free_port, until

pytestmark = [pytest.mark.screen, pytest.mark.timeout(300)]

HALF = re.compile(r"[0-9]{4}")
KIOSK, DISPLAY = (720, 1280), (1280, 720)


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerThread]:
    need(shutil.which("Xvfb"), "Xvfb is not installed")
    need(FONT_BOLD.is_file(), "the fonts are not fetched: run 'make setup'")
    need((ICONS / "ticket.png").is_file(), "the icons are not made: run 'make setup'")
    with served(*furnished_copy(tmp_path_factory.mktemp("hall"))) as made:
        yield made


@dataclass(frozen=True, slots=True)
class Machine:
    """A program on a glass of its own, with its state folder; ``door`` is its script's address."""

    program: Program
    glass: Screen
    door: str
    state: Path

    @property
    def identity(self) -> Any:
        return json.loads((self.state / "device.json").read_text(encoding="utf-8"))


@contextmanager
def machine(kind: str, url: str, folder: Path, size: tuple[int, int]) -> Iterator[Machine]:
    """A kiosk or display whose settings say where the server is, and nothing about who it is."""
    port = free_port()
    shown = "screen" if kind == "kiosk" else "scene"
    settings: dict[str, dict[str, str | int | float | bool]] = {
        "server": {"url": url},
        "screen": {"width": size[0], "height": size[1], "fullscreen": False},
        "state": {"dir": "state"},
        "script": {"control_port": port},
    }
    if kind == "kiosk":
        settings["staff"] = {"pin": "135790"}
    else:
        settings["voice"] = {"speaker": "silent"}
    glass = virtual_screen(*size, folder / "screen")
    door = f"http://127.0.0.1:{port}"
    program = Program(
        kind,
        [sys.executable, "-m", f"{kind}.main", "--config", str(write(folder / f"{kind}.toml", settings))],
        folder / f"{kind}.log",
        ready=lambda: answers(f"{door}/{shown}") is not None,
        env=dict(glass.env) | {"KIVY_HOME": str(folder / "kivy")},
    )
    try:
        program.start()
        program.wait_ready()
        yield Machine(program, glass, door, folder / "state")
    finally:
        program.stop()
        glass.close()


def code_of_kiosk(here: Kiosk) -> str | None:
    """The code on the glass: four digits, and four."""
    shown = answers(f"{here.address}/screen")
    texts = shown["texts"] if shown else []
    halves = [text for text in texts if HALF.fullmatch(text)]
    return "".join(halves) if len(halves) == 2 else None


def ask(hall: ServerThread, device: str, kind: str, manager: str) -> Any:
    """An errand, once it has ended."""
    path = f"/halls/main/devices/{device}/errands"
    asked = hall.ask("POST", path, {"kind": kind}, manager)

    def ended() -> Any:
        one = next(one for one in hall.ask("GET", path, None, manager) if one["id"] == asked["id"])
        return one if one["state"] not in ("asked", "taken") else None

    return until(f"the end of {kind}", ended, 60)


def picture_of(hall: ServerThread, errand: Any, manager: str) -> Image.Image:
    answer = hall.request("GET", f"/api/v1/halls/main/errands/{errand['id']}/picture", None, manager)
    assert answer.status_code == 200
    image = Image.open(io.BytesIO(answer.content))
    assert len(image.getcolors(1 << 20) or []) > 20, "nothing is drawn on it"
    return image


def test_a_kiosk_is_paired_by_its_code_restarts_when_asked_shows_its_screen_and_can_be_stopped(
    hall: ServerThread, tmp_path: Path
) -> None:
    manager = hall.sign_in("manager")
    with machine("kiosk", hall.url, tmp_path, KIOSK) as made:
        kiosk = Kiosk(made.program, made.glass, made.door, Album(tmp_path / "album"))
        pid = made.program.pid
        code = until("the code on the glass", lambda: code_of_kiosk(kiosk))
        hall.ask("POST", "/halls/main/pairings", {"code": code, "name": "kiosk-9"}, manager)

        def at_home() -> bool:
            shown = answers(f"{made.door}/screen")
            return shown is not None and shown["screen"] == "Home" and shown["link"] == "live"

        until("the home screen", at_home, 60)
        assert (made.identity["hall"], made.identity["name"]) == ("main", "kiosk-9")
        assert stat.S_IMODE((made.state / "device.json").stat().st_mode) == 0o600
        assert made.identity["token"] not in made.program.log.read_text(encoding="utf-8")

        errand = ask(hall, "kiosk-9", "screenshot", manager)
        assert errand["state"] == "done", errand
        assert picture_of(hall, errand, manager).size == KIOSK

        errand = ask(hall, "kiosk-9", "restart", manager)
        assert errand["state"] == "done", errand
        until("the home screen again", at_home, 60)
        began = made.program.log.read_text(encoding="utf-8").count("scripted touch listens")
        assert began == 3, "to be paired, at work, and after the restart"
        assert made.program.pid == pid
        assert made.program.alive

        errand = ask(hall, "kiosk-9", "test_print", manager)
        assert (errand["state"], errand["remark"]) == ("failed", "this kiosk has no printer")

        health = hall.ask("GET", "/halls/main/health", None, manager)
        device = next(one for one in health["devices"] if one["name"] == "kiosk-9")
        assert device["online"]
        parts = {one["part"]: one for one in device["parts"]}
        assert parts["screen"]["detail"] == "720 × 1280"

        gone = hall.request("DELETE", "/api/v1/halls/main/devices/kiosk-9", None, manager)
        assert gone.status_code == 204

        def stopped() -> bool:
            shown = answers(f"{made.door}/screen")
            return shown is not None and "此设备已被停用" in shown["texts"]

        until("the kiosk saying that it was stopped", stopped, 20)
        kiosk.hold_corner()
        kiosk.wait(screen="StaffSignIn")
        for key in "135790":
            kiosk.tap(f"key:{key}")
        kiosk.tap("key:enter")
        kiosk.wait(name="enrol:again")
        kiosk.tap("enrol:again")
        code = until("a new code", lambda: code_of_kiosk(kiosk))
        hall.ask("POST", "/halls/main/pairings", {"code": code, "name": "kiosk-9"}, manager)
        until("the home screen of the kiosk that came back", at_home, 60)


def test_a_display_is_paired_by_its_code_tells_how_it_is_and_shows_its_screen(
    hall: ServerThread, tmp_path: Path
) -> None:
    manager = hall.sign_in("manager")
    with machine("display", hall.url, tmp_path, DISPLAY) as made:

        def code() -> str | None:
            scene = answers(f"{made.door}/scene")
            return "".join(scene["code"]) if scene and scene.get("code") else None

        typed = until("the code on the wall", code)
        hall.ask("POST", "/halls/main/pairings", {"code": typed, "name": "board-9"}, manager)

        def board() -> bool:
            scene = answers(f"{made.door}/scene")
            return scene is not None and scene["kind"] == "board" and not scene["stale"]

        until("the board", board, 60)
        errand = ask(hall, "board-9", "screenshot", manager)
        assert errand["state"] == "done", errand
        assert picture_of(hall, errand, manager).size == (1080, 608)
        errand = ask(hall, "board-9", "restart", manager)
        assert errand["state"] == "done", errand
        until("the board again", board, 60)

        def told() -> bool:
            health = hall.ask("GET", "/halls/main/health", None, manager)
            device = next(one for one in health["devices"] if one["name"] == "board-9")
            screen = next(one for one in device["parts"] if one["part"] == "screen")
            return bool(device["online"] and screen["detail"] == "1280 × 720")

        until("how the display is", told)
