"""Breaking a sentence into lines: between Chinese signs, between words, never before a closing sign."""

from __future__ import annotations

import re
from collections.abc import Callable

TOKEN = re.compile(r"\s+|[A-Za-z0-9À-ɏ'’.,:;!?%/@+()\-–]+|.", re.DOTALL)
NOT_FIRST = frozenset("，。、；：！？）》」』”’…,.;:!?)%")
"""Signs that do not begin a line (避头)."""


def wrap(text: str, width: float, measure: Callable[[str], float]) -> tuple[str, ...]:
    """The lines of ``text``, each at most ``width`` by ``measure``; a word longer than a line is cut."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for token in _tokens(paragraph):
            if not line and token.isspace():
                continue
            if not line or measure((line + token).rstrip()) <= width:
                line += token
            else:
                lines.append(line.rstrip())
                line = "" if token.isspace() else token
            while measure(line) > width and len(line) > 1:
                cut = next(
                    end for end in range(len(line) - 1, 0, -1) if end == 1 or measure(line[:end]) <= width
                )
                lines.append(line[:cut])
                line = line[cut:]
        lines.append(line.rstrip())
    return tuple(lines)


def _tokens(text: str) -> list[str]:
    """Words, single Chinese signs and spaces; a sign that may not begin a line clings to the one before."""
    tokens: list[str] = []
    for token in TOKEN.findall(text):
        if tokens and token in NOT_FIRST and not tokens[-1].isspace():
            tokens[-1] += token
        else:
            tokens.append(token)
    return tokens
