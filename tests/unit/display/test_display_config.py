"""The display's configuration: a right one is read, each wrong one told to the technician in a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from display.config import ConfigError, load
from display.main import main, speaker
from hardware.speaker.speakers import SilentSpeaker
from server.protocol.places import VOICE

OPEN = '[server]\nurl = "http://127.0.0.1:8600/"\nhall = "main"\n'


def written(folder: Path, text: str) -> Path:
    path = folder / "display.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_url_is_enough_for_a_display_that_pairs_itself(tmp_path: Path) -> None:
    config = load(written(tmp_path, '[server]\nurl = "http://127.0.0.1:8600/"\n'))
    assert config.server.unpaired
    assert config.server.url == "http://127.0.0.1:8600"
    assert (config.speaker, config.voice.pack, config.control_port) == ("voice-pack", VOICE, None)
    assert (config.screen.width, config.screen.height, config.screen.fullscreen) == (1920, 1080, False)
    assert config.state_dir == tmp_path / "display-state"


def test_a_hall_without_a_token_shows_what_is_public(tmp_path: Path) -> None:
    config = load(written(tmp_path, OPEN))
    assert (config.server.unpaired, config.server.token, config.topic("main")) == (False, "", "board:main")


def test_a_windows_screen_listens_to_its_window_and_keeps_silent(tmp_path: Path) -> None:
    config = load(written(tmp_path, OPEN.replace("main", "east") + '[screen]\ncounter = "12"\n'))
    assert (config.topic("east"), config.speaker) == ("counter:east:12", "silent")


def test_the_token_comes_from_the_credentials_beside_the_file_and_states_lie_apart(tmp_path: Path) -> None:
    (tmp_path / "credentials.json").write_text('{"devices": {"display-2": "s3cret"}}')
    text = OPEN + 'token_file = "credentials.json"\ndevice = "display-2"\n'
    config = load(written(tmp_path, text))
    assert config.server.token == "s3cret"
    assert config.state_dir == tmp_path / "display-2-state"
    there = load(written(tmp_path, text + '[state]\ndir = "/var/lib/liqu"\n'))
    assert there.state_dir == Path("/var/lib/liqu")


WRONG = {
    "no-toml": ("[server\n", "line 1, column 8: not TOML"),
    "no-server": ("", "[server] is missing: write it"),
    "odd-url": ('[server]\nurl = "ftp://h"\n', "[server] url must look like"),
    "no-url": ('[server]\nhall = "main"\n', '[server] url is missing: write url = "http://'),
    "mistyped-key": (OPEN.replace("hall", "hal"), "[server] hal is unknown; did you mean hall?"),
    "mistyped-part": (OPEN + "[screan]\n", "[screan] is unknown; did you mean screen?"),
    "odd-hall": (OPEN.replace("main", "Main Hall"), "[server] hall is a short name"),
    "token-without-hall": ('[server]\nurl = "http://h"\ntoken = "t"\n', "[server] hall is missing"),
    "loud": (OPEN + '[voice]\nspeaker = "loud"\n', "[voice] speaker is one of voice-pack, espeak, file"),
    "player": (OPEN + '[voice]\nplayer = "vlc"\n', "[voice] player is one of kivy, command"),
    "file-without-out": (OPEN + '[voice]\nspeaker = "file"\n', "[voice] out is missing"),
    "width": (OPEN + '[screen]\nwidth = "1920"\n', "[screen] width must be a whole number 320 to 7680"),
    "flag": (OPEN + '[screen]\nfullscreen = "true"\n', "must be true or false, without quotation marks"),
    "counter": (OPEN + '[screen]\ncounter = "window 3"\n', "[screen] counter is the number of a window"),
    "counter-not-quoted": (
        OPEN + "[screen]\ncounter = 3\n",
        "counter must be a text in quotation marks, not 3",
    ),
    "port": (OPEN + "[script]\ncontrol_port = 70000\n", "control_port must be a whole number 0 to 65535"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_is_told_in_a_sentence_that_names_the_file_and_the_setting(
    name: str, tmp_path: Path
) -> None:
    text, sentence = WRONG[name]
    with pytest.raises(ConfigError) as told:
        load(written(tmp_path, text))
    assert sentence in str(told.value)
    assert "display.toml" in str(told.value)


@pytest.mark.parametrize("text", ["{}", "[]", '{"devices": {"kiosk-1": "x"}}', "no json"])
def test_credentials_without_the_device_are_named_and_no_token_is_shown(tmp_path: Path, text: str) -> None:
    (tmp_path / "credentials.json").write_text(text)
    lines = OPEN + 'token_file = "credentials.json"\ndevice = "display-1"\n'
    with pytest.raises(ConfigError, match="display-1") as told:
        load(written(tmp_path, lines))
    assert '"x"' not in str(told.value)


def test_a_board_without_a_voice_pack_still_serves(tmp_path: Path) -> None:
    config = load(written(tmp_path, OPEN + '[voice]\npack = "absent"\nplayer = "command"\n'))
    assert isinstance(speaker(config), SilentSpeaker)


def test_the_check_says_what_is_wrong_and_ends_with_2_and_is_silent_when_all_is_well(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--check", "--config", str(tmp_path / "none.toml")]) == 2
    assert capsys.readouterr().err == (
        f"liqu-display: there is no settings file {tmp_path / 'none.toml'}: "
        "give its whole path after --config\n"
    )
    assert main(["--check", "--config", str(written(tmp_path, OPEN + "[voic]\n"))]) == 2
    assert "did you mean voice?" in capsys.readouterr().err
    assert main(["--check", "--config", str(written(tmp_path, OPEN))]) == 0
    assert capsys.readouterr() == ("", "")


def test_a_paired_display_is_who_its_state_folder_says(tmp_path: Path) -> None:
    state = tmp_path / "display-state"
    state.mkdir()
    (state / "device.json").write_text(json.dumps({"hall": "main", "name": "board-3", "token": "t"}))
    assert main(["--check", "--config", str(written(tmp_path, '[server]\nurl = "http://h"\n'))]) == 0
