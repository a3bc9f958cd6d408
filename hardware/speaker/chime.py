"""The chime before a call: two soft falling sine notes (a third apart) that ring out; made, not recorded."""

from __future__ import annotations

import math
from array import array

from .waves import Clip

NOTES = ((659.26, 0.0), (523.25, 0.32))
"""Hertz (E5, C5) and the second at which each is struck."""
LENGTH = 1.15
LEVEL = 0.30
DECAY = 0.26
"""Seconds in which a note falls to 1/e."""
ATTACK = 0.006


def chime(rate: int) -> Clip:
    """About a second of sound at ``rate`` samples a second; the same bytes every time."""
    count = round(rate * LENGTH)
    samples = [0.0] * count
    for hertz, struck in NOTES:
        for index in range(round(rate * struck), count):
            t = index / rate - struck
            loudness = LEVEL * min(1.0, t / ATTACK) * math.exp(-t / DECAY)
            turn = 2 * math.pi * hertz * t
            samples[index] += loudness * (
                math.sin(turn) + 0.22 * math.sin(2 * turn) + 0.06 * math.sin(3 * turn)
            )
    fade = round(rate * 0.05)
    for index in range(fade):
        samples[count - 1 - index] *= index / fade
    pcm = array("h", (round(32767 * max(-1.0, min(1.0, sample))) for sample in samples))
    return Clip(rate, pcm.tobytes())
