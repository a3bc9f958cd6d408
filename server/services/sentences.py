"""What people are told: refusals, reasons for a call, steps of a ticket's life; English by catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from server.domain.eligibility import Against
from server.domain.eligibility import Reason as EligibilityReason
from server.domain.hall import Rules
from server.domain.ranking import Reason, Why
from server.domain.refusal import Refusal
from server.domain.slots import Full
from server.protocol.booking import Stage
from server.protocol.errors import RefusalCode
from server.protocol.language import both, catalogue
from server.protocol.views import Text
from server.protocol.words import Arrival, CustomerType, Hold, Language, Priority

from . import case_sentences, stand_sentences


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
    "appointment_unknown": (_("查不到这个预约"), _("请核对预约号和手机号后四位，或找工作人员。")),
    "code_unreadable": (_("没有读到内容"), _("请再扫一次，或输入12位预约号。")),
    "code_torn": (_("码不完整"), _("少了或多了一部分。请展平凭证再扫一次，或输入12位预约号。")),
    "code_mistyped": (_("码有误"), _("有一位不对，或两位颠倒。请逐位核对。")),
    "code_foreign": (_("这不是本大厅的码"), _("请出示预约凭证上的二维码，或输入12位预约号。")),
    "slot_unknown": (_("没有这个时段"), _("请选择列表中的时段。")),
    "slot_not_held": (_("这一天不办理"), _("请选择列表中的日期。")),
    "slot_begun": (_("这个时段已经开始"), _("请选择之后的时段。")),
    "slot_full": (_("这个时段已约满"), _("{why}还可以选：{others}")),
    "too_far": (_("日期太远"), _("最多可预约{days}天以内的时段。")),
    "lines_bad": (_("器具没有选对"), _("请至少选一种，同一种只选一次，最多{most}种。")),
    "not_taken": (_("有器具不能这样办理"), _("{lines}")),
    "notices_unread": (_("请先阅读送检须知"), _("请阅读并勾选：{items}")),
    "consent_needed": (_("需要您同意个人信息说明"), _("不同意也可以到大厅取号办理。")),
    "name_needed": (_("请填写联系人姓名"), _("到大厅时核对用；屏幕和小票上不显示全名。")),
    "phone_bad": (_("电话号码有误"), _("请填写11位手机号，或带区号的固定电话。")),
    "email_bad": (_("邮箱地址有误"), _("请核对邮箱地址；也可以不填。")),
    "company_needed": (_("请填写单位名称"), _("个人送检请选择“居民”。")),
    "uscc_bad": (_("统一社会信用代码有误"), _("校验位不对，请核对营业执照上的18位代码。")),
    "too_many_open": (_("预约太多"), _("这个电话已有{count}个未到的预约，请先取消不需要的。")),
    "not_booked": (_("这个预约不能更改"), _("它已签到、已取消或已过期；需要时请重新预约。")),
    "cut_off": (_("已过自助更改时间"), _("开始前{minutes}分钟内请联系工作人员更改。{phone}")),
    "reason_needed": (_("请填写原因"), _("已过自助更改时间，工作人员更改须写明原因。")),
    "wrong_day": (_("预约不是今天"), _("预约在{day}。今天办理请取号排队。")),
    "wrong_hall": (_("预约在另一个大厅"), _("请到{hall}，或在这里取号办理。")),
    "already_checked_in": (_("这个凭证已用过"), _("您的号是{number}，请留意叫号。")),
    "appointment_cancelled": (_("这个预约已取消"), _("今天办理请取号排队。")),
    "appointment_over": (_("这个预约已过期"), _("请重新预约，或今天取号排队。")),
    "order_unknown": (_("查不到登记的器具"), _("请先签到或登记；有疑问请找工作人员。")),
    "customer_unknown": (_("查不到这位客户"), _("请先登记送检单位或个人。")),
    "sample_unknown": (_("查不到这件样品"), _("请核对标签上的编号。")),
    "label_bound": (_("这个条码已属于另一件样品"), _("请换一张没有用过的标签。")),
    "item_unknown": (_("没有这个目录项"), _("请选择目录中的器具。")),
    "still_used": (_("{name}还在用"), _("{item}归在这里，请先改到别处。")),
    "sheet_bad": (_("表格没有导入"), _("有{count}处要改；先看第{row}行：{wrong}")),
    "message_unknown": (_("没有这条消息"), _("请选择列表中的消息。")),
    "message_not_over": (_("这条消息不用重发"), _("只有已放弃或没有联系方式、又还没过时的消息可以重发。")),
    "due_item_unknown": (_("没有这个到期项目"), _("请选择列表中的项目。")),
    "already_exists": (_("{name}已存在"), _("请换一个名称。")),
    "in_use": (_("{name}正在使用"), _("请先办完手上的号并退出窗口。")),
    "busy": (_("服务器正忙"), _("请稍候再试；已取的号不受影响。")),
    "unavailable": (_("数据库暂时不可用"), _("请稍候再试并通知管理员；已取的号不受影响。")),
    **case_sentences.REFUSALS,
    **stand_sentences.REFUSALS,
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
    "promise_kept": _("轮到{number}（已等{waited}分钟）；后补录的离线号不越过已承诺的时间。"),
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
    "ticket.handed_in": _("离线取号：{service}"),
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

AGAINST: Mapping[Against, str] = {
    "not_offered": _("{item}：没有这个项目。"),
    "stopped": _("{item}：现已停止受理，请咨询窗口。"),
    "not_authorised": _("{item}：授权不在有效期内，暂不受理。"),
    "on_site_only": _("{item}：只上门检定，请联系工作人员约时间。"),
    "customer_not_served": _("{item}：不面向{customer}，请咨询窗口。"),
    "too_many": _("{item}：每单最多{most}件，可以分几次预约，或联系工作人员集中安排。"),
}

LEFT: Mapping[EligibilityReason, str] = {
    "kind": _("{item}不能当场完成检定。"),
    "rest": _("{item}检定前需在实验室静置{rest}分钟以上。"),
    "quantity": _("件数较多，当场做不完。"),
    "materials": _("材料或部件不齐，补齐后再检定。"),
    "load": _("实验室现在排满，当场做不完。"),
    "closing": _("今天下班前做不完。"),
}

FULL: Mapping[Full, str] = {
    "slot_minutes": _("这个时段的检定时间已约满。"),
    "slot_pieces": _("这个时段的件数已约满。"),
    "item_slot": _("这种器具在这个时段已约满。"),
    "item_day": _("这种器具当天已约满。"),
}
BEGUN = _("已经开始。")
NOT_HELD = _("不办理。")

CUSTOMERS: Mapping[CustomerType, str] = {
    "small_company": _("小微企业"),
    "sole_trader": _("个体工商户"),
    "resident": _("居民"),
    "company": _("企业"),
    "government": _("机关事业单位"),
}

ARRIVALS: Mapping[Arrival, tuple[str, str]] = {
    "on_time": (_("预约有效"), _("核对件数后签到，马上给您出号。")),
    "early": (_("您来早了"), _("预约在{start}。可以先签到，到时间前{before}分钟起叫号。")),
    "late": (_("预约时段已过"), _("预约的时段是{start}–{end}。可以按现场取号办理，不再优先。")),
    "wrong_day": (_("预约不是今天"), _("预约在{day} {start}。请当天再来，或今天取号排队。")),
    "wrong_hall": (_("预约在另一个大厅"), _("请到{hall}，或在这里取号办理。")),
    "already_used": (_("这个凭证已用过"), _("您的号是{number}，请留意叫号。小票丢了请找工作人员。")),
    "cancelled": (_("这个预约已取消"), _("可以重新预约，或今天取号排队。")),
    "over": (_("这个预约已过期"), _("预约在{day}。可以重新预约，或今天取号排队。")),
}

STAGES: Mapping[Stage, str] = {
    "booked": _("已预约"),
    "moved": _("改期"),
    "cancelled": _("已取消"),
    "checked_in": _("已签到"),
    "registered": _("器具已登记"),
    "labelled": _("样品标签已打印"),
    "ready": _("可以取件"),
    "collected": _("已取走"),
}

CONSENT_VERSION = "1"
CONSENT = _(
    "您填写的姓名、电话和单位只用于这次送检：安排时段、通知进度、核对取件。"
    "屏幕、小票和标签上不显示全名和完整号码；保存期满后删除，您也可以要求提前删除。"
)
NONE_FREE = _("近期都已约满，请联系工作人员。")
COMPULSORY_FREE = _("强制检定免费")

STATES: Mapping[str, str] = dict(
    [*case_sentences.ORDER_STATES.items(), *case_sentences.SAMPLE_STATES.items()]
)
"""What a refusal's place ``state`` is filled with. Both machines call the same thing by the same word."""

OUTCOMES: Mapping[str, str] = {"printed": _("已打印"), "failed": _("未打印"), "unknown": _("不确定")}

MISSED_RULE = _("过号了请告诉工作人员，再叫{behind}位就轮到您。")
OUT_OF_HOURS = _("现在不是取号时间（{hours}）。")


def refusal(refused: Refusal, language: Language) -> tuple[str, str]:
    """(title, detail) of a refusal in one language."""
    title, detail = REFUSALS[refused.code]
    if refused.code == "hall_closed" and not refused.places.get("hours"):
        detail = SHUT  # Closed by hand: no hour at which to come again is known.
    gettext = catalogue("server", language)
    places = _Places(
        {
            name: fact.in_(language)
            if isinstance(fact, Text)
            else gettext(STATES[fact])
            if name == "state" and fact in STATES
            else fact
            for name, fact in refused.places.items()
        }
    )
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
