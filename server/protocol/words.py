"""The closed sets of words that the wire, the rules and the screens share (see docs/domain)."""

from __future__ import annotations

from typing import Literal, get_args

Language = Literal["zh", "en"]
"""Chinese first, English second."""

TicketState = Literal["waiting", "called", "serving", "parked", "missed", "done", "cancelled", "expired"]
"""等候 · 已呼叫 · 办理中 · 暂离 · 过号 · 已办结 · 已取消 · 已失效"""

Priority = Literal["ordinary", "appointment", "elderly", "disabled", "expectant", "military", "green"]
"""普通 · 预约 · 老年人 · 残疾人 · 孕妇 · 军人 · 绿色通道"""

Hold = Literal["papers", "waiting", "in_place"]
"""Why a ticket is parked: fetching papers 补材料 · waiting for something 等待 · waiting in place 原地."""

CounterState = Literal["closed", "open", "paused", "called", "serving"]
"""已关闭 · 空闲 · 暂停服务 · 正在呼叫 · 办理中"""

HallState = Literal["open", "closed"]

Role = Literal["admin", "manager", "clerk", "kiosk", "display"]

LANGUAGES: tuple[Language, ...] = get_args(Language)
PRIORITIES: tuple[Priority, ...] = get_args(Priority)
