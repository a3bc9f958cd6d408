"""What crosses the wire about messages to customers and items that fall due: for staff, names masked."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from .booking import ItemId, Told
from .commands import Body
from .sheets import Fault
from .views import Text, Wire

MessageKind = Literal[
    "booked",
    "moved",
    "cancelled",
    "reminder_eve",
    "reminder_day",
    "due_item",
    "case_accepted",
    "case_supplement",
    "case_rejected",
    "case_in_progress",
    "case_question",
    "case_untested",
    "case_certificate",
    "case_ready",
    "case_partly_released",
    "case_released",
    "case_closed",
    "alarm",
    "alarm_over",
]
"""预约成功 · 预约改期 · 预约取消 · 前一天提醒 · 当天提醒 · 到期推送; of a case: 已受理 · 待补正 · 不予受理 ·
开始检定 · 故障待协商 · 未检退回 · 证书已签发 · 可取件 · 部分取走 · 已取走 · 已办结;
of machines, to who looks after them: 设备告警 · 告警解除"""

MessageState = Literal[
    "waiting", "sending", "no_channel", "sent", "given_up", "no_address", "withdrawn", "expired"
]
"""待发送 · 发送中 · 无发送渠道 · 已发送 · 已放弃 · 无联系方式 · 已撤回 · 已过期"""


class MessageView(Wire):
    """One message by its facts; whom it is for is not said."""

    id: str
    kind: MessageKind
    state: MessageState
    channel: str
    """The last channel tried; empty: none yet."""
    tries: int
    reason: str
    """Of the last failure, such as ``http 503``; empty: none."""
    due_at: datetime
    next_at: datetime | None
    """When it is tried next; None: it is at its end."""
    ended_at: datetime | None
    may_retry: bool


class MessagesView(Wire):
    """``GET /halls/HALL/messages``: counts by state, and the newest that were asked for."""

    counts: dict[MessageState, int]
    channels: dict[MessageKind, tuple[str, ...]]
    """Which channels each kind goes by, first to last; empty: it waits for a channel."""
    messages: tuple[MessageView, ...]


Date = date
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=64, pattern=r"^[^\x00-\x1f]*$")]


class DueItemBody(Body):
    """One instrument, or several of one kind, that must be verified again by ``due_on``."""

    item: ItemId
    pieces: Annotated[int, Field(ge=1, le=9999)] = 1
    due_on: Date
    name: Told = ""
    company: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=128, pattern=r"^[^\x00-\x1f]*$")
    ] = ""
    phone: Told = ""
    email: Told = ""
    reference: Short = ""
    """The instrument's number or the last certificate's (器具编号): tells alike ones apart."""


class DueItemView(Wire):
    """An item that falls due, for staff: its owner only masked."""

    id: str
    item: str
    item_name: Text
    pieces: int
    due_on: date
    who: str
    company: str
    phone: str
    email: str
    reference: str
    source: str
    state: Literal["open", "done"]
    pushes: tuple[date, ...]
    """The days on which it was pushed."""


class DueItemsView(Wire):
    """``total``: how many there are; ``items``: the first of them by due date."""

    total: int
    items: tuple[DueItemView, ...]


class DueReport(Wire):
    """What a sheet of due items would add, or has added. With any fault nothing of it is taken."""

    new: int
    """Lines that are not there yet."""
    known: int
    """Lines that say what is there already, or what a line before says: left as they are."""
    faults: tuple[Fault, ...]
    more_faults: int
    """Faults beyond those told."""
    applied: bool
