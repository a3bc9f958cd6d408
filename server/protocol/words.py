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

Role = Literal["admin", "manager", "clerk", "kiosk", "display", "partner"]
"""A partner is another institution's system with a key."""

CustomerType = Literal["small_company", "sole_trader", "resident", "company", "government"]
"""小微企业 · 个体工商户 · 居民 · 企业 · 机关事业单位 (服务对象)"""

Channel = Literal["web", "kiosk", "partner", "counter", "phone", "wecom", "qq"]
"""How it was asked for: 网页 · 自助机 · 其他系统; by staff on behalf: 窗口 · 电话 · 企业微信 · QQ."""

AppointmentState = Literal["booked", "checked_in", "fulfilled", "cancelled", "no_show"]
"""已预约 · 已签到 · 已完成 · 已取消 · 未到"""

Arrival = Literal["on_time", "early", "late", "wrong_day", "wrong_hall", "already_used", "cancelled", "over"]
"""What a voucher is when it is shown. ``early``: long before its slot. ``over``: its day has passed."""

LANGUAGES: tuple[Language, ...] = get_args(Language)
PRIORITIES: tuple[Priority, ...] = get_args(Priority)
CUSTOMER_TYPES: tuple[CustomerType, ...] = get_args(CustomerType)
CHANNELS: tuple[Channel, ...] = get_args(Channel)
ON_BEHALF: tuple[Channel, ...] = ("counter", "phone", "wecom", "qq")
"""Channels that staff name when they book for somebody."""
