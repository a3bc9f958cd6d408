"""News of machines over a real line: signed, told under its own id until it is taken, naming nobody."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from server.channels.settings import opened, read_settings
from server.channels.signing import SIGNATURE, TIMESTAMP, verified
from server.services.outbox import Channels
from tests.integration.server.stage import Stage
from tests.servers import Clock, furnished_copy, served
from tests.waiting import until

SECRET = "0123456789abcdef-secret"


class Receiver:
    """Takes notices as the guide says: checks the signature, keeps each id once."""

    def __init__(self) -> None:
        self.told: dict[str, dict[str, object]] = {}
        self.tries: list[str] = []
        self.busy = 1
        """Answers 503 so many times, after it has taken the notice."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                good = verified(
                    SECRET.encode(), self.headers[TIMESTAMP], self.headers[SIGNATURE], body, time.time()
                )
                id = self.headers["Idempotency-Key"]
                receiver.tries.append(id)
                if good:
                    receiver.told.setdefault(id, json.loads(body))
                lost = receiver.busy > 0
                receiver.busy -= lost
                self.send_response(503 if lost else 204 if good else 401)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/liqu"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def stage(tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setattr("server.services.outbox.POLL", 0.02)
    file = tmp_path / "channels.toml"
    file.write_text(f'[notices]\nurl = "{receiver.url}"\nsecret = "{SECRET}"\n', encoding="utf-8")
    file.chmod(0o600)
    settings = read_settings(tmp_path)
    channels = Channels(opened(settings), settings.routes, settings.days_before)
    with served(*furnished_copy(tmp_path), Clock(), channels) as made:
        yield Stage(made)


def test_a_notice_is_signed_told_until_it_is_taken_and_counts_once(stage: Stage, receiver: Receiver) -> None:
    kiosk = stage.kiosk
    stage.server.ask("POST", "/devices/self/status", {"printer": "out_of_paper"}, kiosk)
    until("the first try", lambda: len(receiver.tries) == 1)
    until("its end", lambda: (stage.server.clock.advance(minutes=1), len(receiver.tries) >= 2)[1])
    stage.server.ask("POST", "/devices/self/status", {"printer": "ready"}, kiosk)
    until("the end of the alarm", lambda: any(one["kind"] == "alarm_over" for one in receiver.told.values()))
    (began,) = (
        one for one in receiver.told.values() if one["facts"]["part"] == "printer" and one["kind"] == "alarm"
    )  # type: ignore[index]
    assert receiver.tries.count(str(began["id"])) == 2, "the first answer said that it was busy"
    assert began["to"] == {"phone": "", "email": ""}
    assert "1号自助机：小票打印机缺纸" in str(began["text"])
    assert str(began["link"]).endswith("/manage/health")
    assert set(began) == {
        "id", "hall", "hall_name", "kind", "to", "language", "subject", "text", "link", "at", "facts",
    }  # fmt: skip
    until(
        "it being counted as sent",
        lambda: any(
            one["id"] == began["id"] and one["state"] == "sent"
            for one in stage.do("GET", "/halls/main/messages?kind=alarm", user="manager")["messages"]
        ),
    )
