"""What a server writes down of a whole day, at its most talkative, opens no door and names nobody."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from server import logs
from server.services.people import People
from tests.servers import ServerThread
from tests.waiting import LIMIT, free_port, until

from .test_server_tls import trusting
from .visits import LENSMETERS, SHOP, booking

NAME, PHONE = "司马相如", "13987654321"
WHO = SHOP | {"name": NAME, "phone": PHONE}


class Day:
    """A hall's day, well meant and not; ``secrets``: what was said and must not be written."""

    def __init__(self, place: Path, port: int) -> None:
        self.place = place
        self.url = f"https://localhost:{port}"
        self.port = port
        self.credentials = json.loads((place / "credentials.json").read_text())
        self.secrets: set[str] = {NAME, PHONE, *self.credentials["users"].values()}
        self.secrets |= set(self.credentials["devices"].values())

    def ask(
        self, method: str, path: str, body: Any = None, token: str = "", **headers: str
    ) -> requests.Response:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent |= {"Authorization": f"Bearer {token}"} if token else {}
        sent["Idempotency-Key"] = str(uuid.uuid4())
        return requests.request(
            method, self.url + path, json=body, headers=sent, verify=self.place / "tls/ca.pem", timeout=LIMIT
        )

    def api(self, method: str, path: str, body: Any = None, token: str = "", **headers: str) -> Any:
        return self.ask(method, f"/api/v1{path}", body, token, **headers).json()

    def known(self, *secrets: str) -> None:
        self.secrets |= set(secrets)

    def sign_in(self, user: str, password: str = "") -> str:
        password = password or self.credentials["users"][user]
        token = str(self.api("POST", "/sessions", {"user": user, "password": password})["token"])
        self.known(token)
        return token

    def people_come(self) -> None:
        self.known("a-wrong-guess", "a-fine-new-password")
        self.api("POST", "/sessions", {"user": "clerk1", "password": "a-wrong-guess"})
        self.api("POST", "/sessions", {"user": "clerk1", "password": {"a-wrong-guess": 1}})
        clerk = self.sign_in("clerk1")
        change = {"old": self.credentials["users"]["clerk1"], "new": "a-fine-new-password"}
        self.ask("POST", "/api/v1/staff/self/password", change, clerk)
        self.sign_in("clerk1", "a-fine-new-password")
        page = self.ask("GET", "/desk", Cookie=f"liqu_session={clerk}").text
        csrf = re.search(r'<meta name="csrf" content="([^"]+)"', page)
        assert csrf
        self.known(csrf[1])
        for told in (csrf[1], csrf[1][::-1]):
            self.known(told)
            cookie = f"liqu_session={clerk}"
            self.ask("POST", "/api/v1/halls/main/counters/1/open", {}, Cookie=cookie, X_CSRF_Token=told)

    def devices_come(self) -> None:
        kiosk = self.credentials["devices"]["kiosk-1"]
        for wrong in (kiosk[:-4] + "abcd", "device.kiosk-1.", "nonsense-of-some-length"):
            self.known(wrong)
            assert self.ask("POST", "/api/v1/devices/self/status", {}, wrong).status_code == 401
        one = self.api("POST", "/pairings", {"kind": "kiosk"})
        manager = self.sign_in("manager")
        self.api("POST", "/halls/main/pairings", {"code": one["code"], "name": "kiosk-7"}, manager)
        told = self.api("POST", f"/pairings/{one['id']}/token", {"secret": one["secret"]})
        renewed = self.api("POST", "/devices/self/token", token=told["token"])["token"]
        self.known(one["secret"], told["token"], renewed, told["token"].rpartition(".")[2])
        self.api("POST", "/devices/self/status", {"version": "0.1.0"}, renewed)
        answer = self.api("POST", "/halls/main/devices", {"name": "kiosk-8", "kind": "kiosk"}, manager)
        self.known(answer["token"])
        person = {"user": "clerk9", "name": "员工", "roles": ["clerk"]}
        self.known(self.api("POST", "/halls/main/staff", person, manager)["password"])

    def visitors_come(self) -> None:
        kiosk = self.credentials["devices"]["kiosk-1"]
        ticket = self.api("POST", "/halls/main/tickets", {"service": "accept"}, kiosk)
        self.known(ticket["code"])
        self.ask("GET", f"/t/{ticket['code']}")
        for topic, token in (
            (f"ticket:{ticket['code']}", ""),
            ("kiosk:main", kiosk),
            ("kiosk:main", "device.x.y"),
        ):
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            address = f"wss://localhost:{self.port}/api/v1/live?topic={topic}"
            with (
                connect(address, ssl=trusting(self.place), additional_headers=headers, proxy=None) as link,
                contextlib.suppress(ConnectionClosed),
            ):
                link.recv(LIMIT)
        asked = {"lines": LENSMETERS, "customer": "sole_trader"}
        days = self.api("POST", "/halls/main/slots", asked)["days"]
        day, slot = next((day["day"], slot["id"]) for day in days for slot in day["slots"] if slot["free"])
        made = self.api("POST", "/halls/main/appointments", booking(customer=WHO, day=day, slot=slot))
        self.known(made["code"])
        self.api("POST", "/appointments/find", {"code": made["code"], "tail": "0000"})
        self.ask("GET", f"/v/{made['code']}")
        found = self.api("POST", "/appointments/find", {"code": made["code"], "tail": PHONE[-4:]})
        assert found["state"] == "booked"

    def strangers_come(self) -> None:
        self.known("my-secret-in-a-path")
        self.ask("GET", "/api/v1/my-secret-in-a-path")
        self.ask("POST", "/api/v1/sessions", [NAME])
        requests.post(
            f"{self.url}/api/v1/sessions",
            data=b"{" + PHONE.encode(),
            verify=self.place / "tls/ca.pem",
            timeout=LIMIT,
        )


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, set[str]]:
    """(the log of a day, its secrets)."""
    place = tmp_path_factory.mktemp("day")
    program, port = str(Path(sys.executable).parent / "liqu-server"), free_port()
    said = io.StringIO()
    for verb in (["init", "--demo"], ["tls", "--name", "localhost"]):
        done = subprocess.run(
            [program, *verb, "--data", place, "--log", "debug"], capture_output=True, text=True, check=True
        )
        said.write(done.stdout + done.stderr)
    log = place / "log"
    command = [program, "run", "--data", str(place), "--port", str(port), "--log", "debug"]
    with log.open("w") as file:
        running = subprocess.Popen(command, stdout=file, stderr=file)
    day = Day(place, port)
    try:

        def up() -> bool:
            assert running.poll() is None, log.read_text()
            try:
                return day.ask("GET", "/healthz").ok
            except requests.exceptions.ConnectionError:
                return False

        until("the server being ready", up, 60)
        day.people_come()
        day.devices_come()
        day.visitors_come()
        day.strangers_come()
    finally:
        running.terminate()
        running.wait(LIMIT)
    for key in ("tls/server-key.pem", "tls/ca-key.pem", "seal-key.pem", "demo-certificate-key.pem"):
        day.known((place / key).read_text().splitlines()[1])
    said.write(log.read_text())
    return said.getvalue(), day.secrets


def test_a_day_at_its_most_talkative_opens_no_door_and_names_nobody(written: tuple[str, set[str]]) -> None:
    log, secrets = written
    assert "INFO server.verbs.run: serving at https://" in log
    assert len(secrets) > 30
    assert [secret for secret in secrets if secret in log] == []


@contextlib.contextmanager
def written_down() -> Iterator[io.StringIO]:
    """What all loggers write, as the program writes it."""
    stream, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.Discreet(logs.FORM))
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield stream
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def test_not_even_a_crash_writes_down_what_it_held(
    hall: ServerThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = hall.sign_in("clerk1")

    async def broken(self: People, given: str) -> None:
        held = {"password": "my-own-password", "token": given}
        raise RuntimeError(f"cannot recognise {held}")

    monkeypatch.setattr(People, "recognise", broken)
    with written_down() as stream:
        answer = hall.request("GET", "/api/v1/sessions/current", token=token)
        assert answer.status_code == 500
        until("the crash being written down", lambda: "cannot recognise" in stream.getvalue())
    said = stream.getvalue()
    assert "Traceback" in said
    assert token not in said
    assert "my-own-password" not in said
    assert token not in answer.text


def test_what_libraries_tell_of_headers_is_taken_out_as_well(hall: ServerThread) -> None:
    token, kiosk = hall.sign_in("clerk1"), hall.credentials["devices"]["kiosk-1"]
    talkative = [logging.getLogger(name) for name in ("uvicorn.error", "websockets", "python_multipart")]
    levels = [one.level for one in talkative]
    try:
        for one in talkative:
            one.setLevel(logging.DEBUG)
        with written_down() as stream:
            with hall.live("kiosk:main", token=kiosk) as link:
                assert link.recv(LIMIT)
            with hall.live("desk:main:1", Cookie=f"liqu_session={token}") as link:
                assert link.recv(LIMIT)
    finally:
        for one, level in zip(talkative, levels, strict=True):
            one.setLevel(level)
    said = stream.getvalue()
    assert "Bearer …" in said, "nothing was told of headers: this proves nothing"
    assert kiosk not in said
    assert token not in said


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("< Authorization: Bearer abc.def-ghi", "< Authorization: Bearer …"),
        ("cookie: liqu_session=abc; a=b", "cookie: …"),
        ("got liqu_session=abcdef; path", "got liqu_session=…; path"),
        ("device.kiosk-1.0123456789abcdef failed", "device.kiosk-1.… failed"),
        ("postgresql+psycopg://liqu:geheim@db/liqu", "postgresql+psycopg://liqu:…@db/liqu"),
        ("{'user': 'a', 'password': 'b c'}", "{'user': 'a', 'password': '… c'}"),
        ("GET /t/0123456789ABCDEFGH 404", "GET /t/… 404"),
        ("topic=ticket%3A0123456789ABCDEFGH", "topic=ticket%3A…"),
        ("the printer of kiosk-1 is out of paper", "the printer of kiosk-1 is out of paper"),
        ("hall main: 12 tickets, token renewed", "hall main: 12 tickets, token renewed"),
    ],
)
def test_what_looks_like_a_secret_is_taken_out(line: str, kept: str) -> None:
    assert logs.discreet(line) == kept
