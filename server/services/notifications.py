"""A message put into words, in both languages, when it is sent: from its facts, the hall as it is now, and
the address of its customer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final
from urllib.parse import urlencode

from babel.dates import format_date

from server.domain.hall import Hall
from server.domain.messages import Address, Letter, Message
from server.protocol.outbox import MessageKind
from server.protocol.views import Text

from .offering import both_with, item_name, joined

NOTHING: Final = Text(zh="", en="")


def _(sentence: str) -> str:
    """Mark a sentence for the catalogue."""
    return sentence


SUBJECTS: Final[Mapping[MessageKind, str]] = {
    "booked": _("预约成功：{day} {opens}"),
    "moved": _("预约已改期：{day} {opens}"),
    "cancelled": _("预约已取消：{day} {opens}"),
    "reminder_eve": _("明天的预约：{day} {opens}"),
    "reminder_day": _("今天的预约：{opens}"),
    "due_item": _("检定到期提醒：{item}，{day}"),
}
BODIES: Final[Mapping[MessageKind, str]] = {
    "booked": _(
        "【{hall}】您已预约{day} {opens}–{closes}，{service}：{lines}。预约号{number}。"
        "到大厅后，在自助机上扫描凭证或输入预约号签到。"
    ),
    "moved": _(
        "【{hall}】您的预约已改到{day} {opens}–{closes}，{service}：{lines}。"
        "预约号{number}不变，原来的时间不再有效。"
    ),
    "cancelled": _("【{hall}】您{day} {opens}–{closes}的预约（{number}）已取消。需要时请重新预约。"),
    "reminder_eve": _(
        "【{hall}】提醒您：明天{day} {opens}–{closes}，{service}：{lines}。预约号{number}。"
        "不能来时，请提前改期或取消。"
    ),
    "reminder_day": _(
        "【{hall}】提醒您：今天{opens}–{closes}，{service}：{lines}。预约号{number}。"
        "到大厅后，在自助机上扫描凭证或输入预约号签到。"
    ),
    "due_item": _(
        "【{hall}】您的{item}（{pieces}件）{day}检定到期，请在这之前送检。可以在网上预约时间，来了少等候。"
    ),
}
CALL: Final = _("咨询电话：{phone}。")
PIECES: Final = _("{item}{count}件")


def letter(message: Message, to: Address, hall: Hall, base_url: str) -> Letter:
    """``message`` in words. The same message gives the same words, as long as the hall's set-up stays."""
    facts = message.parameters
    places: dict[str, Text | str | int] = {
        **facts,
        "hall": hall.name,
        "day": day_text(date.fromisoformat(facts["day"])),
    }
    if message.kind == "due_item":
        places["item"] = item_name(hall, facts["item"])
        # The booking page opens with these pieces entered.
        wish = urlencode({f"p.{facts['item']}": facts["pieces"]})
        link = f"{base_url}/book/{hall.id}?{wish}"
    else:
        service = hall.services.get(facts["service"])
        places["service"] = service.name if service else Text(zh=facts["service"], en=facts["service"])
        places["lines"] = lines_text(hall, facts["lines"])
        places["number"] = grouped(facts["number"])
        gone = message.kind == "cancelled"
        link = f"{base_url}/book/{hall.id}" if gone else f"{base_url}/v/{facts['code']}"
    parts = [both_with(BODIES[message.kind], **places)]
    if message.kind.startswith("reminder") and (bring := _bring(hall, facts["service"])):
        parts.append(bring)
    if hall.complaint_phone:
        parts.append(both_with(CALL, phone=hall.complaint_phone))
    return Letter(
        id=message.id,
        hall=hall.id,
        hall_name=hall.name,
        kind=message.kind,
        to=to,
        subject=both_with(SUBJECTS[message.kind], **places),
        body=joined(parts),
        link=link,
        at=message.made_at,
    )


def day_text(day: date) -> Text:
    """``11月23日（星期一）``, ``Mon 23 Nov``."""
    return Text(
        zh=format_date(day, "M月d日（EEEE）", locale="zh_CN"),
        en=format_date(day, "EEE d MMM", locale="en_GB"),
    )


def lines_text(hall: Hall, lines: str) -> Text:
    """``焦度计2件、血压计1件`` of ``lensmeter:2 gauge:1``."""
    named = []
    for line in lines.split():
        item, _, count = line.partition(":")
        named.append(both_with(PIECES, item=item_name(hall, item), count=count))
    return joined(named, ("、", ", "))


def grouped(number: str) -> str:
    """Twelve digits by fours, as they are read out and typed."""
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))


def _bring(hall: Hall, service: str) -> Text | None:
    known = hall.services.get(service)
    return known.bring if known is not None and known.bring.zh else None
