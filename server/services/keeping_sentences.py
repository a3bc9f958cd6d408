"""What people are told of exports, of clearing personal data, and of what must stay; English by catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from server.protocol.keeping import ExportKind
from server.protocol.words import AppointmentState, Channel, ServiceMode, TicketState


def _(sentence: str) -> str:
    """Mark a sentence for the catalogue."""
    return sentence


COUNTER: Final = _("请受理窗口先受理，或不予受理并交还器具。")
LAB: Final = _("请检定室先办完，或按未检退回办理。")
PICKUP: Final = _("请取件窗口先把器具交还客户。")

WHO_ACTS: Final[Mapping[str, str]] = {
    "booked": _("预约还有效，请先取消预约。"),
    "registered": COUNTER,
    "supplement_required": COUNTER,
    "accepted": LAB,
    "in_progress": LAB,
    "ready": PICKUP,
    "partly_released": PICKUP,
    "released": _("还没有寄出，请受理窗口先登记运单。"),
}
"""State of what is open → who must act, and how."""

KEPT: Final[Mapping[str, tuple[str, str]]] = {
    "certificates": (
        _("证书"),
        _("证书写明送检单位，是法定文书，须能查验，不能改写或删除。"),
    ),
    "results": (_("检定原始记录"), _("计量法规要求原始记录完整保存，里面没有联系方式。")),
    "acceptances": (_("受理单"), _("是检定记录的一部分，须随原始记录保存，里面没有联系方式。")),
    "orders": (_("委托单编号、件数和日期"), _("用于溯源和统计，已与个人信息脱开。")),
    "companies": (_("单位名称和信用代码"), _("单位的信息不是个人信息；联系人和电话已清除。")),
    "journal": (_("台账"), _("每项服务须有记录且不可更改；台账只记编号，不记姓名、电话和地址。")),
}
"""What an erasure leaves, and why: 个人信息保护法 第四十七条 lets stay what other laws want kept."""

HEADS: Final[Mapping[ExportKind, tuple[str, ...]]] = {
    "tickets": (
        _("日期"),
        _("号码"),
        _("业务"),
        _("优先"),
        _("状态"),
        _("窗口"),
        _("取号时间"),
        _("叫号时间"),
        _("开始办理"),
        _("结束时间"),
        _("再次呼叫"),
    ),
    "appointments": (
        _("日期"),
        _("预约号"),
        _("开始时间"),
        _("结束时间"),
        _("业务"),
        _("渠道"),
        _("客户类型"),
        _("状态"),
        _("件数"),
        _("单位"),
        _("联系人"),
        _("电话"),
    ),
    "orders": (
        _("日期"),
        _("委托单号"),
        _("状态"),
        _("渠道"),
        _("客户类型"),
        _("服务方式"),
        _("首问责任人"),
        _("受理时间"),
        _("承诺完成日"),
        _("件数"),
        _("单位"),
        _("联系人"),
        _("电话"),
    ),
    "certificates": (
        _("证书编号"),
        _("类别"),
        _("状态"),
        _("委托单号"),
        _("器具"),
        _("出厂编号"),
        _("送检单位"),
        _("签发时间"),
        _("有效期至"),
        _("验证码"),
    ),
    "customers": (
        _("登记时间"),
        _("客户类型"),
        _("单位"),
        _("统一社会信用代码"),
        _("联系人"),
        _("电话"),
        _("邮箱"),
        _("清除时间"),
    ),
    "journal": (_("序号"), _("时间"), _("操作者"), _("事项"), _("对象"), _("内容"), _("校验值")),
    "upkeep": (_("时间"), _("设备"), _("类别"), _("说明"), _("操作者")),
}
"""The headings of each export, in the order of its columns."""

TICKET_STATES: Final[Mapping[TicketState, str]] = {
    "waiting": _("正在等候"),
    "called": _("已呼叫"),
    "serving": _("办理中"),
    "parked": _("暂离"),
    "missed": _("已过号"),
    "done": _("已办结"),
    "cancelled": _("已取消"),
    "expired": _("已失效"),
}

BOOKING_STATES: Final[Mapping[AppointmentState, str]] = {
    "booked": _("已预约"),
    "checked_in": _("已签到"),
    "fulfilled": _("已完成"),
    "cancelled": _("已取消"),
    "no_show": _("未到"),
}

CHANNELS: Final[Mapping[Channel, str]] = {
    "web": _("网页"),
    "kiosk": _("自助机"),
    "partner": _("其他系统"),
    "counter": _("窗口"),
    "phone": _("电话"),
    "wecom": _("企业微信"),
    "qq": _("QQ"),
}

MODES: Final[Mapping[ServiceMode, str]] = {
    "hall": _("到厅"),
    "on_site": _("上门"),
    "online": _("线上"),
    "remote": _("远程"),
}

TITLES: Final[Mapping[ExportKind, str]] = {
    "tickets": _("取号记录"),
    "appointments": _("预约"),
    "orders": _("委托单"),
    "certificates": _("证书"),
    "customers": _("客户"),
    "journal": _("台账"),
    "upkeep": _("设备维护记录"),
}
