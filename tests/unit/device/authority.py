"""An authority of a hall's own and certificates of its making, good and bad, for tests."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)


class Authority:
    """Writes its files into ``folder``; ``pem`` is what devices trust."""

    def __init__(self, folder: Path, name: str = "Hall CA") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.now(UTC)
        builder = self._builder(self._name, self._key, now - 400 * DAY, now + 400 * DAY)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        certificate = builder.sign(self._key, hashes.SHA256())
        self.pem = folder / "ca.pem"
        self.pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def server(
        self, *, name: str = "", begins: timedelta = -DAY, ends: timedelta = 30 * DAY
    ) -> ssl.SSLContext:
        """What a server at 127.0.0.1, or at ``name``, shows; good from ``begins`` to ``ends`` from now."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "server")])
        now = datetime.now(UTC)
        where = x509.DNSName(name) if name else x509.IPAddress(ip_address("127.0.0.1"))
        builder = self._builder(subject, key, now + begins, now + ends)
        builder = builder.add_extension(x509.SubjectAlternativeName([where]), critical=False)
        certificate = builder.sign(self._key, hashes.SHA256())
        chain, secret = self._folder / "server.pem", self._folder / "server.key"
        chain.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        secret.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, secret)
        return context

    def _builder(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, begins: datetime, ends: datetime
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begins)
            .not_valid_after(ends)
        )
