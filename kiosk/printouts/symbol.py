"""Symbols on paper: whole dots a module, ASCII only, without their quiet zones."""

from __future__ import annotations

from typing import Any

from PIL import Image

QUIET = 4
"""White modules that must stay around a QR Code."""


def qr_symbol(text: str, scale: int) -> Image.Image:
    """``text`` as a QR Code of level M, ``scale`` dots a module, without its quiet zone.

    Raises ValueError when ``text`` is empty or holds more than ASCII.
    """
    return _symbol(text, "QRCode", scale, ec_level="M")


def data_matrix_symbol(text: str, scale: int) -> Image.Image:
    """``text`` as a square DataMatrix (ECC 200), ``scale`` dots a module. Raises ValueError as above."""
    return _symbol(text, "DataMatrix", scale, force_square=True)


def code128_symbol(text: str, scale: int, height: int) -> Image.Image:
    """``text`` as Code 128, ``scale`` dots the narrowest bar, ``height`` dots high. ValueError as above."""
    row = _symbol(text, "Code128", scale)
    # All rows of bars are alike: one is drawn out to the height wanted.
    return row.crop((0, 0, row.width, 1)).resize((row.width, height), Image.Resampling.NEAREST)


def _symbol(text: str, name: str, scale: int, **options: object) -> Image.Image:
    import zxingcpp

    if not text or not text.isascii():
        raise ValueError(f"a {name} on paper holds ASCII only, and something")
    code = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, name), **options)
    picture: Any = zxingcpp.write_barcode_to_image(code, scale=scale, add_quiet_zones=False)
    view = memoryview(picture)
    height, width = view.shape or (0, 0)
    return Image.frombytes("L", (width, height), view.tobytes())
