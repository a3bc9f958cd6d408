"""The real kiosk as a program, on a glass of its own, touched by a script."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from assets.demo.asking import answers
from assets.demo.configurations import kiosk_settings, write
from assets.demo.programs import Program
from assets.demo.screens import virtual_screen
from server.protocol.places import FONT_BOLD, ICONS
from tests.conftest import need
from tests.journey.album import Album
from tests.journey.apps import PORTRAIT, Kiosk
from tests.ui.kiosk_fake_hall import TOKEN
from tests.waiting import free_port


@contextmanager
def kiosk_at(
    url: str,
    printer_port: int,
    folder: Path,
    token: str = TOKEN,
    *,
    label_port: int | None = None,
    camera: Path | None = None,
    scanner: Mapping[str, str | int] | None = None,
    certificates: str = "",
    size: tuple[int, int] = PORTRAIT,
) -> Iterator[Kiosk]:
    """The program on a glass of its own, ready to answer its script. ``scanner``: in place of ``camera``."""
    need(shutil.which("Xvfb"), "Xvfb is not installed")
    need(FONT_BOLD.is_file(), "the fonts are not fetched: run 'make setup'")
    need((ICONS / "ticket.png").is_file(), "the icons are not made: run 'make setup'")
    door = free_port()
    settings = dict(
        kiosk_settings(
            url=url,
            size=size,
            fullscreen=False,
            printer_port=printer_port,
            control_port=door,
            label_port=label_port,
            camera=camera,
            certificates=certificates,
        )
    )
    settings["server"] = {"url": url, "hall": "main", "token": token}
    if scanner is not None:
        settings["scanner"] = scanner
    glass = virtual_screen(*size, folder / "screen")
    program = Program(
        "kiosk",
        [sys.executable, "-m", "kiosk.main", "--config", str(write(folder / "kiosk.toml", settings))],
        folder / "kiosk.log",
        ready=lambda: answers(f"http://127.0.0.1:{door}/screen") is not None,
        env=dict(glass.env) | {"KIVY_HOME": str(folder / "kivy")},
    )
    try:
        program.start()
        program.wait_ready()
        yield Kiosk(program, glass, f"http://127.0.0.1:{door}", Album(folder / "album"))
    finally:
        program.stop()
        glass.close()
