"""What a scanner reads from the picture of a label."""

from pathlib import Path

import zxingcpp
from PIL import Image

#: A reader set to everything sees other codes by chance in the bars of a Code 128: one in some hundred
#: labels. Readers are set to what is printed, as the product's own are (hardware/scanners).
ON_LABELS = (zxingcpp.BarcodeFormat.DataMatrix, zxingcpp.BarcodeFormat.Code128)


def label_codes(picture: Image.Image | Path) -> dict[str, str]:
    """The texts by the name of the code they stand in: "DataMatrix", "Code128"; each says one thing only."""
    if isinstance(picture, Path):
        with Image.open(picture) as image:
            return label_codes(image)
    found = zxingcpp.read_barcodes(picture.convert("L"), formats=ON_LABELS)
    read = {(code.format.name, code.text) for code in found}
    assert len(read) == len(dict(read)), read
    return dict(read)
