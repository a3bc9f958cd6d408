"""A status label comes out of a label printer, and its code leads to the state of now."""

from __future__ import annotations

from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from hardware.printers.simulator.server import SimulatedPrinter
from kiosk import batch
from server.store.certificates import Certificate
from tests.certified import certify
from tests.integration.server.visits import booked, checked_in
from tests.integration.test_batch_labels import configured, hall, printer
from tests.servers import ServerThread
from tests.waiting import until

__all__ = ["hall", "printer"]


def test_the_label_of_a_verified_instrument_is_printed_and_scanned(
    hall: ServerThread,
    printer: SimulatedPrinter,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    voucher = booked(hall, lines=[{"item": "lensmeter", "pieces": 1}])
    order = checked_in(hall, voucher["code"])["order"]
    code = order["labels"][0]["code"]
    file = str(configured(hall, printer, tmp_path))
    assert batch.main(["--config", file, "--status", code]) == 1, "there is no certificate yet"
    one = certify(hall, order["id"])
    assert isinstance(one, Certificate)
    until("the certificate", lambda: hall.request("GET", f"/api/v1/certificates/{one.code}").ok)
    assert batch.main(["--config", file, "--status", code]) == 0
    assert "合格" in capsys.readouterr().out
    (sheet,) = (tmp_path / "labels").glob("*.png")
    image = Image.open(sheet).convert("L")
    paper = Image.new("L", (image.width + 80, image.height + 80), 255)
    paper.paste(image, (40, 40))
    large = paper.resize((3 * paper.width, 3 * paper.height), Image.Resampling.NEAREST)
    assert f"{hall.url}/again/{code}" in [read.text for read in zxingcpp.read_barcodes(large)]
