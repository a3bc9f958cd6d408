"""Passwords are kept so that guessing them from a stolen database is slow."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

PASSWORDS = runpy.run_path(str(Path(__file__).parents[3] / "server" / "services" / "passwords.py"))
"""As the programs have it; tests in one process use a quicker one."""


def test_hashes_are_as_strong_as_the_standard_asks_of_machines_with_little_memory() -> None:
    """RFC 9106, second recommendation: 64 MiB, three passes, four lanes."""
    strength = PASSWORDS["strength"]
    assert (strength.memory_cost, strength.time_cost, strength.parallelism) == (65536, 3, 4)
    assert str(strength.type) == "Type.ID"


@pytest.mark.parametrize("kept", ["", "x", "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$x"])
def test_what_is_no_hash_matches_nothing(kept: str) -> None:
    assert not PASSWORDS["matches"](kept, "secret")


def test_a_hash_matches_its_secret_alone() -> None:
    kept = PASSWORDS["hashed"]("secret")
    assert PASSWORDS["matches"](kept, "secret")
    assert not PASSWORDS["matches"](kept, "Secret")
    assert "secret" not in kept
