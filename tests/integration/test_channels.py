"""What each kind of channel promises of its own, against real receivers with real certificates."""

from __future__ import annotations

import json
import ssl
import time
from dataclasses import replace
from pathlib import Path
from subprocess import run

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword

from server.channels import signing, webhook
from server.channels.smtp import Smtp
from server.channels.webhook import Webhook
from server.domain.messages import Address, Delivered, Letter, Rejected, Unclear
from tests.contract.channel_rigs import SECRET, HttpRig, SmtpRig, http_rig, smtp_rig
from tests.contract.test_channel_contract import LETTER


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for localhost that nobody else vouches for, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    cert, key = folder / "cert.pem", folder / "key.pem"
    names = "subjectAltName=DNS:localhost"
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    made += [
        "-days",
        "30000",
        "-subj",
        "/CN=localhost",
        "-addext",
        names,
        "-keyout",
        str(key),
        "-out",
        str(cert),
    ]
    run(made, check=True, capture_output=True)
    return cert, key


def served_with(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


def hook(rig: HttpRig, **changed: object) -> Webhook:
    return Webhook("hook", rig.door(**changed), time.time)


# Webhook ----------------------------------------------------------------------------------------


async def test_the_body_says_all_that_a_gateway_needs_and_is_the_same_at_every_try() -> None:
    async with http_rig() as rig:
        rig.script = ["not now"]
        await rig.channel.send(LETTER)
        await rig.channel.send(LETTER)
    first, second = rig.bodies
    assert first == second
    assert json.loads(first) == {
        "id": LETTER.id,
        "hall": "main",
        "hall_name": {"zh": "计量大厅", "en": "Metrology Hall"},
        "kind": "booked",
        "to": {"phone": "13812345678", "email": "zhang@example.org"},
        "language": "zh",
        "subject": {"zh": "预约成功", "en": "Booked"},
        "text": {"zh": "您已预约明天9点。", "en": "You are booked for nine tomorrow."},
        "link": "https://hall.example/v/V123",
        "at": "2026-11-20T04:00:00+00:00",
    }
    assert rig.heads[0]["idempotency-key"] == rig.heads[1]["idempotency-key"] == LETTER.id


def test_a_signature_is_the_documented_one() -> None:
    # Reproduced with: printf '1795248000.{}' | openssl dgst -sha256 -hmac 'a secret of the tests'
    asked = run(
        ["openssl", "dgst", "-sha256", "-hmac", SECRET.decode()],
        input=b"1795248000.{}",
        capture_output=True,
        check=True,
    )
    assert signing.sign(SECRET, 1795248000, b"{}") == "v1=" + asked.stdout.decode().split()[-1]


NOW = 1_795_248_000
SIGNED = signing.sign(SECRET, NOW, b"{}")


@pytest.mark.parametrize(
    ("timestamp", "signature", "body", "now"),
    [
        (str(NOW), SIGNED, b"{ }", NOW),
        (str(NOW + 1), SIGNED, b"{}", NOW),
        (str(NOW), "v1=" + "0" * 64, b"{}", NOW),
        (str(NOW), "", b"{}", NOW),
        (str(NOW), SIGNED, b"{}", NOW + signing.WINDOW + 1),
        (str(NOW), SIGNED, b"{}", NOW - signing.WINDOW - 1),
        ("soon", SIGNED, b"{}", NOW),
        ("٣", SIGNED, b"{}", NOW),
        (str(NOW), "é", b"{}", NOW),
    ],
)
def test_what_was_changed_forged_or_is_too_old_is_not_trusted(
    timestamp: str, signature: str, body: bytes, now: int
) -> None:
    assert signing.verified(SECRET, str(NOW), SIGNED, b"{}", NOW + signing.WINDOW)
    assert not signing.verified(SECRET, timestamp, signature, body, now)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_every_2xx_is_a_yes(status: int) -> None:
    assert webhook.judged(status, "") == Delivered()


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410, 422, 451])
def test_a_4xx_is_a_no_for_good(status: int) -> None:
    assert webhook.judged(status, "") == Rejected(f"http {status}")


@pytest.mark.parametrize("status", [301, 302, 307, 308, 408, 425, 429, 500, 502, 503, 504])
def test_what_is_neither_is_tried_again_when_the_receiver_says(status: int) -> None:
    assert webhook.judged(status, "120") == Unclear(f"http {status}", 120)
    assert webhook.judged(status, "Fri, 20 Nov 2026 04:00:00 GMT") == Unclear(f"http {status}")
    assert webhook.judged(status, "-1") == Unclear(f"http {status}")


async def test_a_busy_receiver_is_left_alone_as_long_as_it_asks() -> None:
    async with http_rig() as rig:
        rig.script = ["busy"]
        assert await rig.channel.send(LETTER) == Unclear("http 429", 77)


async def test_a_redirect_is_not_followed() -> None:
    async with http_rig() as elsewhere, http_rig() as rig:
        to = f"http://127.0.0.1:{elsewhere.port}/in"
        rig.answer = f"HTTP/1.1 307 There\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()
        assert await rig.channel.send(LETTER) == Unclear("http 307")
        assert elsewhere.heads == []


@pytest.mark.parametrize(
    "body",
    [b"Content-Length: 99999999999\r\n\r\n" + b"x" * 200_000, b"Content-Length: 10\r\n\r\nslow"],
    ids=["endless", "never finished"],
)
async def test_an_answer_that_never_ends_still_says_yes_by_its_status(body: bytes) -> None:
    async with http_rig() as rig:
        rig.answer = b"HTTP/1.1 200 OK\r\n" + body
        assert await rig.channel.send(LETTER) == Delivered()
        assert await rig.channel.send(LETTER) == Delivered()


async def test_a_certificate_that_nobody_vouches_for_is_refused(certificate: tuple[Path, Path]) -> None:
    rig = HttpRig()
    await rig.start(ssl=served_with(certificate))
    url = f"https://localhost:{rig.port}/in"
    stranger, friend = hook(rig, url=url), hook(rig, url=url, ca_file=str(certificate[0]))
    try:
        assert await stranger.send(LETTER) == Unclear("tls")
        assert rig.heads == []
        assert await friend.send(LETTER) == Delivered()
    finally:
        await stranger.close()
        await friend.close()
        await rig.away()


# SMTP -------------------------------------------------------------------------------------------


async def test_a_mail_is_in_chinese_first_with_utf8_headers_and_a_stable_id() -> None:
    async with smtp_rig() as rig:
        await rig.channel.send(LETTER)
        await rig.channel.send(LETTER)
    first, second = rig.mails
    assert first["Message-ID"] == second["Message-ID"] == f"<{LETTER.id}@hall.example>"
    assert first["Subject"] == "预约成功 · Booked"
    assert first["From"] == "计量大厅 <hall@hall.example>"
    assert first["To"] == "zhang@example.org"
    assert first["Date"] == "Fri, 20 Nov 2026 04:00:00 +0000"
    assert first["Auto-Submitted"] == "auto-generated"
    assert first.get_content().replace("\r\n", "\n") == (
        "您已预约明天9点。\n\nYou are booked for nine tomorrow.\n\nhttps://hall.example/v/V123\n"
    )
    assert first.as_bytes() == second.as_bytes()


@pytest.mark.parametrize("email", ["x@y.org\r\nBcc: all@y.org", "no address", "a@b@c", "张@例子.中国", "@"])
async def test_an_address_that_is_none_is_refused_before_anything_is_sent(email: str) -> None:
    async with smtp_rig() as rig:
        outcome = await rig.channel.send(replace(LETTER, to=Address("", email)))
        assert isinstance(outcome, Rejected), outcome
        assert rig.mails == []


async def test_a_greylisted_mail_is_tried_again(certificate: tuple[Path, Path]) -> None:
    async with smtp_rig() as rig:
        rig.script = ["busy"]
        assert await rig.channel.send(LETTER) == Unclear("smtp 451")
        assert await rig.channel.send(LETTER) == Delivered()


def signs_in(server: object, session: object, envelope: object, mechanism: str, data: object) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"hall", b"right")
    return AuthResult(success=right, handled=False)


async def mailed(rig: SmtpRig, certificate: tuple[Path, Path], **changed: object) -> object:
    settings = {"host": "localhost", "ca_file": str(certificate[0])} | changed
    channel = Smtp("mail", rig.post(**settings))
    try:
        return await channel.send(LETTER)
    finally:
        await channel.close()


async def test_starttls_and_a_password_are_used_and_a_wrong_password_waits(
    certificate: tuple[Path, Path],
) -> None:
    async with smtp_rig(
        tls_context=served_with(certificate),
        require_starttls=True,
        authenticator=signs_in,
        auth_required=True,
    ) as rig:
        secured: dict[str, object] = {"security": "starttls", "user": "hall"}
        assert await mailed(rig, certificate, **secured, password="right") == Delivered()
        wrong = await mailed(rig, certificate, **secured, password="wrong")
        assert wrong == Unclear("smtp 535 sign-in")
        assert len(rig.mails) == 1


async def test_nothing_is_sent_in_the_clear_where_starttls_is_wanted(certificate: tuple[Path, Path]) -> None:
    async with smtp_rig() as rig:
        assert await mailed(rig, certificate, security="starttls") == Unclear("smtp cannot secure or sign in")
        assert rig.mails == []


async def test_a_mail_servers_certificate_is_checked(certificate: tuple[Path, Path]) -> None:
    async with smtp_rig(tls_context=served_with(certificate)) as rig:
        channel = Smtp("mail", rig.post(host="localhost", security="starttls"))
        assert await channel.send(LETTER) == Unclear("tls")
        await channel.close()
        other_name = await mailed(rig, certificate, security="starttls", host="127.0.0.1")
        assert other_name == Unclear("tls")
        assert rig.mails == []


async def test_a_letter_without_a_link_has_none(certificate: tuple[Path, Path]) -> None:
    plain: Letter = replace(LETTER, link="")
    async with smtp_rig() as rig:
        await rig.channel.send(plain)
    assert rig.known.replace("\r\n", "\n") == "您已预约明天9点。\n\nYou are booked for nine tomorrow.\n"
