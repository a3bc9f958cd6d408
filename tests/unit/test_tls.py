"""The certificate with which a hall is reached: made, given, refused, renewed."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from server.main import main
from server.tls import folder
from server.tls.authority import Made, Names, make_authority, make_server
from server.tls.folder import TlsError
from server.tls.onward import answer
from server.tls.serving import ServedTls
from tests.servers import Clock

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
SAID = ["queue.lan", "192.168.1.10", "fd00::10"]


# Made ------------------------------------------------------------------------------------------


def test_names_are_hosts_or_addresses() -> None:
    names = Names.of(["Queue.LAN.", "192.168.1.10", "[fd00::10]", "queue.lan"])
    assert names == Names(("queue.lan",), (ip_address("192.168.1.10"), ip_address("fd00::10")))
    for wrong in ("", "a b", "queue..lan", "http://queue", "-", "大厅.cn", "x" * 64):
        with pytest.raises(ValueError, match=r".*"):
            Names.of([wrong])


def test_keys_are_for_their_owner_alone_and_the_certificate_is_short_lived(tmp_path: Path) -> None:
    served = folder.make(tmp_path, SAID, NOW)
    assert served.own
    assert served.names.said() == SAID
    assert served.until <= NOW + timedelta(days=397)
    modes = {file.name: file.stat().st_mode & 0o777 for file in (tmp_path / "tls").iterdir()}
    assert modes == {"ca.pem": 0o644, "ca-key.pem": 0o600, "server.pem": 0o644, "server-key.pem": 0o600}
    authority = x509.load_pem_x509_certificate((tmp_path / "tls/ca.pem").read_bytes())
    leaf = x509.load_pem_x509_certificate((tmp_path / "tls/server.pem").read_bytes())
    assert authority.not_valid_after_utc - NOW == timedelta(days=3653)
    assert isinstance(authority.public_key(), ec.EllipticCurvePublicKey)
    lived = leaf.not_valid_after_utc - leaf.not_valid_before_utc
    assert lived <= timedelta(days=397)


def test_the_authority_speaks_for_no_other_site(tmp_path: Path) -> None:
    authority = make_authority(Names.of(["queue.lan", "192.168.1.10"]), NOW)
    constraints = authority.certificate.extensions.get_extension_for_class(x509.NameConstraints)
    assert constraints.critical
    for said, allowed in (
        (["queue.lan"], True),
        (["a.queue.lan"], True),
        (["192.168.1.10"], True),
        (["bank.example"], False),
        (["xqueue.lan"], False),
        (["192.168.1.11"], False),
        (["fd00::10"], False),
        (["queue.lan", "bank.example"], False),
    ):
        leaf = make_server(authority, Names.of(said), NOW)
        assert accepted(tmp_path, authority, leaf) is allowed, said


def test_an_authority_for_addresses_alone_speaks_for_no_name(tmp_path: Path) -> None:
    authority = make_authority(Names.of(["192.168.1.10"]), NOW)
    assert accepted(tmp_path, authority, make_server(authority, Names.of(["192.168.1.10"]), NOW))
    assert not accepted(tmp_path, authority, make_server(authority, Names.of(["bank.example"]), NOW))


def accepted(place: Path, authority: Made, leaf: Made) -> bool:
    """Whether OpenSSL, by which kiosks verify, takes the chain."""
    (place / "a.pem").write_bytes(authority.certificate_pem())
    (place / "l.pem").write_bytes(leaf.certificate_pem())
    at = str(int(NOW.timestamp()))
    command = ["openssl", "verify", "-attime", at, "-x509_strict", "-CAfile", "a.pem", "l.pem"]
    return subprocess.run(command, cwd=place, capture_output=True, timeout=20).returncode == 0


def test_renewing_keeps_the_names_and_the_authority(tmp_path: Path) -> None:
    folder.make(tmp_path, SAID, NOW)
    before = {file.name: file.read_bytes() for file in (tmp_path / "tls").iterdir()}
    later = NOW + timedelta(days=380)
    served = folder.renew(tmp_path, later)
    assert served.names.said() == SAID
    assert served.days_left(later) >= 396
    after = {file.name: file.read_bytes() for file in (tmp_path / "tls").iterdir()}
    assert {name for name in after if after[name] == before[name]} == {"ca.pem", "ca-key.pem"}


def test_another_name_needs_another_authority(tmp_path: Path) -> None:
    folder.make(tmp_path, ["queue.lan"], NOW)
    with pytest.raises(TlsError, match=r"may not speak for other\.lan"):
        folder.make(tmp_path, ["other.lan"], NOW)
    assert folder.make(tmp_path, ["other.lan"], NOW, anew=True).names.said() == ["other.lan"]


def test_without_the_authoritys_key_nothing_is_renewed_and_nothing_is_lost(tmp_path: Path) -> None:
    folder.make(tmp_path, SAID, NOW)
    (tmp_path / "tls/ca-key.pem").unlink()
    with pytest.raises(TlsError, match=r"ca-key\.pem is not there"):
        folder.renew(tmp_path, NOW)
    assert folder.look(tmp_path).names.said() == SAID


# Given -----------------------------------------------------------------------------------------


class Public:
    """An authority that everybody knows, with one below it that signs."""

    def __init__(self) -> None:
        self._root, self._middle = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        self.root = self._sign("root", self._root, "root", self._root, ca=True)
        self.middle = self._sign("middle", self._middle, "root", self._root, ca=True)

    def leaf(
        self,
        key: folder.Private,
        names: Sequence[str] = ("queue.example",),
        since: datetime = NOW - timedelta(days=1),
        until: datetime = NOW + timedelta(days=90),
        use: x509.ObjectIdentifier = ExtendedKeyUsageOID.SERVER_AUTH,
    ) -> x509.Certificate:
        return self._sign("leaf", key, "middle", self._middle, names, since, until, use)

    @staticmethod
    def _sign(
        name: str,
        key: folder.Private,
        by: str,
        signer: ec.EllipticCurvePrivateKey,
        names: Sequence[str] = (),
        since: datetime = NOW - timedelta(days=1),
        until: datetime = NOW + timedelta(days=900),
        use: x509.ObjectIdentifier = ExtendedKeyUsageOID.SERVER_AUTH,
        ca: bool = False,
    ) -> x509.Certificate:
        def called(what: str) -> x509.Name:
            return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, what)])

        made = (
            x509.CertificateBuilder()
            .subject_name(called(name))
            .issuer_name(called(by))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(since)
            .not_valid_after(until)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([use]), critical=False)
        )
        if names:
            made = made.add_extension(x509.SubjectAlternativeName(Names.of(names).general()), critical=False)
        return made.sign(signer, hashes.SHA256())


@pytest.fixture(scope="module")
def public() -> Public:
    return Public()


@pytest.fixture(scope="module")
def key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def given(
    place: Path, chain: Sequence[x509.Certificate], key: folder.Private, password: str = ""
) -> folder.Served:
    encoding = serialization.Encoding.PEM
    (place / "given.pem").write_bytes(b"".join(one.public_bytes(encoding) for one in chain))
    lock = serialization.BestAvailableEncryption(password.encode()) if password else None
    (place / "given.key").write_bytes(
        key.private_bytes(
            encoding, serialization.PrivateFormat.TraditionalOpenSSL, lock or serialization.NoEncryption()
        )
    )
    return folder.give(place, place / "given.pem", place / "given.key", NOW)


def test_a_given_certificate_is_served_with_its_chain(
    tmp_path: Path, public: Public, key: ec.EllipticCurvePrivateKey
) -> None:
    served = given(tmp_path, [public.leaf(key), public.middle], key)
    assert (served.own, served.names.said(), served.called()) == (False, ["queue.example"], "queue.example")
    kept = x509.load_pem_x509_certificates((tmp_path / "tls/server.pem").read_bytes())
    assert len(kept) == 2
    assert (tmp_path / "tls/server-key.pem").stat().st_mode & 0o777 == 0o600
    with pytest.raises(TlsError, match="was given"):
        folder.renew(tmp_path, NOW)
    assert ServedTls(tmp_path, Clock(NOW)).until == NOW + timedelta(days=90)


def test_what_could_not_be_served_is_not_taken(
    tmp_path: Path, public: Public, key: ec.EllipticCurvePrivateKey
) -> None:
    other = ec.generate_private_key(ec.SECP256R1())
    short = rsa.generate_private_key(65537, 1024)  # noqa: S505 - it is to be refused
    old = public.leaf(key, until=NOW)
    early = public.leaf(key, since=NOW + timedelta(days=2))
    client = public.leaf(key, use=ExtendedKeyUsageOID.CLIENT_AUTH)
    for chain, mine, said in (
        ([public.leaf(key), public.middle], other, "key does not belong"),
        ([public.leaf(key), public.root], key, "no chain"),
        ([old, public.middle], key, "ended on 2026-11-20"),
        ([early, public.middle], key, "begins on 2026-11-22"),
        ([public.leaf(short), public.middle], short, "1024 bits"),
        ([public.leaf(key, names=()), public.middle], key, "names no server"),
        ([client, public.middle], key, "not for a server"),
    ):
        with pytest.raises(TlsError, match=said):
            given(tmp_path, chain, mine)
    with pytest.raises(TlsError, match="has a password"):
        given(tmp_path, [public.leaf(key), public.middle], key, password="pass")
    for wrong in ("given.key", "given.pem"):
        given_right = {name: tmp_path / name for name in ("given.pem", "given.key")}
        given_right[wrong].write_text("nothing")
        with pytest.raises(TlsError, match="holds no"):
            folder.give(tmp_path, given_right["given.pem"], given_right["given.key"], NOW)
    assert not folder.is_there(tmp_path)


# Served ----------------------------------------------------------------------------------------


def test_a_renewed_certificate_that_cannot_be_served_leaves_the_old_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder.make(tmp_path, SAID, NOW)
    tls = ServedTls(tmp_path, Clock(NOW))
    until = tls.until
    folder.make(tmp_path / "other", SAID, NOW)
    (tmp_path / "tls/server-key.pem").write_bytes((tmp_path / "other/tls/server-key.pem").read_bytes())
    tls.look_again()
    assert "cannot be served" in caplog.text
    assert tls.until == until
    folder.renew(tmp_path, NOW + timedelta(days=1))
    tls.look_again()
    assert tls.until == until + timedelta(days=1)
    assert tls.context.minimum_version == ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize(
    ("days", "said"),
    [(300, ""), (368, "ends in 28 days"), (400, "nobody can connect")],
)
def test_an_end_that_is_near_is_said_once_a_day(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, days: int, said: str
) -> None:
    folder.make(tmp_path, SAID, NOW)
    clock = Clock(NOW)
    tls = ServedTls(tmp_path, clock)
    clock.advance(days=days)
    for _ in range(3):
        tls.warn()
    clock.advance(days=1)
    tls.warn()
    assert len(caplog.records) == (2 if said else 0)
    assert said in caplog.text


# The command -----------------------------------------------------------------------------------


def test_the_command_says_what_is_there_and_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = str(tmp_path)
    assert main(["tls", "--data", data]) == 2
    assert "no certificate yet" in capsys.readouterr().err
    assert main(["tls", "--data", data, "--renew"]) == 2
    assert main(["tls", "--data", data, "--name", "a b"]) == 2
    assert "a b is neither" in capsys.readouterr().err
    assert main(["tls", "--data", data, "--name", "queue.lan", "--renew"]) == 2
    assert main(["tls", "--data", data, "--certificate", "x.pem"]) == 2
    capsys.readouterr()
    assert main(["tls", "--data", data, "--name", "queue.lan"]) == 0
    assert "ca.pem" in capsys.readouterr().out
    assert main(["tls", "--data", data]) == 0
    assert main(["tls", "--data", data, "--renew"]) == 0


# Plain http ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "port", "said"),
    [
        (
            "GET /desk?a=1 HTTP/1.1\r\nHost: queue.lan\r\n\r\n",
            443,
            "location: https://queue.lan/desk?a=1\r\n",
        ),
        ("GET / HTTP/1.1\r\nHost: 10.0.0.1:80\r\n\r\n", 8600, "location: https://10.0.0.1:8600/\r\n"),
        ("HEAD / HTTP/1.0\r\nhost: [fd00::1]:80\r\n\r\n", 8600, "location: https://[fd00::1]:8600/\r\n"),
        ("POST /sign-in HTTP/1.1\r\nHost: queue.lan\r\n\r\n", 443, "426 Upgrade Required"),
        ("GET / HTTP/1.1\r\n\r\n", 443, "400 Bad Request"),
        ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 443, "400 Bad Request"),
        ("GET //x HTTP/1.1\r\nHost: q\r\nX: \x00\r\n\r\n", 443, "https://q//x"),
        ("\x16\x03\x01", 443, "400 Bad Request"),
    ],
)
def test_who_asks_over_plain_http_is_shown_to_https(head: str, port: int, said: str) -> None:
    assert said in answer(head.encode("latin1"), port).decode()
