"""The hall over https by a certificate of its own: requests, live links, cookies; and behind proxies."""

from __future__ import annotations

import json
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from cryptography import x509
from websockets.sync.client import ClientConnection, connect

from server.tls import folder
from server.tls.serving import ServedTls
from tests.servers import Clock, ServerThread, furnished_copy, served
from tests.waiting import LIMIT, free_port, until

from .signing import Browser

NAMES = ["queue.lan", "localhost", "127.0.0.1"]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("tls-hall")
    folder.make(made, NAMES, datetime.now(UTC))
    return made


@pytest.fixture(scope="module")
def tls(place: Path) -> ServedTls:
    return ServedTls(place, Clock())


@pytest.fixture(scope="module")
def safe(place: Path, tls: ServedTls) -> Iterator[ServerThread]:
    with served(*furnished_copy(place), tls=tls) as made:
        yield made


def trusting(place: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=place / "tls/ca.pem")


def live(hall: ServerThread, place: Path, token: str = "", host: str = "127.0.0.1") -> ClientConnection:
    topic, headers = ("kiosk", {"Authorization": f"Bearer {token}"}) if token else ("board", {})
    address = f"wss://{host}:{hall.port}/api/v1/live?topic={topic}:main"
    return connect(address, ssl=trusting(place), additional_headers=headers, proxy=None, open_timeout=LIMIT)


def certificate_at(port: int, context: ssl.SSLContext) -> int:
    """The serial number of what is served there."""
    with socket.create_connection(("127.0.0.1", port), LIMIT) as line:
        with context.wrap_socket(line, server_hostname="localhost") as safe:
            seen = safe.getpeercert(binary_form=True)
    assert seen is not None
    return x509.load_der_x509_certificate(seen).serial_number


def test_who_trusts_the_authority_asks_and_follows(safe: ServerThread, place: Path) -> None:
    token = safe.credentials["devices"]["kiosk-1"]
    for host in ("127.0.0.1", "localhost"):
        answer = requests.get(
            f"https://{host}:{safe.port}/healthz", verify=place / "tls/ca.pem", timeout=LIMIT
        )
        assert answer.json()["status"] == "ok"
    with live(safe, place) as board, live(safe, place, token, "localhost") as kiosk:
        assert json.loads(board.recv(LIMIT))["topic"] == "board:main"
        assert json.loads(kiosk.recv(LIMIT))["topic"] == "kiosk:main"
        answer = requests.post(
            f"{safe.url}/api/v1/halls/main/tickets",
            json={"service": "accept"},
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "a-number-over-tls"},
            verify=place / "tls/ca.pem",
            timeout=LIMIT,
        )
        assert answer.status_code == 201
        assert answer.json()["url"].startswith("https://")
        assert json.loads(board.recv(LIMIT))["topic"] == "board:main"


def test_who_does_not_trust_it_does_not_come_in(safe: ServerThread) -> None:
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(f"{safe.url}/healthz", timeout=LIMIT)


@pytest.mark.parametrize("ciphers", ["AES256-SHA", "AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA"])
def test_what_could_be_read_later_is_not_spoken(safe: ServerThread, place: Path, ciphers: str) -> None:
    weak = trusting(place)
    weak.maximum_version = ssl.TLSVersion.TLSv1_2
    weak.set_ciphers(ciphers)
    with pytest.raises(ssl.SSLError):
        certificate_at(safe.port, weak)


def test_cookies_travel_by_tls_only_and_the_page_says_so_for_a_name(safe: ServerThread, place: Path) -> None:
    browser = Browser(safe)
    browser.verify = str(place / "tls/ca.pem")
    answer = browser.sign_in("clerk1")
    cookies = [line for key, line in answer.raw.headers.items() if key.lower() == "set-cookie"]
    assert all("secure" in one.lower() for one in cookies)
    assert browser.see("GET", "/desk").status_code == 200
    assert "Strict-Transport-Security" not in answer.headers
    for host, said in (
        ("queue.lan", True),
        (f"queue.lan:{safe.port}", True),
        (f"127.0.0.1:{safe.port}", False),
        (f"[::1]:{safe.port}", False),
        ("[::1]", False),
    ):
        answer = browser.see("GET", "/", headers={"Host": host})
        assert ("Strict-Transport-Security" in answer.headers) is said, host


def test_a_renewed_certificate_is_taken_without_losing_a_link(
    safe: ServerThread, place: Path, tls: ServedTls
) -> None:
    before = certificate_at(safe.port, trusting(place))
    with live(safe, place) as link:
        assert link.recv(LIMIT)
        folder.renew(place, datetime.now(UTC))
        tls.look_again()
        assert certificate_at(safe.port, trusting(place)) not in (before, 0)
        link.ping().wait(LIMIT)
        with live(safe, place) as other:
            assert other.recv(LIMIT)


# The program -----------------------------------------------------------------------------------


def test_the_program_serves_https_shows_the_way_and_reloads(tmp_path: Path) -> None:
    program = str(Path(sys.executable).parent / "liqu-server")
    data, port, plain = str(tmp_path), free_port(), free_port()
    furnished_copy(tmp_path)
    subprocess.run([program, "tls", "--data", data, "--name", "localhost"], check=True, capture_output=True)
    command = [program, "run", "--data", data, "--port", str(port), "--http-port", str(plain)]
    log = tmp_path / "log"
    with log.open("w") as said:
        running = subprocess.Popen(command, stdout=said, stderr=said)
    try:
        url = f"https://localhost:{port}/healthz"
        authority = str(tmp_path / "tls/ca.pem")

        def up() -> bool:
            assert running.poll() is None, log.read_text()
            try:
                return requests.get(url, verify=authority, timeout=2).ok
            except requests.exceptions.ConnectionError:
                return False

        until("the server being ready", up, 60)
        shown = requests.get(f"http://localhost:{plain}/desk?x=1", allow_redirects=False, timeout=LIMIT)
        assert (shown.status_code, shown.headers["Location"]) == (308, f"https://localhost:{port}/desk?x=1")
        before = certificate_at(port, trusting(tmp_path))
        subprocess.run([program, "tls", "--data", data, "--renew"], check=True, capture_output=True)
        running.send_signal(signal.SIGHUP)
        until("the new certificate", lambda: certificate_at(port, trusting(tmp_path)) != before)
        assert running.poll() is None
    finally:
        running.terminate()
        running.wait(LIMIT)
    key = (tmp_path / "tls/server-key.pem").read_text()
    assert key.splitlines()[1] not in log.read_text()


# Proxies ---------------------------------------------------------------------------------------

SESSIONS = "/api/v1/sessions"


def guessed(hall: ServerThread, count: int) -> set[int]:
    """What wrong passwords of ever other names are answered, each as if from an address of its own."""
    said = set()
    for n in range(count):
        body = {"user": f"name{n}", "password": "wrong"}
        said.add(hall.request("POST", SESSIONS, body, X_Forwarded_For=f"10.0.0.{n}").status_code)
    return said


def test_nobody_chooses_their_own_address(tmp_path: Path) -> None:
    with served(*furnished_copy(tmp_path)) as hall:
        assert guessed(hall, 24) == {401, 429}
        answer = hall.request("GET", "/", X_Forwarded_Proto="https", Host="queue.lan")
        assert "Strict-Transport-Security" not in answer.headers


def test_a_named_proxys_word_is_taken_and_that_before_it_is_not(tmp_path: Path) -> None:
    with served(*furnished_copy(tmp_path), proxies=["127.0.0.0/8"]) as hall:
        assert guessed(hall, 24) == {401}
        answer = hall.request("GET", "/", X_Forwarded_Proto="https", Host="queue.lan")
        assert "Strict-Transport-Security" in answer.headers
        said = set()
        for n in range(24):
            # The proxy adds the address that it saw behind what the client says of itself.
            body = {"user": f"name{n}", "password": "wrong"}
            forwarded = f"10.0.1.{n}, 192.0.2.7"
            said.add(hall.request("POST", SESSIONS, body, X_Forwarded_For=forwarded).status_code)
        assert said == {401, 429}
