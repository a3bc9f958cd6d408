"""The kiosk's flow while it is cut off: what goes on, what waits, and that nobody gets two numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk import alone as a
from kiosk import appointing as b
from kiosk import flow
from kiosk import model as m
from kiosk import visit as v
from tests.ui import kiosk_alone as cut_off
from tests.ui import kiosk_visits as visits
from tests.ui.kiosk_states import CLOSED, EMERGENCY, EQUIPPED, HOME, TICKET
from tests.unit.kiosk.flow_steps import run

STANDING = cut_off.standing(TICKET.issued_at)
GIVEN = cut_off.given(TICKET)
LISTED = cut_off.listed(TICKET.issued_at)
ALONE = replace(EQUIPPED, link="lost", alone=STANDING, screen_since=900.0)
LIVE = replace(ALONE, link="live")
PRESS = m.Press("k1", "accept", "elderly", "en")
PICKED: tuple[m.Input, ...] = (v.ServicesTouched(), m.ServiceTouched("accept"), m.TakeTouched("k1"))


def waiting(press: m.Asked, **more: object) -> m.State:
    """``press`` is asked of a server that is believed to be there."""
    return replace(LIVE, screen=m.Issuing(press, 1000.0), **more)  # type: ignore[arg-type]


# ---- taking a number -------------------------------------------------------------------------------


def test_with_the_link_lost_a_number_comes_from_the_block_at_once() -> None:
    state, asked = run(ALONE, *PICKED)
    assert asked == [a.GiveAlone("k1", "accept", "zh")]
    state, asked = run(state, m.Issued("k1", GIVEN))
    assert asked == [m.Remember(GIVEN), m.Print(GIVEN, reprint=False)]
    state, asked = run(state, m.PaperEnded(GIVEN.id, "printed"))
    assert asked == [], "the server does not know the number yet"
    assert isinstance(state.screen, m.Holding)


def test_with_the_link_there_the_server_is_asked() -> None:
    _, asked = run(LIVE, *PICKED)
    assert asked == [m.Issue(m.Press("k1", "accept", "ordinary", "zh"))]


def test_without_any_lent_number_the_server_is_asked_even_so() -> None:
    _, asked = run(replace(ALONE, alone=a.Standing()), *PICKED)
    assert asked == [m.Issue(m.Press("k1", "accept", "ordinary", "zh"))]


def test_a_request_that_never_left_is_answered_from_the_block() -> None:
    state, asked = run(waiting(PRESS), m.Unanswered("k1", sent=False))
    assert asked == [a.GiveAlone("k1", "accept", "en", "elderly", instead_of="k1")]
    state, _ = run(state, m.Issued("k1", GIVEN))
    assert isinstance(state.screen, m.Holding)


def test_nobody_listening_means_that_the_link_is_lost() -> None:
    state, _ = run(waiting(PRESS, link="connecting"), m.Unanswered("k1", sent=False))
    assert state.link == "lost"


def test_a_request_that_may_have_arrived_is_asked_again_until_the_person_chooses() -> None:
    state, asked = run(waiting(PRESS), m.Unanswered("k1"))
    assert (state.screen, asked) == (m.Unreached(PRESS), [])
    _, asked = run(state, m.RetryTouched())
    assert asked == [m.Issue(PRESS)], "the same key: the same number again"
    state, asked = run(state, a.AloneTouched())
    assert asked == [a.GiveAlone("k1", "accept", "en", "elderly", instead_of="k1")]


def test_a_retry_once_the_link_is_lost_names_the_request_before() -> None:
    state = replace(ALONE, screen=m.Unreached(PRESS))
    _, asked = run(state, m.RetryTouched())
    assert asked == [a.GiveAlone("k1", "accept", "en", "elderly", instead_of="k1")]


def test_an_answer_that_comes_after_all_makes_no_second_number() -> None:
    state, _ = run(replace(LIVE, screen=m.Unreached(PRESS)), a.AloneTouched())
    late, asked = run(state, m.Issued("k1", TICKET))
    assert (late, asked) == (state, [])
    refused, asked = run(state, m.WasRefused("k1", "queue_full", "", ""))
    assert (refused, asked) == (state, [])
    state, asked = run(state, m.Issued("k1", GIVEN))
    assert isinstance(state.screen, m.Holding)
    assert state.screen.ticket is GIVEN
    held, asked = run(state, m.Issued("k1", TICKET))
    assert held.screen == state.screen
    assert not any(isinstance(effect, m.Print) for effect in asked)


def test_an_answer_before_the_person_chose_is_taken() -> None:
    state, _ = run(replace(LIVE, screen=m.Unreached(PRESS)), m.Issued("k1", TICKET))
    assert isinstance(state.screen, m.Holding)
    assert state.screen.ticket is TICKET


def test_nobody_waits_for_ever_for_an_answer() -> None:
    state = waiting(PRESS)
    state, _ = flow.step(state, m.Tick(), 1000.0 + state.rules.very_slow)
    state, _ = flow.step(state, m.Tick(), 1000.0 + state.rules.alone_after)
    assert state.screen == m.Unreached(PRESS)
    without = waiting(PRESS, alone=a.Standing())
    without, _ = flow.step(without, m.Tick(), 1000.0 + state.rules.very_slow)
    without, _ = flow.step(without, m.Tick(), 1000.0 + state.rules.alone_after)
    assert isinstance(without.screen, m.Issuing), "there is nothing to offer instead"


def test_where_no_number_could_be_kept_it_is_said() -> None:
    state, _ = run(ALONE, *PICKED, m.WasRefused("k1", "none_alone", "", ""))
    assert isinstance(state.screen, m.Refused)
    assert state.screen.gives


# ---- what can be touched ---------------------------------------------------------------------------


def test_a_service_whose_block_is_used_up_can_not_be_touched() -> None:
    state = replace(ALONE, screen=v.Services(), alone=replace(STANDING, services=("submit",)))
    after, _ = run(state, m.ServiceTouched("accept"))
    assert after.screen == v.Services()
    after, _ = run(state, m.ServiceTouched("submit"))
    assert after.screen == m.Choosing("submit")


@pytest.mark.parametrize(
    "touch",
    [
        *(v.PurposeTouched(purpose) for purpose in ("labels", "pickup", "certificates", "progress")),  # type: ignore[arg-type]
        b.BookTouched(),
        v.RegisterTouched(),
    ],
)
def test_what_needs_the_server_waits(touch: m.Touch) -> None:
    after, asked = run(ALONE, touch)
    assert (after.screen, asked) == (m.Home(), [])
    live, _ = run(LIVE, touch)
    assert live.screen != m.Home()


def test_after_the_halls_hours_no_number_is_given() -> None:
    over = replace(ALONE, alone=replace(STANDING, over=True))
    assert isinstance(flow.shown(over), flow.HallClosed)
    after, asked = run(over, *PICKED)
    assert (after.screen, asked) == (m.Home(), [])
    late = replace(over, screen=m.Choosing("accept"))
    _, asked = run(late, m.TakeTouched("k1"))
    assert not any(isinstance(effect, a.GiveAlone) for effect in asked)


def test_an_emergency_and_a_closed_hall_stay_what_they_were_when_last_heard_of() -> None:
    assert isinstance(flow.shown(replace(ALONE, home=EMERGENCY)), flow.Emergency)
    assert isinstance(flow.shown(replace(ALONE, home=CLOSED)), flow.HallClosed)


def test_started_without_the_server_the_hall_last_seen_stands_in() -> None:
    fresh = replace(ALONE, home=None, catalogue=None, kept=HOME, link="connecting")
    assert isinstance(flow.shown(fresh), flow.Loading)
    state, _ = run(fresh, m.LinkBroken())
    assert flow.shown(state) == m.Home()
    assert state.link == "lost"
    _, asked = run(state, *PICKED)
    assert asked == [a.GiveAlone("k1", "accept", "zh")]
    nothing, _ = run(replace(fresh, alone=a.Standing()), m.LinkBroken())
    assert flow.shown(nothing) == flow.Loading(lost=True)


def test_the_server_is_believed_again_as_soon_as_it_is_heard() -> None:
    state, _ = run(ALONE, m.HomeSeen(HOME))
    _, asked = run(state, *PICKED)
    assert asked == [m.Issue(m.Press("k1", "accept", "ordinary", "zh"))]


# ---- vouchers --------------------------------------------------------------------------------------


def arrived(listed: object = LISTED, used: str = "") -> m.State:
    state, asked = run(ALONE, v.PurposeTouched("check_in"), v.Scanned(visits.CODE))
    (look,) = asked
    assert isinstance(look, a.LookAlone)
    assert look.code == visits.CODE
    state, _ = run(state, a.VouchedAlone(look.key, listed, used))  # type: ignore[arg-type]
    return state


def test_a_voucher_of_the_days_list_is_checked_in_by_one_touch() -> None:
    state = arrived()
    assert state.screen == a.ArrivedAlone(visits.CODE, LISTED)
    state, asked = run(state, m.TakeTouched("k2"))
    slot = (LISTED.starts_at, LISTED.ends_at)
    wish = a.GiveAlone("k2", "accept", "zh", "appointment", voucher=visits.CODE, slot=slot)
    assert asked == [wish]
    state, asked = run(state, m.Issued("k2", cut_off.given(TICKET, slot=True)))
    assert isinstance(state.screen, m.Holding)


def test_a_voucher_held_before_the_scanner_at_home_is_looked_up_too() -> None:
    _, asked = run(ALONE, v.Scanned(visits.CODE))
    assert [type(effect) for effect in asked] == [a.LookAlone]


@pytest.mark.parametrize(("listed", "used"), [(None, ""), (LISTED, "A017")])
def test_a_voucher_that_is_unknown_or_used_gives_nothing(listed: object, used: str) -> None:
    state, asked = run(arrived(listed, used), m.TakeTouched("k2"))
    assert asked == []
    assert isinstance(state.screen, a.ArrivedAlone)


def test_who_is_not_listed_may_take_a_number_all_the_same() -> None:
    state, _ = run(arrived(None), v.ServicesTouched())
    assert state.screen == v.Services()


def test_a_check_in_that_never_left_goes_on_by_the_list() -> None:
    place = v.Place(LISTED.starts_at, LISTED.ends_at)
    press = v.CheckInPress("k3", visits.CODE, None, True, "zh", place)
    state, asked = run(waiting(press), m.Unanswered("k3", sent=False))
    assert asked == [a.LookAlone("k3", visits.CODE)]
    _, asked = run(state, a.VouchedAlone("k3", LISTED))
    slot = (LISTED.starts_at, LISTED.ends_at)
    assert asked == [
        a.GiveAlone("k3", "accept", "zh", "appointment", voucher=visits.CODE, slot=slot, instead_of="k3")
    ]
    other, asked = run(state, a.VouchedAlone("k3", None))
    assert (other.screen, asked) == (m.Unreached(press), [])


def test_a_check_in_that_may_have_arrived_is_only_asked_again() -> None:
    press = v.CheckInPress("k3", visits.CODE, None, True, "zh")
    state, asked = run(waiting(press), m.Unanswered("k3"))
    assert (state.screen, asked) == (m.Unreached(press), [])


def test_without_the_days_list_nobody_is_asked_for_a_voucher() -> None:
    state = replace(ALONE, alone=replace(STANDING, vouchers=False))
    after, asked = run(state, v.PurposeTouched("check_in"))
    assert after.screen == m.Home()
    after, asked = run(state, v.Scanned(visits.CODE))
    assert (after.screen, asked) == (m.Home(), [])
