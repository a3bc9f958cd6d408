"""The kiosk's configuration: a right one is read, each wrong one told to the technician in a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kiosk.config import ConfigError, load
from kiosk.main import main

SERVER = '[server]\nurl = "http://127.0.0.1:8600/"\nhall = "main"\ntoken = "abc"\n'
STAFF = '[staff]\npin = "246810"\n'
GOOD = SERVER + STAFF


def written(folder: Path, text: str) -> Path:
    path = folder / "kiosk.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_least_configuration_has_sound_defaults(tmp_path: Path) -> None:
    config = load(written(tmp_path, GOOD))
    assert config.server.url == "http://127.0.0.1:8600"
    assert config.server.device == "kiosk"
    assert (config.screen.width, config.screen.height, config.screen.fullscreen) == (1080, 1920, True)
    assert config.printer is None
    assert config.voice is None
    assert config.language == "zh"
    assert config.control_port is None
    assert config.state_dir == tmp_path / "kiosk-state"


def test_every_part_is_read_and_paths_begin_at_the_files_own_folder(tmp_path: Path) -> None:
    (tmp_path / "credentials.json").write_text(json.dumps({"devices": {"kiosk-1": "tok"}}))
    text = (
        '[server]\nurl = "https://hall.example/liqu"\nhall = "east-2"\n'
        'token_file = "credentials.json"\ndevice = "kiosk-1"\n'
        '[screen]\nwidth = 1920\nheight = 1080\ndiagonal_inches = 27\nfullscreen = false\nlanguage = "en"\n'
        '[printer]\ndriver = "escpos-file"\npath = "out/lp0"\nwidth_mm = 58\n'
        '[staff]\npin = "0000"\n'
        '[voice]\nspeaker = "file"\nout = "said"\n'
        '[state]\ndir = "/var/lib/liqu"\n'
        "[script]\ncontrol_port = 9201\n"
    )
    config = load(written(tmp_path, text))
    assert (config.server.token, config.server.device) == ("tok", "kiosk-1")
    assert config.screen.diagonal_inches == 27.0
    assert config.printer == {"driver": "escpos-file", "path": str(tmp_path / "out/lp0"), "width_mm": 58}
    assert config.width_mm == 58
    assert config.voice is not None
    assert (config.voice.out, config.voice.pack) == (tmp_path / "said", None)
    assert config.state_dir == Path("/var/lib/liqu")
    assert (config.language, config.control_port, config.pin) == ("en", 9201, "0000")


WRONG = {
    "no-toml": ("[server\n", "line 1, column 8: not TOML: expected ']'"),
    "no-server": (STAFF, "[server] is missing"),
    "unknown-part": (GOOD + "[printr]\n", "[printr] is unknown; did you mean printer?"),
    "not-a-part": ("screen = 1\n" + GOOD, "screen must be a part of its own: write [screen]"),
    "unknown-key": (GOOD + "[screen]\nheigth = 1920\n", "[screen] heigth is unknown; did you mean height?"),
    "no-url": (GOOD.replace('url = "http://127.0.0.1:8600/"\n', ""), "[server] url is missing"),
    "odd-url": (GOOD.replace("http:", "ftp:"), "[server] url must look like"),
    "odd-hall": (GOOD.replace('"main"', '"Main Hall"'), "[server] hall is a short name"),
    "no-token": (GOOD.replace('token = "abc"\n', ""), "hall stands without a token: write token"),
    "broken-token": (GOOD.replace('"abc"', '"a bc"'), "token has signs that no token has"),
    "file-without-device": (
        GOOD.replace('token = "abc"', 'token_file = "none.json"'),
        "token_file needs device",
    ),
    "no-token-file": (
        GOOD.replace('token = "abc"', 'token_file = "none.json"\ndevice = "kiosk-1"'),
        "can't read token_file",
    ),
    "no-pin": (SERVER, "[staff] pin is missing"),
    "short-pin": (GOOD.replace("246810", "123"), "[staff] pin is 4 to 12 digits in quotation marks"),
    "pin-not-quoted": (GOOD.replace('"246810"', "246810"), "[staff] pin must be a text in quotation marks"),
    "tiny-screen": (GOOD + "[screen]\nwidth = 100\n", "[screen] width must be a whole number 480 to 7680"),
    "flat-screen": (GOOD + '[screen]\ndiagonal_inches = "32"\n', "diagonal_inches must be a number 7 to 110"),
    "flag": (GOOD + "[screen]\nfullscreen = 1\n", "[screen] fullscreen must be true or false"),
    "language": (GOOD + '[screen]\nlanguage = "de"\n', "[screen] language is one of zh, en"),
    "no-driver": (GOOD + '[printer]\nhost = "x"\n', "[printer] driver is missing: write for example"),
    "width": (GOOD + '[printer]\ndriver = "escpos-file"\nwidth_mm = 72\n', "width_mm is 58 or 80"),
    "labels-driver": (GOOD + '[labels]\nhost = "x"\n', "[labels] driver is missing: write for example"),
    "scanner-driver": (GOOD + "[scanner]\ndevice = 0\n", "[scanner] driver is missing: write for example"),
    "certificates-driver": (
        GOOD + '[certificates]\naddress = "ipp://x"\n',
        '[certificates] driver is missing: write for example driver = "ipp"',
    ),
    "leave-out": (GOOD + '[screen]\nleave_out = ["labels"]\n', "leave_out is a list of some of book, pickup"),
    "leave-out-text": (GOOD + '[screen]\nleave_out = "book"\n', "leave_out is a list of some of"),
    "port": (GOOD + "[script]\ncontrol_port = 70000\n", "control_port must be a whole number 0 to 65535"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_is_told_in_a_sentence_that_names_the_setting(name: str, tmp_path: Path) -> None:
    text, sentence = WRONG[name]
    with pytest.raises(ConfigError) as told:
        load(written(tmp_path, text))
    assert sentence in str(told.value)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{}", "has no device 'kiosk-1'"),
        ('{"devices": {"kiosk-2": "x"}}', "has no device 'kiosk-1'"),
        ('{"devices": {"kiosk-1": 3}}', "the token of 'kiosk-1' is not a text"),
        ("not json", "must be JSON like"),
        ('{"devices": []}', "must be JSON like"),
    ],
)
def test_a_wrong_token_file_is_told_without_showing_a_token(
    content: str, sentence: str, tmp_path: Path
) -> None:
    (tmp_path / "tokens.json").write_text(content)
    text = GOOD.replace('token = "abc"', 'token_file = "tokens.json"\ndevice = "kiosk-1"')
    with pytest.raises(ConfigError) as told:
        load(written(tmp_path, text))
    assert sentence in str(told.value)


def test_the_program_tells_the_technician_and_ends_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--config", str(tmp_path / "none.toml")]) == 2
    assert capsys.readouterr().err == (
        f"liqu-kiosk: there is no settings file {tmp_path / 'none.toml'}: "
        "give its whole path after --config\n"
    )
    assert main(["--check", "--config", str(written(tmp_path, SERVER))]) == 2
    assert capsys.readouterr().err == (
        f"liqu-kiosk: {tmp_path / 'kiosk.toml'}: [staff] pin is missing: "
        'write pin = "…", 4 to 12 digits in quotation marks\n'
    )
    latin = tmp_path / "latin.toml"
    latin.write_bytes("[server]\nhall = 'Müller'\n".encode("latin-1"))
    assert main(["--check", "--config", str(latin)]) == 2
    assert "save it as UTF-8" in capsys.readouterr().err


def test_a_right_configuration_passes_the_check_in_silence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--check", "--config", str(written(tmp_path, GOOD))]) == 0
    assert capsys.readouterr() == ("", "")


def test_labels_go_on_the_ticket_printers_roll_unless_they_have_a_printer_or_are_not_wanted(
    tmp_path: Path,
) -> None:
    config = load(written(tmp_path, GOOD))
    assert (config.labels, config.labels_on_tickets) == (None, True)
    config = load(written(tmp_path, GOOD + '[labels]\ndriver = "none"\n'))
    assert (config.labels, config.labels_on_tickets) == (None, False)
    own = GOOD + '[labels]\ndriver = "tspl-network"\nhost = "192.168.1.41"\n'
    assert load(written(tmp_path, own)).labels == {"driver": "tspl-network", "host": "192.168.1.41"}


def test_a_scanners_settings_go_to_its_driver_and_its_path_begins_at_the_files_own_folder(
    tmp_path: Path,
) -> None:
    config = load(written(tmp_path, GOOD + '[scanner]\ndriver = "camera-file"\npath = "seen"\nfps = 5\n'))
    assert config.scanner == {"driver": "camera-file", "path": str(tmp_path / "seen"), "fps": 5}


@pytest.mark.parametrize(
    ("part", "sentence"),
    [
        ('[scanner]\ndriver = "eye"\n', "scanner driver 'eye' is unknown"),
        ('[scanner]\ndriver = "camera"\n', "scanner setting 'device' is missing"),
        ('[scanner]\ndriver = "wedge"\nspeed = 3\n', "scanner setting 'speed' is unknown"),
        ('[labels]\ndriver = "dot-matrix"\n', "printer driver 'dot-matrix' is unknown"),
        ('[labels]\ndriver = "zpl-network"\nhost = "x"\nwidth_mm = 40\n', "narrower than a label"),
        ('[labels]\ndriver = "escpos-network"\nhost = "x"\nwidth_mm = 58\n', "narrower than a label"),
        ('[printer]\ndriver = "escpos-network"\n', "host"),
    ],
)
def test_the_check_looks_at_the_devices_settings_too(
    part: str, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--check", "--config", str(written(tmp_path, GOOD + part))]) == 2
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize("driver", ['"wedge"', '"camera"\ndevice = 0', '"serial"\ndevice = "/dev/ttyACM0"'])
def test_each_kind_of_scanner_passes_the_check_without_being_there(driver: str, tmp_path: Path) -> None:
    text = GOOD + f"[scanner]\ndriver = {driver}\n"
    assert main(["--check", "--config", str(written(tmp_path, text))]) == 0


def test_a_printer_of_certificates_and_tiles_left_out_are_read(tmp_path: Path) -> None:
    certificates = '[certificates]\ndriver = "ipp"\naddress = "ipp://192.168.1.41/ipp/print"\n'
    config = load(written(tmp_path, GOOD + certificates + '[screen]\nleave_out = ["book", "progress"]\n'))
    assert config.certificates == {"driver": "ipp", "address": "ipp://192.168.1.41/ipp/print"}
    assert config.leave_out == ("book", "progress")
    bare = load(written(tmp_path, GOOD))
    assert (bare.certificates, bare.leave_out) == (None, ())
