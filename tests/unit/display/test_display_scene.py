"""What the board shows, state by state."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from display.enrolment import EnrolScene
from display.layout import layout
from display.link import GRACE, SILENCE, Link, Now, broke, clock_is_wrong, link_state, opened, told_time
from display.panel import PanelScene, panel_scene
from display.scene import BoardScene, CallNow, FullScene, Message, Room, Scene, about, natural, scene
from display.stage import FLASHING, Memory
from server.protocol.views import WaitRange
from tests.ui.display_states import (
    AT,
    CLOSED,
    LIVE,
    LOST,
    MANY,
    NOW,
    PROGRESS,
    QUIET,
    READY,
    RED,
    STATES,
    board,
    call,
    counter,
    on_stage,
    panel,
)


def shown(memory: Memory = QUIET, link: Link = LIVE, now: Now = NOW, **change: object) -> BoardScene:
    seen: Scene = scene(memory, board(**change), link, now)  # type: ignore[arg-type]
    assert isinstance(seen, BoardScene)
    return seen


def message(seen: BoardScene | FullScene) -> Message:
    told = seen.stage if isinstance(seen, BoardScene) else seen.message
    assert isinstance(told, Message)
    return told


def test_the_call_just_made_has_the_stage_and_marks_its_row() -> None:
    seen = shown(on_stage(call()))
    assert isinstance(seen.stage, CallNow)
    assert (seen.stage.number, seen.stage.counter, seen.stage.lit) == ("A016", "3", True)
    assert [row.counter for row in seen.rows if row.fresh] == ["3"]


def test_before_any_frame_it_says_that_it_connects_and_then_that_it_cannot() -> None:
    early = scene(Memory(), None, Link(since=NOW.ticks), NOW)
    late = scene(Memory(), None, Link(since=NOW.ticks - GRACE - 1), NOW)
    assert isinstance(early, FullScene)
    assert isinstance(late, FullScene)
    assert (early.message.kind, late.message.kind) == ("connecting", "lost")
    assert late.message.body.zh == "请留意工作人员呼叫"


def test_a_lost_link_says_so_marks_the_numbers_stale_and_names_their_time() -> None:
    seen = shown(link=LOST)
    assert seen.stale
    assert message(seen).title.zh == "连接中断，请留意工作人员呼叫"
    assert "09:39" in message(seen).body.zh
    assert [row.number for row in seen.rows][:3] == ["A014", "C003", "A016"]


def test_a_call_in_its_first_seconds_is_shown_to_the_end_though_the_link_is_lost() -> None:
    assert isinstance(shown(on_stage(call(), NOW.ticks - 2), LOST).stage, CallNow)
    assert isinstance(shown(on_stage(call(), NOW.ticks - FLASHING - 1), LOST).stage, Message)


def test_an_emergency_fills_the_screen_over_everything() -> None:
    for link in (LIVE, LOST):
        seen = scene(on_stage(call()), board(hall=RED), link, NOW)
        assert isinstance(seen, FullScene)
        assert seen.kind == "emergency"
        assert seen.message.body == RED.emergency


def test_a_closed_hall_says_so_on_the_whole_screen_once_nobody_is_served() -> None:
    nobody = tuple(counter(str(n), None, "closed") for n in range(1, 5))
    seen = scene(QUIET, board(nobody, hall=CLOSED), LIVE, NOW)
    assert isinstance(seen, FullScene)
    assert "08:30" in seen.message.body.zh
    assert message(shown(hall=CLOSED)).title.zh == "现在不再取号"


def test_before_the_first_call_of_the_day_it_says_so() -> None:
    free = tuple(counter(str(n), None, "open") for n in range(1, 5))
    assert message(shown(Memory(), counters=free)).kind == "not_begun"


def test_a_paused_counter_is_named_so_and_a_closed_one_is_left_out() -> None:
    rows = shown(counters=(counter("1", None, "paused"), counter("2", None, "closed"))).rows
    assert [(row.counter, row.note.zh) for row in rows] == [("1", "暂停服务")]


def test_a_quiet_stage_takes_turns_between_its_purpose_and_the_notices() -> None:
    kinds = {
        message(shown(now=now, link=opened(LIVE, now))).kind
        for now in (Now(AT, 1000.0 + 14 * turn) for turn in range(3))
    }
    assert kinds == {"watch", "notice"}


def test_a_notice_on_the_stage_is_not_told_again_at_the_foot() -> None:
    for turn in range(3):
        now = Now(AT, 1000.0 + 14 * turn)
        seen = shown(now=now, link=opened(LIVE, now))
        assert (message(seen).kind == "notice") == (seen.foot.notice.zh == "")


@given(st.integers(1, 8), st.integers(1, 40))
def test_every_counter_gets_its_page(size: int, count: int) -> None:
    counters = tuple(counter(str(n), f"A{n:03}", "serving") for n in range(1, count + 1))
    room = Room(rows=size)
    found: list[str] = []
    pages = -(-count // size)
    for turn in range(pages):
        seen = scene(QUIET, board(counters), LIVE, Now(AT, 8.0 * pages * 20 + 8.0 * turn + 1), room)
        assert isinstance(seen, BoardScene)
        assert len(seen.rows) <= size
        assert (seen.page, seen.pages) == (turn + 1, pages)
        found += [row.counter for row in seen.rows]
    assert found == [str(n) for n in range(1, count + 1)]


def test_the_page_of_a_new_call_is_shown_while_it_is_new() -> None:
    for ticks in (1000.0, 1008.0, 1016.0, 1024.0):
        now = Now(AT, ticks)
        called = call("B077", "11")
        seen = scene(on_stage(called, ticks - 1), board(MANY), opened(LIVE, now), now, Room(rows=4))
        assert isinstance(seen, BoardScene)
        assert "11" in [row.counter for row in seen.rows]


def test_the_ready_list_turns_its_pages() -> None:
    names = [
        tuple(one.who for one in shown(now=Now(AT, 8.0 * turn + 1), link=LIVE).foot.ready)
        for turn in (124, 125)
    ]
    assert sorted(who for page in names for who in page) == sorted(one.who for one in READY)


def test_how_far_cases_are_turns_with_what_is_ready_each_shown_once_a_round() -> None:
    told = board(progress=PROGRESS)
    ready, progress = [], []
    pages = -(-len(READY) // Room(rows=4).ready) + -(-len(PROGRESS) // Room(rows=4).progress)
    for turn in range(pages * 30, pages * 31):
        now = Now(AT, 8.0 * turn + 1)
        seen = scene(QUIET, told, opened(LIVE, now), now, Room(rows=4))
        assert isinstance(seen, BoardScene)
        assert not (seen.foot.ready and seen.foot.progress), "one list at a time"
        ready += seen.foot.ready
        progress += seen.foot.progress
    assert sorted(one.who for one in ready) == sorted(one.who for one in READY)
    assert sorted(one.number for one in progress) == sorted(one.number for one in PROGRESS)


def test_without_cases_the_foot_says_nothing_of_them() -> None:
    seen = scene(QUIET, board(ready=()), LIVE, NOW, Room(rows=4))
    assert isinstance(seen, BoardScene)
    assert (seen.foot.ready, seen.foot.progress) == ((), ())


def test_the_clock_shows_the_servers_time_and_says_when_the_box_is_wrong() -> None:
    wrong = Now(AT + timedelta(hours=3), NOW.ticks)
    seen = shown(now=wrong)
    assert seen.head.clock == "09:41"
    assert seen.head.alert.zh.startswith("本机时钟不准")
    assert shown().head.alert.zh == ""


@given(st.timedeltas(min_value=timedelta(days=-400), max_value=timedelta(days=400)))
def test_a_wrong_clock_never_changes_what_is_fresh(off: timedelta) -> None:
    link = told_time(opened(Link(), NOW), AT, NOW)
    box = Now(NOW.clock + off, NOW.ticks + 10)
    assert link.time(box) == AT + timedelta(seconds=10)
    assert clock_is_wrong(link, Now(AT + off, NOW.ticks)) == (abs(off) > timedelta(seconds=60))


def test_a_short_break_is_not_shown_and_a_long_silence_is() -> None:
    link = broke(opened(Link(), NOW), NOW)
    assert link_state(link, Now(AT, NOW.ticks + GRACE - 0.1)) == "live"
    assert link_state(link, Now(AT, NOW.ticks + GRACE + 0.1)) == "lost"
    silent = opened(Link(), NOW)
    assert link_state(silent, Now(AT, NOW.ticks + SILENCE + 1)) == "lost"


@pytest.mark.parametrize(
    ("low", "high", "zh"), [(10, 15, "约10–15分钟"), (5, 5, "约5分钟"), (0, 0, "马上"), (0, 5, "约5分钟内")]
)
def test_minutes_are_told_as_people_say_them(low: int, high: int, zh: str) -> None:
    assert about(WaitRange(low=low, high=high)).zh == zh


def test_counters_stand_in_the_order_people_count() -> None:
    assert sorted(["10", "2", "A10", "A2", "1"], key=natural) == ["1", "2", "10", "A2", "A10"]


def test_the_window_screen_calls_its_own_number_and_shows_who_serves() -> None:
    seen = panel_scene(on_stage(call()), panel("called", "A016"), LIVE, NOW)
    assert isinstance(seen, PanelScene)
    assert (seen.number, seen.note.zh, seen.calling) == ("A016", "请到本窗口办理", True)
    assert seen.staff is not None
    assert seen.staff.badge == "0107"


def test_a_paused_window_says_so_in_place_of_a_number() -> None:
    seen = panel_scene(QUIET, panel("paused", "A016"), LIVE, NOW)
    assert isinstance(seen, PanelScene)
    assert (seen.number, seen.note.zh) == ("", "暂停服务")


def test_a_lost_window_says_so_over_its_last_number() -> None:
    seen = panel_scene(QUIET, panel("serving", "A016"), LOST, NOW)
    assert isinstance(seen, PanelScene)
    assert seen.number == "A016"
    assert seen.banner.zh == "连接中断，请留意工作人员呼叫"


@pytest.mark.parametrize("name", STATES)
def test_every_state_speaks_both_languages(name: str) -> None:
    seen = STATES[name](layout(1920, 1080))
    if isinstance(seen, PanelScene):
        texts = [seen.note]
    elif isinstance(seen, FullScene):
        texts = [seen.message.title, seen.message.body]
    elif isinstance(seen, EnrolScene):
        texts = [seen.title, *seen.steps, seen.note, seen.advice]
    else:
        texts = [row.note for row in seen.rows] + [queue.wait for queue in seen.queues]
    assert all(bool(text.zh) == bool(text.en) for text in texts)
    assert any(text.zh for text in texts) or name in ("long-number",)
