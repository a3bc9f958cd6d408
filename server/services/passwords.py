"""Passwords and device tokens as they are kept: argon2 hashes, slow to make and slow to try."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

strength = PasswordHasher()


def hashed(secret: str) -> str:
    return strength.hash(secret)


def matches(kept: str, given: str) -> bool:
    """Whether ``given`` is what the hash ``kept`` was made of."""
    try:
        return strength.verify(kept, given)
    except (VerificationError, InvalidHashError):
        return False
