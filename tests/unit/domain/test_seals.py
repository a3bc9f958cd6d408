"""Which days are sealed, and with which line: no day without a seal, none twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from server.domain.seals import FIRST, DaySeal, Signed, as_file, from_file, to_seal

DAY = date(2026, 11, 1)
ONE = timedelta(days=1)


def seal(**other: object) -> DaySeal:
    facts = {
        "hall": "main",
        "day": DAY,
        "seq": 7,
        "hash": "a" * 64,
        "before": FIRST,
        "made_at": datetime(2026, 11, 2, 0, 0, 5, tzinfo=UTC),
        "key": "b" * 64,
    }
    return DaySeal(**(facts | other))  # type: ignore[arg-type]


def test_a_hall_of_which_no_day_has_ended_is_not_sealed() -> None:
    assert to_seal(None, {}, DAY) == []


def test_the_first_seal_covers_all_that_was_before() -> None:
    ended = {DAY: 10, DAY + ONE: 20}
    assert to_seal(None, ended, DAY + 2 * ONE) == [(DAY + ONE, 20)]


def test_days_on_which_nothing_happened_are_sealed_too() -> None:
    ended = {DAY + 3 * ONE: 12}
    found = to_seal(seal(), ended, DAY + 5 * ONE)
    assert found == [(DAY + n * ONE, 7 if n < 3 else 12) for n in (1, 2, 3, 4)]


@given(
    st.dictionaries(st.integers(1, 30), st.integers(1, 50), max_size=12),
    st.lists(st.integers(1, 32), min_size=1, max_size=6),
)
def test_however_often_it_is_looked_each_day_is_sealed_once(grown: dict[int, int], looks: list[int]) -> None:
    """Looked at on any days in order: every ended day has one seal, and their lines only grow."""
    ended: dict[date, int] = {}
    seq = 7
    for n in sorted(grown):
        seq += grown[n]
        ended[DAY + n * ONE] = seq
    last, sealed = seal(), []
    for n in sorted(looks):
        today = DAY + n * ONE
        for day, line in to_seal(last, {d: s for d, s in ended.items() if last.day < d < today}, today):
            last = seal(day=day, seq=line)
            sealed.append((day, line))
    newest = DAY + max(looks) * ONE
    assert [day for day, _ in sealed] == [DAY + n * ONE for n in range(1, max(looks))]
    assert [line for _, line in sealed] == sorted(line for _, line in sealed)
    for day, line in sealed:
        assert day < newest
        assert ended.get(day, line) == line


def test_a_seal_comes_back_from_its_file_as_it_was() -> None:
    one = Signed(seal(), "c" * 128)
    assert from_file(as_file(one, "d" * 64)) == one


def test_these_bytes_may_never_change() -> None:
    """A seal of years ago must still be found good."""
    assert seal().content == (
        b'{"before":"' + b"0" * 64 + b'","day":"2026-11-01","format":"liqu-seal-1","hall":"main","hash":"'
        b""
        + b"a" * 64
        + b'","key":"'
        + b"b" * 64
        + b'","made_at":"2026-11-02T00:00:05.000000+00:00","seq":7}'
    )
