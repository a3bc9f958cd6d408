"""From the server's answer to a picture of the paper, through the real driver; the code on it is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import pytest
import zxingcpp
from PIL import Image

from hardware.printers.base import Width
from hardware.printers.registry import open_printer
from hardware.printers.simulator.server import SimulatedPrinter
from tests.unit.kiosk.printouts.ticket_samples import LONG, URL, composed, ticket


@pytest.mark.parametrize("width_mm", [58, 80])
@pytest.mark.parametrize("changes", [{}, {"language": "en"}, LONG], ids=["chinese", "english", "long"])
@pytest.mark.parametrize("reprint", [False, True], ids=["first", "reprint"])
def test_the_code_on_the_printed_ticket_opens_its_page(
    tmp_path: Path, width_mm: Width, changes: dict[str, Any], reprint: bool
) -> None:
    with SimulatedPrinter(tmp_path, width_mm=width_mm) as simulated:
        printer = open_printer(
            {"driver": "escpos-network", "host": "127.0.0.1", "port": simulated.port, "width_mm": width_mm}
        )
        printer.print(composed(ticket(**changes), width_mm, reprint=reprint))
        (sheet,) = simulated.tray.wait_for(1)
    assert sheet.problems == ()
    with Image.open(sheet.path) as picture:
        assert [code.text for code in zxingcpp.read_barcodes(picture)] == [URL]
    # And by a reader that shares nothing with the writer.
    text, _, _ = cv2.QRCodeDetector().detectAndDecode(cv2.imread(str(sheet.path)))
    assert text == URL
