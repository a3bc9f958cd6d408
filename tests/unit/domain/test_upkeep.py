"""Which machine needs somebody: flickers are none, what lasts is, and each alarm ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.upkeep import (
    HINTS,
    LASTS,
    SILENT,
    TOLD,
    Alarm,
    Found,
    Machine,
    Paper,
    by_gravity,
    joined,
    look,
    read_since,
    since,
    spent,
    unheard,
    words,
    write_since,
)
from server.protocol.commands import DeviceStatus
from server.protocol.devices import Part, PartState, Trouble

NOW: Final = datetime(2026, 11, 20, 4, tzinfo=UTC)
BEGAN: Final = NOW - timedelta(hours=5)
STATES: Final[tuple[PartState, ...]] = (
    "none",
    "ready",
    "paper_low",
    "out_of_paper",
    "cover_open",
    "offline",
    "error",
)


def kiosk(seconds: float = 0, seen: float = 5, **parts: PartState) -> Machine:
    """Heard of ``seen`` seconds ago; its parts are as they are for ``seconds``."""
    told: dict[Part, PartState] = {part: parts.get(part, "none") for part in TOLD}
    at = NOW - timedelta(seconds=seconds)
    return Machine("kiosk-1", "kiosk", True, NOW - timedelta(seconds=seen), told, dict.fromkeys(TOLD, at))


def alarm(part: Part, kind: Trouble, minutes: float = 1, seen_by: str | None = None) -> Alarm:
    at = NOW - timedelta(minutes=minutes)
    return Alarm(f"{part}-{kind}", "main", "kiosk-1", part, kind, at, seen_by=seen_by)


def found(
    machine: Machine, *standing: Alarm, attended: bool = True
) -> tuple[list[tuple[Part, Trouble]], list[str]]:
    """What begins, and which alarms end."""
    told = look(machine, standing, NOW, BEGAN, attended)
    return [(part, kind) for part, kind, _ in told.opens], [one.id for one in told.closes]


@pytest.mark.parametrize("trouble", LASTS)
def test_a_trouble_is_an_alarm_once_it_has_lasted(trouble: Trouble) -> None:
    lasts = LASTS[trouble].total_seconds()
    assert found(kiosk(lasts, printer=trouble)) == ([("printer", trouble)], [])
    if lasts:
        assert found(kiosk(lasts - 0.1, printer=trouble)) == ([], [])


def test_an_alarm_ends_with_its_trouble_and_stands_as_long_as_it_lasts() -> None:
    stands = alarm("printer", "out_of_paper")
    assert found(kiosk(500, printer="out_of_paper"), stands) == ([], [])
    assert found(kiosk(0, printer="ready"), stands) == ([], [stands.id])
    assert found(kiosk(0, printer="none"), stands) == ([], [stands.id])


def test_another_trouble_takes_the_place_of_the_first_only_once_it_has_lasted() -> None:
    stands = alarm("printer", "out_of_paper")
    assert found(kiosk(10, printer="cover_open"), stands) == ([], [])
    assert found(kiosk(60, printer="cover_open"), stands) == ([("printer", "cover_open")], [stands.id])


def test_silence_is_an_alarm_of_the_link_and_leaves_the_others_as_they_are() -> None:
    stands = alarm("printer", "out_of_paper")
    quiet = SILENT.total_seconds() + 1
    assert found(kiosk(500, seen=quiet, printer="ready"), stands) == ([("link", "offline")], [])
    lost = alarm("link", "offline")
    assert found(kiosk(500, seen=quiet, printer="error"), stands, lost) == ([], [])
    assert found(kiosk(500, seen=1, printer="ready"), stands, lost) == ([], [lost.id, stands.id])


def test_while_the_server_was_down_no_device_was_silent() -> None:
    machine = kiosk(seen=3600)
    told = look(machine, (), NOW, NOW - timedelta(seconds=80), True)
    assert told == Found()
    assert look(machine, (), NOW, NOW - timedelta(seconds=91), True).opens


def test_machines_that_are_switched_off_with_the_lights_are_no_alarm() -> None:
    assert found(kiosk(seen=600), attended=False) == ([], [])
    lost = alarm("link", "offline")
    assert found(kiosk(seen=600), lost, attended=False) == ([], []), "nobody has put it right by then"


def test_a_device_that_was_never_heard_of_is_no_alarm_and_one_taken_away_has_none() -> None:
    fresh = Machine("kiosk-1", "kiosk", True, None)
    assert look(fresh, (), NOW, BEGAN, True) == Found()
    gone = Machine("kiosk-1", "kiosk", False, NOW, {"printer": "error"})
    stands = alarm("printer", "error")
    assert look(gone, (stands,), NOW, BEGAN, True) == Found(closes=(stands,))


@given(
    st.dictionaries(st.sampled_from(TOLD), st.sampled_from(STATES)),
    st.floats(0, 200),
    st.floats(0, 200),
    st.booleans(),
)
def test_each_part_has_one_alarm_at_most_and_a_second_look_finds_nothing(
    parts: dict[Part, PartState], lasted: float, seen: float, attended: bool
) -> None:
    machine = kiosk(lasted, seen, **parts)
    first = look(machine, (), NOW, BEGAN, attended)
    standing = [Alarm(f"{n}", "main", "kiosk-1", *one) for n, one in enumerate(first.opens)]
    assert len({one.part for one in standing}) == len(standing)
    assert not look(machine, standing, NOW, BEGAN, attended)
    well = kiosk(0, 0)
    assert {one.id for one in look(well, standing, NOW, BEGAN, attended).closes} == {
        one.id for one in standing
    }


def test_no_report_and_no_silence_of_a_kiosk_ends_an_alarm_of_its_numbers() -> None:
    stands = alarm("numbers", "refused")
    for machine in (
        kiosk(500, printer="ready"),
        kiosk(500, seen=600),
        Machine("kiosk-1", "kiosk", False, NOW),
    ):
        assert stands.id not in found(machine, stands)[1]
    assert found(kiosk(5, printer="error"), stands) == ([("printer", "error")], [])


def test_an_alarm_of_numbers_ends_with_the_day_on_which_somebody_took_care_of_it() -> None:
    unseen = alarm("numbers", "refused", minutes=60)
    seen = replace(unseen, seen_by="manager", seen_at=NOW)
    later = NOW + timedelta(days=1)
    assert not spent(unseen, datetime.date, later), "nobody has looked at it yet"
    assert not spent(seen, datetime.date, NOW)
    assert spent(seen, datetime.date, later)
    tomorrow = replace(seen, seen_at=later)
    assert not spent(tomorrow, datetime.date, later), "somebody has only just begun"
    assert not spent(replace(alarm("printer", "error"), seen_by="m", seen_at=NOW), datetime.date, later)


def test_further_numbers_join_the_alarm_that_nobody_takes_care_of_yet() -> None:
    unseen = alarm("numbers", "refused")
    assert joined([alarm("printer", "error"), unseen]) == unseen
    assert joined([alarm("printer", "error"), alarm("numbers", "refused", seen_by="manager")]) is None


def test_a_number_that_does_not_fit_is_told_once_whatever_it_is_called_and_why() -> None:
    one = Paper("t1", "C1", "l1", 907, "A907", "used")
    again = replace(one, number="…907", why="no_block")
    other = replace(one, ticket="t2")
    assert unheard([one, again, other], ()) == [one, other]
    assert unheard([again, other], {one}) == [other]


def test_the_gravest_comes_first_and_what_somebody_takes_care_of_last() -> None:
    order = [
        alarm("link", "offline"),
        alarm("printer", "out_of_paper", minutes=9),
        alarm("printer", "error", minutes=2),
        alarm("scanner", "error", minutes=30),
        alarm("labels", "paper_low", minutes=60),
        alarm("link", "offline", minutes=90, seen_by="manager"),
    ]
    assert by_gravity(reversed(order)) == order
    assert order[4].kind in HINTS


def test_since_when_a_part_is_so_begins_anew_with_each_change_only() -> None:
    before, after = DeviceStatus(printer="ready", sound="ready"), DeviceStatus(printer="error", sound="ready")
    early = NOW - timedelta(hours=1)
    told = since(before, dict.fromkeys(TOLD, early), after, NOW)
    assert (told["printer"], told["sound"]) == (NOW, early)
    assert since(after, {}, after, NOW)["sound"] == NOW, "unknown so far"
    assert read_since(write_since(told)) == told
    assert words(after)["printer"] == "error"
