"""What every speaker promises, whichever driver it is."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from hardware.speaker.chime import chime
from hardware.speaker.espeak import Espeak
from hardware.speaker.pack import VoicePack
from hardware.speaker.players import FolderPlayer
from hardware.speaker.registry import SpeakerSettings, open_speaker
from hardware.speaker.speakers import AFTER_CHIME, SilentSpeaker, SpokenSpeaker
from hardware.speaker.speech import NoSound, Said, Speaker
from hardware.speaker.waves import Clip
from tests.conftest import need
from tests.unit.speaker.test_voice_pack import make_pack

CALL = "请A零号"


class OneEar:
    """A player that fails when two sounds meet in it."""

    def __init__(self) -> None:
        self.heard: list[Clip] = []
        self.within = threading.Lock()
        self.met = False

    def play(self, clip: Clip) -> None:
        if not self.within.acquire(blocking=False):
            self.met = True
            raise NoSound("two sounds met")
        self.heard.append(clip)
        threading.Event().wait(0.005)
        self.within.release()

    def stop(self) -> None: ...


def pack_in(folder: Path) -> Path:
    folder.mkdir(parents=True)
    words = {"请": 0.25, "A": 0.25, "零": 0.25, "号": 0.25}
    return make_pack(folder, words, {"ticket": 0.5, "a": 0.25, "zero": 0.25})


def espeak(folder: Path) -> Speaker:
    need(shutil.which("espeak-ng"), "espeak-ng is not installed")
    return SpokenSpeaker(Espeak(), FolderPlayer(folder))


SPEAKERS: dict[str, Callable[[Path], Speaker]] = {
    "silent": lambda folder: open_speaker("silent", SpeakerSettings()),
    "file": lambda folder: open_speaker(
        "file", SpeakerSettings(pack=pack_in(folder / "p"), out=folder / "out")
    ),
    "voice-pack": lambda folder: SpokenSpeaker(VoicePack(pack_in(folder / "p")), OneEar()),
    "espeak": espeak,
}


@pytest.fixture(params=SPEAKERS)
def speaker(request: pytest.FixtureRequest, tmp_path: Path) -> Speaker:
    return SPEAKERS[request.param](tmp_path)


def test_it_tells_what_it_said(speaker: Speaker) -> None:
    said = speaker.say(CALL, "zh", times=2)
    assert (said.text, said.language, said.times) == (CALL, "zh", 2)
    assert said.seconds >= 0.0


def test_it_speaks_both_languages_with_and_without_a_chime(speaker: Speaker) -> None:
    plain = speaker.say("Ticket A zero", "en")
    rung = speaker.say("Ticket A zero", "en", chime=True)
    assert rung.seconds == 0.0 or rung.seconds > plain.seconds


def test_stopping_when_all_is_quiet_does_nothing(speaker: Speaker) -> None:
    speaker.stop()
    assert speaker.say(CALL, "zh").text == CALL
    speaker.stop()


def test_many_threads_are_said_one_after_another(speaker: Speaker) -> None:
    said: list[Said] = []
    threads = [threading.Thread(target=lambda: said.append(speaker.say(CALL, "zh"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(said) == 8


def test_a_saying_is_one_sound_so_that_nothing_comes_between(tmp_path: Path) -> None:
    ear = OneEar()
    voice = VoicePack(pack_in(tmp_path / "p"))
    said = SpokenSpeaker(voice, ear).say(CALL, "zh", chime=True, times=2)
    assert len(ear.heard) == 1
    expected = chime(voice.rate).seconds + AFTER_CHIME + 1.0 + voice.between + 1.0
    assert said.seconds == pytest.approx(expected, abs=0.01)
    assert ear.heard[0].seconds == said.seconds


def test_the_file_speaker_leaves_what_it_said(tmp_path: Path) -> None:
    speaker = SPEAKERS["file"](tmp_path)
    said = speaker.say(CALL, "zh")
    written = (tmp_path / "out" / "0001.wav").read_bytes()
    assert written[:4] == b"RIFF"
    assert len(written) == 44 + round(said.seconds * 8000) * 2


def test_the_silent_speaker_remembers() -> None:
    speaker = SilentSpeaker()
    speaker.say(CALL, "zh")
    assert [said.text for said in speaker.said] == [CALL]
