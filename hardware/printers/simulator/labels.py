"""A roll of labels under the head: what goes wrong is noted on the label that comes next."""

from __future__ import annotations

from collections.abc import Iterator

from PIL import Image

from . import commands as c
from .paper import Cutting

BLANK = (400, 240)
"""Dots of the empty label that carries problems when no label follows."""


class LabelRoll:
    """Gives each label as it is printed. ``width`` is not used: labels say their own size."""

    def __init__(self, width: int) -> None:
        self._problems: list[str] = []

    @property
    def touched(self) -> bool:
        """Whether something went wrong since the last label."""
        return bool(self._problems)

    def obey(self, command: c.Command) -> Iterator[Cutting]:
        match command:
            case c.Label(width, rows, data, copies):
                image = Image.frombytes("1", (width, rows), data)
                for _ in range(copies):
                    yield self._peeled(image)
            case c.Malformed(why):
                self.mark(why)

    def mark(self, problem: str) -> None:
        """Note ``problem`` on the label that comes next; ten are kept."""
        if len(self._problems) < 10:
            self._problems.append(problem)

    def tear(self) -> Cutting | None:
        """An empty label with the problems noted, or None where there are none."""
        return self._peeled(Image.new("1", BLANK, 255)) if self._problems else None

    def _peeled(self, image: Image.Image) -> Cutting:
        cutting = Cutting(image, tuple(self._problems))
        self._problems.clear()
        return cutting
