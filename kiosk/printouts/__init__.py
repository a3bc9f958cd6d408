"""The kiosk's paper: pure composition of sheets from wire values. No device, no clock."""

from .label import Label, compose_label, compose_labels, label_of, on_roll
from .ticket import Facts, compose_ticket
from .trial import device_test_sheet
from .voucher import compose_voucher

__all__ = [
    "Facts",
    "Label",
    "compose_label",
    "compose_labels",
    "compose_ticket",
    "compose_voucher",
    "device_test_sheet",
    "label_of",
    "on_roll",
]
