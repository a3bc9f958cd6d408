"""What people are told of a case: refusals, states, stages; English by catalogue."""

from __future__ import annotations

from collections.abc import Mapping

from server.protocol.errors import RefusalCode
from server.protocol.words import CertificateKind, CertificateState, Conclusion, OrderState, SampleState


def _(sentence: str) -> str:
    """Mark a sentence for the catalogue."""
    return sentence


REFUSALS: Mapping[RefusalCode, tuple[str, str]] = {
    # Acceptance and custody
    "sample_state": (_("这件样品现在不能这样办理"), _("它现在是“{state}”，请刷新后再看。")),
    "order_state": (_("这张委托单现在不能这样办理"), _("它现在是“{state}”，请刷新后再看。")),
    "customer_needed": (_("还没有登记送检人"), _("请先登记送检单位或个人和电话，再签字受理。")),
    "counted_differs": (
        _("件数对不上"),
        _("{item}：登记{declared}件，清点{counted}件。请先改登记或补齐，再签字受理。"),
    ),
    "check_missing": (_("还有没查的项目"), _("请先完成：{what}")),
    "fragile_not_ticked": (_("易损样品要先确认轻放"), _("请确认已轻放并防护，再交接。")),
    "sheet_changed": (_("受理单已被别人改过"), _("请刷新，看过改动后再存。")),
    "handler_fixed": (_("首问责任人不能改"), _("由主管写明原因后更改。")),
    "wrong_custodian": (_("样品不在您手上"), _("现在的保管人：{holder}。请由对方交出，再扫码接收。")),
    "handover_unknown": (_("没有这次交接"), _("请由交出的人重新扫码。")),
    "handover_over": (_("这次交接已结束"), _("请重新扫码交接。")),
    "taker_bad": (_("不能交给这个人或货架"), _("请选择列表中的人员或货架；易损样品放专用货架。")),
    "tracking_needed": (_("还没有运单号"), _("寄送的委托单要填运单号才能办结。")),
    "referral_unknown": (_("没有这条转办"), _("请选择列表中的转办。")),
    "referral_over": (_("这条转办已办结"), _("需要时请重新转办。")),
    "file_bad": (_("照片打不开"), _("请用JPEG或PNG照片重试。")),
    "file_too_large": (_("文件太大"), _("最大{most}MB，请压缩后重试。")),
    # Lab
    "result_unknown": (_("没有这份结果"), _("请选择列表中的结果。")),
    "result_final": (_("结果已批准，不能改"), _("需要更正时，请另出一份替代。")),
    "result_state": (_("结果现在不能这样办理"), _("请刷新后再看。")),
    "values_bad": (_("结果没有填对"), _("请检查：{what}")),
    "climate_missing": (_("还没有环境记录"), _("请先记录{section}的温度和湿度。")),
    "climate_unfit": (_("环境不合要求，停止检定"), _("{what}。恢复后再记录一次。")),
    "climate_bad": (_("环境数值不合理"), _("请核对温度和湿度。")),
    "standard_unknown": (_("没有这台标准器"), _("请扫描标准器上的标签，或从列表中选。")),
    "standard_expired": (_("标准器已过有效期"), _("{name}的溯源有效期到{until}，请换一台。")),
    "standard_out": (_("标准器已停用"), _("{name}不能使用，请换一台。")),
    "standard_needed": (_("还没有选标准器"), _("请扫描或选择所用的标准器。")),
    "credential_missing": (_("没有这项资格，或已过期"), _("{name}：{what}。请由有资格的人办理。")),
    "same_person": (_("要由另一个人签字"), _("检定员不能核验或批准自己的结果。")),
    "still_resting": (_("静置时间还没到"), _("到{until}才能开始。")),
    "not_authorised": (_("授权不在有效期内"), _("{item}：授权已过期，不能出证书。请通知负责人。")),
    "not_in_force": (_("规程已不是现行版本"), _("{item}：检定日的现行规程是{regulation}。")),
    "equipment_unknown": (_("没有这台设备"), _("请核对设备标签。")),
    "check_needed": (_("恢复使用前要先核查"), _("请登记一次合格的核查，再恢复使用。")),
    "credential_unknown": (_("没有这条资格"), _("请选择列表中的资格。")),
    "negotiation_unknown": (_("没有这次协商"), _("请核对后重试。")),
    "negotiation_open": (_("正在等客户答复"), _("客户答复之前不能继续检定。")),
    "negotiation_over": (_("这次协商已经答复"), _("需要更改请联系工作人员。")),
    "option_unknown": (_("没有这个选项"), _("请选择列出的选项。")),
    "signature_needed": (_("还差签字"), _("未检退回要由主管和客户两方签字。")),
    # Certificates
    "certificate_unknown": (_("查不到这份证书"), _("请核对证书编号或验证码。")),
    "certificate_not_issued": (_("证书还没有签发"), _("签发后才能领取、打印和下载。")),
    "certificate_over": (_("这份证书已失效"), _("它已被替代或撤销，请使用现行的证书。")),
    "quota_used": (_("自助打印次数已用完"), _("每份证书可自助打印{most}次；需要更多请找工作人员。")),
    "print_unknown": (_("没有这次打印"), _("请重新扫码打印。")),
    "print_over": (_("这次打印已结束"), _("需要时请重新打印。")),
    "link_over": (_("下载链接已过期"), _("请重新扫码取得链接。")),
    # Pick-up
    "pickup_unknown": (
        _("查不到，或手机尾号不对"),
        _("请核对取件码和登记手机号的后四位；有疑问请找工作人员。"),
    ),
    "not_checked_in": (
        _("这个预约还没有签到"),
        _("预约时间：{day}{start}–{end}。请届时带器具到大厅，扫凭证签到；签到后就能查进度。"),
    ),
    "pickup_not_valid": (_("取件凭证无效"), _("请出示有效的取件码；遗失请由工作人员补办。")),
    "pickup_used": (_("这个取件码已用过"), _("样品已取走。有疑问请找工作人员。")),
    "pickup_revoked": (_("这个取件码已作废"), _("请用新的取件码；遗失请由工作人员补办。")),
    "pickup_expired": (_("这个取件码已过期"), _("请由工作人员补办。")),
    "not_ready": (_("这件样品还不能取"), _("它现在是“{state}”，完成后才能取。")),
    "nothing_ready": (_("还没有可取的样品"), _("完成后会通知您；也可以查询进度。")),
    "not_of_this_order": (_("这件样品不属于这张委托单"), _("请核对标签，不要交错。")),
}
"""Code → what happened, and what to do about it."""

SAMPLE_STATES: Mapping[SampleState, str] = {
    "registered": _("已登记"),
    "labelled": _("已贴标签"),
    "received": _("已受理"),
    "acclimatising": _("静置中"),
    "queued": _("待检"),
    "testing": _("检定中"),
    "fault_hold": _("故障待协商"),
    "tested": _("已检，待核验"),
    "reviewed": _("已核验，待批准"),
    "concluded": _("已结论，正在出证书"),
    "ready": _("可取件"),
    "released": _("已取走"),
    "refused_at_intake": _("未受理"),
    "returned_untested": _("未检退回"),
}

ORDER_STATES: Mapping[OrderState, str] = {
    "registered": _("已登记，待受理"),
    "supplement_required": _("待补正"),
    "accepted": _("已受理"),
    "in_progress": _("检定中"),
    "ready": _("可取件"),
    "partly_released": _("部分已取走"),
    "released": _("已取走"),
    "closed": _("已办结"),
    "rejected": _("不予受理"),
}

CONCLUSIONS: Mapping[Conclusion, str] = {
    "qualified": _("合格"),
    "unqualified": _("不合格"),
    "calibrated": _("校准完成"),
}

CERTIFICATE_KINDS: Mapping[CertificateKind, str] = {
    "verification": _("检定证书"),
    "failure_notice": _("检定结果通知书"),
    "calibration": _("校准证书"),
}

CERTIFICATE_STATES: Mapping[CertificateState, str] = {
    "drafted": _("待签发"),
    "issued": _("有效"),
    "superseded": _("已被替代"),
    "revoked": _("已撤销"),
}
