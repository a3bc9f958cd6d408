"""What is said of certificates: why one could not be made, what a check has found. English by catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from server.protocol.certificates import Finding


def _(sentence: str) -> str:
    """Mark a sentence for the catalogue."""
    return sentence


FAULTS: Mapping[str, str] = {
    "KeyEnded": _("签名证书已过期，请更换后重试。"),
    "TypstError": _("排版失败，请通知系统维护人员。"),
    "store": _("暂时存不下，稍后自动重试。"),
    "": _("签名设备没有响应，请检查密钥或令牌。"),
}
"""The name of what went wrong → what to do about it; by an empty name: whatever else."""

FINDINGS: Mapping[Finding, tuple[str, str]] = {
    "genuine": (_("真实有效"), _("这份证书由本机构签发，现在有效。请核对下面的内容与您手上的证书是否一致。")),
    "past": (
        _("真实，但已过有效期"),
        _("这份证书由本机构签发，有效期已过，请重新送检。"),
    ),
    "specimen": (_("样张，没有签名"), _("这是没有签名的样张，不能作为证书使用。")),
    "superseded": (_("已被替代"), _("这份证书已被新证书替代，不再有效，请使用新证书。")),
    "revoked": (_("已撤销"), _("这份证书已被撤销，不能使用。有疑问请联系签发机构。")),
    "altered": (
        _("内容被改动过"),
        _("文件里有本机构证书的编号，但文件与签发的不一致。请向出示的人索取原文件，不要采信。"),
    ),
    "unknown": (_("查无此证"), _("本机构没有签发过这份证书。请核对编号或验证码；上传的须是原始PDF文件。")),
}
"""What a check has found, and what to do about it."""

State: TypeAlias = Literal["good", "limited", "stopped"]

LABEL_WORDS: Mapping[State, str] = {"good": _("合格"), "limited": _("准用"), "stopped": _("停用")}
"""What a status label says in one word."""

LABEL_WHY: Mapping[str, str] = {
    "revoked": _("它的证书已失效。"),
    "unqualified": _("检定不合格。"),
    "past": _("有效期已过，请重新送检。"),
    "calibrated": _("已校准，请按校准结果使用。"),
    "out": _("已停用，不能使用。"),
}
