"""A certificate set as PDF/A-2b with Typst: one compiler, kept warm.

What stands on the sheet is decided here, as texts; ``assets/print/certificate.typ`` only lays it out. Every
label is said in Chinese first, with English beneath, whatever language its reader has.
"""

from __future__ import annotations

import io
import json
import logging
import re
import threading
from collections.abc import Mapping
from datetime import date
from typing import Final

import segno
import typst

from server.domain.certificates import Content, Sheet
from server.domain.results import Value
from server.protocol.places import ASSETS
from server.protocol.views import Text
from server.protocol.words import CertificateKind, Conclusion

TEMPLATE = ASSETS / "print" / "certificate.typ"
FONTS = ASSETS / "fonts"
STANDARD: Final = "a-2b"
PAGES = re.compile(rb"/Type\s*/Pages\b[^>]*?/Count\s+(\d+)|/Count\s+(\d+)[^>]*?/Type\s*/Pages\b")
NONE = "—"
UNPRINTABLE = re.compile(r'the text `"(.+?)"` could not be displayed')
"""How Typst says that no font has a sign: PDF/A allows no empty boxes."""
ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
INSTEAD_OF_A_SIGN = "〓"
"""What a printer puts where the type is missing (活字印刷的“缺字”)."""
MOST_UNPRINTABLE = 12
"""Different signs of a sheet that are replaced one by one; then everything that no Chinese font must have."""
SUPERSCRIPTS = "⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹−"

log = logging.getLogger(__name__)

TITLES: Mapping[CertificateKind, tuple[str, str]] = {
    "verification": ("检定证书", "VERIFICATION CERTIFICATE"),
    "failure_notice": ("检定结果通知书", "NOTIFICATION OF VERIFICATION RESULT"),
    "calibration": ("校准证书", "CALIBRATION CERTIFICATE"),
}
VERDICTS: Mapping[Conclusion, tuple[str, str]] = {
    "qualified": ("合格", "Qualified"),
    "unqualified": ("不合格", "Unqualified"),
    "calibrated": ("", ""),
}
LABELS: Mapping[str, tuple[str, str]] = {
    "number": ("证书编号", "Certificate No."),
    "client": ("送检单位", "Client"),
    "item": ("计量器具名称", "Name of instrument"),
    "model": ("型号 / 规格", "Model / Type"),
    "serial": ("出厂编号", "Serial No."),
    "maker": ("制造单位", "Manufacturer"),
    "conclusion": ("检定结论", "Conclusion"),
    "basis": ("检定依据", "Verification regulation"),
    "environment": ("环境条件及地点", "Environment and place"),
    "celsius": ("温度", "Temperature"),
    "humidity": ("相对湿度", "Relative humidity"),
    "place": ("地点", "Place"),
    "standards": ("使用的计量标准器", "Measurement standards used"),
    "standard": ("名称", "Name"),
    "standard_number": ("编号", "Number"),
    "uncertainty": ("不确定度 / 准确度", "Uncertainty / accuracy"),
    "traced": ("证书编号", "Certificate No."),
    "until": ("有效期至", "Valid until"),
    "results": ("检定结果", "Results of verification"),
    "row": ("序号", "No."),
    "item_line": ("项目", "Item"),
    "reading": ("测得值 / 结果", "Reading / result"),
    "limits": ("技术要求", "Limits"),
    "verdict": ("结论", "Verdict"),
    "notes": ("说明", "Notes"),
    "end": ("以下空白", "End of certificate"),
    "approver": ("批准人", "Approved by"),
    "reviewer": ("核验员", "Checked by"),
    "verifier": ("检定员", "Verified by"),
    "tested": ("检定日期", "Date of verification"),
    "valid": ("有效期至", "Valid until"),
    "authorisation": ("授权证书号", "Authorisation No."),
    "address": ("地址", "Address"),
    "phone": ("电话", "Tel."),
    "code": ("验证码", "Check code"),
    "check": ("扫码查验真伪", "Scan to check this certificate"),
    "sealed": ("电子签名", "Signature"),
}
CALIBRATION: Mapping[str, tuple[str, str]] = {
    "basis": ("校准依据", "Calibration specification"),
    "results": ("校准结果", "Results of calibration"),
    "verifier": ("校准员", "Calibrated by"),
    "tested": ("校准日期", "Date of calibration"),
    "valid": ("建议复校日期", "Recommended recalibration"),
    "limits": ("参考要求", "Reference"),
}
"""What a calibration certificate says instead: it verifies nothing."""
NOTICE: Mapping[str, tuple[str, str]] = {
    "number": ("通知书编号", "Notice No."),
    "end": ("以下空白", "End of notice"),
}
"""What a notice of failure says instead: it is no certificate."""
INSTEAD: Mapping[CertificateKind, Mapping[str, tuple[str, str]]] = {
    "verification": {},
    "failure_notice": NOTICE,
    "calibration": CALIBRATION,
}
SIGNED: Mapping[bool, str] = {
    True: "本通知书已数字签名，以电子文件为准",
    False: "本证书已数字签名，以电子文件为准",
}
STATEMENT = (
    "本证书未经授权部分复制无效",
    "This certificate shall not be reproduced except in full, without approval.",
)
NOTICE_STATEMENT = (
    "本通知书未经授权部分复制无效",
    "This notice shall not be reproduced except in full, without approval.",
)


class Typesetter:
    """Sets certificates. Safe to be asked from several threads: they take turns."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._compiler = typst.Compiler(
            str(TEMPLATE), root=str(TEMPLATE.parent), font_paths=[str(FONTS)], ignore_system_fonts=True
        )

    def set(self, sheet: Sheet, *, specimen: bool) -> bytes:
        """The certificate as PDF/A-2b, alike to the byte for the same sheet. ``specimen``: 样张 across it.

        A sign that no font has, such as a rare one of somebody's name, becomes 〓: the sheet must be made.
        """
        data = json.dumps(told(sheet, specimen=specimen), ensure_ascii=False)
        for _ in range(MOST_UNPRINTABLE):
            try:
                return self._compiled(data, sheet)
            except typst.TypstError as error:
                without = printable(data, str(error))
                if without == data:
                    break
                log.warning("certificate %s: a sign that no font has is printed as 〓", sheet.number)
                data = without
        return self._compiled(common(data), sheet)

    def _compiled(self, data: str, sheet: Sheet) -> bytes:
        with self._lock:
            made = self._compiler.compile(
                format="pdf",
                sys_inputs={"data": data},
                pdf_standards=STANDARD,
                timestamp=int(sheet.at.timestamp()),
            )
        if not isinstance(made, bytes):
            raise ValueError("a PDF is one file")
        return made


def printable(data: str, error: str) -> str:
    """``data`` without the signs that Typst's ``error`` says no font has; alike where it says none."""
    for said in UNPRINTABLE.findall(error):
        text = ESCAPED.sub(lambda found: chr(int(found[1], 16)), said)
        if text.isascii():
            continue
        # The whole of what is shown as one sign; else, of what was put together otherwise, each part.
        for part in [text] if text in data else [sign for sign in text if not sign.isascii()]:
            data = data.replace(part, INSTEAD_OF_A_SIGN)
    return data


def common(data: str) -> str:
    """``data`` with 〓 for all that is not of GBK, the signs of every Chinese font."""
    return "".join(
        sign if sign in SUPERSCRIPTS or sign.encode("gbk", "ignore") else INSTEAD_OF_A_SIGN for sign in data
    )


def pages_of(pdf: bytes) -> int:
    """How many pages a PDF made here has."""
    return max((int(one or other) for one, other in PAGES.findall(pdf)), default=0)


def told(sheet: Sheet, *, specimen: bool) -> dict[str, object]:
    """What stands on the sheet."""
    content, kind = sheet.content, sheet.kind
    labels = {**LABELS, **INSTEAD[kind]}
    title = TITLES[kind]
    verdict = VERDICTS[content.conclusion]
    return {
        "kind": kind,
        "title": title[0],
        "title_en": title[1],
        "number": sheet.number,
        "code": sheet.code,
        "qr": _qr(sheet.url),
        "specimen": specimen,
        "institution": _text(content.institution),
        "label": {name: _pair(label) for name, label in labels.items()}
        | {"item": _pair(LABELS["item_line"])},
        "statement": _pair(NOTICE_STATEMENT if kind == "failure_notice" else STATEMENT),
        "fields": _fields(content, labels, verdict),
        "dates": _dates(content, labels),
        "signers": [
            {"label": _pair(labels[role]), "name": getattr(content, role) or NONE}
            for role in ("approver", "reviewer", "verifier")
        ],
        "foot": _foot(sheet, labels, specimen=specimen),
        "basis": content.regulation or NONE,
        "room": _room(content, labels),
        "standards": [
            {
                "name": _text(one.name)
                if not one.model
                else {"zh": f"{one.name.zh} {one.model}", "en": one.name.en},
                "number": one.number or one.code,
                "uncertainty": one.uncertainty or NONE,
                "certificate": one.certificate or NONE,
                "until": one.until.isoformat(),
            }
            for one in content.standards
        ],
        "verdicts": kind != "calibration",
        "values": [_value(one) for one in content.values],
        "no_values": _no_values(content),
        "verdict": _pair(verdict),
        "notes": [_pair(one) for one in _notes(sheet)],
    }


def _fields(
    content: Content, labels: Mapping[str, tuple[str, str]], verdict: tuple[str, str]
) -> list[dict[str, object]]:
    said: list[tuple[str, dict[str, str]]] = [
        ("client", {"zh": content.client or NONE, "en": ""}),
        ("item", _text(content.item)),
        ("model", {"zh": content.model or NONE, "en": ""}),
        ("serial", {"zh": content.serial or NONE, "en": ""}),
        ("maker", {"zh": content.maker or NONE, "en": ""}),
        ("basis", {"zh": content.regulation or NONE, "en": ""}),
    ]
    if verdict[0]:
        said.append(("conclusion", _pair(verdict)))
    return [
        {"label": _pair(labels[name]), "value": value, "strong": name == "conclusion"} for name, value in said
    ]


def _dates(content: Content, labels: Mapping[str, tuple[str, str]]) -> list[dict[str, object]]:
    said = [("tested", content.tested_on), ("valid", content.valid_until)]
    return [{"label": _pair(labels[name]), **_day(day)} for name, day in said if day is not None]


def _day(day: date) -> dict[str, str]:
    return {"year": str(day.year), "month": f"{day.month:02d}", "day": f"{day.day:02d}"}


def _foot(sheet: Sheet, labels: Mapping[str, tuple[str, str]], *, specimen: bool) -> list[dict[str, object]]:
    content = sheet.content
    address = " ".join(part for part in (content.address.zh, content.postcode) if part)
    code = " ".join(sheet.code[at : at + 4] for at in range(0, len(sheet.code), 4))
    signed = "样张，未签名，无效 Specimen, not signed" if specimen else SIGNED[sheet.kind == "failure_notice"]
    said = [
        ("authorisation", content.authorisation or NONE),
        ("address", address),
        ("phone", content.phone),
        ("sealed", signed),
        ("code", code),
    ]
    return [{"label": _pair(labels[name]), "value": value} for name, value in said if value]


def _room(content: Content, labels: Mapping[str, tuple[str, str]]) -> list[dict[str, object]]:
    said: list[tuple[str, str]] = []
    if content.room is not None:
        said.append(("celsius", f"{content.room.celsius:.1f} °C"))
        said.append(("humidity", f"{content.room.humidity:.0f} %"))
    if content.place:
        said.append(("place", content.place))
    return [{"label": _pair(labels[name]), "value": value} for name, value in said]


def _value(one: Value) -> dict[str, object]:
    return {
        "name": _text(one.name),
        "reading": " ".join(part for part in (one.text, one.unit) if part) or NONE,
        "limits": " ".join(part for part in (one.limits, one.unit if one.limits else "") if part) or NONE,
        "verdict": "符合" if one.good else "不符合",
        "good": one.good,
    }


def _no_values(content: Content) -> str:
    return VERDICTS[content.conclusion][0] or NONE


def _notes(sheet: Sheet) -> list[tuple[str, str]]:
    content = sheet.content
    said: list[tuple[str, str]] = []
    if sheet.kind == "failure_notice":
        bad = "、".join(one.name.zh for one in content.values if not one.good)
        said.append(
            (
                f"不合格项目：{bad}。" if bad else "该计量器具不合格。",
                "The instrument does not meet the requirements and must not be used for legal purposes.",
            )
        )
    if sheet.kind == "verification" and content.valid_until is not None:
        said.append(
            (
                "下次送检请携带本证书，并在有效期满前送检。",
                "Please bring this certificate with the instrument before it expires.",
            )
        )
    if content.replaces:
        said.append(
            (
                f"本证书替代编号为 {content.replaces} 的证书，原证书作废。",
                f"This certificate replaces No. {content.replaces}, which is void.",
            )
        )
    if content.remark:
        said.append((content.remark, ""))
    return said


def _qr(url: str) -> str:
    drawn = io.BytesIO()
    segno.make_qr(url, error="m", boost_error=False).save(drawn, kind="svg", border=0, light=None)
    return drawn.getvalue().decode()


def _text(text: Text) -> dict[str, str]:
    return {"zh": text.zh or text.en or NONE, "en": text.en if text.en != text.zh else ""}


def _pair(pair: tuple[str, str]) -> dict[str, str]:
    return {"zh": pair[0], "en": pair[1]}
