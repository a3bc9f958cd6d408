"""What the counter's staff are told of a case: its checklist, what is missing, its steps."""

from __future__ import annotations

from collections.abc import Mapping

from server.domain.acceptance import Review


def _(sentence: str) -> str:
    """Mark a sentence for the catalogue."""
    return sentence


REVIEWS: Mapping[Review, str] = {
    "demands": _("客户要求明确"),
    "regulation": _("规程适用"),
    "ability": _("能力与授权满足"),
    "time": _("期限可行"),
    "fee": _("收费已告知"),
}
"""合同评审, line by line."""

GAPS: Mapping[str, str] = {
    "customer": _("登记送检人"),
    "counted": _("{item}：登记 {declared} 件，清点 {counted} 件"),
    "uncounted": _("清点{item}"),
    "seen": _("第 {piece} 件：核对标签"),
    "look": _("第 {piece} 件：{name}"),
    "defect": _("第 {piece} 件：写明“{name}”的问题"),
    "accessory": _("第 {piece} 件：缺{name}"),
    "careful": _("第 {piece} 件：确认轻放"),
    "review": _("评审：{name}"),
    "all_refused": _("没有可受理的样品，请整单不予受理"),
    "address": _("填写收件地址"),
    "demand": _("等待补正的材料"),
}
"""What must still be done before the sheet is signed."""

SUGGESTED = _("{item}：{name}")
"""What a one-time notice would name."""

STEPS: Mapping[str, str] = {
    "order.registered": _("登记委托单"),
    "order.supplement_required": _("转为待补正"),
    "order.accepted": _("受理"),
    "order.in_progress": _("开始检定"),
    "order.ready": _("全部可取"),
    "order.partly_released": _("部分取走"),
    "order.released": _("全部取走"),
    "order.closed": _("办结"),
    "order.rejected": _("不予受理"),
    "appointment.booked": _("预约"),
    "appointment.moved": _("改期"),
    "appointment.checked_in": _("签到"),
    "labels.printed": _("打印标签"),
    "labels.reprinted": _("补打标签"),
    "labels.failed": _("标签没有打印成功"),
    "case.handler": _("首问责任人确定"),
    "case.handler_changed": _("更改首问责任人：{reason}"),
    "case.customer_changed": _("登记送检人"),
    "case.pieces_added": _("增加样品"),
    "case.pieces_removed": _("删除样品"),
    "case.rejected": _("不予受理：{reason}"),
    "sheet.saved": _("填写受理单"),
    "sheet.signed": _("签字"),
    "demand.made": _("一次性告知"),
    "demand.answered": _("补正齐全"),
    "fulfilment.changed": _("确定取回方式"),
    "fulfilment.sent": _("寄出"),
    "referral.made": _("转办"),
    "referral.received": _("转办已签收"),
    "referral.closed": _("转办已办结"),
    "photo.added": _("拍照"),
    "custody.offered": _("交出，等待接收"),
    "custody.moved": _("交接：{from} → {to}"),
    "sample.label": _("贴标签"),
    "sample.label_bound": _("绑定预印条码"),
    "sample.receive": _("收下样品"),
    "sample.refuse": _("不收这件：{reason}"),
    "sample.rest": _("开始静置"),
    "sample.queue": _("待检"),
    "sample.start": _("开始检定"),
    "sample.hold": _("发现故障，等待协商"),
    "sample.resume": _("协商后继续"),
    "sample.judge": _("协商后判定不合格"),
    "sample.test": _("检定完成，待核验"),
    "sample.review": _("核验完成，待批准"),
    "sample.send_back": _("退回重检"),
    "sample.conclude": _("批准"),
    "sample.issue": _("签发证书"),
    "sample.correct": _("更正证书"),
    "sample.release": _("交还客户"),
    "sample.give_back": _("未检退回"),
}
"""Kinds of journal lines that are steps of a case."""
TOGETHER = _("{step}（{count} 件）")

ACTORS: Mapping[str, str] = {
    "server": _("系统"),
    "public": _("客户"),
    "device": _("设备 {name}"),
    "partner": _("外部系统 {name}"),
}
CUSTOMER = _("客户")
