"""What is said of a sheet (CSV or XLSX) that a person hands in."""

from __future__ import annotations

from .views import Text, Wire


class Fault(Wire):
    """Something wrong in a sheet. ``row`` 0: the file as a whole; 1: its headings."""

    row: int
    column: str
    wrong: Text
    write: Text
    """What to write instead."""
