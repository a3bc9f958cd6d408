"""A screen's picture as it goes to the server: no wider than a manager's page shows it."""

from __future__ import annotations

import io
from pathlib import Path

WIDEST = 1080
"""Pixels."""


def small_png(path: Path) -> bytes:
    """The picture at ``path`` as a PNG of at most ``WIDEST`` pixels a line. Blocks: for threads.

    Raises OSError when it is no picture.
    """
    from PIL import Image

    with Image.open(path) as whole:
        image = whole.convert("RGB")
    if image.width > WIDEST:
        high = max(1, round(image.height * WIDEST / image.width))
        image = image.resize((WIDEST, high), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
