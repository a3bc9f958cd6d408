"""Certificates to make in tests: one of each kind, and those that are hard to lay out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from server.domain.certificates import Content, Sheet, kind_of, valid_until
from server.domain.results import Room, StandardUsed, Value
from server.protocol import codes
from server.protocol.views import Text
from server.protocol.words import Conclusion

TODAY = date(2026, 11, 20)
ISSUED = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
CODE = codes.code_of("Z", 0x1234_5678_9ABC_DEF0_1234)
URL = f"https://hall.example/check/{CODE}"


def value(n: int, **other: Any) -> Value:
    one = Value(
        f"r{n}",
        Text(zh=f"顶焦度示值误差（第{n}点）", en=f"Vertex power error, point {n}"),
        f"{0.01 * n - 0.03:.2f}",
        "m⁻¹",
        "−0.06 … 0.06",
    )
    return replace(one, **other)


def content(conclusion: Conclusion = "qualified", rows: int = 4, **other: Any) -> Content:
    kind = kind_of(conclusion)
    facts: dict[str, Any] = {
        "institution": Text(zh="示例市计量测试检定所", en="Example City Institute of Metrology"),
        "address": Text(zh="示例市示例区计量路 8 号", en=""),
        "postcode": "310000",
        "phone": "0571-00000000",
        "authorisation": "(示)法计(2024)00000号",
        "client": "明亮眼镜店",
        "who": "明***店",
        "item": Text(zh="焦度计", en="Focimeter"),
        "model": "JDY-5",
        "serial": "20240117",
        "maker": "某某光学仪器有限公司",
        "regulation": "JJG 580-2005",
        "conclusion": conclusion,
        "verifier": "检定甲",
        "reviewer": "核验乙",
        "approver": "批准丙",
        "tested_on": TODAY,
        "approved_on": TODAY,
        "valid_until": valid_until(kind, TODAY, 12, last_day=True),
        "room": Room(21.3, 48.0, ISSUED),
        "place": "光学实验室 302",
        "standards": (
            StandardUsed(
                code="E1",
                name=Text(zh="焦度计标准镜片组", en="Standard lens set"),
                model="BJ-1",
                number="LQ-OPT-001",
                uncertainty="U=0.02 m⁻¹ (k=2)",
                certificate="GX2026-00123",
                until=date(2027, 3, 1),
            ),
        ),
        "values": tuple(
            value(n, good=not (conclusion == "unqualified" and n == 2)) for n in range(1, rows + 1)
        ),
        "remark": "外壳有一处划痕。",
    }
    return Content(**facts | other)


def sheet(conclusion: Conclusion = "qualified", number: str = "JD2026-00042", **other: Any) -> Sheet:
    return Sheet(number, kind_of(conclusion), CODE, URL, ISSUED, content(conclusion, **other))


LONG = sheet(
    rows=40,
    client="某某（中国）精密医疗器械与眼科光学设备研究开发制造股份有限公司杭州第二分公司验光配镜中心",
    item=Text(
        zh="红外耳温计与非接触式额温计组合型电子测温仪器",
        en="Combined infrared ear thermometer and non-contact forehead thermometer",
    ),
    maker="某" * 48,
    serial="SN-2026-" + "0123456789" * 4,
    replaces="JD2026-00001",
)
ENGLISH = sheet(
    client="The Very Long Name International Ophthalmic Instruments and Precision Optics Trading Company"
    " Limited (Hangzhou Representative Office)"
)
