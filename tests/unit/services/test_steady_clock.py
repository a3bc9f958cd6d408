"""The halls' clock: follows the machine's as far as that can be believed, and never goes back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from server.services.clock import LEAP, SteadyClock, vouched_for

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


@dataclass(slots=True)
class Machine:
    """A machine whose clock can be set, and whose time passes when told."""

    wall: datetime = NOON
    up: float = 1000.0
    vouched: bool = False
    right: bool = False
    known: datetime | None = None
    clock: SteadyClock = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        self.clock = SteadyClock(
            self.known, lambda: self.wall, lambda: self.up, lambda: self.vouched, lambda: self.right
        )

    def passes(self, **by: float) -> datetime:
        """Time passes, and the clock that is set goes with it; what the halls' clock says then."""
        self.wall += timedelta(**by)
        self.up += timedelta(**by).total_seconds()
        return self.clock()


def test_a_machine_that_is_right_is_gone_by() -> None:
    machine = Machine()
    assert machine.passes(minutes=90) == machine.wall == NOON + timedelta(minutes=90)
    assert (machine.clock.held, machine.clock.off) == (False, None)


def test_a_small_step_ahead_is_followed_at_once_and_told() -> None:
    machine = Machine()
    machine.wall += timedelta(minutes=20)
    assert machine.clock() == machine.wall
    assert (machine.clock.held, machine.clock.off) == (False, 1200.0)


def test_a_step_back_slows_the_halls_clock_until_both_agree() -> None:
    machine = Machine()
    machine.wall -= timedelta(minutes=20)
    assert machine.clock() == NOON
    assert machine.passes(minutes=20) == NOON + timedelta(minutes=10)
    assert machine.clock.off == -600.0
    assert machine.passes(minutes=20) == machine.wall == NOON + timedelta(minutes=20)
    assert machine.passes(minutes=1) == machine.wall


def test_a_leap_into_another_day_is_not_believed() -> None:
    for leap in (timedelta(hours=13), timedelta(days=3650), -timedelta(days=20_000)):
        machine = Machine()
        machine.wall += leap
        assert machine.passes(minutes=5) == NOON + timedelta(minutes=5)
        assert machine.clock.held
        assert machine.clock.off == leap.total_seconds()
        # Set right again, it is gone by again.
        machine.wall -= leap
        assert machine.passes(minutes=1) == machine.wall
        assert not machine.clock.held


def test_a_leap_ahead_that_a_time_server_or_a_person_vouches_for_is_followed() -> None:
    for vouches in ("vouched", "right"):
        machine = Machine()
        machine.wall += timedelta(hours=13)
        machine.passes(seconds=2)
        assert machine.clock.held
        setattr(machine, vouches, True)
        assert machine.passes(seconds=2) == machine.wall
        assert not machine.clock.held


def test_nobody_can_vouch_for_a_leap_back() -> None:
    machine = Machine()
    machine.wall -= timedelta(days=1)
    machine.vouched = machine.right = True
    assert machine.passes(minutes=1) == NOON + timedelta(minutes=1)


def test_a_start_with_an_empty_battery_goes_on_from_the_last_line_until_the_clock_is_set() -> None:
    machine = Machine(wall=datetime(1970, 1, 1, tzinfo=UTC), known=NOON)
    assert machine.passes(minutes=3) == NOON + timedelta(minutes=3)
    assert machine.clock.held
    machine.wall = NOON + timedelta(hours=16)
    assert machine.passes(seconds=1) == machine.wall
    assert not machine.clock.held


def test_a_start_after_a_long_closure_is_believed_and_one_years_ahead_is_not() -> None:
    machine = Machine(known=NOON - timedelta(days=120))
    assert machine.clock() == NOON
    machine = Machine(known=NOON - timedelta(days=3650))
    assert machine.passes(minutes=1) == NOON - timedelta(days=3650) + timedelta(minutes=1)
    machine.right = True
    assert machine.passes(seconds=2) == machine.wall


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["pass", "set"]),
            st.floats(-3 * LEAP.total_seconds(), 3 * LEAP.total_seconds()),
            st.booleans(),
        ),
        max_size=40,
    )
)
def test_whatever_is_done_to_the_machine_no_instant_is_before_the_one_told_last(
    steps: list[tuple[str, float, bool]],
) -> None:
    machine = Machine(known=NOON)
    told = machine.clock()
    for what, seconds, vouched in steps:
        machine.vouched = vouched
        if what == "set":
            machine.wall += timedelta(seconds=seconds)
        now = machine.passes(seconds=abs(seconds) if what == "pass" else 0)
        assert now >= told
        told = now


def test_the_kernel_can_be_asked_here() -> None:
    assert vouched_for() in (True, False)
