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

Role = Literal["admin", "manager", "clerk", "lab", "kiosk", "display", "partner"]
"""``lab``: who works at the benches; what they may sign is said by their credentials. A partner is another
institution's system with a key."""

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

SampleState = Literal[
    "registered",
    "labelled",
    "received",
    "acclimatising",
    "queued",
    "testing",
    "fault_hold",
    "tested",
    "reviewed",
    "concluded",
    "ready",
    "released",
    "refused_at_intake",
    "returned_untested",
]
"""已登记 · 已贴标签 · 已受理 · 静置中 · 待检 · 检定中 · 故障待协商 · 已检待核验 · 已核验待批准 · 已结论 ·
可取件 · 已取走 · 未受理 · 未检退回"""

OrderState = Literal[
    "registered",
    "supplement_required",
    "accepted",
    "in_progress",
    "ready",
    "partly_released",
    "released",
    "closed",
    "rejected",
]
"""已登记 · 待补正 · 已受理 · 检定中 · 可取件 · 部分取走 · 已取走 · 已办结 · 不予受理"""

Conclusion = Literal["qualified", "unqualified", "calibrated"]
"""合格 · 不合格 · 校准完成"""

CertificateKind = Literal["verification", "failure_notice", "calibration"]
"""检定证书 · 检定结果通知书 · 校准证书"""

CertificateState = Literal["drafted", "issued", "superseded", "revoked"]
"""待制作 · 有效 · 已被替代 · 已撤销"""

PickupState = Literal["issued", "active", "consumed", "revoked", "expired"]
"""已发 · 可用 · 已使用 · 已作废 · 已过期"""

ServiceMode = Literal["hall", "on_site", "online", "remote"]
"""Where the work is done: 到厅 · 上门 · 线上 · 远程."""

SAMPLE_STATES: tuple[SampleState, ...] = get_args(SampleState)
ORDER_STATES: tuple[OrderState, ...] = get_args(OrderState)
