"""An authority of the installation's own, for halls that no public one knows: good for its own names alone.

Whoever is told to trust it (a kiosk, a browser at a counter) trusts nothing else by it: the names that it may
speak for stand in its certificate as critical constraints. Keys are EC P-256.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_DAYS: Final = 3653
SERVER_DAYS: Final = 397
"""More is refused by browsers."""
BEFORE: Final = timedelta(hours=1)
"""So much the clock of a kiosk may be behind."""


@dataclass(frozen=True, slots=True)
class Names:
    """What a server is called: names, and addresses by which it is reached without one."""

    dns: tuple[str, ...]
    addresses: tuple[ipaddress.IPv4Address | ipaddress.IPv6Address, ...]

    @staticmethod
    def of(said: Sequence[str]) -> Names:
        """Each of ``said`` is an IP address or a host's name. Raises ValueError with what is neither."""
        dns: dict[str, None] = {}
        addresses: dict[ipaddress.IPv4Address | ipaddress.IPv6Address, None] = {}
        for one in said:
            try:
                addresses[ipaddress.ip_address(one.strip("[]"))] = None
                continue
            except ValueError:
                pass
            name = one.lower().rstrip(".")
            labels = name.split(".")
            sound = all(label.isascii() and label.replace("-", "").isalnum() for label in labels)
            if not sound or not labels[-1] or len(name) > 253 or any(len(label) > 63 for label in labels):
                raise ValueError(one)
            dns[name] = None
        return Names(tuple(dns), tuple(addresses))

    def said(self) -> list[str]:
        return [*self.dns, *map(str, self.addresses)]

    def general(self) -> list[x509.GeneralName]:
        return [*map(x509.DNSName, self.dns), *map(x509.IPAddress, self.addresses)]


@dataclass(frozen=True, slots=True)
class Made:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def certificate_pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def key_pem(self) -> bytes:
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )


def make_authority(names: Names, now: datetime) -> Made:
    """An authority that may speak for ``names`` and what is below them, and for nothing else."""
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Liqu"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Liqu {names.said()[0]} {now:%Y-%m-%d}"[:64]),
        ]
    )
    public = key.public_key()
    identifier = x509.SubjectKeyIdentifier.from_public_key(public)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BEFORE)
        .not_valid_after(now + timedelta(days=AUTHORITY_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(_constraints(names), critical=True)
        .add_extension(identifier, critical=False)
        .sign(key, hashes.SHA256())
    )
    return Made(certificate, key)


def make_server(authority: Made, names: Names, now: datetime) -> Made:
    """A certificate for a server that is called ``names``, with a key of its own."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = authority.certificate
    ends = min(now - BEFORE + timedelta(days=SERVER_DAYS), issuer.not_valid_after_utc)
    of_issuer = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    certificate = (
        x509.CertificateBuilder()
        # No name of a host: OpenSSL would take it for one, and ask the authority's constraints about it.
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Liqu server")]))
        .issuer_name(issuer.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BEFORE)
        .not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName(names.general()), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(of_issuer), critical=False
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    return Made(certificate, key)


def speaks_for(authority: x509.Certificate, names: Names) -> list[str]:
    """Those of ``names`` that this authority may not speak for."""
    try:
        found = authority.extensions.get_extension_for_class(x509.NameConstraints).value
    except x509.ExtensionNotFound:
        return []
    permitted = found.permitted_subtrees or []
    dns = [one.value for one in permitted if isinstance(one, x509.DNSName)]
    networks = [one.value for one in permitted if isinstance(one, x509.IPAddress)]
    wrong = [name for name in names.dns if not any(name == one or name.endswith(f".{one}") for one in dns)]
    for address in names.addresses:
        if not any(
            isinstance(one, ipaddress.IPv4Network | ipaddress.IPv6Network) and address in one
            for one in networks
        ):
            wrong.append(str(address))
    return wrong


def _constraints(names: Names) -> x509.NameConstraints:
    # Of a kind that nothing is permitted of, all is forbidden: else a constraint leaves that kind free.
    excluded: list[x509.GeneralName] = []
    if not names.dns:
        excluded.append(x509.DNSName(""))
    for version, everything in ((4, "0.0.0.0/0"), (6, "::/0")):
        if not any(address.version == version for address in names.addresses):
            excluded.append(x509.IPAddress(ipaddress.ip_network(everything)))
    permitted = [
        *map(x509.DNSName, names.dns),
        *(x509.IPAddress(ipaddress.ip_network(address)) for address in names.addresses),
    ]
    return x509.NameConstraints(permitted, excluded or None)


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )
