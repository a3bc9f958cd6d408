"""Opens the kiosk's scanner: with its viewfinder where it is a camera, fed by the window where it types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hardware.scanners.base import Scanner
from hardware.scanners.registry import open_scanner
from hardware.scanners.wedge import WedgeScanner

from .ports import Finder, Glimpse, Typed


@dataclass(frozen=True, slots=True)
class Scanning:
    """The scanner, not started yet, and what the screen does for it."""

    scanner: Scanner | None = None
    finder: Finder | None = None
    wedge: Typed | None = None


def open_scanning(settings: Mapping[str, object] | None) -> Scanning:
    """What ``[scanner]`` names; nothing without it. Raises BadConfiguration or NotInstalled."""
    if settings is None:
        return Scanning()
    scanner = open_scanner(settings)
    if isinstance(scanner, WedgeScanner):
        return Scanning(scanner, wedge=scanner)
    if not hasattr(scanner, "view"):
        return Scanning(scanner)

    def glimpse() -> Glimpse | None:
        seen: Glimpse | None = scanner.view
        return seen

    return Scanning(scanner, finder=glimpse)
