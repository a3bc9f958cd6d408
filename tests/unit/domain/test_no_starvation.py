"""Nobody starves: every waiting ticket is called within a bound, whoever keeps arriving.

The bound. A ticket T comes at minute 0 to a counter that makes a call every ``pace`` minutes. Let P be the
hall's patience and H the longest head start.

- Until minute P other tiers may go first: at most P / pace + 1 calls.
- From then on T ranks with the first tier, and only a ticket with an earlier ranked arrival goes before it:
  one that became callable before minute H. At most ``already`` of those were there before T, and
  ``arrivals`` came with each call of the first H minutes: arrivals x (H / pace + 1).
- A T that returned from a miss lets k more go first; a green T is held back by the cap at most n - 1 times.
  For any other T the cap only helps.
"""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from server.domain import commands as c
from server.domain.hall import Rules

from .storm import Day, counter, hall, service

SERVICES = [service("accept", "A"), service("pickup", "C"), service("green", "G", green=True)]
FUNCTIONS = [("pickup", 1), ("accept", 2), ("green", 1)]
CLASSES = ["ordinary", "elderly", "disabled", "expectant", "military", "green"]


def bound(rules: Rules, pace: int, arrivals: int, already: int) -> int:
    longest = max(*rules.head_starts.values(), rules.parked_head_start)
    tiers = rules.patience // pace + 1
    ranked_before = already + arrivals * (longest // pace + 1)
    return tiers + ranked_before + rules.return_behind + rules.green_cap


@given(
    dice=st.integers(0, 2**32),
    pace=st.integers(1, 12),
    arrivals=st.integers(1, 3),
    already=st.integers(0, 10),
    of=st.sampled_from(["ordinary", "elderly", "green"]),
    service=st.sampled_from(["accept", "pickup"]),
    adversary=st.sampled_from([None, ("green", "green"), ("pickup", "military"), ("accept", "elderly")]),
    returned=st.booleans(),
)
def test_every_waiting_ticket_is_called_within_the_bound(
    dice: int,
    pace: int,
    arrivals: int,
    already: int,
    of: str,
    service: str,
    adversary: tuple[str, str] | None,
    returned: bool,
) -> None:
    rules = Rules()
    random = Random(dice)
    day = Day(hall(SERVICES, [counter("1", *FUNCTIONS)], rules)).open("1")
    if returned:
        target = day.issue(service, priority=of)
        day.done(c.Miss(day.called(), "staff1"))

    def crowd(count: int) -> None:
        for _ in range(count):
            name, priority = adversary or (
                random.choice(["accept", "pickup", "green"]),
                random.choice(CLASSES),
            )
            day.issue(name, priority=priority)

    crowd(already)
    if returned:
        day.done(c.Resume(target, "staff1"))
    else:
        target = day.issue(service, priority=of)
    for _ in range(bound(rules, pace, arrivals, already)):
        if day.called() == target:
            return
        day.finish()
        day.later(pace)
        crowd(arrivals)
    raise AssertionError("starved")
