"""The configuration says what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from display.config import Config, ConfigError, load
from display.main import speaker
from hardware.speaker.speakers import SilentSpeaker
from server.protocol.places import VOICE


def write(folder: Path, text: str) -> Path:
    file = folder / "display.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_short_file_is_enough(tmp_path: Path) -> None:
    config = load(write(tmp_path, '[server]\nurl = "http://127.0.0.1:8600"\n'))
    assert (config.topic, config.speaker, config.pack, config.token()) == (
        "board:main",
        "voice-pack",
        VOICE,
        "",
    )
    assert (config.screen.width, config.screen.height, config.script.control_port) == (1920, 1080, 0)


def test_a_windows_screen_listens_to_its_window_and_keeps_silent(tmp_path: Path) -> None:
    config = load(write(tmp_path, '[server]\nurl = "http://h"\nhall = "east"\n[screen]\ncounter = "12"\n'))
    assert (config.topic, config.speaker) == ("counter:east:12", "silent")


def test_the_token_comes_from_the_credentials_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "credentials.json").write_text('{"devices": {"display-1": "s3cret"}}')
    config = load(write(tmp_path, '[server]\nurl = "http://h"\ntoken_file = "credentials.json"\n'))
    assert config.token() == "s3cret"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[server]\nurl = "ftp://h"\n', "server.url"),
        ('[server]\nurl = "http://h"\nhal = "main"\n', "server.hal"),
        ('[server]\nurl = "http://h"\nhall = "Main Hall"\n', "board:Main Hall"),
        ('[server]\nurl = "http://h"\n[voice]\nspeaker = "loud"\n', "voice.speaker"),
        ("[server\n", "not TOML"),
        ("", "server"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ConfigError, match=r"display\.toml") as caught:
        load(write(tmp_path, text))
    assert told in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"absent\.toml"):
        load(tmp_path / "absent.toml")


@pytest.mark.parametrize("text", ["{}", "[]", '{"devices": {"kiosk-1": "x"}}', "no json"])
def test_credentials_without_the_device_are_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "credentials.json").write_text(text)
    config = load(write(tmp_path, '[server]\nurl = "http://h"\ntoken_file = "credentials.json"\n'))
    with pytest.raises(ConfigError, match="display-1"):
        config.token()


def test_a_board_without_a_voice_pack_still_serves(tmp_path: Path) -> None:
    config = load(
        write(tmp_path, '[server]\nurl = "http://h"\n[voice]\npack = "absent"\nplayer = "command"\n')
    )
    assert isinstance(speaker(config), SilentSpeaker)


def test_a_voice_that_is_configured_wrongly_is_told(tmp_path: Path) -> None:
    config: Config = load(write(tmp_path, '[server]\nurl = "http://h"\n[voice]\nspeaker = "file"\n'))
    with pytest.raises(ConfigError, match="out"):
        speaker(config)
