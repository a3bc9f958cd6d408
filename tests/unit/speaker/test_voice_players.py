"""Players: sound that comes out, and devices that are not there."""

from __future__ import annotations

import shutil
import threading
import time
from pathlib import Path

import pytest

from hardware.speaker import players
from hardware.speaker.espeak import Espeak
from hardware.speaker.players import CommandPlayer, FolderPlayer
from hardware.speaker.registry import SPEAKERS, SpeakerSettings, open_speaker
from hardware.speaker.speech import NoSound, NoVoice
from hardware.speaker.waves import silence
from tests.conftest import need

SHORT = silence(8000, 0.05)


def program(folder: Path, body: str) -> tuple[tuple[str, ...], ...]:
    script = folder / "play"
    script.write_text(f"#!/bin/sh\n{body}\n")
    script.chmod(0o755)
    return ((str(script), "-q"),)


def test_a_program_gets_the_whole_sound_as_a_file(tmp_path: Path) -> None:
    CommandPlayer(program(tmp_path, f'cp "$2" {tmp_path}/heard.wav')).play(SHORT)
    assert (tmp_path / "heard.wav").read_bytes() == SHORT.wav()


def test_a_program_that_fails_means_no_sound(tmp_path: Path) -> None:
    with pytest.raises(NoSound, match="code 1"):
        CommandPlayer(program(tmp_path, "exit 1")).play(SHORT)


def test_a_program_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(players, "GRACE", 0.1)
    with pytest.raises(NoSound, match="in time"):
        CommandPlayer(program(tmp_path, "exec sleep 60")).play(SHORT)


def test_stop_cuts_the_program(tmp_path: Path) -> None:
    player = CommandPlayer(program(tmp_path, f"touch {tmp_path}/on; exec sleep 60"))
    thread = threading.Thread(target=player.play, args=(silence(8000, 30.0),))
    thread.start()
    end = time.monotonic() + 10
    while not (tmp_path / "on").exists():
        assert time.monotonic() < end
        time.sleep(0.01)
    player.stop()
    thread.join(10)
    assert not thread.is_alive()


def test_no_playing_program_says_what_to_install() -> None:
    with pytest.raises(NoVoice, match="alsa-utils"):
        CommandPlayer((("surely-not-installed",),))


def test_no_espeak_says_what_to_install() -> None:
    with pytest.raises(NoVoice, match="apt-get install espeak-ng"):
        Espeak("surely-not-installed")


def test_a_folder_keeps_the_last_sounds(tmp_path: Path) -> None:
    player = FolderPlayer(tmp_path / "out", keep=2)
    for _ in range(4):
        player.play(SHORT)
    FolderPlayer(tmp_path / "out", keep=2).play(SHORT)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["0004.wav", "0005.wav"]


def test_a_folder_that_is_gone_means_no_sound(tmp_path: Path) -> None:
    player = FolderPlayer(tmp_path / "out")
    shutil.rmtree(tmp_path / "out")
    with pytest.raises(NoSound, match="out"):
        player.play(SHORT)


def test_espeak_reads_chinese_and_english() -> None:
    need(shutil.which("espeak-ng"), "espeak-ng is not installed")
    voice = Espeak()
    assert voice.render("请选择您要办理的业务", "zh").seconds > 1.0
    assert voice.render("Please choose a service", "en").seconds > 0.5


@pytest.mark.parametrize(
    ("name", "settings", "told"),
    [
        ("loud", SpeakerSettings(), "voice-pack"),
        ("file", SpeakerSettings(), "out"),
        ("voice-pack", SpeakerSettings(), "pack"),
        ("espeak", SpeakerSettings(player="gramophone"), "kivy"),
    ],
)
def test_a_wrong_setting_is_named(name: str, settings: SpeakerSettings, told: str) -> None:
    if name == "espeak":
        need(shutil.which("espeak-ng"), "espeak-ng is not installed")
    with pytest.raises(ValueError, match=told):
        open_speaker(name, settings)


def test_the_speakers_have_their_names() -> None:
    assert set(SPEAKERS) == {"voice-pack", "espeak", "file", "silent"}
