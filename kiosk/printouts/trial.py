"""The staff corner's trial sheet: shows that every dot prints."""

from __future__ import annotations

from datetime import datetime

from hardware.printers.base import Sheet, Width


def device_test_sheet(
    *, hall: str, device: str, width_mm: Width, printed_at: datetime, detail: str = ""
) -> Sheet:
    """A sheet that shows ``hall``, ``device``, the time and patterns that reveal dead dots."""
    raise NotImplementedError
