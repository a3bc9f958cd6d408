"""Breaking text into lines as Chinese and English are set: pure but for measuring.

A line never starts with a closing mark and never ends with an opening one (避头尾); English words and
figures stay whole unless one alone is wider than the line.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

Measure = Callable[[str], float]
"""The width of a text in dots."""

CLOSING = frozenset("，。、；：！？）》〉」』】〕”’…—～%‰℃·,.;:!?)]}")
OPENING = frozenset("（《〈「『【〔“‘([{")

STOPS = frozenset("，。、；：！？")

_PIECES = re.compile(r"[\x21-\x7e\u00c0-\u024f–]+|\s+|.")


def clusters(text: str) -> list[str]:
    """``text`` (one paragraph) in pieces between which a line may break; spaces are pieces of their own."""
    pieces: list[str] = []
    for piece in _PIECES.findall(text):
        joins = pieces and ((piece[0] in CLOSING and not pieces[-1].isspace()) or pieces[-1][-1] in OPENING)
        if joins:
            pieces[-1] += piece
        else:
            pieces.append(" " if piece.isspace() else piece)
    return pieces


def break_lines(text: str, width: float, measure: Measure) -> list[str]:
    """``text`` in lines at most ``width`` dots wide; line ends in it are kept.

    The last line of a paragraph is not left with a single sign when the one before can spare one.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines += _paragraph(paragraph.strip(), width, measure)
    return lines


def balanced_lines(text: str, width: float, measure: Measure) -> list[str]:
    """As ``break_lines``, with lines of about one length: for centred headings."""
    lines = break_lines(text, width, measure)
    if len(lines) < 2:
        return lines
    low, high = width / len(lines), width
    while high - low > 4:
        middle = (low + high) / 2
        tried = break_lines(text, middle, measure)
        fits = len(tried) == len(lines) and all(measure(line) <= middle for line in tried)
        low, high = (low, middle) if fits else (middle, high)
    return break_lines(text, high, measure)


def _paragraph(text: str, width: float, measure: Measure) -> list[str]:
    if not text:
        return []
    pieces = _narrow(clusters(text), width, measure)
    widths = [measure(piece) for piece in pieces]
    lines = _filled(pieces, widths, width, back=0)
    # A line ends better after a comma than within a word, as long as that costs no line; of two lines the
    # first may be much the shorter.
    kinder = _filled(pieces, widths, width, back=8 if len(lines) == 2 else 3)
    if len(kinder) == len(lines):
        lines = kinder
    return ["".join(line).strip() for line in _without_orphan(lines, width, measure)]


def _filled(pieces: list[str], widths: list[float], width: float, back: int) -> list[list[str]]:
    """``pieces`` in lines; a break goes back up to ``back`` pieces to stand after a stop."""
    lines: list[list[str]] = []
    start, used, at = 0, 0.0, 0
    while at < len(pieces):
        if at == start and pieces[at] == " ":
            start = at = at + 1
        elif at > start and used + widths[at] > width and pieces[at] != " ":
            end = next((e for e in range(at, max(start, at - back) - 1, -1) if _stops(pieces, start, e)), at)
            lines.append(pieces[start:end])
            start = at = end
            used = 0.0
        else:
            used += widths[at]
            at += 1
    return [*lines, pieces[start:]] if start < len(pieces) else lines


def _stops(pieces: list[str], start: int, end: int) -> bool:
    return end > start and pieces[end - 1][-1] in STOPS


def _narrow(pieces: list[str], width: float, measure: Measure) -> list[str]:
    """``pieces`` with those wider than a line (a long address) cut where they must be."""
    narrow: list[str] = []
    for piece in pieces:
        while len(piece) > 1 and measure(piece) > width:
            fit = max(1, next(n for n in range(2, len(piece) + 1) if measure(piece[:n]) > width) - 1)
            narrow.append(piece[:fit])
            piece = piece[fit:]
        narrow.append(piece)
    return narrow


def _without_orphan(lines: list[list[str]], width: float, measure: Measure) -> list[list[str]]:
    for above, last in list(pairwise(lines))[-1:]:
        signs = "".join(last)
        if len(signs.rstrip("".join(CLOSING))) == 1 and len(above) > 2 and above[-1] != " ":
            if measure(above[-1] + signs) <= width:
                last.insert(0, above.pop())
    return lines
