"""Codes in a camera's frame: which stages look, and when looking further is not worth its time.

The photos of a public decoder's test suite decided (``tests/bench/bench_codes.py`` measures again):

- zxing-cpp without rotating, shrinking and inverting takes a fifth of the time of its full mode and reads
  most of what that reads: it looks at every frame, and what it reads ends the look.
- Rotated bar codes and DataMatrix need more. The full mode looks at the parts of a frame that have edges;
  where edges are everywhere, bars are sought across and squares at half the size, in a third of its time.
- Some blurred or grainy codes are read at half the size only, so small frames are tried at that too.
- pyzbar is left out. It reads one QR photo in eighty that these stages do not, and at half the size only; it
  takes longer than zxing-cpp's full mode, and reads Chinese and Japanese wrongly.
- A code far away is read three times enlarged where it can't be read as it is.
- A QR or DataMatrix that is found and fails its own check is *seen*: it should be held closer or stiller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import cv2
import numpy
import zxingcpp

Format = Literal["QRCode", "Code128", "DataMatrix"]
Frame = numpy.ndarray[Any, numpy.dtype[Any]]
"""uint8; (height, width) grey, or (height, width, 3 or 4) BGR or BGRA."""

_FORMATS: dict[Any, Format] = {
    zxingcpp.BarcodeFormat.QRCode: "QRCode",
    zxingcpp.BarcodeFormat.Code128: "Code128",
    zxingcpp.BarcodeFormat.DataMatrix: "DataMatrix",
}
# zxing-cpp may name a symbol by its variant.
_VARIANTS: dict[Any, Format] = {
    zxingcpp.BarcodeFormat.QRCodeModel1: "QRCode",
    zxingcpp.BarcodeFormat.QRCodeModel2: "QRCode",
}
_BARS = (zxingcpp.BarcodeFormat.Code128,)
_SQUARE = (zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.DataMatrix)

SMALL = 640 * 480
"""Pixels up to which a frame is looked at in full."""
TILE = 16
"""Side in pixels of the squares whose edges are weighed."""
BLANK = 8.0
"""Mean difference between neighbours, in grey levels, below which no tile can hold a code."""
BUSY = 14.0
"""The same, from which a tile may be part of a code; the noise of a cheap camera stays below."""
MOST = 0.2
"""The share of a frame that is looked at in full size."""
PIECES = 6
"""Parts of a frame that are looked at one by one."""
TINY = 160 * 160
"""Pixels of small parts, taken together, that are looked at enlarged too."""
ENLARGED = 3
"""Times; a QR of 1.6 pixels a module is read so, where its own size needs 2, and one of 1.4 is seen."""
DEEP_EVERY = 3


@dataclass(frozen=True, slots=True)
class Code:
    """What one symbol says: data from outside, to be parsed by the grammar of our codes."""

    text: str
    format: Format


@dataclass(frozen=True, slots=True)
class Sight:
    """One look at a frame. ``unread``: a code is there and cannot be read; ask to hold it closer."""

    codes: tuple[Code, ...] = ()
    unread: bool = False


def read_codes(frame: Frame) -> list[Code]:
    """The QR, Code 128 and DataMatrix texts in ``frame``, each once; an empty list where there is none.

    Looks until something is read. Lets other threads run. Raises ValueError for what is not a frame.
    """
    return list(look(frame).codes)


class Reader:
    """Looks at the frames of one camera, every third one in full. Not safe to share between threads."""

    def __init__(self, deep_every: int = DEEP_EVERY) -> None:
        self._deep_every = deep_every
        self._count = 0
        self._unread = 0

    def read(self, frame: Frame) -> Sight:
        """As ``look``; but one look alone does not say ``unread``: a texture that passes by is no code."""
        self._count += 1
        sight = look(frame, deep=self._count % self._deep_every == 0)
        if sight.codes:
            self._unread = 0
        elif sight.unread:
            self._unread = min(self._unread + 2, 4)
        else:
            self._unread = max(self._unread - 1, 0)
        return Sight(sight.codes, unread=self._unread > 2)


def look(frame: Frame, *, deep: bool = False) -> Sight:
    """One look; ``deep`` looks at the whole frame in full whatever its size. Raises as ``read_codes``."""
    grey = _grey(frame)
    small = grey.size <= SMALL
    edges, most = _edges(grey), int(MOST * grey.size)
    if not small and not deep:
        if edges.max() < BLANK:
            return Sight()
        grey, edges = _trimmed(grey, edges)
    unread = False
    for stage in _stages(grey, edges, most, deep=deep or small):
        codes = tuple(dict.fromkeys(_valid(stage.found)))
        if codes:
            return Sight(codes)
        unread = unread or (stage.telling and any(_is_unread(one) for one in stage.found))
    return Sight(unread=unread)


@dataclass(frozen=True, slots=True)
class _Stage:
    """What a stage found. ``telling``: a symbol that fails its check here is one, not a texture."""

    found: list[Any]
    telling: bool = False


def _stages(grey: Frame, edges: Frame, most: int, *, deep: bool) -> Iterator[_Stage]:
    """One stage after the other; each runs only when it is asked for."""
    yield _Stage(_find(grey, full=False, errors=True), telling=True)
    pieces = _pieces(grey, edges, most)
    if deep:
        yield _Stage(_find(grey, full=True, shrink=True))
        yield _Stage(_find(_half(grey), full=True, formats=_SQUARE))
    elif pieces is None:
        # Bars that run across: a full look for rotated bars costs three times as much.
        yield _Stage(_find(cv2.rotate(grey, cv2.ROTATE_90_CLOCKWISE), full=False, formats=_BARS))
        yield _Stage(_find(_half(grey), full=True, formats=_SQUARE))
    else:
        for piece in pieces:
            yield _Stage(_find(piece, full=True, shrink=True))
    left = TINY
    for piece in pieces or ():
        left -= piece.size
        if left < 0:
            return
        larger = cv2.resize(piece, None, fx=ENLARGED, fy=ENLARGED, interpolation=cv2.INTER_CUBIC)
        yield _Stage(_find(larger, full=True, errors=True), telling=True)


def _find(
    grey: Frame,
    *,
    full: bool,
    shrink: bool = False,
    errors: bool = False,
    formats: tuple[Any, ...] = tuple(_FORMATS),
) -> list[Any]:
    read: Callable[..., list[Any]] = zxingcpp.read_barcodes  # its types know single formats only
    return read(
        grey,
        formats=formats,
        # The default rewrites control characters for people to read.
        text_mode=zxingcpp.TextMode.Plain,
        try_rotate=full,
        try_downscale=shrink,
        try_invert=full,
        return_errors=errors,
    )


def _valid(found: Iterable[Any]) -> Iterator[Code]:
    for one in found:
        format_ = _FORMATS.get(one.format)
        if one.valid and one.text and format_:
            yield Code(one.text, format_)


def _is_unread(one: Any) -> bool:
    # A bar code that fails its check is a stripe of any texture; a square one has its frame and corners.
    return not one.valid and _FORMATS.get(one.format) != "Code128"


def _grey(frame: Frame) -> Frame:
    if not isinstance(frame, numpy.ndarray) or frame.dtype != numpy.uint8 or not frame.size:
        raise ValueError("a frame is an array of uint8 with at least one pixel")
    if frame.ndim == 2:
        return numpy.ascontiguousarray(frame)
    if frame.ndim == 3 and frame.shape[2] == 3:
        return cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
    if frame.ndim == 3 and frame.shape[2] == 4:
        # What is transparent lies on white paper.
        paper = 255 - frame[..., 3].astype(numpy.uint16)
        grey = cv2.cvtColor(frame, cv2.COLOR_BGRA2GRAY).astype(numpy.uint16)
        return ((grey * (255 - paper)) // 255 + paper).astype(numpy.uint8)
    raise ValueError(f"a frame is grey, BGR or BGRA, not of shape {frame.shape}")


def _half(grey: Frame) -> Frame:
    size = (max(grey.shape[1] // 2, 1), max(grey.shape[0] // 2, 1))
    return cv2.resize(grey, size, interpolation=cv2.INTER_AREA)


def _edges(grey: Frame) -> Frame:
    """The mean difference between neighbouring pixels in each tile, in grey levels."""
    # Every second row is enough: a module is more than one pixel high.
    gradient = cv2.morphologyEx(grey[::2], cv2.MORPH_GRADIENT, numpy.ones((3, 3), numpy.uint8))
    size = (max(grey.shape[1] // TILE, 1), max(grey.shape[0] // TILE, 1))
    return cv2.resize(gradient, size, interpolation=cv2.INTER_AREA)


def _trimmed(grey: Frame, edges: Frame) -> tuple[Frame, Frame]:
    """The frame and its tiles without the blank ones on all sides, but for two of margin."""
    high, wide = edges.shape
    down, across = grey.shape[0] / high, grey.shape[1] / wide
    rows, columns = numpy.nonzero(edges >= BLANK)
    top, bottom = max(int(rows.min()) - 2, 0), min(int(rows.max()) + 3, high)
    left, right = max(int(columns.min()) - 2, 0), min(int(columns.max()) + 3, wide)
    part = grey[round(top * down) : round(bottom * down), round(left * across) : round(right * across)]
    return numpy.ascontiguousarray(part), edges[top:bottom, left:right]


def _pieces(grey: Frame, edges: Frame, most: int) -> list[Frame] | None:
    """The parts that have edges, with a margin, small ones first; None where they are many, or
    have more than ``most`` pixels together.
    """
    busy = cv2.dilate((edges >= BUSY).astype(numpy.uint8), numpy.ones((3, 3), numpy.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(busy, connectivity=8)
    if count - 1 > PIECES:
        return None
    height, width = grey.shape
    across, down = width / edges.shape[1], height / edges.shape[0]
    pieces = []
    for left, top, wide, high, _ in stats[1:]:
        rows = slice(max(int((top - 1) * down), 0), min(int((top + high + 1) * down) + 1, height))
        columns = slice(max(int((left - 1) * across), 0), min(int((left + wide + 1) * across) + 1, width))
        pieces.append(numpy.ascontiguousarray(grey[rows, columns]))
    if sum(piece.size for piece in pieces) > most:
        return None
    return sorted(pieces, key=lambda piece: piece.size)
