"""Storms over the kiosk's flow: whatever is touched, answered or broken, its promises hold."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kiosk import flow
from kiosk import model as m
from kiosk import visit as v
from server.protocol.booking import CatalogueView
from tests.ui import kiosk_visits as visits
from tests.ui.kiosk_states import CLOSED, EMERGENCY, HOME, RULES, TICKET
from tests.unit.kiosk.flow_world import (
    ENDS,
    PRINTERS,
    World,
    held,
    inputs,
    public,
    scans,
    screens,
    sensible,
    states,
    times,
    touches,
    unders,
)

steps = st.one_of(
    st.tuples(st.just("likely"), st.integers(0, 11)),
    st.tuples(st.just("likely"), st.integers(0, 11)),
    st.tuples(st.just("touch"), touches),
    st.tuples(st.just("wait"), st.sampled_from([0.0, 0.05, 0.3, 6.0, 12.0, 50.0])),
    st.tuples(st.just("answer"), st.sampled_from(["number", "number", "lost", "refused"])),
    st.tuples(st.just("paper"), st.sampled_from(ENDS)),
    st.tuples(st.just("label"), st.sampled_from(("printed", "printed", *ENDS))),
    st.tuples(st.just("weigh"), st.none()),
    st.tuples(st.just("copy"), st.sampled_from(["number", "number", "lost", "refused"])),
    st.tuples(
        st.just("document"),
        st.sampled_from(["printing", "out_of_paper", "jam", "printed", "printed", "stopped", "unknown"]),
    ),
    st.tuples(st.just("voucher"), st.sampled_from(ENDS)),
    st.tuples(st.just("event"), st.builds(v.Scanned, scans)),
    st.tuples(st.just("look-up"), st.none()),
    st.tuples(
        st.just("event"),
        st.one_of(
            st.sampled_from([m.Touched(), m.CornerPressed(), m.CornerReleased()]),
            st.sampled_from([m.Heard(), m.LinkBroken()]),
            st.sampled_from([m.HomeSeen(HOME), m.HomeSeen(HOME), m.HomeSeen(CLOSED), m.HomeSeen(EMERGENCY)]),
            st.builds(m.PrinterChanged, st.sampled_from(PRINTERS)),
        ),
    ),
)


def play(world: World, step: tuple[str, object]) -> None:
    match step:
        case ("likely", int(which)):
            world.wait(0.3)
            offered = sensible(world.state.screen)
            world.touch(offered[which % len(offered)])
        case ("touch", event):
            world.touch(event)  # type: ignore[arg-type]
        case ("wait", float(seconds)):
            world.wait(seconds)
        case ("answer", str(kind)):
            world.answer(kind)
        case ("paper", how):
            world.end_paper(how)  # type: ignore[arg-type]
        case ("label", how):
            world.end_label(how)  # type: ignore[arg-type]
        case ("copy", str(kind)):
            world.copy(kind)
        case ("document", str(how)):
            world.document(how)
        case ("voucher", how):
            world.end_voucher(how)  # type: ignore[arg-type]
        case ("weigh", _):
            world.weigh()
        case ("look-up", _):
            world.look_up()
        case ("event", event):
            world.feed(event)  # type: ignore[arg-type]


@settings(max_examples=250)
@given(
    st.lists(steps, max_size=60),
    st.sampled_from(PRINTERS),
    st.sampled_from([RULES, replace(RULES, labels="own"), replace(RULES, labels="own")]),
    st.sampled_from([visits.CATALOGUE, None]),
)
def test_a_storm_never_asks_twice_for_one_press_and_never_loses_a_number(
    storm: list[tuple[str, object]],
    printer: m.PrinterState,
    rules: m.Rules,
    catalogue: CatalogueView | None,
) -> None:
    world = World(printer, rules=rules, catalogue=catalogue)
    for step in storm:
        play(world, step)
    while world.copying:
        world.copy("number")
    while world.pressing:
        world.document("unknown")
    while world.asking:
        world.answer("number")
    assert set(world.given) <= world.pressed
    assert {job.id for job in world.copies.values()} >= set(world.told), "told of a copy that is none"
    assert max(world.stuck.values(), default=0) <= 1, "a second label came out that does not say so"
    assert {ticket.id for ticket in world.remembered} <= {ticket.id for ticket in world.given.values()}


@given(st.lists(st.tuples(touches, st.floats(0, 3)), max_size=40))
def test_until_the_server_answers_no_touch_asks_for_a_second_number(
    fingers: list[tuple[m.Touch, float]],
) -> None:
    world = World()
    world.wait(1)
    world.touch(m.ServiceTouched("accept"))
    world.wait(1)
    world.touch(m.TakeTouched(""))
    first = list(world.asking)
    for touch, pause in fingers:
        world.now += pause
        world.touch(touch)
    assert world.asking == first
    assert len(first) == 1
    world.answer("number")
    assert held(world.state.screen) == world.given[first[0].key]


@given(st.integers(1, 6), st.lists(touches, max_size=5))
def test_a_lost_answer_retried_any_number_of_times_gives_the_one_ticket(
    losses: int, between: list[m.Touch]
) -> None:
    world = World()
    world.wait(1)
    world.touch(m.ServiceTouched("accept"))
    world.wait(1)
    world.touch(m.TakeTouched(""))
    key = world.asking[0].key
    for _ in range(losses):
        world.answer("lost")
        for touch in between:
            world.touch(touch)  # too soon after the screen changed: none of them counts
        assert isinstance(world.state.screen, m.Unreached)
        world.wait(1)
        world.touch(m.RetryTouched())
        assert [press.key for press in world.asking] == [key]
    world.answer("number")
    assert list(world.given) == [key]
    assert held(world.state.screen) == world.given[key]


@given(states, inputs, times)
def test_every_input_is_accepted_in_every_state(state: m.State, event: m.Input, now: float) -> None:
    after, effects = flow.step(state, event, now)
    assert isinstance(flow.shown(after), flow.Shown)
    assert all(isinstance(effect, m.Effect) for effect in effects)


@given(states, touches, st.floats(0, 0.249))
def test_a_touch_right_after_the_screen_changed_was_meant_for_the_screen_before(
    state: m.State, touch: m.Touch, soon: float
) -> None:
    now = state.screen_since + soon
    assume(now - state.screen_since < state.rules.settle)
    assert flow.step(state, touch, now) == (state, ())


@given(states)
def test_every_screen_goes_home_by_itself_and_keeps_nothing_of_the_person(state: m.State) -> None:
    assume(not isinstance(state.screen, m.Issuing))
    assume(not (isinstance(state.screen, m.StillThere) and isinstance(state.screen.under, m.Issuing)))
    assume(state.home is not EMERGENCY)
    now = 1000.0
    rules = state.rules
    longest = rules.hold + rules.staff_idle + rules.paper_limit + rules.idle_large + rules.warning + 10
    longest += rules.print_limit + rules.mending
    for _ in range(int(longest)):
        now += 1.0
        state, effects = flow.step(state, m.Tick(), now)
        assert not any(isinstance(effect, m.Issue | m.Print | m.Close) for effect in effects)
        if state.screen == m.Home():
            break
    assert state.screen == m.Home()
    assert (state.language, state.large, state.voice) == (rules.language, False, False)
    assert state.corner_since is None


@given(states, st.one_of(screens, st.builds(m.Guidance, st.just(0), unders)), times, times)
def test_the_staff_corner_opens_only_after_five_seconds_and_never_over_a_number(
    state: m.State, screen: m.Screen, since: float, now: float
) -> None:
    state = replace(state, screen=screen, corner_since=since)
    assume(not isinstance(state.screen, m.StaffScreen))
    after, _effects = flow.step(state, m.Tick(), now)
    if isinstance(after.screen, m.StaffScreen):
        assert after.screen == m.StaffSignIn()
        assert state.corner_since is not None
        assert now - state.corner_since >= RULES.hold
        assert held(state.screen) is None


@given(states, inputs, times)
def test_the_program_ends_only_by_the_staffs_own_yes(state: m.State, event: m.Input, now: float) -> None:
    _after, effects = flow.step(state, event, now)
    if m.Close() in effects:
        assert state.screen == m.Closing()
        assert event == m.StaffTouched("closed")


@given(states, inputs, times)
def test_nothing_is_spoken_unless_voice_help_is_on(state: m.State, event: m.Input, now: float) -> None:
    after, effects = flow.step(state, event, now)
    if not after.voice:
        assert m.Speak() not in effects


@given(public, times, st.lists(touches, max_size=8))
def test_no_touch_does_anything_while_an_emergency_fills_the_screen(
    screen: m.Screen, now: float, fingers: list[m.Touch]
) -> None:
    state = m.State(RULES, screen=screen, home=EMERGENCY, link="live")
    for touch in fingers:
        after, effects = flow.step(state, touch, now)
        assert effects == ()
        assert after.screen == screen
        state = after


@given(screens, times)
def test_a_screen_without_an_answer_to_wait_for_takes_no_strangers_answer(
    screen: m.Screen, now: float
) -> None:
    """An answer with a key that this screen did not ask with is never shown to whoever stands there now."""
    state = replace(m.State(RULES, screen=screen, home=HOME), screen_since=now)
    after, effects = flow.step(state, m.Issued("a stranger's key", TICKET), now)
    assert after == state
    assert effects == (m.Remember(TICKET),)
    assert flow.step(state, m.WasRefused("a stranger's key", "x", "y", "z"), now) == (state, ())
    assert flow.step(state, m.Unanswered("a stranger's key"), now) == (state, ())
