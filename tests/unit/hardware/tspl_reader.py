"""A second, strict reading of TSPL jobs, from the manual alone: it knows nothing of the simulator.

The job is taken apart from its first byte to its last; a byte too many, a command out of order or a value
out of range is an error.
"""

from __future__ import annotations

import re

_HEAD = re.compile(
    rb"SIZE (?P<w>\d+) mm,(?P<h>\d+) mm\r\nGAP (?P<gap>\d+) mm,0 mm\r\n"
    rb"DIRECTION 0\r\nREFERENCE 0,0\r\nCLS\r\n"
)
_BITMAP = re.compile(rb"BITMAP (\d+),(\d+),(\d+),(\d+),0,")
_TAIL = b"PRINT 1,1\r\n"


def black_dots(job: bytes, dots_per_mm: int = 8) -> tuple[int, int, set[tuple[int, int]]]:
    """Width and length of the one label of ``job``, and its black dots as (x, y). Raises ValueError."""
    head = _HEAD.match(job)
    if head is None:
        raise ValueError("no head")
    width, length = int(head["w"]) * dots_per_mm, int(head["h"]) * dots_per_mm
    at = head.end()
    black: set[tuple[int, int]] = set()
    drawn: set[tuple[int, int]] = set()
    while bitmap := _BITMAP.match(job, at):
        x, y, row, rows = (int(group) for group in bitmap.groups())
        if x % 8 or not row or not rows or x + 8 * row > width or y + rows > length:
            raise ValueError(f"a picture off the label: {bitmap[0]!r}")
        data = job[bitmap.end() : bitmap.end() + row * rows]
        for index, byte in enumerate(data):
            cell = (x // 8 + index % row, y + index // row)
            if cell in drawn:
                raise ValueError(f"drawn twice: {cell}")
            drawn.add(cell)
            # A clear bit is a black dot, the highest bit the leftmost.
            black.update((8 * cell[0] + bit, cell[1]) for bit in range(8) if not byte << bit & 0x80)
        at = bitmap.end() + row * rows + 2
        if job[at - 2 : at] != b"\r\n":
            raise ValueError("a picture without its end")
    if job[at:] != _TAIL:
        raise ValueError(f"not a PRINT, or more after it: {job[at : at + 20]!r}")
    return width, length, black
