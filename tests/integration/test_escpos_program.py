"""``liqu-printer-sim`` as a program: says where it is, takes a real job, its switches work, it ends well."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image

from hardware.printers.base import Sheet
from hardware.printers.registry import open_printer

COMMAND = [sys.executable, "-W", "error", "-m", "hardware.printers.simulator.main"]


@dataclass(frozen=True)
class Running:
    process: subprocess.Popen[str]
    port: int
    control: str
    out: Path

    def get(self, path: str) -> Any:
        return requests.get(self.control + path, timeout=10).json()

    def post(self, path: str) -> int:
        return requests.post(self.control + path, timeout=10).status_code


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    out = tmp_path / "sheets"
    with subprocess.Popen(
        [*COMMAND, "--port", "0", "--out", str(out), "--control", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        ready = process.stdout.readline()
        found = re.search(r"127\.0\.0\.1:(\d+), sheets in .*, switches on (http://[\d.:]+)", ready)
        assert found, ready
        yield Running(process, int(found[1]), found[2], out)
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=20)
        assert process.returncode == 0, log


def printed(running: Running) -> None:
    printer = open_printer({"driver": "escpos-network", "host": "127.0.0.1", "port": running.port})
    printer.print(Sheet(Image.new("1", (576, 100), 0), job="A001", title=""))


def test_a_job_becomes_a_picture_of_the_sheet(running: Running) -> None:
    printed(running)
    printed(running)
    with Image.open(running.out / "0001.png") as picture:
        assert picture.size == (640, 100 + 24 + 32)
        assert picture.convert("L").getpixel((320, 80)) == 0
        assert picture.convert("L").getpixel((4, 80)) == 255
    assert sorted(path.name for path in running.out.iterdir()) == ["0001.png", "0002.png"]
    assert [Path(one["file"]).name for one in running.get("/sheets")] == ["0001.png", "0002.png"]


def test_faults_are_switched_from_outside(running: Running) -> None:
    printer = open_printer({"driver": "escpos-network", "host": "127.0.0.1", "port": running.port})
    assert running.post("/fault?name=cover_open&on=1") == 204
    assert running.get("/state")["faults"] == {"cover_open": 0}
    assert printer.status().state == "cover_open"
    assert running.post("/fault?name=cover_open&on=0") == 204
    assert printer.status().state == "ready"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/fault?name=flood", 400),
        ("/fault?name=silent&on=perhaps", 400),
        ("/fault?name=silent&after=-1", 400),
        ("/elsewhere", 404),
    ],
)
def test_a_switch_that_does_not_exist_is_refused(running: Running, path: str, status: int) -> None:
    assert running.post(path) == status
    assert running.get("/state")["faults"] == {}


@pytest.mark.parametrize("language", ["zpl", "tspl"])
def test_it_is_a_label_printer_where_it_is_told_so(language: str, tmp_path: Path) -> None:
    out = tmp_path / "labels"
    with subprocess.Popen(
        [*COMMAND, "--port", "0", "--out", str(out), "--language", language],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        found = re.search(r"127\.0\.0\.1:(\d+), sheets in", process.stdout.readline())
        assert found
        printer = open_printer({"driver": f"{language}-network", "host": "127.0.0.1", "port": int(found[1])})
        printer.print(Sheet(Image.new("1", (400, 240), 0), job="W-1", title=""))
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    with Image.open(out / "0001.png") as picture:
        assert picture.size == (464, 272)
        assert picture.convert("L").crop((32, 32, 432, 272)).getextrema() == (0, 0)


def test_a_port_that_is_taken_is_said_in_one_line(running: Running, tmp_path: Path) -> None:
    second = subprocess.run(
        [*COMMAND, "--port", str(running.port), "--out", str(tmp_path / "other")],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert second.returncode == 1
    assert f"can't listen on 127.0.0.1:{running.port}" in second.stderr
    assert "Traceback" not in second.stderr
