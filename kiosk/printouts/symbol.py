"""The QR Code on paper: whole dots a module, ASCII only."""

from __future__ import annotations

from typing import Any

from PIL import Image

QUIET = 4
"""White modules that must stay around a QR Code."""


def qr_symbol(text: str, scale: int) -> Image.Image:
    """``text`` as a QR Code of level M, ``scale`` dots a module, without its quiet zone.

    Raises ValueError when ``text`` is empty or holds more than ASCII.
    """
    import zxingcpp

    if not text or not text.isascii():
        raise ValueError("a QR Code on paper holds ASCII only, and something")
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    picture: Any = zxingcpp.write_barcode_to_image(code, scale=scale, add_quiet_zones=False)
    view = memoryview(picture)
    height, width = view.shape or (0, 0)
    return Image.frombytes("L", (width, height), view.tobytes())
