"""What the pages' scripts say, by key; Chinese is the source text, English comes from the ``web`` catalogue.

Each sentence is whole; ``{name}`` is filled by the script.
"""

from __future__ import annotations

from collections.abc import Mapping

Sentences = Mapping[str, str]


def _(sentence: str) -> str:
    """Marks a sentence for the catalogue; it is translated when a page is made."""
    return sentence


LINK: dict[str, str] = {
    "link_lost": _("连接中断，正在重新连接…"),
    "link_back": _("连接已恢复"),
}

WAIT: dict[str, str] = {
    "wait_none": _("无需等候"),
    "wait_one": _("约 {low} 分钟"),
    "wait_range": _("约 {low}–{high} 分钟"),
}

INDEX: dict[str, str] = (
    LINK
    | WAIT
    | {
        "waiting": _("{count} 人等候"),
        "nobody": _("无人等候"),
        "open": _("正在服务"),
        "closed": _("已停止取号"),
        "no_counter": _("暂无窗口办理"),
    }
)

TICKET: dict[str, str] = (
    LINK
    | WAIT
    | {
        "ahead": _("{count} 位"),
        "title_waiting": _("正在等候"),
        "title_next": _("下一位就是您"),
        "title_called": _("请到 {counter} 号窗口"),
        "title_serving": _("正在 {counter} 号窗口办理"),
        "title_parked": _("已为您保留"),
        "title_missed": _("已过号"),
        "title_done": _("已办结"),
        "title_cancelled": _("此号已取消"),
        "title_expired": _("此号已失效"),
        "say_waiting": _("请在等候区留意叫号，本页会自动更新。"),
        "say_next": _("请准备好材料，到等候区前排就座。"),
        "say_called": _("正在呼叫您，请尽快前往。"),
        "say_serving": _("请在窗口办理，保管好随身物品。"),
        "say_parked": _("补齐材料后请告知窗口工作人员，您将优先办理。"),
        "say_missed": _("请联系咨询台或原窗口工作人员，为您重新安排。"),
        "say_done": _("感谢您的配合，欢迎评价我们的服务。"),
        "say_cancelled": _("如仍需办理，请重新取号。"),
        "say_expired": _("号码当日有效，如仍需办理，请重新取号。"),
        "announce_called": _("{number} 号，请到 {counter} 号窗口"),
        "updated": _("更新于 {time}"),
    }
)

BOARD: dict[str, str] = WAIT | {
    "go": _("请到 {counter} 号窗口"),
    "quiet": _("请留意叫号"),
    "quiet_more": _("叫号时，号码和窗口会显示在这里"),
    "closed": _("已停止取号"),
    "closed_full": _("今日服务已结束"),
    "hours": _("服务时间 {hours}"),
    "state_closed": _("未开放"),
    "state_open": _("空闲"),
    "state_paused": _("暂停服务"),
    "prepare": _("请准备"),
    "people": _("{count} 人"),
    "ready": _("可取件"),
    "pieces": _("{who} {pieces} 件"),
    "phone": _("投诉电话 {phone}"),
    "weekday_0": _("星期日"),
    "weekday_1": _("星期一"),
    "weekday_2": _("星期二"),
    "weekday_3": _("星期三"),
    "weekday_4": _("星期四"),
    "weekday_5": _("星期五"),
    "weekday_6": _("星期六"),
    "date": _("{year}年{month}月{day}日 {weekday}"),
}

BOARD_OTHER: dict[str, str] = {
    "go_zh": "请到 {counter} 号窗口",
    "go_en": "Please go to counter {counter}",
}
"""The call just made is said in both languages, whichever the screen speaks: these stay as they are."""

COUNTER: dict[str, str] = {
    "window": _("{counter} 号窗口"),
    "go": _("请到本窗口办理"),
    "serving": _("正在办理"),
    "open": _("请留意叫号"),
    "paused": _("暂停服务"),
    "paused_more": _("请到其他窗口办理"),
    "closed": _("本窗口未开放"),
    "closed_more": _("请留意其他窗口叫号"),
    "badge": _("工号 {badge}"),
}

TROUBLE: dict[str, str] = LINK | {
    "no_link": _("没有连上服务器"),
    "no_link_more": _("操作可能没有完成，请查看当前状态后再试。"),
    "signed_out": _("登录已失效"),
    "signed_out_more": _("请重新登录后继续。"),
    "sign_in": _("重新登录"),
}

CHOOSE: dict[str, str] = {
    "state_closed": _("未开放"),
    "state_open": _("空闲"),
    "state_paused": _("暂停服务"),
    "state_called": _("正在呼叫 {number}"),
    "state_serving": _("正在办理 {number}"),
    "free": _("无人"),
    "sit": _("开放此窗口"),
    "go_on": _("回到此窗口"),
    "taken": _("{name}正在此窗口"),
    "look": _("查看"),
}

DESK: dict[str, str] = WAIT | {
    "state_closed": _("未开放"),
    "state_open": _("空闲"),
    "state_paused": _("已暂停"),
    "state_called": _("正在呼叫"),
    "state_serving": _("办理中"),
    "call": _("呼叫下一位"),
    "done_call": _("办结并呼叫下一位"),
    "start": _("开始办理"),
    "open": _("开放本窗口"),
    "resume": _("恢复叫号"),
    "pause": _("暂停叫号"),
    "called_hint": _("{number} 号正在呼叫：客户到窗口后按“开始办理”，未到按“过号”。"),
    "recall_count": _("已重呼 {count} 次"),
    "waited_short": _("{minutes} 分钟"),
    "now": _("刚到"),
    "nobody_at": _("窗口空闲"),
    "nobody_at_more": _("按“呼叫下一位”请下一位客户。"),
    "paused_at": _("已暂停叫号"),
    "paused_at_more": _("客户屏幕显示“暂停服务”。准备好后恢复叫号。"),
    "closed_at": _("本窗口未开放"),
    "closed_at_more": _("开放后即可呼叫客户。"),
    "taken_at": _("{name}正在此窗口"),
    "taken_at_more": _("一个窗口同时只能由一人操作。请选择其他窗口，或请其先关窗。"),
    "other_counter": _("选择其他窗口"),
    "queue_empty": _("暂无等候"),
    "queue_empty_more": _("有人取号后会立即显示在这里。"),
    "queue_more": _("另有 {count} 人等候"),
    "missed_empty": _("没有过号"),
    "parked_empty": _("没有暂离"),
    "next": _("下一位"),
    "cancel": _("取消"),
    "cancel_of": _("取消 {number}"),
    "call_again": _("再呼叫"),
    "call_again_of": _("再次呼叫 {number}"),
    "call_this": _("呼叫"),
    "call_of": _("呼叫 {number}"),
    "back_to_queue": _("回到队列"),
    "back_to_queue_of": _("{number} 回到队列"),
    "undo_done": _("{number} 已办结"),
    "undo_miss": _("{number} 已标记过号"),
    "undo_park": _("{number} 已暂离"),
    "undo_cancel": _("{number} 已取消"),
    "undo_left": _("{seconds} 秒"),
    "undo_can": _("{sentence}，10 秒内可撤销。"),
    "why_last": _("为什么是这一位"),
    "why_next": _("为什么下一位是 {number}"),
    "why_nobody": _("下一位"),
    "hold_papers": _("补材料"),
    "hold_waiting": _("等待"),
    "hold_in_place": _("原地等候"),
    "priority_appointment": _("预约"),
    "priority_elderly": _("老年人"),
    "priority_disabled": _("残疾人"),
    "priority_expectant": _("孕妇"),
    "priority_military": _("军人"),
    "priority_green": _("绿色通道"),
    "english": _("英语"),
    "later": _("之后还办：{names}"),
    "returned": _("第 {count} 次回队"),
    "said_called": _("已呼叫 {number}"),
    "said_nobody": _("没有可呼叫的客户"),
    "said_recalled": _("已重呼 {number}"),
    "said_started": _("{number} 开始办理"),
    "said_transferred": _("{number} 已转到{service}"),
    "said_returned": _("{number} 已回到队列"),
    "said_undone": _("已撤销，{number} 恢复原状"),
    "said_opened": _("窗口已开放"),
    "said_closed": _("窗口已关闭"),
    "said_paused": _("已暂停叫号"),
    "said_resumed": _("已恢复叫号"),
    "actions_off": _("连接恢复前不能操作"),
    "linked": _("已连接"),
    "unlinked": _("连接中断"),
    "waiting_count": _("{count} 人"),
    "keys_on": _("快捷键：开"),
    "keys_off": _("快捷键：关"),
}

MANAGE: dict[str, str] = {}
