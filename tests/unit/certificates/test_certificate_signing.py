"""Signing certificates, and telling in words why a key cannot be used."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from server.certificates.keys import make_demo_key
from server.certificates.making import KeyEnded, Maker
from server.certificates.settings import SettingsError, read_signer
from server.certificates.typeset import Typesetter
from tests.conftest import need

from .certificate_samples import sheet

PASSWORD = "correct horse"
HSM = Path("/usr/lib/softhsm/libsofthsm2.so")


@pytest.fixture(scope="module")
def typesetter() -> Typesetter:
    return Typesetter()


def folder(tmp_path: Path, told: str, **files: bytes) -> Path:
    """A data folder with ``certificates.toml`` and the named files, for nobody else to read."""
    for name, content in {"certificates.toml": told.encode(), **files}.items():
        path = tmp_path / name.replace("_", ".")
        path.write_bytes(content)
        path.chmod(0o600)
    return tmp_path


def authority() -> tuple[bytes, bytes, bytes]:
    """(key, its certificate, the CA's certificate) in PEM: a chain as an institution would have."""
    now = datetime.now(UTC)
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test CA")])
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test institute")])

    def certificate(subject: x509.Name, public: ec.EllipticCurvePublicKey, *, ca: bool) -> x509.Certificate:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(ca_name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=30))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .sign(ca_key, hashes.SHA256())
        )

    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    own = certificate(name, key.public_key(), ca=False)
    return (
        private,
        own.public_bytes(pem),
        certificate(ca_name, ca_key.public_key(), ca=True).public_bytes(pem),
    )


def signed(typesetter: Typesetter, data: Path, out: Path) -> Path:
    made = Maker(typesetter, read_signer(data)).make(sheet())
    assert made.signed
    assert made.pages == 2
    out.write_bytes(made.pdf)
    return out


def verdict(path: Path) -> str:
    """What pdfsig says of the signature."""
    return subprocess.run(["pdfsig", "-nocert", path], check=False, capture_output=True, text=True).stdout


def test_pdfsig_calls_it_valid_and_a_flipped_byte_invalid(tmp_path: Path, typesetter: Typesetter) -> None:
    key = make_demo_key("Test", datetime.now(UTC))
    data = folder(tmp_path, '[key]\ndriver = "file"\nfile = "key.pem"\n', key_pem=key)
    path = signed(typesetter, data, tmp_path / "signed.pdf")
    told = verdict(path)
    assert "Signature is Valid" in told
    assert "Total document signed" in told
    assert "ETSI.CAdES.detached" in told
    assert "demo" in told
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 1
    path.write_bytes(content)
    assert "Signature is Valid" not in verdict(path)


def test_the_signers_certificate_is_trusted_through_its_own_authority(
    tmp_path: Path, typesetter: Typesetter
) -> None:
    key, own, ca = authority()
    data = folder(tmp_path, '[key]\ndriver = "file"\nfile = "key.pem"\n', key_pem=key + own + ca)
    path = signed(typesetter, data, tmp_path / "signed.pdf")
    (tmp_path / "ca.pem").write_bytes(ca)
    assert "Verification successful" in checked(path, tmp_path / "ca.pem")
    (tmp_path / "ca.pem").write_bytes(authority()[2])
    assert "Verification successful" not in checked(path, tmp_path / "ca.pem")


def checked(path: Path, trusted: Path) -> str:
    """What OpenSSL says of the signature in a PDF, and of who made it."""
    content = path.read_bytes()
    found = re.search(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]", content)
    assert found
    first, length, second, rest = (int(number) for number in found.groups())
    assert second + rest == len(content)
    path.with_suffix(".der").write_bytes(bytes.fromhex(content[length + 1 : second - 1].decode()))
    path.with_suffix(".bin").write_bytes(content[first : first + length] + content[second : second + rest])
    command = [
        "openssl",
        "cms",
        "-verify",
        "-binary",
        "-inform",
        "DER",
        "-purpose",
        "any",
        "-out",
        "/dev/null",
    ]
    command += ["-in", str(path.with_suffix(".der")), "-content", str(path.with_suffix(".bin"))]
    done = subprocess.run([*command, "-CAfile", str(trusted)], check=False, capture_output=True, text=True)
    return done.stderr


def test_a_signed_file_stays_pdf_a_2b_of_version_1_7(tmp_path: Path, typesetter: Typesetter) -> None:
    key = make_demo_key("Test", datetime.now(UTC))
    data = folder(tmp_path, '[key]\ndriver = "file"\nfile = "key.pem"\n', key_pem=key)
    path = signed(typesetter, data, tmp_path / "signed.pdf")
    told = subprocess.run(["pdfinfo", "-meta", path], check=True, capture_output=True, text=True).stdout
    assert re.search(r"pdfaid:part[>=\"]+2", told)
    assert re.search(r"pdfaid:conformance[>=\"]+B", told)
    plain = subprocess.run(["pdfinfo", path], check=True, capture_output=True, text=True).stdout
    assert re.search(r"PDF version:\s+1\.7", plain)


def test_a_key_in_pkcs12_is_opened_with_the_password_of_its_file(
    tmp_path: Path, typesetter: Typesetter
) -> None:
    key, own, ca = authority()
    held = pkcs12.serialize_key_and_certificates(
        b"certificates",
        serialization.load_pem_private_key(key, None),  # type: ignore[arg-type]
        x509.load_pem_x509_certificate(own),
        [x509.load_pem_x509_certificate(ca)],
        serialization.BestAvailableEncryption(PASSWORD.encode()),
    )
    told = '[key]\ndriver = "file"\nfile = "key.p12"\npassword_file = "pass.txt"\n'
    data = folder(tmp_path, told, key_p12=held, pass_txt=f"{PASSWORD}\n".encode())
    assert "Signature is Valid" in verdict(signed(typesetter, data, tmp_path / "signed.pdf"))
    (data / "pass.txt").write_text("wrong")
    with pytest.raises(SettingsError, match="password") as refused:
        read_signer(data)
    assert "wrong" not in str(refused.value).replace("wrong or missing", "")


def test_a_key_on_a_token_signs_and_never_leaves_it(
    tmp_path: Path, typesetter: Typesetter, monkeypatch: pytest.MonkeyPatch
) -> None:
    need(HSM.exists(), "softhsm2 plays the token")
    key, own, ca = authority()
    tokens = tmp_path / "tokens"
    tokens.mkdir()
    (tmp_path / "softhsm2.conf").write_text(f"directories.tokendir = {tokens}\n")
    (tmp_path / "key.pem").write_bytes(key)
    monkeypatch.setenv("SOFTHSM2_CONF", str(tmp_path / "softhsm2.conf"))
    tool = ["softhsm2-util", "--token", "hall", "--pin", "1234"]
    making = ["--init-token", "--free", "--label", "hall", "--so-pin", "5678", "--pin", "1234"]
    subprocess.run([tool[0], *making], check=True, capture_output=True, env=dict(os.environ))
    importing = ["--import", tmp_path / "key.pem", "--label", "certificates", "--id", "01"]
    subprocess.run([*tool, *importing], check=True, capture_output=True, env=dict(os.environ))
    (tmp_path / "key.pem").unlink()
    told = (
        f'[key]\ndriver = "pkcs11"\nmodule = "{HSM}"\ntoken = "hall"\nkey = "certificates"\n'
        'pin_file = "pin.txt"\ncertificate = "own.pem"\n'
    )
    data = folder(tmp_path, told, pin_txt=b"1234\n", own_pem=own + ca)
    assert "Signature is Valid" in verdict(signed(typesetter, data, tmp_path / "signed.pdf"))


def test_without_a_key_nothing_is_signed(tmp_path: Path, typesetter: Typesetter) -> None:
    assert read_signer(tmp_path) is None
    made = Maker(typesetter, None).make(sheet())
    path = tmp_path / "bare.pdf"
    path.write_bytes(made.pdf)
    assert not made.signed
    assert (
        "does not contain any signatures"
        in subprocess.run(["pdfsig", "-nocert", path], check=False, capture_output=True, text=True).stdout
    )


def test_nothing_is_signed_when_the_certificate_has_ended(tmp_path: Path, typesetter: Typesetter) -> None:
    key = make_demo_key("Test", datetime.now(UTC))
    signer = read_signer(folder(tmp_path, '[key]\ndriver = "file"\nfile = "key.pem"\n', key_pem=key))
    assert signer is not None
    ended = replace(signer, until=datetime.now(UTC) - timedelta(seconds=1))
    with pytest.raises(KeyEnded):
        Maker(typesetter, ended).make(sheet())


KEY = '[key]\ndriver = "file"\nfile = "key.pem"\n'


@pytest.mark.parametrize(
    ("told", "key", "says"),
    [
        ("[key", b"", "is not TOML"),
        ('[key]\ndriver = "magic"\n', b"", "cannot be used"),
        ('[key]\ndriver = "file"\n', b"", "key.file"),
        (KEY.replace("key.pem", "none.pem"), b"", "none.pem cannot be read"),
        (KEY, b"nothing", "neither PEM nor PKCS#12"),
        (KEY + 'password_file = "none"\n', b"", "password_file"),
    ],
)
def test_what_is_wrong_is_told_to_a_technician(tmp_path: Path, told: str, key: bytes, says: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(says)):
        read_signer(folder(tmp_path, told, key_pem=key))


def test_a_certificate_of_another_key_is_noticed(tmp_path: Path) -> None:
    key, _, _ = authority()
    _, other, _ = authority()
    with pytest.raises(SettingsError, match="not that of the key"):
        read_signer(folder(tmp_path, KEY, key_pem=key + other))


def test_a_weak_key_is_refused(tmp_path: Path) -> None:
    weak = ec.generate_private_key(ec.SECP192R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with pytest.raises(SettingsError, match="P-256"):
        read_signer(folder(tmp_path, KEY, key_pem=weak + authority()[1]))


def test_a_key_that_others_can_read_is_warned_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    data = folder(tmp_path, KEY, key_pem=make_demo_key("Test", datetime.now(UTC)))
    (data / "key.pem").chmod(0o644)
    read_signer(data)
    assert "others can read it" in caplog.text
