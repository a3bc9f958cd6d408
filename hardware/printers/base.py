"""What every printer promises: a sheet, a status, the errors.

A driver prints whole sheets, already composed as dots. It answers for one job at a time, keeps no
connection between jobs, and is called from one thread. The errors say who must act:

    DeviceError
    ├── NotInstalled        the installer: add the named extra
    ├── BadConfiguration    the installer: correct the named setting
    ├── NotSent             nothing reached the paper; printing the sheet later is safe
    │   ├── OutOfPaper      the staff: load a new roll
    │   ├── CoverOpen       the staff: close the cover
    │   ├── PrinterFault    the staff: clear the cutter or the head, then switch off and on
    │   ├── PrinterOffline  the staff: check the power and the cable
    │   └── PrinterSilent   the staff: reached, but it answers nothing; switch it off and on
    ├── BatchStopped        the person at the desk: of a batch, some labels are printed, some may be
    └── JobUnknown          the person at the kiosk: look whether the sheet came out. Sending had begun
                            and the end is not known, so nobody may send it again without being asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

from PIL import Image

State = Literal["ready", "paper_low", "out_of_paper", "cover_open", "offline", "error"]
"""正常 · 纸将尽 · 缺纸 · 盖未关 · 离线 · 故障"""

Width = Literal[58, 80]
"""The width of the roll, in mm."""

DOTS: dict[Width, int] = {58: 384, 80: 576}
"""Printed dots across a roll, at 203 dpi (8 dots a mm)."""


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """How a printer is; ``detail`` is for the staff and the log, in English."""

    state: State
    detail: str = ""

    @property
    def can_print(self) -> bool:
        return self.state in ("ready", "paper_low")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One piece of paper, composed: ``image`` is 1-bit (0 black, 255 white), as wide as the printer's dots.

    ``job`` names it in outcomes and logs and holds no personal data; ``title`` is what staff read.
    """

    image: Image.Image
    job: str
    title: str

    def __post_init__(self) -> None:
        if self.image.mode != "1":
            raise ValueError(f"a sheet is a 1-bit image, not {self.image.mode!r}")
        if self.image.width % 8 or not self.image.width:
            raise ValueError(f"a sheet's width is a multiple of 8 dots, not {self.image.width}")
        if not self.image.height:
            raise ValueError("a sheet has at least one row of dots")

    @property
    def width(self) -> int:
        return self.image.width

    @property
    def height(self) -> int:
        return self.image.height


class Printer(Protocol):
    """A printer that may be asked to print and to say how it is. Not safe to share between threads."""

    @property
    def width(self) -> int:
        """Printed dots across; a sheet must be exactly this wide."""

    def print(self, sheet: Sheet) -> None:
        """Print ``sheet`` and cut it off; return when the printer has taken it whole and is well.

        Raises NotSent (any kind) when nothing was sent, JobUnknown when sending began and the end is
        not known, BadConfiguration when the sheet's width is not the printer's.
        """

    def status(self) -> PrinterStatus:
        """How the printer is now. Never raises for a printer that is off or broken: that is a status."""

    def close(self) -> None:
        """Let go of the device. Calling it twice is harmless."""


class BatchPrinter(Printer, Protocol):
    """A printer that takes thousands of sheets over one connection, and says how far it is."""

    def print_batch(self, sheets: Iterable[Sheet], progress: Callable[[int], None] = ...) -> int:
        """Print ``sheets``, each taken when there is room for it; ``progress`` hears how many are on paper.

        Returns their number. Raises NotSent (any kind) when nothing was sent, BatchStopped when the batch
        ended early, BadConfiguration for a sheet of a wrong size; what ``sheets`` raises goes through.
        """


class DeviceError(Exception):
    """Something about a device that somebody must act on."""

    state: State = "error"


class NotInstalled(DeviceError):
    """A library is missing: install the extra that the message names."""


class BadConfiguration(DeviceError):
    """A setting is missing or wrong: correct the one that the message names."""


class NotSent(DeviceError):
    """Nothing of the sheet was sent: printing it later is safe."""


class OutOfPaper(NotSent):
    """Load a new roll."""

    state: State = "out_of_paper"


class CoverOpen(NotSent):
    """Close the cover."""

    state: State = "cover_open"


class PrinterFault(NotSent):
    """Clear the cutter or let the head cool; then switch the printer off and on."""


class PrinterOffline(NotSent):
    """Check that the printer is switched on and its cable is in."""

    state: State = "offline"


class PrinterSilent(NotSent):
    """The printer was reached and answers nothing: switch it off and on."""

    state: State = "offline"


class JobUnknown(DeviceError):
    """Sending began and its end is not known: look whether the sheet came out; never send it again unasked.

    ``state`` is how the printer was left.
    """

    def __init__(self, message: str, state: State = "offline") -> None:
        super().__init__(message)
        self.state: State = state


class BatchStopped(DeviceError):
    """A batch ended early: ``printed`` sheets are on paper for certain, those up to ``sent`` may be.

    The rest, after ``sent``, was never sent. ``state`` is how the printer was left.
    """

    def __init__(self, message: str, printed: int, sent: int, state: State = "offline") -> None:
        super().__init__(message)
        self.printed = printed
        self.sent = sent
        self.state: State = state
