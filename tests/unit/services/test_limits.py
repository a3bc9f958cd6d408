"""Who asks too often, and by what they are known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from server.services.limits import Guesses, Turns, network
from server.services.refused import Refused

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("address", "known"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_who_has_one_address_of_ipv6_has_all_beside_it(address: str, known: str) -> None:
    assert network(address) == known


def test_another_address_of_the_same_line_does_not_guess_anew() -> None:
    guesses = Guesses(lambda: NOW, {"address": 2}, "too_many_requests")
    guesses.missed("address:2001:db8::1")
    guesses.missed("address:2001:db8::2")
    guesses.must_not_wait("address:2001:db8:1::3")
    with pytest.raises(Refused):
        guesses.must_not_wait("address:2001:db8::3")


def test_another_address_of_the_same_line_takes_no_turn_of_its_own() -> None:
    now = NOW
    turns = Turns(lambda: now, 2, 60)
    turns.take("2001:db8::1")
    turns.take("2001:db8::2")
    with pytest.raises(Refused):
        turns.take("2001:db8::3")
    now += timedelta(seconds=2)
    turns.take("2001:db8::3")
