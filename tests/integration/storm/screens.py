"""Boards, window screens and desks that follow a hall at one of its servers, as the real ones do."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from server.domain.floor import Floor
from server.services import views

from .processes import Served

COUNTERS = "1234"
SHOWN = ("board:main", *(f"counter:main:{n}" for n in COUNTERS))
DESKS = tuple(f"desk:main:{n}" for n in COUNTERS)


class Screen:
    """Follows ``topics`` at ``server``, and comes back when the link is cut. ``frames``: the newest."""

    def __init__(self, server: Served, topics: Sequence[str] = SHOWN, token: str = "") -> None:
        self.frames: dict[str, dict[str, Any]] = {}
        self.faults: list[str] = []
        self._server = server
        self._path = "/api/v1/live?" + "&".join(f"topic={topic}" for topic in topics)
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._ending = False
        self._link: ClientConnection | None = None
        self._thread = threading.Thread(target=self._follow)
        self._thread.start()

    def view(self, topic: str) -> dict[str, Any]:
        """The newest view of ``topic``; empty before the first."""
        view: dict[str, Any] = self.frames.get(topic, {}).get("view", {})
        return view

    def end(self) -> None:
        self._ending = True
        if self._link is not None:
            self._link.close()
        self._thread.join(30)
        assert not self._thread.is_alive()
        assert self.faults == []

    def _follow(self) -> None:
        while not self._ending:
            if not self._server.up.wait(0.05):
                continue
            with contextlib.suppress(OSError, WebSocketException):
                address = f"ws://127.0.0.1:{self._server.port}{self._path}"
                with connect(address, additional_headers=self._headers, proxy=None) as self._link:
                    for text in self._link:
                        self._take(json.loads(text))

    def _take(self, frame: dict[str, Any]) -> None:
        if frame["topic"] == "heartbeat":
            return
        known = self.frames.get(frame["topic"])
        if known is not None and frame["seq"] <= known["seq"]:
            self.faults.append(f"{frame['topic']}: seq {known['seq']}, then {frame['seq']}")
        self.frames[frame["topic"]] = frame


def right(screen: Screen, topic: str, floor: Floor) -> bool:
    """Whether the screen's view is the one of the tables, as of the moment at which it was made."""
    frame = screen.frames.get(topic)
    if frame is None:
        return False
    at = datetime.fromisoformat(frame["at"])
    kind, _, *counter = topic.split(":")
    made = (
        views.board(floor, at)
        if kind == "board"
        else views.panel(floor, counter[0], at)
        if kind == "counter"
        else views.desk(floor, counter[0], at, {})
    )
    assert made is not None
    wanted = made.model_dump(mode="json")
    # A desk's history is of the ticket at it, and is read from the journal.
    return {**frame["view"], "history": None} == {**wanted, "history": None}
