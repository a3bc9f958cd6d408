"""Labels as the kiosk gets them, from the plainest to the longest."""

from __future__ import annotations

from datetime import date
from typing import Any

from kiosk.printouts import Label
from server.protocol.codes import code_of

PLAIN: dict[str, Any] = {
    "code": code_of("S", 0x2F6A1C9D0E4B7),
    "order": "20261121-0042",
    "item": "电子天平",
    "index": 1,
    "count": 3,
    "hall": "市计量院",
    "due": date(2026, 11, 27),
}

CASES: dict[str, dict[str, Any]] = {
    "plain": {},
    "fragile": {"item": "玻璃量器 移液管 分度吸量管 10 mL", "index": 12, "count": 120, "fragile": True},
    "long": {
        "item": "高精度多通道温湿度检定箱配套铂电阻温度传感器（四线制）及显示仪表",
        "hall": "城北计量检定服务大厅",
        "index": 3500,
        "count": 3500,
        "fragile": True,
    },
    "bare": {"item": "Pt100 铂电阻", "order": "W-7", "count": 1, "due": None},
}


def label(**changes: Any) -> Label:
    return Label(**{**PLAIN, **changes})


def batch(count: int) -> list[Label]:
    """The pieces of one order, each with its own code."""
    return [
        label(code=code_of("S", 7919 * 10**9 * index), index=index, count=count)
        for index in range(1, count + 1)
    ]
