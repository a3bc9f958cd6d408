"""What the pages say of sign-ins, passwords and pairing; English by catalogue."""

from __future__ import annotations


def _(sentence: str) -> str:
    """Mark a sentence for the catalogue."""
    return sentence


SIGN_INS: dict[str, str] = {
    "this_one": _("本次登录"),
    "sign_in_where": _("未知设备"),
    "begun": _("{day} {time} 登录"),
    "last_used": _("最近使用 {day} {time}"),
    "sign_in_end": _("结束登录"),
    "sign_in_end_of": _("结束登录：{user}，{client}"),
    "sign_in_end_sure": _("结束 {user} 的这次登录？"),
    "sign_in_end_more": _("{client}：需要重新登录才能继续使用。"),
    "sign_in_ended": _("登录已结束"),
    "sign_in_none": _("现在没有人登录。"),
}

ACCOUNT: dict[str, str] = SIGN_INS | {
    "loading": _("正在读取…"),
    "again": _("重试"),
    "cancel": _("返回"),
    "sure": _("确定"),
    "wrong_missing": _("请填写此项。"),
    "wrong_pattern": _("格式不对，请按说明填写。"),
    "end_others": _("结束其他登录"),
    "end_others_sure": _("结束其他所有登录？"),
    "end_others_more": _("其他电脑和手机上要重新登录；本次登录不受影响。"),
    "others_ended": _("其他登录已结束"),
    "others_none": _("没有其他登录。"),
    "password_changed": _("密码已更改，其他登录已结束"),
    "password_differs": _("两次填写的新密码不一样。"),
    "password_short": _("至少10个字符。"),
}

PAIRING: dict[str, str] = {
    "pair": _("配对新设备"),
    "pair_help": _("新设备开机后，屏幕上会显示8位配对码。在这里输入，再给它起个名字。"),
    "pair_code": _("配对码"),
    "pair_code_help": _("8位数字，10分钟内有效"),
    "pair_name_help": _("小写字母、数字和短横，如 kiosk-3"),
    "pair_do": _("配对"),
    "paired": _("{name} 已配对，几秒后自动开始工作"),
    "pair_exchange": _("换下正在使用的 {name}？"),
    "pair_exchange_more": _("这个名字现在属于另一台设备；换机后它立即停用。"),
    "token_way": _("改用令牌添加"),
}
