"""The printed ticket: pure composition from what the server answered."""

from __future__ import annotations

from datetime import datetime

from hardware.printers.base import Sheet, Width
from server.protocol.views import TicketIssued


def compose_ticket(
    ticket: TicketIssued, *, width_mm: Width, printed_at: datetime, reprint: bool = False
) -> Sheet:
    """The paper for ``ticket``: Chinese, or English with Chinese beneath when the person chose English.

    ``printed_at`` is now, with an offset; it is printed on a reprint only, in the hall's zone, which is the
    offset that ``issued_at`` carries. ``Sheet.job`` is the ticket's number. Raises MissingGlyph when
    ``ticket`` holds a character that the font can't draw.
    """
    raise NotImplementedError
