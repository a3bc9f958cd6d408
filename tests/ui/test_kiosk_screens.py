"""Every state of the kiosk on every glass, in both languages and sizes: it fits, can be touched and read.

Each is drawn once, by a process for each of two cores on one virtual screen, and all is measured on that one
drawing; each test then looks at what was found.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assets.demo.screens import Screen, virtual_screen
from server.protocol.places import FONT_BOLD, ICONS
from tests.conftest import need
from tests.ui.kiosk_gallery import screens

pytestmark = [pytest.mark.screen, pytest.mark.timeout(1000)]

TITLES = tuple(title for title, _state, _shape in screens())
SHARES = ("1/2", "2/2")
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What is wrong with each screen, in sentences."""
    need(shutil.which("Xvfb"), "Xvfb is not installed")
    need(FONT_BOLD.is_file(), "the fonts are not fetched: run 'make setup'")
    need((ICONS / "ticket.png").is_file(), "the icons are not made: run 'make setup'")
    folder = tmp_path_factory.mktemp("kiosk-screens")
    screen = virtual_screen(1920, 1080, folder / "screen")
    try:
        with ThreadPoolExecutor(len(SHARES)) as pool:
            parts = list(pool.map(lambda share: _drawn(share, screen, folder), SHARES))
    finally:
        screen.close()
    return {title: faults for part in parts for title, faults in part.items()}


def _drawn(share: str, screen: Screen, folder: Path) -> dict[str, list[str]]:
    name = share.replace("/", "-of-")
    report = folder / f"faults-{name}.json"
    drawn = subprocess.run(
        [sys.executable, "-m", "tests.ui.kiosk_gallery", "--share", share, "--faults", str(report)],
        cwd=ROOT,
        env=os.environ | dict(screen.env) | {"KIVY_HOME": str(folder / f"kivy-{name}")},
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert report.is_file(), drawn.stderr[-2000:]
    found: dict[str, list[str]] = json.loads(report.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("title", TITLES)
def test_nothing_is_cut_or_covered_or_too_small_or_too_faint_or_untranslated(
    title: str, found: dict[str, list[str]]
) -> None:
    assert found[title] == []
