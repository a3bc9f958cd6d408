"""The seal's key: made once at the first start, kept beside the database, readable by its owner only.

Every process of one installation needs the same file. The public key is told to whoever is to check: kiosks
learn it when they are paired, and a manager keeps a copy outside the machine.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

FILE = "seal-key.pem"


class SealKeyError(Exception):
    """The file is there and is no key: its sentence says which file and what to do."""


@dataclass(frozen=True, slots=True)
class SealKey:
    """``public``: 32 bytes, hex."""

    private: Ed25519PrivateKey
    public: str

    def sign(self, content: bytes) -> str:
        """The signature over ``content``: 64 bytes, hex."""
        return self.private.sign(content).hex()


def holds(public: str, content: bytes, signature: str) -> bool:
    """Whether ``signature`` over ``content`` was made with the key whose public part is ``public``."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), content)
    except (ValueError, InvalidSignature):
        return False
    return True


def open_seal_key(folder: Path) -> SealKey:
    """The key in ``folder``; made there when there is none.

    Raises SealKeyError for a file that is no Ed25519 key, OSError where the folder can't be written.
    """
    path = folder / FILE
    with contextlib.suppress(FileExistsError):
        # Whole or not at all; of several processes starting at once one makes it: a link replaces nothing.
        fresh = folder / f".{FILE}.{os.getpid()}"
        if not path.exists():
            _write(fresh, new_key_file())
            try:
                os.link(fresh, path)
            finally:
                fresh.unlink()
    try:
        private = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError) as error:
        raise SealKeyError(f"{path} is no key: bring it back from a backup") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise SealKeyError(f"{path} is no Ed25519 key: bring it back from a backup")
    return _sealing(private)


def passing_key() -> SealKey:
    """A key that nothing keeps: for a hall that lives no longer than its process."""
    return _sealing(Ed25519PrivateKey.generate())


def _sealing(private: Ed25519PrivateKey) -> SealKey:
    raw = private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return SealKey(private, raw.hex())


def new_key_file() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
