"""The staff corner's trial sheet: shows that every dot prints and that a code can be read."""

from __future__ import annotations

from datetime import datetime

from PIL import Image

from hardware.printers.base import DOTS, Sheet, Width

from .page import Page, Type
from .symbol import qr_symbol
from .ticket import SIZES


def device_test_sheet(
    *, hall: str, device: str, width_mm: Width, printed_at: datetime, detail: str = ""
) -> Sheet:
    """A sheet with ``hall``, ``device``, the time, and patterns: a dead dot shows as a white line.

    ``printed_at`` is printed as it is: give it in the hall's zone.
    """
    sizes = SIZES[width_mm]
    page = Page(DOTS[width_mm], sizes.margin)
    body, small = Type(sizes.body), Type(sizes.small)
    page.skip(8)
    page.text("打印机测试", Type(sizes.service, bold=True), align="centre")
    page.skip(sizes.gap // 2)
    page.rule(3)
    page.skip(sizes.gap // 2)
    page.text(hall, body)
    page.text(f"设备 {device}", body)
    page.text(f"{printed_at:%Y-%m-%d %H:%M:%S}", body)
    page.text(f"纸宽 {width_mm} mm · {DOTS[width_mm]} 点", body)
    if detail:
        page.text(detail, small)
    page.skip(sizes.gap)
    for caption, height, pattern in (
        ("应为全黑，白线表示打印头断针", 48, _solid),
        ("细线应清晰均匀", 40, _stripes),
        ("灰底应均匀", 40, _checks),
    ):
        page.text(caption, small)
        page.skip(4)
        page.picture(pattern(page.width, height), 0, page.top)
        page.skip(height + sizes.gap)
    symbol = qr_symbol("LIQU-PRINTER-TEST", sizes.module)
    page.picture(symbol, (page.width - symbol.width) // 2, page.top)
    page.skip(symbol.height + sizes.gap // 2)
    page.text("二维码应能扫出 LIQU-PRINTER-TEST", small, align="centre")
    page.text("永国酬鑫 0123 ABC", body, align="centre")
    page.skip(8)
    return Sheet(page.finish(), job="test", title="打印机测试")


def _solid(width: int, height: int) -> Image.Image:
    return Image.new("L", (width, height), 0)


def _stripes(width: int, height: int) -> Image.Image:
    """One dot black, one white, across the head."""
    row = bytes([0, 255] * (width // 2))
    return Image.frombytes("L", (width, height), row * height)


def _checks(width: int, height: int) -> Image.Image:
    rows = (bytes([0, 255] * (width // 2)), bytes([255, 0] * (width // 2)))
    return Image.frombytes("L", (width, height), (rows[0] + rows[1]) * (height // 2))
