"""Keys that certificates are signed with: from a file (PEM, PKCS#12), or on a PKCS#11 token."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeAlias

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.sign import signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

Key: TypeAlias = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
LEAST_RSA_BITS = 2048


class KeyFault(Exception):
    """The key cannot be used; says what to do. Never repeats a password."""


@dataclass(frozen=True, slots=True)
class Signer:
    """A key with its certificate. ``take`` gives what signs, for one file at a time under ``lock``."""

    name: str
    """Whom the certificate names."""
    until: datetime
    """When the certificate ends; nothing is signed with it later."""
    take: Callable[[], signers.Signer]
    lock: threading.Lock


def file_signer(path: Path, certificate: Path | None, password: str | None) -> Signer:
    """The key in a PEM or PKCS#12 file. Raises KeyFault."""
    content = _read(path, "key.file")
    secret = password.encode() if password else None
    try:
        key, chain = _pem(content, secret) if b"-----BEGIN" in content else _pkcs12(content, secret)
    except (ValueError, TypeError) as error:
        needs = "password" in str(error).lower() or "decrypt" in str(error).lower()
        what = "wrong or missing password: see key.password_file" if needs else "neither PEM nor PKCS#12"
        raise KeyFault(f"key.file {path} cannot be opened: {what}") from None
    if certificate is not None:
        chain = _certificates(certificate)
    if not chain:
        raise KeyFault(f"key.file {path} holds no certificate: name its file as key.certificate")
    usable = _usable(key)
    public = _public(usable)
    own = next((one for one in chain if _public(one) == public), None)
    if own is None:
        raise KeyFault(f"the certificate is not that of the key in {path}")
    _in_time(own)
    made = signers.SimpleSigner(
        signing_cert=_asn1(own),
        signing_key=asn1_keys.PrivateKeyInfo.load(
            usable.private_bytes(
                serialization.Encoding.DER,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        ),
        cert_registry=_registry([one for one in chain if one is not own]),
    )
    return Signer(_name(own), own.not_valid_after_utc, lambda: made, threading.Lock())


def token_signer(module: str, token: str, key: str, pin: str, certificate: Path | None) -> Signer:
    """The key named ``key`` on a PKCS#11 token; it never leaves it. Raises KeyFault, ModuleNotFoundError."""
    try:
        from pkcs11 import PKCS11Error
        from pyhanko.config.pkcs11 import TokenCriteria
        from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError("a PKCS#11 key needs its library: install liqu[pkcs11]") from error
    chain = _certificates(certificate) if certificate else []
    session = None

    def open_() -> signers.Signer:
        nonlocal session
        if session is None:
            session = open_pkcs11_session(module, token_criteria=TokenCriteria(label=token), user_pin=pin)
        others = _registry(chain[1:])
        return PKCS11Signer(
            session,
            key_label=key,
            cert_label=None if chain else key,
            signing_cert=_asn1(chain[0]) if chain else None,
            ca_chain=list(others),
            # The digest is made here: not every token makes it for an elliptic curve.
            use_raw_mechanism=True,
        )

    def take() -> signers.Signer:
        nonlocal session
        try:
            return open_()
        except PKCS11Error:
            # A card that was pulled and put back has ended its session: the next try opens a new one.
            session = None
            raise

    try:
        found = take().signing_cert
    except (PKCS11Error, OSError, RuntimeError) as error:
        reason = type(error).__name__ if isinstance(error, PKCS11Error) else str(error)
        raise KeyFault(
            f"key {key!r} on token {token!r} cannot be used ({reason}): see key.module, key.token,"
            " key.key and the PIN"
        ) from None
    if found is None:
        raise KeyFault(f"token {token!r} has no certificate {key!r}: name its file as key.certificate")
    own = x509.load_der_x509_certificate(found.dump())
    _in_time(own)
    return Signer(_name(own), own.not_valid_after_utc, take, threading.Lock())


def make_demo_key(name: str, now: datetime) -> bytes:
    """A new P-256 key with a certificate signed by itself, as PEM. Its subject says that it is a demo's."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, f"{name} (demo)"),
            x509.NameAttribute(NameOID.COMMON_NAME, "demo: not a real certificate key"),
        ]
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=5 * 365))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_signs_documents(), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + made.public_bytes(serialization.Encoding.PEM)


def _signs_documents() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(content: bytes, password: bytes | None) -> tuple[PrivateKeyTypes, list[x509.Certificate]]:
    key = serialization.load_pem_private_key(content, password)
    chain = x509.load_pem_x509_certificates(content) if b"BEGIN CERTIFICATE" in content else []
    return key, chain


def _pkcs12(content: bytes, password: bytes | None) -> tuple[PrivateKeyTypes, list[x509.Certificate]]:
    held = pkcs12.load_pkcs12(content, password)
    if held.key is None:
        raise ValueError("no key")
    own = [held.cert.certificate] if held.cert else []
    return held.key, own + [one.certificate for one in held.additional_certs]


def _certificates(path: Path) -> list[x509.Certificate]:
    """The certificates in a PEM file, the key's own first."""
    try:
        return x509.load_pem_x509_certificates(_read(path, "key.certificate"))
    except ValueError:
        raise KeyFault(f"key.certificate {path} holds no PEM certificate") from None


def _read(path: Path, what: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KeyFault(f"{what} {path} cannot be read: {error.strerror}") from None


def _usable(key: PrivateKeyTypes) -> Key:
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1 | ec.SECP384R1):
        return key
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= LEAST_RSA_BITS:
        return key
    raise KeyFault("the key must be EC P-256 or P-384, or RSA of at least 2048 bits")


def _public(of: Key | x509.Certificate) -> bytes:
    return of.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def _in_time(own: x509.Certificate) -> None:
    now = datetime.now(UTC)
    if now > own.not_valid_after_utc:
        raise KeyFault(f"the key's certificate ended on {own.not_valid_after_utc:%Y-%m-%d}: renew it")
    if now < own.not_valid_before_utc:
        raise KeyFault(f"the key's certificate begins on {own.not_valid_before_utc:%Y-%m-%d}: see the clock")


def _name(own: x509.Certificate) -> str:
    found = own.subject.get_attributes_for_oid(
        NameOID.ORGANIZATION_NAME
    ) or own.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else own.subject.rfc4514_string()


def _asn1(one: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(one.public_bytes(serialization.Encoding.DER))


def _registry(others: Sequence[x509.Certificate]) -> SimpleCertificateStore:
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple([_asn1(one) for one in others])
    return store
