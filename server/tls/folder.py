"""What ``liqu-server tls`` leaves in the data folder, and what it looks at before it takes it.

``tls/server.pem`` (the certificate, then those that lead to its authority) and ``tls/server-key.pem`` are
served;
``tls/ca.pem`` is given to kiosks, screens and browsers where the authority is the installation's own;
``tls/ca-key.pem`` is needed for renewing only. Keys are readable by their owner alone.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from .authority import Made, Names, make_authority, make_server, speaks_for

FOLDER: Final = "tls"
CERTIFICATE, KEY = "server.pem", "server-key.pem"
AUTHORITY, AUTHORITY_KEY = "ca.pem", "ca-key.pem"
SHORTEST_RSA: Final = 2048
WARNED_DAYS: Final = 30
"""So long before its end a certificate is spoken of."""


class TlsError(Exception):
    """What cannot be served, or not be made: its sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class Served:
    """The certificate in the folder."""

    names: Names
    until: datetime
    own: bool
    """Made by the authority beside it, and so renewed by us."""

    def called(self) -> str:
        """What the server's address begins with."""
        first = self.names.said()[0]
        return f"[{first}]" if ":" in first else first

    def days_left(self, now: datetime) -> int:
        return (self.until - now).days


def is_there(data: Path) -> bool:
    return (data / FOLDER / CERTIFICATE).exists()


def look(data: Path) -> Served:
    """What is in the folder. Raises TlsError."""
    folder = data / FOLDER
    (leaf, *_) = _chain(folder / CERTIFICATE)
    return Served(names_of(leaf), leaf.not_valid_after_utc, _is_own(folder, leaf))


def make(data: Path, said: Sequence[str], now: datetime, anew: bool = False) -> Served:
    """A certificate for these names by our own authority, which is made where there is none (or ``anew``).

    Raises TlsError.
    """
    try:
        names = Names.of(said)
    except ValueError as error:
        raise TlsError(f"{error} is neither a host's name nor an IP address") from None
    if not names.said():
        raise TlsError("say what the server is called: --name queue.example --name 192.168.1.10")
    folder = data / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if anew or not (folder / AUTHORITY).exists():
        authority = make_authority(names, now)
        _write(folder / AUTHORITY_KEY, authority.key_pem(), 0o600)
        _write(folder / AUTHORITY, authority.certificate_pem(), 0o644)
    else:
        authority = _authority(folder)
    wrong = speaks_for(authority.certificate, names)
    if wrong:
        raise TlsError(
            f"the authority in {folder} may not speak for {', '.join(wrong)}: add --new-authority, and give "
            f"the new {AUTHORITY} to every kiosk, screen and browser"
        )
    if authority.certificate.not_valid_after_utc <= now:
        raise TlsError(f"the authority in {folder} has ended: add --new-authority")
    made = make_server(authority, names, now)
    _put(folder, made.certificate_pem(), made.key_pem())
    return look(data)


def renew(data: Path, now: datetime) -> Served:
    """A new certificate for the same names. Raises TlsError."""
    if not is_there(data):
        raise TlsError("there is no certificate yet: say --name HOST")
    served = look(data)
    if not served.own:
        raise TlsError(
            "this certificate was given: get a new one where it came from, and give it the same way"
        )
    return make(data, served.names.said(), now)


def give(data: Path, certificate: Path, key: Path, now: datetime) -> Served:
    """Take a certificate that somebody else made. Raises TlsError."""
    chain, private = _chain(certificate), _private(key)
    check(chain, private, now, str(certificate))
    folder = data / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    encoding = serialization.Encoding.PEM
    _put(
        folder,
        b"".join(one.public_bytes(encoding) for one in chain),
        private.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    )
    return look(data)


Private = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


def check(chain: Sequence[x509.Certificate], key: Private, now: datetime, said: str) -> None:
    """That this can be served. Raises TlsError."""
    leaf = chain[0]
    if leaf.public_key() != key.public_key():
        raise TlsError(f"the key does not belong to the first certificate in {said}")
    for one, above in pairwise(chain):
        try:
            one.verify_directly_issued_by(above)
        except (ValueError, TypeError, InvalidSignature):
            raise TlsError(
                f"the certificates in {said} are no chain: each must be followed by the one that signed it"
            ) from None
    for one in chain:
        if one.not_valid_after_utc <= now:
            raise TlsError(f"{_named(one)} in {said} ended on {one.not_valid_after_utc:%Y-%m-%d}")
        if one.not_valid_before_utc > now:
            raise TlsError(f"{_named(one)} in {said} begins on {one.not_valid_before_utc:%Y-%m-%d} only")
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size < SHORTEST_RSA:
        raise TlsError(f"the key has {key.key_size} bits: {SHORTEST_RSA} are the least")
    if not names_of(leaf).said():
        raise TlsError(f"{said} names no server (subject alternative names): browsers refuse it")
    try:
        uses = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return
    if ExtendedKeyUsageOID.SERVER_AUTH not in uses:
        raise TlsError(f"{said} is not for a server (extended key usage)")


def names_of(certificate: x509.Certificate) -> Names:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return Names((), ())
    addresses = map(ipaddress.ip_address, map(str, found.get_values_for_type(x509.IPAddress)))
    return Names(tuple(found.get_values_for_type(x509.DNSName)), tuple(addresses))


def _named(certificate: x509.Certificate) -> str:
    return certificate.subject.rfc4514_string() or "the certificate"


def _is_own(folder: Path, leaf: x509.Certificate) -> bool:
    if not (folder / AUTHORITY).exists():
        return False
    try:
        leaf.verify_directly_issued_by(_chain(folder / AUTHORITY)[0])
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _authority(folder: Path) -> Made:
    (certificate, *_) = _chain(folder / AUTHORITY)
    path = folder / AUTHORITY_KEY
    if not path.exists():
        raise TlsError(f"{path} is not there: bring it back from where it is kept, or add --new-authority")
    key = _private(path)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise TlsError(f"{path} is not the key of {folder / AUTHORITY}")
    return Made(certificate, key)


def _chain(path: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except ValueError:
        raise TlsError(f"{path} holds no certificate in PEM form") from None


def _private(path: Path) -> Private:
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except TypeError:
        raise TlsError(f"{path} has a password: take it off (openssl pkey -in FILE -out NEW)") from None
    except ValueError:
        raise TlsError(f"{path} holds no private key in PEM form") from None
    if not isinstance(key, Private):
        raise TlsError(f"{path}: only RSA, EC and Ed25519 keys are served")
    return key


def _put(folder: Path, certificate: bytes, key: bytes) -> None:
    # The certificate last: who sees it change finds its key beside it.
    _write(folder / KEY, key, 0o600)
    _write(folder / CERTIFICATE, certificate, 0o644)


def _write(path: Path, content: bytes, mode: int) -> None:
    """Whole or not at all, with its mode from its first byte."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    os.fchmod(descriptor, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
