"""The voice's queue: never two at once, never late, never for ever."""

from __future__ import annotations

import threading
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from display.announcer import LIMIT, WAITING, Announcement, Announcer, VoiceQueue, ended, offer, step
from hardware.speaker.speakers import SilentSpeaker
from hardware.speaker.speech import Language, NoSound, Said


def announcement(number: int, latest: float = 1e9) -> Announcement:
    return Announcement(f"a{number}", f"第{number}句", "zh", 2, latest)


events = st.lists(
    st.tuples(st.sampled_from(["offer", "end", "beat"]), st.floats(0, 8), st.floats(0, 60)), max_size=60
)


@settings(max_examples=200, deadline=None)
@given(events)
def test_one_speaks_at_a_time_and_each_at_most_once(events: list[tuple[str, float, float]]) -> None:
    queue, now, started = VoiceQueue(), 0.0, []
    for number, (kind, pause, life) in enumerate(events):
        now += pause
        if kind == "offer":
            queue = offer(queue, announcement(number, now + life))
        if kind == "end" and queue.speaking is not None:
            queue = ended(queue, queue.speaking.announcement.id)
        before = queue.speaking
        done = step(queue, now)
        queue = done.queue
        assert len(queue.waiting) <= WAITING
        if done.start is not None:
            assert before is None or now - before.since >= LIMIT
            assert now <= done.start.latest
            started.append(done.start.id)
        if queue.speaking is not None:
            assert now - queue.speaking.since < LIMIT
    assert len(started) == len(set(started))


def test_what_waits_too_long_is_left_unsaid() -> None:
    queue = offer(VoiceQueue(), announcement(1, latest=5.0))
    done = step(queue, 6.0)
    assert (done.start, done.queue.waiting) == (None, ())


def test_a_voice_past_its_limit_is_cut_and_the_next_begins() -> None:
    queue = step(offer(offer(VoiceQueue(), announcement(1)), announcement(2)), 0.0).queue
    done = step(queue, LIMIT)
    assert done.cut
    assert done.start is not None
    assert done.start.id == "a2"


def test_nothing_begins_while_the_given_up_speaker_still_hangs() -> None:
    queue = step(offer(offer(VoiceQueue(), announcement(1)), announcement(2)), 0.0).queue
    done = step(queue, LIMIT, free=False)
    assert done.cut
    assert done.start is None
    assert [one.id for one in done.queue.waiting] == ["a2"]


def test_the_newest_push_out_the_oldest() -> None:
    queue = VoiceQueue()
    for number in range(WAITING + 3):
        queue = offer(queue, announcement(number))
    assert [one.id for one in queue.waiting] == [f"a{n}" for n in range(3, WAITING + 3)]


class HangingSpeaker:
    """A speaker on a device that is not there: it comes back only when told to."""

    def __init__(self) -> None:
        self.release = threading.Event()
        self.stops = 0
        self.within = 0
        self.most = 0

    def say(self, text: str, language: Language, *, chime: bool = False, times: int = 1) -> Said:
        self.within += 1
        self.most = max(self.most, self.within)
        self.release.wait(10)
        self.within -= 1
        raise NoSound("the device is not there")

    def stop(self) -> None:
        self.stops += 1


def wait_until(holds: object, limit: float = 5.0) -> None:
    assert callable(holds)
    end = time.monotonic() + limit
    while not holds():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.005)


def test_a_hanging_speaker_costs_the_voice_and_not_the_queue() -> None:
    now = [0.0]
    speaker = HangingSpeaker()
    announcer = Announcer(speaker, lambda: now[0])
    announcer.say(announcement(1))
    wait_until(lambda: speaker.within == 1)
    announcer.say(announcement(2, latest=30.0))
    assert announcer.is_saying("a1")
    now[0] = LIMIT + 1
    announcer.tick()
    assert not announcer.is_saying("a1")
    assert speaker.stops == 1
    now[0] = 40.0
    announcer.tick()
    assert not announcer.is_saying("a2")
    assert speaker.most == 1
    speaker.release.set()
    wait_until(lambda: len(announcer.spoken) == 1)
    assert announcer.spoken[0].fault == "the device is not there"
    announcer.say(announcement(3))
    wait_until(lambda: len(announcer.spoken) == 2 or (not announcer.tick() and False))
    assert [line.id for line in announcer.spoken] == ["a1", "a3"]


def test_what_was_said_can_be_read_afterwards() -> None:
    speaker = SilentSpeaker()
    announcer = Announcer(speaker)
    announcer.say(announcement(1))
    wait_until(lambda: announcer.spoken != ())
    line = announcer.spoken[0]
    assert (line.id, line.text, line.times, line.fault) == ("a1", "第1句", 2, "")
    assert [said.text for said in speaker.said] == ["第1句"]
    wait_until(lambda: not announcer.is_saying("a1"))


def test_hush_forgets_what_waits() -> None:
    speaker = HangingSpeaker()
    announcer = Announcer(speaker, lambda: 0.0)
    announcer.say(announcement(1))
    announcer.say(announcement(2))
    announcer.hush()
    assert not announcer.is_saying("a2")
    assert speaker.stops == 1
    speaker.release.set()
    wait_until(lambda: len(announcer.spoken) == 1)
