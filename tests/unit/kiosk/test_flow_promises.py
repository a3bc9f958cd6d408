"""The kiosk's flow, promise by promise."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk import flow
from kiosk import model as m
from tests.ui.kiosk_states import CLOSED, EMERGENCY, HOME, PRESS, RULES, TICKET

START = m.State(RULES, home=HOME, link="live", heard_at=100.0, touched_at=100.0, printer="ready")
NOW = 101.0
TROUBLES: tuple[m.Paper, ...] = ("out_of_paper", "cover_open", "offline", "error", "unknown")


def on(screen: m.Screen, **more: object) -> m.State:
    return replace(START, screen=screen, screen_since=90.0, **more)  # type: ignore[arg-type]


def run(
    state: m.State, *events: m.Input, now: float = NOW, apart: float = 0.3
) -> tuple[m.State, list[m.Effect]]:
    """Feed the events one after another; all that was asked for."""
    asked: list[m.Effect] = []
    for event in events:
        state, effects = flow.step(state, event, now)
        asked.extend(effects)
        now += apart
    return state, asked


def ticks(state: m.State, start: float, seconds: float, every: float = 0.5) -> m.State:
    now = start
    while now < start + seconds:
        now += every
        state, _effects = flow.step(state, m.Tick(), now)
    return state


# ---- from home to paper ----------------------------------------------------------------------------


def test_two_touches_bring_a_number_and_its_paper() -> None:
    state, asked = run(START, m.ServiceTouched("accept"), m.TakeTouched("k1"))
    assert asked == [m.Issue(m.Press("k1", "accept", "ordinary", "zh"))]
    state, asked = run(state, m.Issued("k1", TICKET))
    assert asked == [m.Remember(TICKET), m.Print(TICKET, reprint=False)]
    assert state.screen == m.Holding(TICKET, "printing", NOW)
    state, asked = run(state, m.PaperEnded("t1", "printed"))
    assert asked == [m.TellPaper("t1", "printed", reprint=False)]
    assert isinstance(state.screen, m.Holding)
    assert state.screen.paper == "printed"


def test_the_persons_class_and_language_go_with_the_press() -> None:
    _state, asked = run(
        START,
        *(m.LanguageTouched(), m.ServiceTouched("accept"), m.PriorityTouched("elderly"), m.TakeTouched("k")),
    )
    assert asked == [m.Issue(m.Press("k", "accept", "elderly", "en"))]


def test_a_service_that_the_hall_does_not_offer_cannot_be_chosen() -> None:
    state, asked = run(START, m.ServiceTouched("nothing-such"))
    assert (state.screen, asked) == (m.Home(), [])


def test_a_service_that_goes_away_while_it_is_looked_at_leads_home() -> None:
    without = HOME.model_copy(update={"services": HOME.services[1:]})
    assert run(on(m.Choosing("accept")), m.HomeSeen(without))[0].screen == m.Home()
    assert run(on(m.Choosing("accept")), m.HomeSeen(CLOSED))[0].screen == m.Home()
    assert run(on(m.Choosing("accept")), m.HomeSeen(HOME))[0].screen == m.Choosing("accept")


def test_a_wait_shows_progress_after_a_third_of_a_second_and_says_so_after_four() -> None:
    asking = on(m.Issuing(PRESS, NOW))
    patience = [run(asking, m.Tick(), now=NOW + waited)[0].screen.patience for waited in (0.2, 0.4, 4.5)]
    assert patience == [0, 1, 2]


def test_a_refusal_is_told_in_the_servers_words_and_no_number_is_claimed() -> None:
    state, asked = run(on(m.Issuing(PRESS, NOW)), m.WasRefused("key", "queue_full", "号已取完", "请明天再来"))
    assert (state.screen, asked) == (m.Refused("queue_full", "号已取完", "请明天再来"), [])


def test_an_answer_for_somebody_who_left_is_kept_for_the_staff_and_not_shown() -> None:
    state, asked = run(START, m.Issued("of somebody before", TICKET))
    assert (state.screen, asked) == (m.Home(), [m.Remember(TICKET)])


def test_whoever_asked_and_left_may_ask_anew_with_a_key_of_its_own() -> None:
    _state, asked = run(
        on(m.Unreached(PRESS)), m.HomeTouched(), m.ServiceTouched("accept"), m.TakeTouched("k2")
    )
    assert [effect.press.key for effect in asked if isinstance(effect, m.Issue)] == ["k2"]


# ---- paper -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_paper_that_failed_leaves_the_number_large_and_can_be_printed_again(trouble: m.Paper) -> None:
    state, asked = run(on(m.Holding(TICKET, "printing", NOW)), m.PaperEnded("t1", trouble))
    assert flow.shown(state) == m.Holding(TICKET, trouble, NOW)
    assert asked == [m.TellPaper("t1", trouble, reprint=False)]
    state, asked = run(state, m.PrintAgainTouched(), now=NOW + 1)
    # Only after an unknown end may a first sheet exist, so only then is the second one marked.
    assert asked == [m.Print(TICKET, reprint=trouble == "unknown")]


def test_a_second_touch_on_print_again_prints_no_second_sheet() -> None:
    held = on(m.Holding(TICKET, "out_of_paper", NOW))
    _state, asked = run(held, m.PrintAgainTouched(), m.PrintAgainTouched(), apart=0.05)
    assert asked == [m.Print(TICKET, reprint=False)]


def test_a_sheet_that_came_out_is_not_offered_again() -> None:
    state, asked = run(on(m.Holding(TICKET, "printed", NOW)), m.PrintAgainTouched())
    assert asked == []
    assert state.screen == m.Holding(TICKET, "printed", NOW)


def test_a_silent_printer_leaves_the_end_unknown_after_half_a_minute() -> None:
    printing = on(m.Holding(TICKET, "printing", NOW))
    assert ticks(printing, NOW, 29).screen == m.Holding(TICKET, "printing", NOW)
    screen = ticks(printing, NOW, 31).screen
    assert isinstance(screen, m.Holding)
    assert screen.paper == "unknown"


def test_nobody_can_leave_a_number_whose_paper_is_under_way() -> None:
    printing = on(m.Holding(TICKET, "printing", NOW))
    for touch in (m.DoneTouched(), m.HomeTouched(), m.HelpTouched(), m.BackTouched(), m.NoticesTouched()):
        assert run(printing, touch)[0].screen == printing.screen


def test_a_kiosk_without_a_printer_shows_the_number_and_prints_nothing() -> None:
    state, asked = run(on(m.Issuing(PRESS, NOW), printer="none"), m.Issued("key", TICKET))
    assert state.screen == m.Holding(TICKET, "none", NOW)
    assert asked == [m.Remember(TICKET)]


def test_a_number_is_given_although_the_printer_is_known_to_be_ill() -> None:
    """The supervisor knows best whether it is still ill; the flow tries, and shows what came of it."""
    _state, asked = run(on(m.Issuing(PRESS, NOW), printer="out_of_paper"), m.Issued("key", TICKET))
    assert m.Print(TICKET, reprint=False) in asked


def test_help_over_a_number_comes_back_to_the_number_and_leads_nowhere_else() -> None:
    helped, _ = run(on(m.Holding(TICKET, "out_of_paper", NOW)), m.HelpTouched(), m.HomeTouched())
    assert isinstance(helped.screen, m.Guidance)
    back, _ = run(helped, m.BackTouched(), now=NOW + 5)
    assert back.screen == m.Holding(TICKET, "out_of_paper", NOW + 5)


def test_a_corner_held_while_help_lies_over_a_number_does_not_take_the_number_away() -> None:
    helped = on(m.Guidance(0, m.Holding(TICKET, "out_of_paper", NOW)), corner_since=NOW)
    after, _ = run(helped, m.Tick(), now=NOW + 6)
    assert after.screen == helped.screen


# ---- leaving by itself -----------------------------------------------------------------------------


def test_a_quiet_screen_asks_then_goes_home_and_forgets_the_person() -> None:
    state = on(m.Choosing("accept"), touched_at=NOW, language="en", voice=True)
    asked = ticks(state, NOW, RULES.idle)
    assert isinstance(asked.screen, m.StillThere)
    assert asked.screen.left == 20
    gone = ticks(asked, NOW + RULES.idle, RULES.warning)
    assert (gone.screen, gone.language, gone.voice) == (m.Home(), "zh", False)


def test_large_text_gives_more_time() -> None:
    state = on(m.Choosing("accept"), touched_at=NOW, large=True)
    assert ticks(state, NOW, RULES.idle + 1).screen == m.Choosing("accept")
    assert isinstance(ticks(state, NOW, RULES.idle_large + 1).screen, m.StillThere)
    assert flow.farewell(state) > flow.farewell(replace(state, large=False))


def test_one_touch_anywhere_answers_still_there() -> None:
    asked = on(m.StillThere(m.Holding(TICKET, "offline", 50.0), NOW + 12, 12))
    stayed, _ = run(asked, m.StayTouched())
    assert stayed.screen == m.Holding(TICKET, "offline", NOW)


def test_a_printed_ticket_stays_ten_seconds_then_the_next_person_finds_home() -> None:
    printed = on(m.Holding(TICKET, "printed", NOW), touched_at=NOW)
    assert isinstance(ticks(printed, NOW, 9).screen, m.Holding)
    assert ticks(printed, NOW, 11).screen == m.Home()


def test_a_number_without_paper_waits_for_its_person_and_asks_before_it_goes() -> None:
    state = on(m.Holding(TICKET, "cover_open", NOW), touched_at=NOW)
    assert ticks(state, NOW, 44).screen == state.screen
    asked = ticks(state, NOW, 46).screen
    assert isinstance(asked, m.StillThere)
    assert asked.under == state.screen


# ---- what stands over a screen ---------------------------------------------------------------------


def test_without_the_first_view_the_kiosk_says_that_it_connects_or_cannot() -> None:
    fresh = m.State(RULES)
    assert flow.shown(fresh) == flow.Loading(lost=False)
    broken, _ = run(fresh, m.LinkBroken())
    assert flow.shown(broken) == flow.Loading(lost=True)
    seen, _ = run(broken, m.HomeSeen(HOME))
    assert flow.shown(seen) == m.Home()


def test_a_link_silent_for_25_seconds_makes_the_figures_stale_and_one_word_mends_it() -> None:
    assert not flow.stale(ticks(START, 100.0, 24))
    silent = ticks(START, 100.0, 26)
    assert flow.stale(silent)
    assert flow.shown(silent) == m.Home()
    assert not flow.stale(run(silent, m.Heard(), now=130.0)[0])


def test_a_broken_line_alone_does_not_make_fresh_figures_stale() -> None:
    broken, _ = run(START, m.LinkBroken())
    assert not flow.stale(broken)
    assert broken.link == "connecting", "the head of the screen must not say that all is well"


def test_a_closed_hall_shows_its_hours_but_never_hides_a_number() -> None:
    assert flow.shown(replace(START, home=CLOSED)) == flow.HallClosed()
    held = on(m.Holding(TICKET, "offline", NOW), home=CLOSED)
    assert flow.shown(held) == held.screen
    assert run(replace(START, home=CLOSED), m.ServiceTouched("accept"))[0].screen == m.Home()


def test_an_emergency_hides_everything_and_gives_the_number_back() -> None:
    held = on(m.Holding(TICKET, "out_of_paper", NOW), home=EMERGENCY, touched_at=NOW)
    assert flow.shown(held) == flow.Emergency()
    later = ticks(held, NOW, 600)
    after, _ = run(later, m.HomeSeen(HOME), now=NOW + 600)
    assert isinstance(after.screen, m.Holding)
    assert after.screen.ticket == TICKET
    assert isinstance(ticks(after, NOW + 600, 40).screen, m.Holding)


def test_the_staff_can_still_work_during_an_emergency() -> None:
    working = on(m.StaffMenu(), home=EMERGENCY)
    assert flow.shown(working) == m.StaffMenu()


# ---- the staff corner ------------------------------------------------------------------------------


def sign_in(pin: str) -> list[m.Input]:
    return [*(m.KeyTouched(digit) for digit in pin), m.EnterTouched()]


def test_five_seconds_on_the_corner_and_the_pin_open_the_staff_menu() -> None:
    state, _ = run(START, m.CornerPressed())
    early, _ = run(state, m.Tick(), now=NOW + 4.9)
    assert early.screen == m.Home()
    opened, _ = run(state, m.Tick(), now=NOW + 5)
    assert opened.screen == m.StaffSignIn()
    inside, _ = run(opened, *sign_in(RULES.pin), now=NOW + 6)
    assert inside.screen == m.StaffMenu()


def test_a_finger_lifted_early_opens_nothing() -> None:
    state, _ = run(START, m.CornerPressed(), m.CornerReleased())
    assert ticks(state, NOW, 10).screen == m.Home()


def test_five_wrong_pins_lock_the_pad_for_five_minutes() -> None:
    state = on(m.StaffSignIn())
    for attempt in range(5):
        state, _ = run(state, *sign_in("0000"), now=NOW + attempt * 2, apart=0.01)
    assert state.pin_locked_until is not None
    shut, _ = run(state, *sign_in(RULES.pin), now=NOW + 20)
    assert isinstance(shut.screen, m.StaffSignIn)
    open_again, _ = run(replace(state, touched_at=NOW + 299), m.Tick(), now=NOW + 310)
    inside, _ = run(
        replace(open_again, screen=m.StaffSignIn(), screen_since=0.0), *sign_in(RULES.pin), now=NOW + 311
    )
    assert inside.screen == m.StaffMenu()


def test_staff_reprint_a_number_that_is_marked_as_a_reprint() -> None:
    state, asked = run(
        on(m.StaffMenu()),
        *(m.StaffTouched("reprint"), m.KeyTouched("1"), m.KeyTouched("7"), m.EnterTouched()),
    )
    assert asked == [m.LookUp("A017")]
    state, asked = run(state, m.LookedUp("A017", TICKET), now=NOW + 2)
    assert asked == [m.Print(TICKET, reprint=True)]
    state, asked = run(state, m.PaperEnded("t1", "printed"), now=NOW + 4)
    assert asked == [m.TellPaper("t1", "printed", reprint=True)]
    assert state.screen == m.Reprinting("A", "", "printed")


def test_a_number_that_nobody_knows_is_said_to_be_unknown() -> None:
    looking = on(m.Reprinting("A", "017", "looking"))
    state, asked = run(looking, m.LookedUp("A017", None, "not_found"))
    assert (state.screen, asked) == (m.Reprinting("A", "017", "not_found"), [])
    assert run(looking, m.LookedUp("A099", TICKET))[0] == looking


def test_a_device_test_runs_once_at_a_time() -> None:
    _state, asked = run(on(m.StaffMenu()), m.TestTouched("printer"), m.TestTouched("printer"))
    assert asked == [m.RunTest("printer")]


def test_closing_asks_once_more() -> None:
    state, asked = run(on(m.StaffMenu()), m.StaffTouched("close"), m.StaffTouched("menu"))
    assert (state.screen, asked) == (m.StaffMenu(), [])
    _state, asked = run(on(m.StaffMenu()), m.StaffTouched("close"), m.StaffTouched("closed"))
    assert asked == [m.Close()]


# ---- voice help ------------------------------------------------------------------------------------


def test_voice_help_says_each_new_screen_and_what_became_of_the_paper() -> None:
    state, asked = run(START, m.VoiceTouched())
    assert asked == [m.Speak()]
    state, asked = run(state, m.ServiceTouched("accept"), now=NOW + 1)
    assert asked == [m.Speak()]
    held = replace(state, screen=m.Holding(TICKET, "printing", NOW))
    _state, asked = run(held, m.PaperEnded("t1", "out_of_paper"))
    assert m.Speak() in asked
