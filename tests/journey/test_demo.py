"""``make demo`` ends in a running hall, and says why where it can't."""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.conftest import need

from .hall import ROOT


def demo(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """The demo's check, on a virtual screen whatever this machine has."""
    env = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    command = [sys.executable, "-m", "assets.demo.run", "--check", "--folder", str(folder), *more]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=170)


@pytest.mark.screen
def test_the_demo_comes_up_whole_and_leaves_nothing_behind(tmp_path: Path) -> None:
    need(shutil.which("Xvfb"), "Xvfb")
    port, printer = ports_in_a_row(), ports_in_a_row()
    ran = demo(tmp_path / "demo", "--port", str(port), "--printer-port", str(printer))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "the hall is running" in ran.stdout
    assert f"http://127.0.0.1:{port}/desk" in ran.stdout
    assert "did not stop when asked" not in ran.stdout
    left = [process.name() for process in psutil.process_iter(["cmdline"]) if belongs(process, tmp_path)]
    assert left == []


def test_a_port_in_use_is_named_with_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ran = demo(tmp_path / "demo", "--port", str(port), "--printer-port", str(ports_in_a_row()))
    assert ran.returncode == 1
    assert f"port {port}" in ran.stdout
    assert "LIQU_DEMO_PORT=" in ran.stdout
    assert not (tmp_path / "demo").exists(), "nothing is made before it is known that the hall can run"


def ports_in_a_row() -> int:
    """The first of five free ports in a row, below those that the system gives to whoever asks for any."""
    while True:
        first = random.randrange(20_000, 30_000)
        if all(is_free(first + further) for further in range(5)):
            return first


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def belongs(process: psutil.Process, folder: Path) -> bool:
    return any(str(folder) in part for part in process.info["cmdline"] or [])
