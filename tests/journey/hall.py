"""The real hall of a journey: every program a process of its own, on ports that were free."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

from assets.demo.asking import answers, ask
from assets.demo.configurations import Settings, display_settings, kiosk_settings, write
from assets.demo.programs import Program
from assets.demo.screens import Screen, virtual_screen
from tests.ipp import IppPeer
from tests.waiting import free_port

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


class Hall:
    """Server, printer and screens under ``folder``; programs start as the journey needs them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.paper = folder / "paper"
        self.voice = folder / "voice"
        self.camera = folder / "camera"
        """A picture put there is held before the kiosk's camera."""
        self._port, self._printer, self._switches = free_port(), free_port(), free_port()
        self._labels, self._label_switches = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self._screens: list[Screen] = []
        self._programs: list[Program] = []
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = subprocess.run(
            [BIN / "liqu-server", "init", "--data", folder, "--demo"], capture_output=True, text=True
        )
        assert made.returncode == 0, made.stderr
        self.sign_ins: dict[str, dict[str, str]] = json.loads((folder / "credentials.json").read_text())
        self.server = self._program(
            "server",
            ["liqu-server", "run", "--data", str(folder), "--port", str(self._port)],
            lambda: answers(f"{self.url}/healthz") is not None,
        )
        self.printer = self._program(
            "printer",
            [
                *("liqu-printer-sim", "--port", str(self._printer), "--out", str(self.paper)),
                *("--control", str(self._switches)),
            ],
            lambda: answers(f"http://127.0.0.1:{self._switches}/state") is not None,
        )
        self.label_printer = self._program(
            "label-printer",
            [
                *("liqu-printer-sim", "--port", str(self._labels), "--out", str(folder / "labels")),
                *("--control", str(self._label_switches), "--language", "zpl"),
            ],
            lambda: answers(f"http://127.0.0.1:{self._label_switches}/state") is not None,
        )
        self.documents = IppPeer(folder / "documents", free_port())
        """The printer of certificates; started by who needs it."""
        self._tokens: dict[str, str] = {}

    def _program(
        self, name: str, command: list[str], ready: Callable[[], bool], screen: Screen | None = None
    ) -> Program:
        env = {"KIVY_HOME": str(self.folder / "kivy")}
        program = Program(
            name,
            [str(BIN / command[0]), *command[1:]],
            self.folder / "log" / f"{name}.log",
            ready=ready,
            env=(screen.env if screen else {}) | env,
        )
        self._programs.append(program)
        return program

    def screen(self, name: str, size: tuple[int, int]) -> Screen:
        screen = virtual_screen(*size, self.folder / "screens" / name)
        self._screens.append(screen)
        return screen

    def app(
        self, command: str, name: str, screen: Screen, settings: Settings, ready: Callable[[], bool]
    ) -> Program:
        """A kiosk or display with a file of its own on ``screen``, not started yet."""
        config = write(self.folder / f"{name}.toml", settings)
        return self._program(name, [command, "--config", str(config)], ready, screen)

    def kiosk_settings(
        self, size: tuple[int, int], control_port: int, language: str = "zh", *, at_home: bool = False
    ) -> Settings:
        """``at_home``: for visits that begin there: with camera, label and certificate printer."""
        self.camera.mkdir(exist_ok=True)
        return kiosk_settings(
            label_port=self._labels if at_home else None,
            camera=self.camera if at_home else None,
            certificates=self.documents.address if at_home else "",
            url=self.url,
            size=size,
            fullscreen=False,
            printer_port=self._printer,
            control_port=control_port,
            language=language,
        )

    def display_settings(self, size: tuple[int, int], control_port: int) -> Settings:
        """The display speaks into files of ``voice``."""
        settings = dict(
            display_settings(url=self.url, size=size, fullscreen=False, control_port=control_port)
        )
        settings["voice"] = {**settings["voice"], "speaker": "file", "out": str(self.voice)}
        return settings

    def sheets(self) -> list[Path]:
        """What the printer has cut, in order."""
        listed = ask(f"http://127.0.0.1:{self._switches}/sheets")
        return [Path(sheet["file"]) for sheet in listed]

    def labels(self) -> list[Path]:
        """What the label printer has let out, in order."""
        listed = ask(f"http://127.0.0.1:{self._label_switches}/sheets")
        return [Path(sheet["file"]) for sheet in listed]

    def before_camera(self, picture: Image.Image | None) -> None:
        """Hold ``picture`` before the kiosk's camera; None: take it away."""
        path = self.camera / "held.png"
        path.unlink(missing_ok=True)
        if picture is not None:
            # Whole at once: the camera must not see half a file.
            picture.save(self.camera / "coming.part", "PNG")
            (self.camera / "coming.part").rename(path)

    def fault(self, name: str, *, on: bool) -> None:
        """Switch a fault of the printer."""
        address = f"http://127.0.0.1:{self._switches}/fault?name={name}&on={int(on)}"
        ask(address, method="POST")
        state = ask(f"http://127.0.0.1:{self._switches}/state")
        assert (name in state["faults"]) == on

    def as_(self, user: str, method: str, path: str, body: object = None) -> Any:
        """A signed-in person's request under ``/api/v1``."""
        if user not in self._tokens:
            known = {"user": user, "password": self.sign_ins["users"][user]}
            self._tokens[user] = ask(f"{self.url}/api/v1/sessions", body=known)["token"]
        return ask(f"{self.url}/api/v1{path}", token=self._tokens[user], body=body, method=method)

    def checked(self) -> str:
        """What ``liqu-server check`` says of the journal."""
        command = [BIN / "liqu-server", "check", "--data", self.folder]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def close(self) -> None:
        for program in reversed(self._programs):
            program.stop()
        self.documents.stop()
        for screen in self._screens:
            screen.close()
