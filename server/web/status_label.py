"""The status label (状态标识) of a piece as a PDF of 50 x 30 mm, in colour, for any printer of a desk.

A label printer has black alone: what it prints is composed by ``kiosk.printouts.status_label``.
"""

from __future__ import annotations

import io
import json

import segno
import typst

from server.protocol.certificates import StatusLabelView
from server.protocol.places import ASSETS

PRINT = ASSETS / "print"


def label(one: StatusLabelView) -> bytes:
    """The label on one page of its own size."""
    made = typst.compile(
        str(PRINT / "status-label.typ"),
        root=str(PRINT),
        font_paths=[str(ASSETS / "fonts")],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(told(one), ensure_ascii=False)},
        format="pdf",
    )
    if not isinstance(made, bytes):
        raise ValueError("a label is one page")
    return made


def told(one: StatusLabelView) -> dict[str, object]:
    """What the label says; empty lines are left out."""
    drawn = io.BytesIO()
    segno.make_qr(one.url, error="m", boost_error=False).save(drawn, kind="svg", border=2, light="#fff")
    lines = [
        ("编号", one.number),
        ("检定", one.on.isoformat() if one.on else ""),
        ("有效期至", one.until.isoformat() if one.until else ""),
    ]
    return {
        "state": one.state,
        "word": one.word.zh,
        "word_en": one.word.en.upper(),
        "name": _short(one.name.zh, 18),
        "lines": [line for line in lines if line[1]],
        "institution": _short(one.institution.zh, 20),
        "code": " ".join(one.code[at : at + 4] for at in range(0, len(one.code), 4)),
        "qr": drawn.getvalue().decode(),
    }


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
