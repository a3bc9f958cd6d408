"""A visit as its people ask for it: bodies of bookings, and what they do with them."""

from __future__ import annotations

from typing import Any

from tests.servers import ServerThread

PHONE = "13812345678"
TAIL = "5678"
SHOP = {"type": "sole_trader", "name": "某某甲", "phone": PHONE, "company": "明亮眼镜店"}
LENSMETERS = [{"item": "lensmeter", "pieces": 2}]
READ = {"lensmeter": 1}
DAY, SLOT = "2026-11-20", "accept-1400"
"""Two hours after the tests' noon."""
HALL = "/halls/main"


def booking(**other: Any) -> dict[str, Any]:
    """A body that books two lensmeters for the shop today at two."""
    return {
        "day": DAY,
        "slot": SLOT,
        "lines": LENSMETERS,
        "customer": SHOP,
        "acknowledged": READ,
        "consent": "1",
    } | other


def customer(n: int) -> dict[str, Any]:
    """One of many customers."""
    return SHOP | {"phone": f"139{n:08d}"}


def booked(hall: ServerThread, token: str = "", **other: Any) -> Any:
    """The view of a new appointment."""
    return hall.ask("POST", f"{HALL}/appointments", booking(**other), token)


def kiosk(hall: ServerThread) -> str:
    return hall.credentials["devices"]["kiosk-1"]


def checked_in(hall: ServerThread, code: str, **other: Any) -> Any:
    return hall.ask("POST", f"{HALL}/check-ins", {"code": code, **other}, kiosk(hall))


def walked_in(hall: ServerThread, pieces: int = 2, item: str = "price-scale", **other: Any) -> Any:
    body = {"lines": [{"item": item, "pieces": pieces}], **other}
    return hall.ask("POST", f"{HALL}/walk-ins", body, kiosk(hall))
