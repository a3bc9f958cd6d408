"""What the manager's page about data says by its script: exports, personal data, retention, seals."""

from __future__ import annotations

from collections.abc import Mapping


def _(sentence: str) -> str:
    """Marks a sentence for the catalogue; it is translated when a page is made."""
    return sentence


KEEPING: Mapping[str, str] = {
    "comma": _("、"),
    # Exports
    "export": _("数据导出"),
    "export_help": _("每次导出都记入台账：谁、导了什么、做什么用。文件请只用于写明的用途，用完删除。"),
    "export_kind": _("导出内容"),
    "export_from": _("从"),
    "export_to": _("到"),
    "export_format": _("格式"),
    "export_csv": _("CSV（最多20万行）"),
    "export_xlsx": _("Excel（最多2万行）"),
    "export_purpose": _("用途"),
    "export_purpose_help": _("写清楚做什么用，至少4个字，例如“第三季度预约情况分析”。"),
    "export_do": _("导出"),
    "export_done": _("已导出{count}，并记入台账"),
    "export_persons": _("含客户姓名和电话"),
    "export_client": _("含送检单位名称"),
    "export_plain": _("不含个人信息"),
    "export_none": _("还没有导出过"),
    "export_past": _("导出记录"),
    "kind_tickets": _("取号记录"),
    "kind_appointments": _("预约记录"),
    "kind_orders": _("委托单"),
    "kind_certificates": _("证书"),
    "kind_customers": _("客户"),
    "kind_journal": _("台账"),
    "kind_upkeep": _("设备维护记录"),
    "when": _("时间"),
    "what": _("导出内容"),
    "purpose": _("用途"),
    "lines": _("行数"),
    "sum": _("文件校验"),
    "by": _("操作者"),
    # One person
    "person": _("客户的个人信息"),
    "person_help": _("客户要求查阅、复制或删除自己的信息时用。请先核对对方身份。"),
    "person_ask": _("凭证、委托单号、取件码或完整手机号"),
    "person_find": _("查找"),
    "person_count": _("{orders}张委托单 · {appointments}次预约 · {certificates}份证书"),
    "person_more": _("{due_items}条到期提醒 · {photos}张照片 · 最近日期{last}"),
    "person_never": _("—"),
    "person_open": _("还有没办完的业务，暂时不能清除："),
    "person_copy": _("给客户一份"),
    "person_copy_title": _("导出这位客户的全部信息"),
    "person_copy_done": _("已导出，请当面交给客户，并记入台账"),
    "person_erase": _("清除"),
    "person_erase_title": _("清除这位客户的个人信息"),
    "person_erase_more": _("姓名、电话、邮箱、地址、留言和照片全部清除，不能恢复；证书和检定记录依法保留。"),
    "person_reason": _("原因"),
    "person_reason_help": _("至少4个字，例如“客户书面要求”。会记入台账，请不要写姓名和电话。"),
    "erased": _("已清除"),
    "erased_title": _("个人信息清除确认单"),
    "erased_at": _("{time} 清除，编号{id}"),
    "erased_what": _("已经清除"),
    "erased_kept": _("依法保留"),
    "erased_customers": _("姓名和联系方式：{count}条"),
    "erased_addresses": _("收件地址：{count}条"),
    "erased_texts": _("留言和备注：{count}条"),
    "erased_messages": _("待发通知：{count}条"),
    "erased_due_items": _("到期提醒：{count}条"),
    "erased_photos": _("照片：{count}张"),
    "erased_answers": _("缓存的答复：{count}条"),
    "erased_nothing": _("没有需要清除的"),
    "erased_print": _("打印确认单"),
    "erasures": _("清除记录"),
    "erasures_none": _("还没有人要求清除"),
    "reason": _("原因"),
    # Retention
    "retention": _("保存期限"),
    "retention_help": _("办完以后超过期限，系统每晚自动清除。证书、检定原始记录和台账不在其中。"),
    "contact_days": _("联系方式（天）"),
    "contact_days_help": _("姓名、电话、邮箱、地址和留言。30到3650天，建议180天。"),
    "photo_days": _("照片（天）"),
    "photo_days_help": _("收样时拍的外观照片。30到3650天，建议365天。"),
    "cleared_past": _("最近的自动清除"),
    "cleared_none": _("还没有到期的"),
    # Seals
    "seals": _("台账封存"),
    "seals_help": _(
        "每个工作日结束后，系统给当天的台账签名封存。请定期下载，存到别的地方，例如U盘或另一台电脑："
        "有人改动服务器上的台账，用存在别处的封存就能查出来。"
    ),
    "seals_all": _("下载全部封存"),
    "seals_key": _("公钥（请抄录或打印保存）"),
    "seals_check": _("核对：liqu-server check --data 数据目录 --seals U盘目录 --key 公钥"),
    "seals_days": _("每天的封存"),
    "seals_none": _("第一个工作日结束后开始封存"),
    "seal_day": _("日期"),
    "seal_lines": _("当天行数"),
    "seal_seq": _("到第几行"),
    "seal_sum": _("封存摘要"),
    "seal_file": _("文件"),
    "seal_download": _("下载"),
    "seal_download_of": _("下载{name}的封存"),
    "seal_before": _("此前全部"),
}
