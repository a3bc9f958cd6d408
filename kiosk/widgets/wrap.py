"""Breaking lines: Chinese between any two signs, Latin between words, no line beginning with 。 Pure.

Kivy breaks at spaces only, and a Chinese sentence has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

Measure = Callable[[str], float]
"""The width of a piece of text, in px."""

NOT_FIRST = frozenset("，。、；：？！）》」』】〕…—·%,.;:?!)]}”’")
STOPS = frozenset("，。；：？！")
NOT_LAST = frozenset("（《「『【〔([{“‘")


_NARROW = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "…": "...", "—": "–"})


def narrow(text: str) -> str:
    """``text`` as a Latin one is set in the Chinese typeface, whose ’ “ ” … are as wide as a Chinese sign.

    A text that holds Chinese signs stays as it is.
    """
    return text if any(_wide(sign) for sign in text) else text.translate(_NARROW)


def pieces(text: str) -> Iterator[str]:
    """The parts of one line of ``text`` that may not be broken; a space stays with the part before it."""
    piece = ""
    for sign in text:
        if not piece:
            piece = sign
        elif _may_break(piece, sign):
            yield piece
            piece = sign
        else:
            piece += sign
    if piece:
        yield piece


def _may_break(before: str, sign: str) -> bool:
    if sign == " " or sign in NOT_FIRST:
        return False
    # A space at a line's end is dropped: what stood before it would be the last.
    if before.rstrip()[-1:] in NOT_LAST:
        return False
    return before[-1] == " " or _wide(before[-1]) or _wide(sign)


def _wide(sign: str) -> bool:
    return ord(sign) >= 0x2E80


def clauses(text: str) -> Iterator[str]:
    """The parts of a Chinese text up to and with each comma or stop, with what closes after it."""
    clause = ""
    for sign in text:
        if clause and clause[-1] in STOPS and sign not in NOT_FIRST:
            yield clause
            clause = ""
        clause += sign
    if clause:
        yield clause


def wrap(text: str, width: float, measure: Measure) -> list[str]:
    """``text`` in lines no wider than ``width``; only a single unbreakable part may be wider."""
    lines: list[str] = []
    for line in text.split("\n"):
        lines.extend(_wrap_line(line, width, measure))
    return lines


def _wrap_line(text: str, width: float, measure: Measure) -> list[str]:
    return _fill(pieces(text), width, measure)


def _fill(parts: Iterable[str], width: float, measure: Measure) -> list[str]:
    """``parts`` in lines, as many on each as go."""
    lines: list[str] = []
    current = ""
    for piece in parts:
        if current and measure((current + piece).rstrip()) > width:
            lines.append(current.rstrip())
            current = piece
        else:
            current += piece
    lines.append(current.rstrip())
    return lines


def balance(text: str, width: float, measure: Measure) -> list[str]:
    """As ``wrap``, in as many lines, but of about equal length: for headings and short messages.

    Where it costs no further line, Chinese breaks after a comma rather than inside a word.
    """
    lines = wrap(text, width, measure)
    if len(lines) < 2 or "\n" in text:
        return lines
    by_clause = _fill(clauses(text), width, measure)
    if 1 < len(by_clause) <= len(lines) and all(measure(line) <= width for line in by_clause):
        return by_clause
    low, high = width / len(lines), width
    while high - low > width / 50:
        middle = (low + high) / 2
        tried = wrap(text, middle, measure)
        if len(tried) > len(lines) or any(measure(line) > middle for line in tried):
            low = middle
        else:
            high, lines = middle, tried
    return lines
