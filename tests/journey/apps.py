"""The kiosk and the display as the journey uses them: touched, asked what they show, and photographed."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode

from PIL import Image

from assets.demo.asking import answers, ask
from assets.demo.programs import Program
from assets.demo.screens import Screen
from tests.waiting import free_port, until

from .album import Album
from .hall import Hall

PORTRAIT, LANDSCAPE = (1080, 1920), (1920, 1080)
WAYS_HOME = ("staff:menu", "done", "home", "home-button", "leave", "back", "closed")


def settled(glass: Screen) -> Image.Image:
    """What stands on the glass once nothing has moved for a fifth of a second (or two seconds are over)."""
    picture, since, end = glass.picture(), time.monotonic(), time.monotonic() + 2
    while time.monotonic() - since < 0.2 and time.monotonic() < end:
        time.sleep(0.04)
        newer = glass.picture()
        if newer.tobytes() != picture.tobytes():
            picture, since = newer, time.monotonic()
    return picture


@dataclass(frozen=True, slots=True)
class Kiosk:
    program: Program
    glass: Screen
    address: str
    album: Album

    def shown(self) -> Any:
        return ask(f"{self.address}/screen")

    def tap(self, name: str) -> Any:
        """Touch the widget ``name``. Fails when the screen has none."""
        return self._post("tap", {"name": name})

    def hold_corner(self) -> None:
        """A finger rests in the upper left corner for a little over five seconds."""
        self._post("tap", {"x": 10, "y": 10, "hold": 5.4}, limit=15)

    def wait(self, limit: float = 20, **given: object) -> Any:
        """Until ``screen``, ``text``, ``name`` or ``paper`` is so. Fails with what is shown instead."""
        return self._post("wait", {**given, "timeout": limit}, limit=limit + 5)

    def home(self) -> None:
        """Back to the home screen, whatever stands there."""
        for _ in range(4):
            shown = self.shown()
            if shown["screen"] == "Home":
                return
            way = next((way for way in WAYS_HOME if way in shown["names"]), None)
            if way:
                self.tap(way)
            else:
                self.wait(screen="Home", limit=40)
        self.wait(screen="Home")

    def picture(self, name: str, shows: str) -> None:
        """Photograph the glass as it stands. Fails when a sentence does not fit its place."""
        shown = self.shown()
        self.album.add(settled(self.glass), name, shows)
        assert shown["clipped"] == [], f"cut off on {shown['screen']}: {shown['clipped']}"

    def scan(self, text: str) -> Any:
        """As if the scanner had read ``text``."""
        return self._post("scan", {"text": text})

    def choose(self, service: str) -> None:
        """From home to the screen of ``service``, be it behind the one tile for all of them."""
        self.home()
        if "take-number" in self.shown()["names"]:
            self.tap("take-number")
            self.wait(screen="Services")
        self.tap(f"service:{service}")

    def take(self, service: str) -> str:
        """Take a number for ``service`` and come to the screen that holds it; the number."""
        self.choose(service)
        self.wait(screen="Choosing")
        self.tap("take")
        number: str = self.wait(screen="Holding")["number"]
        return number

    def _post(self, what: str, given: dict[str, object], limit: float = 10) -> Any:
        try:
            return ask(f"{self.address}/{what}?{urlencode(given)}", method="POST", limit=limit)
        except HTTPError as refusal:
            shown = json.load(refusal)
            kept = {part: shown.get(part) for part in ("error", "screen", "paper", "link", "texts", "names")}
            raise AssertionError(f"{what} {given} did not come about; the kiosk shows {kept}") from refusal


@dataclass(frozen=True, slots=True)
class Display:
    program: Program
    glass: Screen
    address: str
    album: Album

    def scene(self) -> Any:
        return ask(f"{self.address}/scene")

    def until_calls(self, number: str, counter: str) -> None:
        """Until the stage calls ``number`` to ``counter``."""

        def called() -> bool:
            stage = self.scene().get("stage", {})
            return stage.get("number") == number and stage.get("counter") == counter

        until(f"the display calling {number} to {counter}", called)

    def spoken(self) -> list[Any]:
        """What was said since the display began, oldest first."""
        lines: list[Any] = ask(f"{self.address}/spoken")
        return lines

    def picture(self, name: str, shows: str) -> None:
        self.album.add(settled(self.glass), name, shows)


def start_kiosk(
    hall: Hall, album: Album, name: str, size: tuple[int, int], *, at_home: bool = False
) -> Kiosk:
    """A kiosk with a glass of ``size``, showing the hall; ``at_home``: with a camera and a label printer."""
    port = free_port()
    glass = hall.screen(name, size)
    address = f"http://127.0.0.1:{port}"

    def ready() -> bool:
        shown = answers(f"{address}/screen")
        return shown is not None and shown["screen"] == "Home" and shown["link"] == "live"

    program = hall.app("liqu-kiosk", name, glass, hall.kiosk_settings(size, port, at_home=at_home), ready)
    program.start()
    program.wait_ready()
    return Kiosk(program, glass, address, album)


def start_display(hall: Hall, album: Album) -> Display:
    """A display that shows the hall, and writes what it says into files."""
    port = free_port()
    glass = hall.screen("display", LANDSCAPE)
    address = f"http://127.0.0.1:{port}"

    def ready() -> bool:
        scene = answers(f"{address}/scene")
        return scene is not None and scene["kind"] == "board" and not scene["stale"]

    program = hall.app("liqu-display", "display", glass, hall.display_settings(LANDSCAPE, port), ready)
    program.start()
    program.wait_ready()
    return Display(program, glass, address, album)
