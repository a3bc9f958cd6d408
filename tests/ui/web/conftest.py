"""Chromium, the fake hall and the real one, for the pages."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page

from server.protocol.places import LOCALES
from tests import browser
from tests.conftest import need

from .fake import FakeServer

ROOT = Path(__file__).resolve().parents[3]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
LIMIT = 15.0


def until(what: str, look: Callable[[], object], limit: float = LIMIT) -> None:
    end = time.monotonic() + limit
    while not look():
        assert time.monotonic() < end, f"{limit:.0f} s have passed without {what}"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    need(browser.chromium(), "Chromium is not installed")
    need(
        (LOCALES / "en" / "LC_MESSAGES" / "web.mo").exists(), "catalogues are not compiled: run 'make setup'"
    )
    with browser.browsing() as opened:
        yield opened


Visit = Callable[..., Page]


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


class RealHall:
    """``liqu-server`` as a process, with the demo hall; it can be ended and started again on its port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._program = str(Path(sys.executable).parent / "liqu-server")
        subprocess.run([self._program, "init", "--data", folder, "--demo"], check=True, capture_output=True)
        self.credentials = json.loads((folder / "credentials.json").read_text())
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        command = [self._program, "run", "--data", str(self.folder), "--port", str(self.port)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until("the server being ready", self._healthy, 60)

    def _healthy(self) -> bool:
        try:
            return requests.get(f"{self.url}/healthz", timeout=2).ok
        except requests.RequestException:
            return False

    def stop(self) -> None:
        self._process.kill()
        self._process.wait(10)

    def ask(self, method: str, path: str, body: object = None, token: str = "") -> Any:
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        answer = requests.request(method, f"{self.url}/api/v1{path}", json=body, headers=headers, timeout=10)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def sign_in(self, user: str) -> str:
        password = self.credentials["users"][user]
        token: str = self.ask("POST", "/sessions", {"user": user, "password": password})["token"]
        return token

    def take_number(self, service: str = "accept", **more: str) -> Any:
        token = self.credentials["devices"]["kiosk-1"]
        return self.ask("POST", "/halls/main/tickets", {"service": service, **more}, token)


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
