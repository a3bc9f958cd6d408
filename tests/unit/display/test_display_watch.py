"""The watch: frames in, scenes and announcements out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from display.announcer import Announcement
from display.link import Now
from display.panel import PanelScene
from display.scene import BoardScene, CallNow, FullScene, Room
from display.watch import Watch
from tests.ui.display_states import RED, board, call, panel

AT = datetime(2026, 11, 21, 1, 41, tzinfo=UTC)
ROOM = Room()


class Mouth:
    """A voice that takes as long as the test wants."""

    def __init__(self) -> None:
        self.said: list[Announcement] = []
        self.speaking = ""
        self.hushed = 0

    def say(self, announcement: Announcement) -> None:
        self.said.append(announcement)
        self.speaking = announcement.id

    def is_saying(self, announcement_id: str) -> bool:
        return self.speaking == announcement_id

    def hush(self) -> None:
        self.hushed += 1

    def tick(self) -> None: ...


class Hall:
    """A watch with a clock that the test moves."""

    def __init__(self, counter: str = "", box_is_off: timedelta = timedelta(0)) -> None:
        self.ticks = 100.0
        self.off = box_is_off
        self.mouth = Mouth()
        self.watch = Watch(self.mouth, self.now, counter)

    def now(self) -> Now:
        return Now(AT + timedelta(seconds=self.ticks - 100.0) + self.off, self.ticks)

    def hear(self, view: Any) -> None:
        self.watch.on_frame(view.model_dump(mode="json"))

    def look(self, after: float = 0.0) -> Any:
        self.ticks += after
        return self.watch.look(ROOM).scene


def test_a_call_is_shown_and_said_in_its_words() -> None:
    hall = Hall()
    hall.hear(board(calls=(call("A016", "3"),)))
    seen = hall.look()
    assert isinstance(seen.stage, CallNow)
    assert [(one.text, one.language, one.times) for one in hall.mouth.said] == [
        ("请A零一六号到三号窗口办理", "zh", 2)
    ]


def test_the_next_call_waits_for_the_voice_and_is_said_once() -> None:
    hall = Hall()
    hall.hear(board(calls=(call("A016", "3"), call("B004", "2", "en"))))
    hall.look()
    assert hall.look(7.0).stage.number == "A016"
    hall.mouth.speaking = ""
    assert hall.look(0.1).stage.number == "B004"
    hall.hear(board(calls=(call("A016", "3"), call("B004", "2", "en"))))
    hall.look(0.1)
    assert [one.id for one in hall.mouth.said] == ["A016", "B004"]


def test_calls_of_frames_that_were_skipped_are_not_lost() -> None:
    hall = Hall()
    hall.hear(board(calls=(call("A016", "3"),)))
    hall.hear(board(calls=(call("A016", "3"), call("B004", "2"))))
    hall.look()
    assert [one.id for one in hall.mouth.said] == ["A016"]
    hall.mouth.speaking = ""
    hall.look(6.5)
    assert [one.id for one in hall.mouth.said] == ["A016", "B004"]


def test_a_box_whose_clock_is_hours_off_still_calls() -> None:
    hall = Hall(box_is_off=timedelta(hours=-5))
    hall.watch.on_open(AT)
    hall.hear(board(calls=(call("A016", "3"), call("Z001", "1", age=200.0))))
    seen = hall.look()
    assert [one.id for one in hall.mouth.said] == ["A016"]
    assert seen.head.alert.zh != ""


def test_an_emergency_cuts_the_voice_and_no_call_begins_under_it() -> None:
    hall = Hall()
    hall.hear(board(calls=(call("A016", "3"),)))
    hall.look()
    hall.hear(board(calls=(call("A016", "3"), call("B004", "2")), hall=RED))
    assert hall.look(0.1).kind == "emergency"
    hall.mouth.speaking = ""
    assert hall.look(10.0).kind == "emergency"
    assert (hall.mouth.hushed, len(hall.mouth.said)) == (1, 1)
    hall.hear(board(calls=(call("A016", "3"), call("B004", "2"))))
    assert hall.look(0.1).stage.number == "B004"


def test_a_lost_link_shows_and_the_first_frame_puts_it_right_at_once() -> None:
    hall = Hall()
    hall.hear(board())
    assert not hall.look().stale
    hall.watch.on_broke()
    assert not hall.look(1.0).stale
    assert hall.look(2.0).stale
    hall.watch.on_open(None)
    assert hall.look(0.1).stale
    hall.hear(board())
    assert not hall.look(0.1).stale


def test_a_frame_that_cannot_be_read_leaves_the_last_one_up() -> None:
    hall = Hall()
    hall.hear(board())
    first = hall.look()
    hall.watch.on_frame({"hall": None})
    second = hall.look()
    assert isinstance(second, BoardScene)
    assert second.rows == first.rows


def test_before_any_frame_there_is_a_scene_already() -> None:
    seen = Hall().look()
    assert isinstance(seen, FullScene)
    assert seen.kind == "connecting"


def test_news_wakes_the_screen() -> None:
    hall = Hall()
    woken: list[bool] = []
    hall.watch.wake = lambda: woken.append(True)
    hall.hear(board())
    assert woken == [True]


def test_the_screen_above_a_window_shows_its_panel() -> None:
    hall = Hall(counter="3")
    hall.hear(panel("serving", "A016"))
    seen = hall.look()
    assert isinstance(seen, PanelScene)
    assert seen.number == "A016"
