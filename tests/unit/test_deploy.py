"""What is installed on a hall's machines: units that systemd accepts, and that start programs as they are."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

import kiosk.config
from kiosk.config import ConfigError
from server.main import parser
from tests.conftest import need

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "assets" / "deploy"
UNITS = sorted([*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")])


def lines(unit: Path) -> list[tuple[str, str]]:
    """The settings of a unit file, in order."""
    settings = [line.partition("=") for line in unit.read_text(encoding="utf-8").splitlines()]
    return [(key, value) for key, sign, value in settings if sign and not key.startswith("#")]


def command(unit: Path) -> list[str]:
    return shlex.split(dict(lines(unit))["ExecStart"])


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_takes_every_unit_without_a_word(unit: Path, tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    need(analyze is not None, "systemd-analyze is not installed")
    assert analyze
    present = tmp_path / "program"
    present.write_text("#!/bin/sh\n")
    present.chmod(0o755)
    for other in UNITS:
        # What the units start need not be on the machine that verifies them; all else must be as it is.
        text = other.read_text(encoding="utf-8")
        text = re.sub(r"^ExecStart=\S+", f"ExecStart={present}", text, flags=re.MULTILINE)
        (tmp_path / other.name).write_text(text, encoding="utf-8")
    name = unit.name.replace("@.", "@8601.")
    if name != unit.name:
        (tmp_path / name).write_bytes((tmp_path / unit.name).read_bytes())
    done = subprocess.run(
        [analyze, "verify", "--man=no", str(tmp_path / name)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
    )
    ours = [line for line in done.stderr.splitlines() if "liqu" in line]
    assert ours == []
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("unit", sorted(DEPLOY.glob("*.service")), ids=lambda unit: unit.name)
def test_a_unit_starts_a_program_that_is_there_with_options_that_it_knows(unit: Path) -> None:
    words = [word.replace("%i", "8601") for word in command(unit)]
    assert words[0] in ("/usr/bin/xinit", "/opt/liqu/.venv/bin/liqu-server")
    for word in words:
        if word.startswith("/opt/liqu/"):
            there = ROOT / word.removeprefix("/opt/liqu/")
            assert there.exists(), word
            assert os.access(there, os.X_OK), word
    if words[0].endswith("liqu-server"):
        filled = [{"${PORT}": "8600", "${HOST}": "0.0.0.0"}.get(word, word) for word in words[1:]]  # noqa: S104
        parser().parse_args(["" if word.startswith("${") else word for word in filled])


@pytest.mark.parametrize("unit", sorted(DEPLOY.glob("*.service")), ids=lambda unit: unit.name)
def test_what_runs_for_months_is_started_again_for_ever_and_watched(unit: Path) -> None:
    settings = dict(lines(unit))
    if settings["Type"] == "oneshot":
        return
    assert settings["Restart"] == "always"
    assert settings["StartLimitIntervalSec"] == "0"
    watched = settings["Type"] == "notify" and int(settings["WatchdogSec"]) <= 60
    assert watched or "RuntimeMaxSec" in settings
    assert settings["User"].startswith("liqu"), "nothing of ours runs as root"


@pytest.mark.parametrize("part", ["server", "servers", "kiosk", "display", "display-web"])
def test_installing_puts_each_file_where_systemd_looks(part: str, tmp_path: Path) -> None:
    done = subprocess.run(
        ["bash", str(DEPLOY / "install.sh"), part],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], "LIQU_ROOT": str(tmp_path)},
    )
    assert done.returncode == 0, done.stderr
    units = {file.name for file in (tmp_path / "etc/systemd/system").iterdir()}
    expected = {
        "server": {"liqu-server.service", "liqu-backup.service", "liqu-backup.timer"},
        "servers": {"liqu-server@.service", "liqu-backup.service", "liqu-backup.timer"},
    }
    assert units == expected.get(part, {f"liqu-{part}.service"})
    assert (tmp_path / "etc/sysusers.d/liqu.conf").exists()


def test_an_unknown_part_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    done = subprocess.run(
        ["bash", str(DEPLOY / "install.sh"), "tv"],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], "LIQU_ROOT": str(tmp_path)},
    )
    assert done.returncode == 2
    assert "display-web" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_example_of_a_kiosk_lacks_nothing_but_a_pin_of_its_own() -> None:
    text = (DEPLOY / "kiosk.toml").read_text(encoding="utf-8")
    with pytest.raises(ConfigError, match="pin"):
        kiosk.config.load(DEPLOY / "kiosk.toml")
    import tomllib

    parts = tomllib.loads(text)
    parts["staff"]["pin"] = "4711"
    assert kiosk.config.parse(parts, DEPLOY).server.url == "http://192.168.1.10:8600"


def test_the_example_of_a_display_can_be_used_as_it_is() -> None:
    import display.config

    assert display.config.load(DEPLOY / "display.toml").server.url == "http://192.168.1.10:8600"
