"""Chromium, the fake hall and the real one, for the pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from server.protocol.places import LOCALES
from tests import browser
from tests.conftest import need
from tests.servers import ServerProcess as RealHall
from tests.servers import ServerThread, furnished_copy, served
from tests.waiting import until

from .fake import FakeServer

ROOT = Path(__file__).resolve().parents[3]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
LIMIT = 15.0


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    need(browser.chromium(), "Chromium is not installed")
    need(
        (LOCALES / "en" / "LC_MESSAGES" / "web.mo").exists(), "catalogues are not compiled: run 'make setup'"
    )
    with browser.browsing() as opened:
        yield opened


def lose(page: Page) -> None:
    """The browser's word that the network has gone: the page need not wait to believe it."""
    page.evaluate("window.dispatchEvent(new Event('offline'))")


Visit = Callable[..., Page]


def _until_painted(page: Page) -> Callable[..., Any]:
    goto = page.goto

    def go(*given: Any, **more: Any) -> Any:
        answer = goto(*given, **more)
        browser.painted(page)
        return answer

    return go


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Visit]:
    """Opens a page of a person of its own; what it complains about on its console fails the test."""
    contexts = []
    complaints: list[str] = []

    def open_page(
        width: int = 1440, height: int = 900, language: str = "zh-CN", signed_in: str = "", **options: Any
    ) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": height}, locale=language, timezone_id="Asia/Tokyo", **options
        )
        contexts.append(context)
        if signed_in:
            context.add_cookies([{"name": "liqu_session", "value": "good", "url": signed_in}])
        page = context.new_page()
        page.set_default_timeout(LIMIT * 1000)
        if options.get("java_script_enabled", True):
            page.goto = _until_painted(page)  # type: ignore[method-assign]
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda said: complaints.append(said.text) if "Content Security Policy" in said.text else None,
        )
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def fake() -> Iterator[FakeServer]:
    server = FakeServer()
    until("the fake hall being up", server.started)
    yield server
    server.stop()


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[ServerThread]:
    """The real application over a demo hall of the test's own, where it is noon."""
    with served(*furnished_copy(tmp_path)) as server:
        yield server


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealHall]:
    hall = RealHall(tmp_path_factory.mktemp("hall"))
    yield hall
    hall.stop()


@pytest.fixture
def axe() -> Callable[[Page], list[str]]:
    """What axe-core finds on a page: WCAG 2.2 AA and good practice, each fault with its place."""
    need(AXE.exists(), "axe-core is not there: run 'make setup'")
    script = AXE.read_text(encoding="utf-8")

    def find(page: Page) -> list[str]:
        page.evaluate(script)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{one['id']}: {node['html'][:160]} — {node['failureSummary']}"
            for one in found["violations"]
            for node in one["nodes"]
        ]

    return find
