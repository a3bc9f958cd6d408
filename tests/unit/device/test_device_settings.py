"""A technician's mistakes in a settings file, each told so that it can be mended without asking anybody."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from server.device.settings import ConfigError, Part, check_parts, read_toml
from server.device.where import ServerPart, server_part


def told(text: str, folder: Path) -> str:
    path = folder / "device.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as error:
        read_toml(path)
    return str(error.value)


@pytest.mark.parametrize(
    ("text", "where", "hint"),
    [
        ("[server\n", "line 1, column 8", "a part is written [name]"),
        ("[s]\nurl = http://x\n", "line 2, column 7", "straight quotation marks"),
        ("[s]\nurl = “x”\n", "line 2, column 7", "straight quotation marks"),
        ('[s]\nurl = "http\n', "line 2, column 12", "a quotation mark at the end of a text is missing"),
        ("[s]\nurl 1\n", "line 2, column 5", 'a setting is written name = "value"'),
        ("[s]\na = 1\na = 2\n", "line 3, column 6", "the same setting stands there twice"),
        ("[s]\n[s]\n", "line 2, column 3", "the same [part] stands there twice"),
        ('[s]\np = "C:\\dir"\n', "line 2, column ", "for each backslash"),
        ("[s]\nx = 1 y = 2\n", "line 2, column 7", "one setting a line"),
    ],
)
def test_a_slip_is_told_with_its_line_and_what_it_most_often_is(
    text: str, where: str, hint: str, tmp_path: Path
) -> None:
    sentence = told(text, tmp_path)
    assert f"device.toml, {where}" in sentence
    assert ": not TOML: " in sentence
    assert hint in sentence


def test_a_slip_in_the_line_of_a_token_does_not_show_the_token(tmp_path: Path) -> None:
    assert "s3cret" not in told("[server]\ntoken = s3cret\n", tmp_path)


def test_a_file_that_is_not_there_or_is_a_folder_or_no_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"there is no settings file .*absent\.toml"):
        read_toml(tmp_path / "absent.toml")
    with pytest.raises(ConfigError, match="is a folder: name the file in it"):
        read_toml(tmp_path)
    (tmp_path / "latin.toml").write_bytes("a = 'Müller'".encode("latin-1"))
    with pytest.raises(ConfigError, match=r"latin\.toml is not UTF-8 text: save it as UTF-8"):
        read_toml(tmp_path / "latin.toml")


def test_a_file_that_may_not_be_read_says_whose_it_must_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "device.toml"
    path.write_text("")

    def refuse(*_args: object, **_more: object) -> str:
        raise PermissionError(13, os.strerror(13))

    monkeypatch.setattr(Path, "read_text", refuse)
    monkeypatch.setenv("LOGNAME", "liqu")
    with pytest.raises(ConfigError, match=r"may not be read by the user liqu: .* chown liqu .*device\.toml"):
        read_toml(path)


def test_a_windows_editors_mark_at_the_beginning_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "device.toml"
    path.write_text("\ufeff[server]\nurl = 'x'\n", encoding="utf-8")
    assert read_toml(path) == {"server": {"url": "x"}}


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({"sever": {}}, "[sever] is unknown; did you mean server?"),
        ({"xyz": {}}, "[xyz] is unknown; known are screen, server"),
        ({"screen": 1}, "screen must be a part of its own: write [screen]"),
        ({"url": "x"}, "url stands in no part: write it below a line such as [server]"),
    ],
)
def test_a_part_that_nobody_reads_is_named_with_the_one_that_was_meant(
    parts: dict[str, object], sentence: str
) -> None:
    with pytest.raises(ConfigError) as error:
        check_parts(parts, ("server", "screen"))
    assert str(error.value) == sentence


def read_all(settings: dict[str, object]) -> None:
    part = Part("screen", {"screen": settings}, Path())
    part.text("name", example='name = "x"')
    part.whole("width", 1, 0, 10)
    part.number("size", 1.0, 0.0, 10.0)
    part.flag("full", True)
    part.choices("tiles", ("a", "b"))
    part.one_of("tongue", ("zh", "en"), "zh")
    part.done()


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({}, '[screen] name is missing: write name = "x"'),
        ({"nmae": "x"}, "[screen] nmae is unknown; did you mean name?"),
        ({"name": 3}, "[screen] name must be a text in quotation marks, not 3"),
        ({"name": True}, "[screen] name must be a text in quotation marks, not true"),
        ({"name": "x", "width": "3"}, '[screen] width must be a whole number 0 to 10, not "3"'),
        ({"name": "x", "width": 11}, "[screen] width must be a whole number 0 to 10, not 11"),
        ({"name": "x", "size": True}, "[screen] size must be a number 0 to 10, not true"),
        ({"name": "x", "full": 1}, "must be true or false, without quotation marks, not 1"),
        ({"name": "x", "tiles": ["c"]}, '[screen] tiles is a list of some of a, b, not ["c"]'),
        ({"name": "x", "tiles": [[1]]}, "[screen] tiles is a list of some of a, b, not [[1]]"),
        ({"name": "x", "tongue": "de"}, '[screen] tongue is one of zh, en, not "de"'),
        ({"name": "x", "widht": 3}, "[screen] widht is unknown; did you mean width?"),
        (
            {"name": "x", "qqq": 3},
            "[screen] qqq is unknown; known are full, name, size, tiles, tongue, width",
        ),
    ],
)
def test_a_wrong_setting_is_told_with_what_it_must_be(settings: dict[str, object], sentence: str) -> None:
    with pytest.raises(ConfigError) as error:
        read_all(settings)
    assert sentence in str(error.value)


def where(settings: dict[str, object], folder: Path, **more: bool) -> ServerPart:
    return server_part(Part("server", {"server": settings}, folder), "kiosk", **more)


URL = {"url": "https://hall.example"}


def test_a_url_alone_is_a_device_that_pairs_itself(tmp_path: Path) -> None:
    assert where(dict(URL), tmp_path) == ServerPart("https://hall.example", "", "", "")


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (
            {**URL, "hall": "main"},
            "hall stands without a token: write token, or token_file and device; or take",
        ),
        ({**URL, "token": "t"}, '[server] hall is missing: write hall = "main"'),
        ({**URL, "hall": "main", "token": "t", "token_file": "f"}, "write either token, or token_file"),
        ({**URL, "hall": "main", "token_file": "f"}, 'needs device, such as device = "kiosk-1"'),
        ({**URL, "device": "kiosk-1"}, "device is given by the manager who pairs it: take it away"),
        ({**URL, "hall": "main", "token": "a b"}, "token has signs that no token has: copy it again"),
        ({**URL, "ca_file": "absent.pem"}, "[server] can't read ca_file"),
        ({"url": "http://h", "ca_file": "x.pem"}, 'goes with a url that begins with "https://"'),
    ],
)
def test_half_a_pairing_is_told(settings: dict[str, object], sentence: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as error:
        where(settings, tmp_path)
    assert sentence in str(error.value)


@pytest.mark.parametrize(
    "text", ["", "no pem", "-----BEGIN CERTIFICATE-----\nxyz\n-----END CERTIFICATE-----\n"]
)
def test_a_file_that_holds_no_certificate_is_told(text: str, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text(text)
    with pytest.raises(ConfigError, match=r"copy the hall's ca\.pem from the server again"):
        where({**URL, "ca_file": "ca.pem"}, tmp_path)


def test_a_token_says_whose_it_is(tmp_path: Path) -> None:
    settings = {"url": "http://192.168.1.10:8600", "hall": "main", "token": "device.kiosk-3.abcdefgh"}
    assert server_part(Part("server", {"server": settings}, tmp_path), "kiosk").device == "kiosk-3"
    named = {**settings, "device": "kiosk-7"}
    assert server_part(Part("server", {"server": named}, tmp_path), "kiosk").device == "kiosk-7"
