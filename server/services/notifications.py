"""A message put into words, in both languages, when it is sent: from its facts, the hall as it is now, and
the address of its customer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final
from urllib.parse import urlencode

from babel.dates import format_date

from server.domain.hall import Hall
from server.domain.messages import KINDS, OF_MACHINES, Address, Letter, Message
from server.protocol.outbox import MessageKind
from server.protocol.views import Text

from .alarm_sentences import alarm_words
from .offering import both_with, item_name, joined

NOTHING: Final = Text(zh="", en="")
OF_CASES: Final[frozenset[MessageKind]] = frozenset(kind for kind in KINDS if kind.startswith("case_"))


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
    "case_accepted": _("已受理：委托单{number}"),
    "case_supplement": _("请补正材料：委托单{number}"),
    "case_rejected": _("不予受理：委托单{number}"),
    "case_in_progress": _("开始检定：委托单{number}"),
    "case_question": _("需要您答复：{item}有故障"),
    "case_untested": _("未检退回：{item}"),
    "case_certificate": _("证书已签发：委托单{number}"),
    "case_ready": _("可以取件了：委托单{number}"),
    "case_partly_released": _("已取走一部分：委托单{number}"),
    "case_released": _("已取走：委托单{number}"),
    "case_closed": _("已办结：委托单{number}"),
    "alarm": _("设备告警：{what}"),
    "alarm_over": _("告警解除：{what}"),
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
    "case_accepted": _("【{hall}】您送检的{pieces}件器具已受理，委托单号{number}。{promise}进度可随时查看。"),
    "case_supplement": _(
        "【{hall}】您的委托单{number}还缺材料，暂时不能受理。缺什么已一次性告知，请看告知单或打开链接。"
    ),
    "case_rejected": _("【{hall}】您的委托单{number}不予受理，器具已交还。原因请看告知单，或联系我们。"),
    "case_in_progress": _("【{hall}】您的委托单{number}已开始检定（{pieces}件）。"),
    "case_question": _(
        "【{hall}】委托单{number}的第{piece}件（{item}）有故障，检定暂停。请打开链接选择怎么办，也可以打电话答复。"
    ),
    "case_untested": _("【{hall}】委托单{number}的第{piece}件（{item}）未检退回，不出证书。"),
    "case_certificate": _("【{hall}】委托单{number}有证书已签发，打开链接可查看和下载。"),
    "case_ready": _(
        "【{hall}】您的{left}件器具已检完，证书已签发，可以取件了。取件码{pickup}，"
        "到自助机输入取件码和手机尾号取号。请不要把取件码告诉别人。"
    ),
    "case_partly_released": _(
        "【{hall}】委托单{number}已取走一部分，还有{left}件。取其余器具请用新的取件码{pickup}。"
    ),
    "case_released": _("【{hall}】委托单{number}的器具已全部取走。谢谢您。"),
    "case_closed": _("【{hall}】委托单{number}已办结。"),
    "alarm": _("【{hall}】{what}（{day} {time}起）。{advice}"),
    "alarm_over": _("【{hall}】{what}，已于{day} {time}恢复正常。"),
}
ENDED: Final = _("【{hall}】{what}。告警已于{day} {time}解除。")
"""Of an alarm whose end is a person's word: nothing is well again by itself."""
FACTS: Final = ("alarm", "device", "part", "trouble", "numbers")
DUE: Final = _("预计{day}前完成。")
CALL: Final = _("咨询电话：{phone}。")
PIECES: Final = _("{item}{count}件")


def letter(message: Message, to: Address, hall: Hall, base_url: str) -> Letter:
    """``message`` in words. The same message gives the same words, as long as the hall's set-up stays."""
    facts = message.parameters
    places: dict[str, Text | str | int] = {**facts, "hall": hall.name}
    if "day" in facts:
        places["day"] = day_text(date.fromisoformat(facts["day"]))
    if message.kind in OF_MACHINES:
        return _of_machine(message, to, hall, base_url)
    if message.kind in OF_CASES:
        link = f"{base_url}/c/{facts['code']}"
        places |= _of_case(hall, facts)
    elif message.kind == "due_item":
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


def _of_machine(message: Message, to: Address, hall: Hall, base_url: str) -> Letter:
    facts = message.parameters
    numbers = facts.get("numbers", "").split()
    told = alarm_words(facts["device"], facts["of"], facts["part"], facts["trouble"], numbers)
    at = hall.local(datetime.fromisoformat(facts["at"]))
    places: dict[str, Text | str | int] = {
        "hall": hall.name,
        "what": told.what,
        "advice": told.advice,
        "day": day_text(at.date()),
        "time": f"{at:%H:%M}",
    }
    return Letter(
        id=message.id,
        hall=hall.id,
        hall_name=hall.name,
        kind=message.kind,
        to=to,
        subject=both_with(SUBJECTS[message.kind], **places),
        body=both_with(ENDED if numbers and message.kind == "alarm_over" else BODIES[message.kind], **places),
        link=f"{base_url}/manage/health",
        at=message.made_at,
        facts={name: facts[name] for name in FACTS if name in facts},
    )


def _of_case(hall: Hall, facts: Mapping[str, str]) -> dict[str, Text | str | int]:
    """The places that differ for news of a case."""
    due = facts.get("due", "")
    return {
        "number": grouped(facts["number"]),
        "pickup": grouped(facts.get("pickup", "")),
        "item": item_name(hall, facts["item"]) if "item" in facts else NOTHING,
        "promise": both_with(DUE, day=day_text(date.fromisoformat(due))) if due else NOTHING,
    }


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
