"""The labels of instruments: composed from what the server answered, printed on whichever roll there is."""

from __future__ import annotations

import logging
from collections.abc import Callable

from hardware.printers.base import Sheet
from server.protocol.booking import LabelView
from server.protocol.codes import code_of

from . import model as m
from .paper import Roll, Watcher
from .printouts import Label, compose_label, label_of, on_roll
from .printouts.label import WIDTH

log = logging.getLogger(__name__)


def fits(roll: Roll) -> bool:
    """Whether a label is no wider than what ``roll`` prints."""
    return roll.dots >= WIDTH


class LabelPaper:
    """``ports.Labels`` on ``roll``: a label printer's own, or the ticket printer's."""

    def __init__(self, roll: Roll, *, own: bool) -> None:
        self._roll = roll
        self._own = own

    def print_label(self, label: LabelView) -> m.Paper:
        return self._print(lambda: compose_label(label_of(label)))

    def print_test(self) -> bool:
        trial = Label(
            code=code_of("S", 0), order="0000 0000 0000", item="标签打印测试", index=1, count=1, hall="测试"
        )
        return self._print(lambda: compose_label(trial)) == "printed"

    def watch(self, changed: Watcher) -> None:
        """Only a printer of its own has a state of its own."""
        if self._own:
            self._roll.watch(changed)

    def close(self) -> None:
        if self._own:
            self._roll.close()

    def _print(self, compose: Callable[[], Sheet]) -> m.Paper:
        try:
            sheet = compose()
            if self._roll.dots != sheet.width:
                sheet = on_roll(sheet, self._roll.dots)
        except Exception:
            # The other labels must still come out, and the person must hear of this one.
            log.exception("a label can't be composed")
            return "error"
        return self._roll.print(sheet)


class NoLabels:
    """A kiosk that prints no labels: they are printed at the counter."""

    def print_label(self, label: LabelView) -> m.Paper:
        return "none"

    def print_test(self) -> bool:
        return False

    def watch(self, changed: Watcher) -> None:
        """There is nothing to watch."""

    def close(self) -> None:
        """There is nothing to let go of."""
