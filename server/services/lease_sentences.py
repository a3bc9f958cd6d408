"""What is told of numbers that kiosks gave while they were cut off; English by catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from server.domain.handing_in import Bad


def _(sentence: str) -> str:
    """Mark a sentence for the catalogue."""
    return sentence


BAD: Final[Mapping[Bad, str]] = {
    "no_block": _("这个号段不是这台自助机的。"),
    "not_in_block": _("这个号不在号段内。"),
    "used": _("这个号已经用过。"),
}
LATE: Final = _("号当日有效，那天已经结束。")
NOT_CHECKED_IN: Final = _("凭证没有签到，按普通号排队：{reason}")
