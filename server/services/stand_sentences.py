"""What people are told of devices, sign-ins and the hall's own running; English by catalogue."""

from __future__ import annotations

from collections.abc import Mapping

from server.protocol.errors import RefusalCode


def _(sentence: str) -> str:
    """Mark a sentence for the catalogue."""
    return sentence


REFUSALS: Mapping[RefusalCode, tuple[str, str]] = {
    # Pairing and sign-ins
    "pairing_unknown": (
        _("没有这个配对码"),
        _("请照设备屏幕输入8位数字。配对码10分钟内有效，过期会换新的。"),
    ),
    "session_unknown": (_("没有这次登录"), _("它可能已经结束，请刷新。")),
    "old_password_wrong": (_("原密码不对"), _("请核对后重试；忘记密码请找管理员重置。")),
    "password_weak": (_("新密码不合要求"), _("至少10个字符，不能含用户名，不能与原密码相同。")),
    # The server's own running
    "stopping": (_("服务器正在重新启动"), _("请稍候几秒再试；已取的号不受影响。")),
    "disk_full": (
        _("服务器的磁盘满了"),
        _("请通知管理员腾出空间，之后会自动恢复；已取的号不受影响，屏幕照常显示。"),
    ),
    "disk_read_only": (
        _("服务器的磁盘写不进去"),
        _("请通知管理员检查磁盘，修好后会自动恢复；已取的号不受影响，屏幕照常显示。"),
    ),
    "database_damaged": (_("服务器的数据文件损坏"), _("请立即通知管理员用备份恢复；请改用人工叫号。")),
    # Devices and alarms
    "errand_unknown": (_("没有这项远程任务"), _("请刷新页面后再看。")),
    "errand_unfit": (_("这台设备做不了"), _("只有自助机能打印；截屏和重启只对自助机和显示屏。")),
    "errands_full": (_("这台设备还有任务没做完"), _("最多同时{most}项。请先看设备是否在线，再试。")),
    "alarm_unknown": (_("没有这条告警"), _("请刷新页面后再看。")),
    # Data kept
    "case_open": (_("还有没办完的业务，不能清除"), _("{number}：{who}")),
    "already_erased": (_("这位客户的个人信息已经清除"), _("留下的只有法规要求保存的记录。")),
    "export_too_large": (
        _("要导出的太多"),
        _("共{count}行，{format}一次最多{most}行。请缩短日期范围，或改用CSV。"),
    ),
}
