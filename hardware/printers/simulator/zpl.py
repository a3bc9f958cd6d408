"""ZPL II bytes → commands: strict, and only what a label of one picture needs.

^XA … ^XZ with ^PW ^LL ^LH ^FO ^GFA (Z64) ^FS ^PQ, and ~HS between formats. Never raises for what it is fed:
anything else becomes ``Malformed``, and a format with a fault in it prints nothing.
"""

from __future__ import annotations

import re
import zlib
from base64 import b64decode
from binascii import crc_hqx
from collections.abc import Iterator

from PIL import Image, ImageChops

from . import commands as c

LARGEST = 1 << 20
"""Bytes of one format, and of its picture."""
MOST_DOTS = 4000
"""Dots of a label's side (0.5 m)."""
MOST_COPIES = 100

_COMMAND = re.compile(rb"\^([A-Z]{2})([^^~]*)")
_INVERTED = bytes(255 - byte for byte in range(256))


class Refused(Exception):
    """The format has a fault, which the message names."""


class ZplParser:
    """Feeds on portions of bytes and gives the commands that have come whole."""

    def __init__(self) -> None:
        self._held = bytearray()

    @property
    def unfinished(self) -> bool:
        """Whether a command has begun and not ended."""
        return bool(self._held.strip())

    def feed(self, data: bytes) -> Iterator[c.Command]:
        """The commands that ``data`` completes, in order. Take them all before feeding again."""
        self._held += data
        while True:
            del self._held[: len(self._held) - len(self._held.lstrip())]
            if self._held.startswith(b"~HS"):
                del self._held[:3]
                yield c.AskStatus(0)
            elif self._held.startswith(b"^XA"):
                end = self._held.find(b"^XZ")
                if end < 0:
                    if len(self._held) > LARGEST:
                        self._held.clear()
                        yield c.Malformed("a format without an end")
                    return
                body = bytes(self._held[3:end])
                del self._held[: end + 3]
                yield _format(body)
            elif any(start.startswith(bytes(self._held)) for start in (b"~HS", b"^XA")):
                return
            else:
                found = re.search(rb"[~^]", self._held[1:])
                end = found.start() + 1 if found else len(self._held)
                stray = bytes(self._held[: min(end, 20)])
                del self._held[:end]
                yield c.Malformed(f"outside of a format: {stray!r}")


def _format(body: bytes) -> c.Command:
    try:
        return _label(body)
    except Refused as error:
        return c.Malformed(str(error))


def _label(body: bytes) -> c.Label:
    width = length = 0
    copies = 1
    origin: tuple[int, int] | None = None
    pictures: list[tuple[tuple[int, int], Image.Image]] = []
    at = 0
    for command in _COMMAND.finditer(body):
        if command.start() != at:
            raise Refused(f"not a command: {body[at : at + 20]!r}")
        at = command.end()
        name, given = command[1].decode(), command[2].rstrip(b"\r\n")
        match name:
            case "PW":
                width = _whole(name, given, 1, MOST_DOTS)
            case "LL":
                length = _whole(name, given, 1, MOST_DOTS)
            case "PQ":
                copies = _whole(name, given, 1, MOST_COPIES)
            case "LH" if given == b"0,0":
                pass
            case "FO":
                x, _, y = given.partition(b",")
                origin = (_whole(name, x, 0, MOST_DOTS), _whole(name, y, 0, MOST_DOTS))
            case "GF" if origin is not None:
                pictures.append((origin, _graphic(given)))
            case "FS" if not given:
                origin = None
            case _:
                raise Refused(f"^{name} with {given[:20]!r} is not understood here")
    if at != len(body) or not width or not length or origin is not None:
        raise Refused("a format without its size, or with an open field")
    canvas = Image.new("1", (width, length), 255)
    for place, picture in pictures:
        if place[0] + picture.width > width or place[1] + picture.height > length:
            raise Refused("the picture does not fit on the label")
        # Fields are laid over each other: black stays black.
        box = (*place, place[0] + picture.width, place[1] + picture.height)
        canvas.paste(ImageChops.logical_and(canvas.crop(box), picture), place)
    return c.Label(width, length, canvas.tobytes(), copies)


def _graphic(given: bytes) -> Image.Image:
    """^GFA,bytes,bytes,row,:Z64:data:crc"""
    parts = given.split(b",", 4)
    if len(parts) != 5 or parts[0] != b"A" or parts[1] != parts[2]:
        raise Refused("^GF is not ^GFA,bytes,bytes,row,data")
    size, row = _whole("GF", parts[1], 1, LARGEST), _whole("GF", parts[3], 1, MOST_DOTS // 8)
    coded = re.fullmatch(rb":Z64:([A-Za-z0-9+/]+=*):([0-9A-Fa-f]{4})", parts[4])
    if coded is None or size % row:
        raise Refused("^GFA whose data is not Z64, or not whole rows")
    if crc_hqx(coded[1], 0) != int(coded[2], 16):
        raise Refused("^GFA whose check sum is wrong")
    try:
        inflate = zlib.decompressobj()
        data = inflate.decompress(b64decode(coded[1], validate=True), size + 1)
    except (ValueError, zlib.error) as error:
        raise Refused(f"^GFA that can't be unpacked: {error}") from error
    if len(data) != size or not inflate.eof:
        raise Refused(f"^GFA of another size than the {size} bytes that it tells")
    return Image.frombytes("1", (row * 8, size // row), data.translate(_INVERTED))


def _whole(name: str, text: bytes, low: int, high: int) -> int:
    if not text.isdigit() or len(text) > 8 or not low <= int(text) <= high:
        raise Refused(f"^{name}: {text[:20]!r} is not a number from {low} to {high}")
    return int(text)
