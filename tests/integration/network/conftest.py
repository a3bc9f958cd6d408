"""A served hall, and a line to it that can be made bad."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from server import patience, serving
from tests.proxy import Proxy
from tests.servers import ServerThread, furnished_copy, served

QUICK = 0.6
"""Seconds in place of the ten that a dead link or a slow client has."""


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that waits for slow clients as long as a test does."""
    for name in ("PING_SECONDS", "PONG_SECONDS"):
        monkeypatch.setattr(serving, name, QUICK)
    for name in ("HEAD_SECONDS", "BODY_SECONDS", "TAKE_SECONDS"):
        monkeypatch.setattr(patience, name, QUICK)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[ServerThread]:
    with served(*furnished_copy(tmp_path)) as made:
        yield made


@pytest.fixture
def line(hall: ServerThread) -> Iterator[Proxy]:
    made = Proxy(hall.port)
    try:
        yield made
    finally:
        made.end()
