"""What is said of a hall's machines: how they are called, what is wrong with them, and what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from server.protocol.language import both
from server.protocol.views import Text

from .offering import both_with, joined


def _(sentence: str) -> str:
    """Mark a sentence for the catalogue."""
    return sentence


NUMBERED: Final = re.compile(r"(?:kiosk|display)-0*(\d{1,3})")
"""A device that is called by its kind and a number."""
NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "kiosk": (_("{n}号自助机"), _("自助机{n}")),
    "display": (_("{n}号显示屏"), _("显示屏{n}")),
}
"""Kind → how it is called by its number, and by another name."""
PARTS: Final[Mapping[str, str]] = {
    "printer": _("小票打印机"),
    "labels": _("标签打印机"),
    "certificates": _("证书打印机"),
    "scanner": _("扫码器"),
    "sound": _("声音"),
    "screen": _("屏幕"),
}
WHAT: Final[Mapping[str, str]] = {
    "link": _("{where}：没有联系"),
    "paper_low": _("{where}：{part}快没纸了"),
    "out_of_paper": _("{where}：{part}缺纸"),
    "cover_open": _("{where}：{part}盖子开着"),
    "offline": _("{where}：{part}没有响应"),
    "error": _("{where}：{part}出错"),
    "refused": _("{where}：离线号{numbers}没有收下"),
}
TO_A_DESK: Final = _("离线号{numbers}（{where}）没有收下，可能与另一人重号：持号人来时请重新取号")
"""What clerks are told: it is at a desk that who holds such a paper asks."""
NAMED: Final = 12
NAMED_AT_A_DESK: Final = 6
"""Numbers named at most."""
AND_MORE: Final = _("{named}等{count}个")
ADVICE: Final[Mapping[str, str]] = {
    "kiosk link": _("请到现场看电源和网线。断网的自助机仍可用预留号码取号，联网后自动补报。"),
    "display link": _("请到现场看电源和网线。叫号请以语音和窗口屏为准。"),
    "printer paper_low": _("请备好一卷新纸，空闲时更换。"),
    "printer out_of_paper": _("请换一卷新纸，合上盖子。缺纸时号码显示在屏幕上，不会丢。"),
    "labels paper_low": _("请备好一卷新标签，空闲时更换。"),
    "labels out_of_paper": _("请换一卷新标签。未打印的标签可在自助机上补打。"),
    "certificates paper_low": _("请备好纸，空闲时添加。"),
    "certificates out_of_paper": _("请添加证书用纸。未打印的份数不会扣减。"),
    "cover_open": _("请合上盖子，听到“咔”一声为止。"),
    "printer offline": _("请看打印机的电源和连接线；仍无响应时关机再开。号码显示在屏幕上，不会丢。"),
    "offline": _("请看设备的电源和连接线；仍无响应时关机再开。"),
    "printer error": _("请看打印机有没有卡纸、切刀有没有卡住；排除后关机再开。"),
    "error": _("请看设备的指示灯和有没有卡住；排除后关机再开。仍不行请报修。"),
    "scanner offline": _("请看扫码器的连接线。客户可以改用数字键盘输入。"),
    "scanner error": _("请拔插扫码器的连接线。客户可以改用数字键盘输入。"),
    "sound offline": _("请看音箱的电源和连接线。叫号仍显示在屏幕上。"),
    "sound error": _("请看音箱的电源、音量和连接线。叫号仍显示在屏幕上。"),
    "screen error": _("请到现场看屏幕；可以先远程重启应用。"),
    "refused": _(
        "请找到持号人，在窗口重新取号；可能另有一人持同号在等。"
        "多半是两台机器用了同一个设备令牌：请在“设备”页重新配对这台自助机。处理后记入维护记录，告警即解除。"
    ),
}
"""``part trouble`` → what to do; the trouble alone where the part makes no difference."""


@dataclass(frozen=True, slots=True)
class AlarmWords:
    what: Text
    advice: Text
    desk: Text
    """What is wrong, as desks tell it."""


def device_name(name: str, kind: str) -> Text:
    """``1号自助机`` of ``kiosk-1``."""
    numbered, plain = NAMES.get(kind, ("{n}", "{n}"))
    found = NUMBERED.fullmatch(name)
    return both("server", numbered, n=found[1]) if found else both("server", plain, n=name)


def part_name(part: str) -> Text:
    return both("server", PARTS[part])


def alarm_words(device: str, kind: str, part: str, trouble: str, numbers: Sequence[str] = ()) -> AlarmWords:
    """``kind``: of the device; ``numbers``: those that an alarm of numbers is about."""
    where = device_name(device, kind)
    if part == "numbers":
        what = both_with(WHAT[trouble], where=where, numbers=_named(numbers, NAMED))
        desk = both_with(TO_A_DESK, where=where, numbers=_named(numbers, NAMED_AT_A_DESK))
        advice = ADVICE[trouble]
    elif part == "link":
        what = desk = both_with(WHAT["link"], where=where)
        advice = ADVICE.get(f"{kind} link", ADVICE["display link"])
    else:
        what = desk = both_with(WHAT[trouble], where=where, part=part_name(part))
        advice = ADVICE.get(f"{part} {trouble}") or ADVICE.get(trouble) or ADVICE["error"]
    return AlarmWords(what, both("server", advice), desk)


def _named(numbers: Sequence[str], most: int) -> Text:
    named = joined([Text(zh=one, en=one) for one in numbers[:most]], ("、", ", "))
    if len(numbers) <= most:
        return named
    return both_with(AND_MORE, named=named, count=len(numbers))
