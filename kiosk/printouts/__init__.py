"""The kiosk's paper: pure composition of sheets from wire values. No device, no clock."""

from .ticket import compose_ticket
from .trial import device_test_sheet

__all__ = ["compose_ticket", "device_test_sheet"]
