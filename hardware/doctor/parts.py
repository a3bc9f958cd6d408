"""Checks of what a machine may have: printers, scanner, sound, screen, fonts, a folder to write in."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import Event

from PIL import Image, ImageDraw, ImageFont

from hardware.printers.base import DeviceError, PrinterStatus, Sheet, State
from hardware.printers.documents import open_document_printer
from hardware.printers.registry import open_printer
from hardware.scanners.base import Scan, ScannerStatus
from hardware.scanners.registry import open_scanner
from hardware.speaker.registry import SpeakerSettings, open_speaker
from hardware.speaker.speech import SpeakerError

from .finding import Finding, fault, hint, well

Settings = Mapping[str, object]

REMEDIES: Mapping[State, str] = {
    "paper_low": "have a new roll or a pack of paper at hand",
    "out_of_paper": "load paper",
    "cover_open": "close the cover until it clicks",
    "offline": "switch the printer on; check its cable, its address and the network",
    "error": "look at the printer's own display or lights; clear the fault; switch it off and on",
}
SCANNER_WAIT = 6.0
"""Seconds for a scanner to be found."""
SPACE_NEEDED = 200_000_000
"""Bytes that must be free where a device keeps its state."""
GLYPHS = "立取大厅计量检定证书取号候检窗口请到准用停用合格0123456789ABC"
"""Signs without which no screen and no sheet can be read."""


def printer(part: str, settings: Settings, *, trial: bool) -> Iterator[Finding]:
    """A roll or label printer; ``trial``: print a sheet on it."""
    try:
        device = open_printer(settings)
    except DeviceError as error:
        yield fault(part, str(error), f"correct [{part}] in the settings file")
        return
    try:
        status = device.status()
        yield from _status(part, status)
        if trial and status.can_print:
            device.print(_trial_sheet(device.width, part))
            yield well(part, "a trial sheet went to it: look whether it came out clean and whole")
    except DeviceError as error:
        yield fault(part, str(error), REMEDIES.get(error.state, REMEDIES["error"]))
    finally:
        device.close()


def document_printer(part: str, settings: Settings) -> Iterator[Finding]:
    """A printer of certificates."""
    try:
        device = open_document_printer(settings)
    except DeviceError as error:
        yield fault(part, str(error), f"correct [{part}] in the settings file")
        return
    try:
        yield from _status(part, device.status())
    finally:
        device.close()


def _status(part: str, status: PrinterStatus) -> Iterator[Finding]:
    said = status.state.replace("_", " ") + (f": {status.detail}" if status.detail else "")
    if status.state == "ready":
        yield well(part, said)
    elif status.state == "paper_low":
        yield hint(part, said, REMEDIES["paper_low"])
    else:
        yield fault(part, said, REMEDIES[status.state])


def _trial_sheet(width: int, part: str) -> Sheet:
    image = Image.new("1", (width, 160), 1)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width - 1, 159), outline=0)
    draw.text((12, 12), f"liqu-doctor: {part}", fill=0, font=ImageFont.load_default(24))
    # Bars of one to eight dots over the whole width: a dirty head, a dead dot or a worn roller shows in them.
    at, dots = 12, 1
    while at + dots < width - 12:
        draw.rectangle((at, 56, at + dots - 1, 147), fill=0)
        at, dots = at + 2 * dots + 4, dots % 8 + 1
    return Sheet(image, "doctor", "trial")


def scanner(settings: Settings, *, show: float) -> Iterator[Finding]:
    """A scanner or camera. ``show``: seconds to wait for a code that somebody holds before it; 0: don't."""
    part = "scanner"
    try:
        device = open_scanner(settings)
    except DeviceError as error:
        yield fault(part, str(error), "correct [scanner] in the settings file")
        return
    if settings.get("driver") == "wedge":
        yield hint(
            part,
            "it types like a keyboard, so the machine can't tell whether it is there",
            "open a text editor, scan any code: it must come as capitals, ended by Enter",
        )
        return
    states: list[ScannerStatus] = []
    codes: list[Scan] = []
    told, seen = Event(), Event()

    def heard(status: ScannerStatus) -> None:
        states.append(status)
        if status.can_scan:
            told.set()

    def scanned(scan: Scan) -> None:
        codes.append(scan)
        seen.set()

    device.start(scanned, heard)
    try:
        told.wait(SCANNER_WAIT)
        last = states[-1] if states else None
        if last is None or not last.can_scan:
            said = f"{last.state}: {last.detail}" if last else "nothing was heard of it"
            yield fault(
                part, said, "check its cable and the device's name in [scanner]; then try another socket"
            )
            return
        yield well(part, f"ready{': ' + last.detail if last.detail else ''}")
        if show:
            began = time.monotonic()
            if seen.wait(show):
                took = time.monotonic() - began
                # What was scanned may open somebody's case: its kind and length are enough.
                yield well(part, f"a code of {len(codes[0].text)} signs was read after {took:.1f} s")
            else:
                yield hint(
                    part, f"no code was read in {show:.0f} s", "hold a ticket's QR a hand's width before it"
                )
    finally:
        device.stop()


def sound(name: str, settings: SpeakerSettings, *, aloud: bool) -> Iterator[Finding]:
    """The speaker; ``aloud``: say a sentence."""
    part = "sound"
    try:
        speaker = open_speaker(name, settings)
        if not aloud:
            yield well(part, f"{name} can be opened; with --aloud it says a sentence")
            return
        said = speaker.say("请A001号到1号窗口", "zh")
    except ValueError as error:
        yield fault(part, str(error), "correct [voice] in the settings file")
    except SpeakerError as error:
        yield fault(part, str(error), "connect and turn up the loudspeaker; 'make setup' makes a voice pack")
    else:
        yield well(part, f"{said.seconds:.1f} s were played: was it loud and clear from the last row?")


def screen(width: int, height: int, *, fullscreen: bool) -> Iterator[Finding]:
    """The X screen: whether there is one, and of the size that the settings say."""
    part = "screen"
    display = os.environ.get("DISPLAY", "")
    if not display:
        yield fault(
            part, "DISPLAY is not set: no screen to draw on", "run it inside the session of the screen"
        )
        return
    program = shutil.which("xrandr")
    if program is None:
        yield hint(part, f"{display}; its size can't be told", "install x11-xserver-utils to have it checked")
        return
    told = subprocess.run([program, "--query"], capture_output=True, text=True, check=False, timeout=10)  # noqa: S603
    size = re.search(r"current (\d+) x (\d+)", told.stdout)
    if told.returncode != 0 or size is None:
        yield fault(
            part, f"{display} can't be opened: {told.stderr.strip()}", "check that Xorg runs for this user"
        )
        return
    there = (int(size[1]), int(size[2]))
    if fullscreen and there != (width, height):
        yield fault(
            part,
            f"{display} is {there[0]} x {there[1]}, the settings say {width} x {height}",
            "set [screen] width and height to what is there, or turn the screen (xrandr --rotate)",
        )
        return
    yield well(part, f"{display}, {there[0]} x {there[1]}")


def fonts(*files: Path) -> Iterator[Finding]:
    """The fonts with the signs that screens and sheets need."""
    part = "fonts"
    for file in files:
        try:
            font = ImageFont.truetype(str(file), 24)
        except OSError:
            yield fault(part, f"{file} is missing or damaged", "run 'make setup' in the program's folder")
            continue
        blank = font.getmask("\U0010fffd").getbbox(), bytes(font.getmask("\U0010fffd"))
        missing = [
            sign for sign in GLYPHS if (font.getmask(sign).getbbox(), bytes(font.getmask(sign))) == blank
        ]
        if missing:
            yield fault(
                part, f"{file.name} has no {''.join(missing)}", "run 'make setup' in the program's folder"
            )
        else:
            yield well(part, f"{file.name} has all signs")


def folder(path: Path, part: str = "state folder") -> Iterator[Finding]:
    """A folder that must take files, with room left."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path) as file:
            file.write(b"liqu")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        yield fault(
            part, f"{path} can't be written: {error.strerror}", "make it writable for the program's own user"
        )
        return
    free = shutil.disk_usage(path).free
    said = f"{path} can be written, {free / 1e9:.1f} GB are free"
    if free < SPACE_NEEDED:
        yield fault(part, said, "make room on that disk")
    else:
        yield well(part, said)
