"""A sheet as ESC/POS bytes: pure. Banded rasters, so that a printer with a small buffer starts at once.

ESC @                          set the printer to a known state
GS v 0  (one a band of 128 rows)
ESC J 24                       3 mm of white beneath
GS V 66 0                      feed to the cutter, partial cut
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..base import Sheet

BAND_ROWS = 128

INITIALISE = b"\x1b@"
FEED = b"\x1bJ\x18"
CUT = b"\x1dVB\x00"
RASTER = b"\x1dv0\x00"

_INVERTED = bytes(255 - byte for byte in range(256))

_ASKS_STATUS = re.compile(rb"\x10\x04[\x01-\x04]")


def encode(sheet: Sheet) -> bytes:
    """The whole job for ``sheet``, at most 72 bytes a row of dots and 8 a band more."""
    return b"".join((INITIALISE, *bands(sheet), FEED, CUT))


def bands(sheet: Sheet) -> Iterator[bytes]:
    """``sheet`` as raster commands of at most 128 rows, top first; a set bit is a black dot."""
    row = sheet.width // 8
    # Packed to bits first: Pillow's 1-bit pixels may hold any non-zero byte for white.
    black = sheet.image.tobytes().translate(_INVERTED)
    for top in range(0, sheet.height, BAND_ROWS):
        rows = min(BAND_ROWS, sheet.height - top)
        size = row.to_bytes(2, "little") + rows.to_bytes(2, "little")
        yield RASTER + size + black[top * row : (top + rows) * row]


def asks_status(job: bytes) -> bool:
    """Whether dots of ``job`` look like a status request, which printers answer even inside a raster."""
    return _ASKS_STATUS.search(job) is not None
