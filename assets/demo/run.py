"""``make demo``: a whole hall on this machine, until Ctrl-C.

Makes a demo hall in ``var/demo`` if there is none, then runs the server, a simulated printer, a kiosk and a
display beside each other: on this machine's screen, or each on a virtual one. What ends is started again.
``--check`` brings the hall up, looks that every part is alive and connected, and takes it down again.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from .asking import answers
from .certificate_printer import address, certificate_printer
from .configurations import display_settings, kiosk_settings, write
from .programs import NotReadyError, Program, stop_all
from .screens import NoScreenError, Screen, own_screen, virtual_screen

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
KIOSK_SIZE = (1080, 1920)
DISPLAY_SIZE = (1920, 1080)
BEGAN = datetime.now(UTC)


class DemoError(Exception):
    """The demo can't run; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Where the hall lies and which ports it takes."""

    folder: Path
    port: int
    printer_port: int
    kiosk_script: int
    display_script: int
    printer_switches: int
    label_port: int
    label_switches: int
    certificate_port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def ports(self) -> dict[int, str]:
        return {
            self.port: "the server (LIQU_DEMO_PORT)",
            self.printer_port: "the simulated printer (LIQU_DEMO_PRINTER_PORT)",
            self.printer_switches: "the printer's switches (LIQU_DEMO_PRINTER_PORT + 1)",
            self.label_port: "the simulated label printer (LIQU_DEMO_PRINTER_PORT + 2)",
            self.label_switches: "the label printer's switches (LIQU_DEMO_PRINTER_PORT + 3)",
            self.certificate_port: "the certificate printer (LIQU_DEMO_PRINTER_PORT + 4)",
            self.kiosk_script: "the kiosk's scripted touch (LIQU_DEMO_PORT + 1)",
            self.display_script: "the display's pictures (LIQU_DEMO_PORT + 2)",
        }

    @property
    def credentials(self) -> Path:
        return self.folder / "credentials.json"

    @property
    def camera(self) -> Path:
        """A picture that is put there is held before the kiosk's camera."""
        return self.folder / "camera"


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse(arguments)
    plan = Plan(
        folder=options.folder.resolve(),
        port=options.port,
        printer_port=options.printer_port,
        kiosk_script=options.port + 1,
        display_script=options.port + 2,
        printer_switches=options.printer_port + 1,
        label_port=options.printer_port + 2,
        label_switches=options.printer_port + 3,
        certificate_port=options.printer_port + 4,
    )
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        run(plan, stop, check=options.check)
    except (DemoError, NotReadyError, NoScreenError) as error:
        say(f"the hall does not run: {error}")
        return 1
    return 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    env = os.environ.get
    parser = argparse.ArgumentParser(prog="make demo", description="A whole hall on this machine.")
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "demo")
    parser.add_argument("--port", type=int, default=int(env("LIQU_DEMO_PORT", "8600")))
    parser.add_argument("--printer-port", type=int, default=int(env("LIQU_DEMO_PRINTER_PORT", "9100")))
    parser.add_argument("--check", action="store_true", help="bring it up, look at it, take it down")
    return parser.parse_args(arguments)


def run(plan: Plan, stop: Event, *, check: bool) -> None:
    """The hall, from nothing to nothing. Raises what keeps it from running."""
    for port, use in plan.ports.items():
        need_free(port, use)
    make_hall(plan)
    screens: list[Screen] = []
    programs: list[Program] = []
    try:
        for program in cast(plan, screens):
            if stop.is_set():
                return
            programs.append(program)
            program.start()
            program.wait_ready()
            say(f"{program.name} is ready")
        print(summary(plan, screens), flush=True)
        if check:
            look(programs)
            say("the hall is running")
            return
        say("the hall is running; Ctrl-C ends it")
        while not stop.wait(0.5):
            for program in programs:
                program.tend()
    finally:
        say("closing the hall")
        stop_all(programs)
        for screen in screens:
            screen.close()


def need_free(port: int, use: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise DemoError(
                f"port {port}, wanted by {use}, is in use: another demo may be running. "
                "End it, or choose others: LIQU_DEMO_PORT=8700 LIQU_DEMO_PRINTER_PORT=9200 make demo"
            ) from error


def make_hall(plan: Plan) -> None:
    """The data folder, made once; a half-made one is made again."""
    if plan.credentials.exists():
        return
    if plan.folder.exists():
        shutil.rmtree(plan.folder)
    plan.folder.parent.mkdir(parents=True, exist_ok=True)
    command = [str(BIN / "liqu-server"), "init", "--data", str(plan.folder), "--demo"]
    made = subprocess.run(command, capture_output=True, text=True)
    if made.returncode != 0:
        raise DemoError(f"the demo hall could not be made: {(made.stderr or made.stdout).strip()}")
    say(f"made a demo hall in {plan.folder}")


def cast(plan: Plan, screens: list[Screen]) -> list[Program]:
    """Every program of the hall, as they start; the screens they show on join ``screens``."""
    own = own_screen()
    kiosk_screen = own or virtual_screen(*KIOSK_SIZE, plan.folder / "screens" / "kiosk")
    screens.append(kiosk_screen)
    display_screen = own or virtual_screen(*DISPLAY_SIZE, plan.folder / "screens" / "display")
    screens.append(display_screen)
    kiosk, display = write_configurations(plan, virtual=kiosk_screen.virtual)
    home = {"KIVY_HOME": str(plan.folder / "kivy")}

    def program(
        name: str, command: list[str], ready: Callable[[], bool], env: dict[str, str] | None = None
    ) -> Program:
        log = plan.folder / "log" / f"{name.removeprefix('the ').replace(' ', '-')}.log"
        return Program(name, [str(BIN / command[0]), *command[1:]], log, ready=ready, env=env, say=say)

    return [
        program(
            "the server",
            ["liqu-server", "run", "--data", str(plan.folder), "--port", str(plan.port)],
            lambda: healthy(plan.url),
        ),
        program(
            "the printer",
            [
                *("liqu-printer-sim", "--port", str(plan.printer_port), "--out", str(plan.folder / "paper")),
                *("--control", str(plan.printer_switches)),
            ],
            lambda: answers(f"http://127.0.0.1:{plan.printer_switches}/state") is not None,
        ),
        program(
            "the label printer",
            [
                *("liqu-printer-sim", "--port", str(plan.label_port), "--language", "zpl"),
                *("--out", str(plan.folder / "labels"), "--control", str(plan.label_switches)),
            ],
            lambda: answers(f"http://127.0.0.1:{plan.label_switches}/state") is not None,
        ),
        *certificate_printer(
            plan.folder / "certificates",
            plan.certificate_port,
            log=plan.folder / "log",
            ready=lambda: listens(plan.certificate_port),
            say=say,
        ),
        program(
            "the kiosk",
            ["liqu-kiosk", "--config", str(kiosk)],
            lambda: seen(plan, "kiosk-1"),
            kiosk_screen.env | home,
        ),
        program(
            "the display",
            ["liqu-display", "--config", str(display)],
            lambda: shows(plan),
            display_screen.env | home,
        ),
    ]


def write_configurations(plan: Plan, *, virtual: bool) -> tuple[Path, Path]:
    """The files of kiosk and display; full screen on screens of their own, windows on a shared one."""
    plan.camera.mkdir(exist_ok=True)
    kiosk = write(
        plan.folder / "kiosk-1.toml",
        kiosk_settings(
            url=plan.url,
            size=KIOSK_SIZE if virtual else (540, 960),
            fullscreen=virtual,
            printer_port=plan.printer_port,
            control_port=plan.kiosk_script,
            label_port=plan.label_port,
            camera=plan.camera,
            certificates=address(plan.certificate_port),
        ),
    )
    display = write(
        plan.folder / "display-1.toml",
        display_settings(
            url=plan.url,
            size=DISPLAY_SIZE if virtual else (1280, 720),
            fullscreen=virtual,
            control_port=plan.display_script,
        ),
    )
    return kiosk, display


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def healthy(url: str) -> bool:
    return answers(f"{url}/healthz") is not None


_tokens: dict[str, str] = {}


def seen(plan: Plan, device: str) -> bool:
    """Whether the server has heard from ``device`` since this demo began."""
    if plan.url not in _tokens:
        password = json.loads(plan.credentials.read_text(encoding="utf-8"))["users"]["manager"]
        session = answers(f"{plan.url}/api/v1/sessions", body={"user": "manager", "password": password})
        if session is None:
            return False
        _tokens[plan.url] = session["token"]
    devices = answers(f"{plan.url}/api/v1/halls/main/devices", token=_tokens[plan.url]) or []
    return any(
        one["name"] == device and one["seen_at"] and datetime.fromisoformat(one["seen_at"]) >= BEGAN
        for one in devices
    )


def shows(plan: Plan) -> bool:
    """Whether the display shows the hall as it is now."""
    scene = answers(f"http://127.0.0.1:{plan.display_script}/scene")
    return scene is not None and scene["kind"] != "connecting" and not scene.get("stale", False)


def look(programs: Sequence[Program]) -> None:
    """Raise NotReadyError for a program that did not stay alive for a moment after all were ready."""
    time.sleep(1.0)
    for program in programs:
        if not program.alive:
            raise NotReadyError(f"{program.name} ended: {program.last_words()} ({program.log})")


def summary(plan: Plan, screens: Sequence[Screen]) -> str:
    """Addresses and sign-ins, for people."""
    users = json.loads(plan.credentials.read_text(encoding="utf-8"))["users"]
    sign_ins = "\n".join(f"    {user:<10} {password}" for user, password in users.items())
    where = (
        f"virtual screens {', '.join(screen.display for screen in screens)};"
        f" 'make demo-pictures' shows what they show"
        if screens[0].virtual
        else f"windows on this screen ({screens[0].display})"
    )
    return f"""
  Staff desk      {plan.url}/desk
  Manager         {plan.url}/manage
  Board           {plan.url}/board/main
  Window screens  {plan.url}/counter/1 … /counter/4
  Ticket pages    {plan.url}/t/CODE (as the QR on each ticket says)
  Booking         {plan.url}/book/main
  Disclosure      {plan.url}/about/main
  Counter         {plan.url}/cases and {plan.url}/pickup
  Lab             {plan.url}/lab
  Certificates    {plan.url}/certificates; to check one {plan.url}/check
  Printed sheets  {plan.folder / "paper"}, {plan.folder / "labels"}, {plan.folder / "certificates"}
  Kiosk's camera  a picture put into {plan.camera} is held before it, such as a voucher's
  Kiosk, display  {where}
  Kiosk's staff corner: hold the top left corner for 5 s, PIN 123456

  Sign-ins
{sign_ins}
"""


def say(sentence: str) -> None:
    print(f"demo: {sentence}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
