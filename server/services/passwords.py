"""Passwords and device tokens as they are kept: argon2 hashes, slow to make and slow to try."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

strength = PasswordHasher()
SHORTEST = 10
"""Of a password that somebody chooses: length is what makes guessing hopeless, not a sign more or less."""
NAME = 4
"""A user name of so many letters may not be part of the password."""


def hashed(secret: str) -> str:
    return strength.hash(secret)


def weak(new: str, user: str, old: str) -> bool:
    """Whether ``new`` may not take the place of ``old``."""
    named = len(user) >= NAME and user.casefold() in new.casefold()
    return len(new) < SHORTEST or named or new == old or len(set(new)) < NAME


def matches(kept: str, given: str) -> bool:
    """Whether ``given`` is what the hash ``kept`` was made of."""
    try:
        return strength.verify(kept, given)
    except (VerificationError, InvalidHashError):
        return False
