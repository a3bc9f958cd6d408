"""How this kiosk's devices are, in the words that the flow, the screens and the server's report share."""

from __future__ import annotations

from typing import Literal

PrinterState = Literal["none", "ready", "paper_low", "out_of_paper", "cover_open", "offline", "error"]
"""As ``DeviceStatus.printer``; ``none``: this kiosk has no such printer by design."""

Paper = Literal["printing", "printed", "out_of_paper", "cover_open", "offline", "error", "unknown", "none"]
"""What became of a ticket's paper or a label; ``none``: there is no printer, it stands on the screen only."""

ScannerState = Literal["none", "ready", "offline", "error"]
"""``none``: this kiosk has no scanner by design."""

Test = Literal["printer", "labels", "certificates", "scanner", "speaker", "link"]
"""What the staff can try."""

LinkFault = Literal["", "certificate", "token"]
"""Why there is no link, where a technician can do something: the server's certificate does not hold, or it
does not know this kiosk's token."""

LabelPlace = Literal["none", "own", "tickets"]
"""Where labels come out: nowhere, at a label printer of their own, or on the ticket printer's roll."""

PrintStage = Literal[
    "asking",
    "sending",
    "waiting",
    "printing",
    "out_of_paper",
    "cover_open",
    "jam",
    "offline",
    "error",
    "stopping",
    "printed",
    "stopped",
    "failed",
    "unknown",
    "refused",
    "unreached",
]
"""How the printing of a certificate stands: under way, waiting for a person, called off, and its ends."""

TROUBLES: tuple[PrintStage, ...] = ("out_of_paper", "cover_open", "jam", "offline", "error")
"""The job waits in the printer for somebody to mend it."""
UNDER_WAY: tuple[PrintStage, ...] = ("asking", "sending", "waiting", "printing", *TROUBLES, "stopping")

ILL: tuple[PrinterState, ...] = ("out_of_paper", "cover_open", "offline", "error")
"""States in which a printer prints nothing."""
