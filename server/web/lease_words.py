"""What the manager's page says of numbers lent to kiosks; English by catalogue."""

from __future__ import annotations


def _(sentence: str) -> str:
    """Mark a sentence for the catalogue."""
    return sentence


LEASES: dict[str, str] = {
    "leases": _("离线备用号段"),
    "leases_help": _("网络中断时，自助机用这些号码继续取号，恢复后自动补录。"),
    "leases_none": _("今天还没有给自助机备号。"),
    "lease_of": _("已补录 {used} / {all}"),
    "lease_back": _("收回"),
    "lease_back_of": _("收回 {name} 的备用号段"),
    "lease_back_sure": _("收回 {name} 的备用号段？"),
    "lease_back_more": _(
        "用于更换自助机：剩余号码今天不再使用，新机器会领到新的号段；已经取出的号仍可补录。"
    ),
    "lease_gone": _("{time} 收回"),
    "leases_back": _("已收回"),
}
