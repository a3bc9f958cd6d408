"""What people are told: refusals, reasons for a call, steps of a ticket's life; English by catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from server.domain.hall import Rules
from server.domain.ranking import Reason, Why
from server.domain.refusal import Refusal
from server.protocol.errors import RefusalCode
from server.protocol.language import both, catalogue
from server.protocol.views import Text
from server.protocol.words import Hold, Language, Priority


def _(sentence: str) -> str:
    """Mark a sentence for the catalogue."""
    return sentence


SHUT = _("暂停取号，请听从工作人员安排。")

REFUSALS: Mapping[RefusalCode, tuple[str, str]] = {
    "bad_request": (_("请求有误"), _("请检查填写的内容：{where}")),
    "not_signed_in": (_("尚未登录"), _("请先登录再操作。")),
    "wrong_password": (_("用户名或密码不对"), _("请核对后重试；忘记密码请找管理员重置。")),
    "too_many_attempts": (_("尝试次数过多"), _("请在{seconds}秒后再试，或找管理员重置密码。")),
    "too_many_requests": (_("操作太频繁"), _("请稍等{seconds}秒再试。")),
    "forbidden": (_("没有此项权限"), _("请由有权限的人员操作。")),
    "not_your_counter": (_("不是您登录的窗口"), _("{counter}号窗口由{name}登录，请在自己的窗口操作。")),
    "csrf_failed": (_("页面已过期"), _("请刷新页面后重试。")),
    "not_found": (_("没有这个地址"), _("请检查网址。")),
    "hall_unknown": (_("没有这个大厅"), _("请检查大厅编号：{hall}")),
    "service_unknown": (_("没有这项业务"), _("请选择列表中的业务。")),
    "counter_unknown": (_("没有{counter}号窗口"), _("请选择列表中的窗口。")),
    "staff_unknown": (_("没有这位工作人员"), _("请选择列表中的人员。")),
    "device_unknown": (_("没有这台设备"), _("请选择列表中的设备。")),
    "ticket_unknown": (_("查不到这个号"), _("请核对号码；当日有效。")),
    "hall_closed": (_("大厅现在不取号"), _("取号时间：{hours}。急事请找工作人员。")),
    "service_closed": (_("{service}暂不办理"), _("请选择其他业务，或咨询工作人员。")),
    "queue_full": (_("等候人数已满"), _("已有{count}人等候，请咨询工作人员。")),
    "counter_busy": (_("窗口正忙"), _("{counter}号窗口正在办理{number}，请先办结、过号或暂离。")),
    "counter_closed": (_("窗口未开"), _("请先登录{counter}号窗口。")),
    "counter_paused": (_("窗口已暂停"), _("请先恢复服务。")),
    "counter_not_paused": (_("窗口没有暂停"), _("无需恢复。")),
    "counter_taken": (_("窗口已有人"), _("{counter}号窗口由{name}登录。请换一个窗口，或请对方先退出。")),
    "staff_elsewhere": (_("您已登录其他窗口"), _("请先退出{counter}号窗口。")),
    "ticket_not_waiting": (_("{number}不在等候"), _("只有等候中的号可以这样操作。")),
    "ticket_not_called": (_("{number}不在呼叫中"), _("只有刚呼叫的号可以这样操作。")),
    "ticket_not_serving": (_("{number}不在办理中"), _("请先开始办理。")),
    "ticket_not_missed": (_("{number}不在最近过号之列"), _("只有最近过号的号可以再呼叫；其他请恢复排队。")),
    "ticket_not_parked": (_("{number}没有暂离或过号"), _("只有暂离或过号的号可以恢复排队。")),
    "ticket_over": (_("{number}已结束"), _("请重新取号。")),
    "recall_limit": (_("已重呼{count}次"), _("请按过号处理；客户回来可以恢复排队。")),
    "return_limit": (_("{number}已返回{count}次"), _("请客户重新取号。")),
    "undo_too_late": (_("不能撤回了"), _("只能在{seconds}秒内撤回上一步。")),
    "same_service": (_("已经在{service}"), _("请选择另一项业务。")),
    "priority_forbidden": (_("不能这样取号"), _("预约的号请扫描预约凭证签到；绿色通道请找工作人员。")),
    "idempotency_key_needed": (_("缺少请求编号"), _("自助机请求须带 Idempotency-Key。")),
    "idempotency_key_bad": (_("请求编号有误"), _("Idempotency-Key 须为 8 至 64 个字母、数字或连字符。")),
    "idempotency_key_reused": (_("请求编号用过了"), _("同一编号的内容与上次不同；请用新的编号。")),
    "already_exists": (_("{name}已存在"), _("请换一个名称。")),
    "in_use": (_("{name}正在使用"), _("请先办完手上的号并退出窗口。")),
    "busy": (_("服务器正忙"), _("请稍候再试；已取的号不受影响。")),
    "unavailable": (_("数据库暂时不可用"), _("请稍候再试并通知管理员；已取的号不受影响。")),
}
"""Code → what happened, and what to do about it."""

REASONS: Mapping[Reason, str] = {
    "longest_wait": _("{number}等候最久（{waited}分钟）。"),
    "only_one": _("{number}是本窗口唯一在等的号（已等{waited}分钟）。"),
    "head_start": _("{number}（{priority}）提前{head_start}分钟排位，已等{waited}分钟。"),
    "first_function": _("{number}属本窗口优先业务，其中等候最久（{waited}分钟）。"),
    "patience": _("{number}等候过久（{waited}分钟），提到最前。"),
    "green_cap": _("绿色通道{passed_over}刚优先过，轮到{number}（已等{waited}分钟）。"),
    "others_let_first": _("{number}过号返回；没有别的号，提前呼叫。"),
    "came_back": _("{number}过号返回，已让过其他号（已等{waited}分钟）。"),
    "called_again": _("{number}由窗口指定再次呼叫。"),
    "nobody": _("没有可呼叫的号。"),
    "nobody_yet": _("等候的号还没到可呼叫的时间。"),
}

PRIORITIES: Mapping[Priority, str] = {
    "ordinary": _("普通"),
    "appointment": _("预约"),
    "elderly": _("老年人"),
    "disabled": _("残疾人"),
    "expectant": _("孕妇"),
    "military": _("军人"),
    "green": _("绿色通道"),
}

HOLDS: Mapping[Hold, str] = {"papers": _("补材料"), "waiting": _("等待"), "in_place": _("原地等候")}

STEPS: Mapping[str, str] = {
    "ticket.issued": _("取号：{service}"),
    "ticket.called": _("呼叫到{counter}号窗口"),
    "ticket.recalled": _("在{counter}号窗口重呼"),
    "ticket.started": _("开始办理"),
    "ticket.done": _("办结"),
    "ticket.missed": _("过号"),
    "ticket.parked": _("暂离：{hold}"),
    "ticket.returned": _("恢复排队"),
    "ticket.transferred": _("转到{service}"),
    "ticket.cancelled": _("取消"),
    "ticket.undone": _("撤回上一步"),
    "ticket.expired": _("当日结束，已失效"),
    "ticket.paper": _("小票：{outcome}"),
}

OUTCOMES: Mapping[str, str] = {"printed": _("已打印"), "failed": _("未打印"), "unknown": _("不确定")}

MISSED_RULE = _("过号了请告诉工作人员，再叫{behind}位就轮到您。")
OUT_OF_HOURS = _("现在不是取号时间（{hours}）。")


def refusal(refused: Refusal, language: Language) -> tuple[str, str]:
    """(title, detail) of a refusal in one language."""
    title, detail = REFUSALS[refused.code]
    if refused.code == "hall_closed" and not refused.places.get("hours"):
        detail = SHUT  # Closed by hand: no hour at which to come again is known.
    places = _Places(
        {
            name: fact.in_(language) if isinstance(fact, Text) else fact
            for name, fact in refused.places.items()
        }
    )
    gettext = catalogue("server", language)
    return gettext(title).format_map(places), gettext(detail).format_map(places)


class _Places(dict[str, str]):
    """A place that was not given stays empty: a missing fact must not hide the refusal."""

    def __missing__(self, key: str) -> str:
        return ""


def why(reason: Why) -> Text:
    """Why a ticket was chosen, in both languages."""
    classes = both("server", PRIORITIES[reason.priority])
    places: dict[str, Any] = {
        "number": reason.number,
        "waited": reason.waited,
        "head_start": reason.head_start,
        "passed_over": reason.passed_over,
    }
    zh = both("server", REASONS[reason.reason], **places, priority=classes.zh).zh
    en = both("server", REASONS[reason.reason], **places, priority=classes.en).en
    return Text(zh=zh, en=en)


def step(kind: str, payload: Mapping[str, Any], services: Mapping[str, Text]) -> Text:
    """One line of a ticket's history from its journal line."""
    service = services.get(str(payload.get("service", "")), Text(zh="", en=""))
    hold = both("server", HOLDS.get(payload.get("hold", "papers"), ""))
    outcome = both("server", OUTCOMES.get(payload.get("outcome", ""), "") or " ")
    counter = payload.get("counter", "")
    sentence = STEPS[kind]
    zh = both("server", sentence, service=service.zh, hold=hold.zh, counter=counter, outcome=outcome.zh).zh
    en = both("server", sentence, service=service.en, hold=hold.en, counter=counter, outcome=outcome.en).en
    return Text(zh=zh, en=en)


def missed_rule(rules: Rules) -> Text:
    return _missed_rule(rules.return_behind)


@lru_cache(maxsize=64)
def _missed_rule(behind: int) -> Text:
    return both("server", MISSED_RULE, behind=behind)
