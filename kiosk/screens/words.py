"""Sentences that several screens share: waits, dates, the printer, titles. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import assert_never

from kiosk import alone as a
from kiosk import appointing as b
from kiosk import collecting as c
from kiosk import flow
from kiosk import model as m
from kiosk import visit as v
from kiosk.flows import offers
from server.protocol.codes import NUMBER_DIGITS, spaced
from server.protocol.views import KioskHome, WaitRange
from server.protocol.words import Language

from . import titles

Say = Callable[[str], str]
"""Turns a Chinese source sentence into the person's language."""


def wait(_: Say, range_: WaitRange) -> str:
    """About how long, for people."""
    if range_.high <= 0:
        return _("无需等候")
    if range_.low >= range_.high:
        return _("约{minutes}分钟").format(minutes=range_.high)
    if range_.low <= 0:
        return _("{minutes}分钟以内").format(minutes=range_.high)
    return _("约{low}–{high}分钟").format(low=range_.low, high=range_.high)


def day(_: Say, at: datetime) -> str:
    """The date with its weekday."""
    return date_of(_, at.date())


def date_of(_: Say, at: date) -> str:
    weekdays = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))
    months = (
        *(_("1月"), _("2月"), _("3月"), _("4月"), _("5月"), _("6月")),
        *(_("7月"), _("8月"), _("9月"), _("10月"), _("11月"), _("12月")),
    )
    return _("{month}{day}日 {weekday}").format(
        month=months[at.month - 1], day=at.day, weekday=weekdays[at.weekday()]
    )


def priority(_: Say, choice: m.Choice) -> str:
    match choice:
        case "ordinary":
            return _("不需要")
        case "elderly":
            return _("老年人")
        case "disabled":
            return _("残疾人")
        case "expectant":
            return _("孕妇")
        case "military":
            return _("军人")
        case _:
            assert_never(choice)


def printer(_: Say, state: m.PrinterState) -> str:
    """How the printer is, in a few signs."""
    match state:
        case "none":
            return _("不打印小票")
        case "ready":
            return _("打印机正常")
        case "paper_low":
            return _("纸快用完")
        case "out_of_paper":
            return _("打印机缺纸")
        case "cover_open":
            return _("打印机盖未关")
        case "offline":
            return _("打印机未连接")
        case "error":
            return _("打印机故障")
        case _:
            assert_never(state)


def label_printer(_: Say, state: m.State) -> str:
    """How labels are printed, and whether they can be."""
    if state.rules.labels == "none":
        return _("不打印标签")
    if state.rules.labels == "tickets":
        return _("用小票打印机打")
    match state.label_printer:
        case "ready" | "none":
            return _("正常")
        case "paper_low":
            return _("标签纸快用完")
        case "out_of_paper":
            return _("缺标签纸")
        case "cover_open":
            return _("盖未关")
        case "offline":
            return _("未连接")
        case "error":
            return _("故障")
        case _:
            assert_never(state.label_printer)


def document_printer(_: Say, state: m.PrinterState) -> str:
    """How the printer of certificates is."""
    match state:
        case "none":
            return _("不打印证书")
        case "ready":
            return _("证书打印机正常")
        case "paper_low":
            return _("证书打印机纸快用完")
        case "out_of_paper":
            return _("证书打印机缺纸")
        case "cover_open":
            return _("证书打印机盖未关")
        case "offline":
            return _("证书打印机未连接")
        case "error":
            return _("证书打印机故障")
        case _:
            assert_never(state)


def scanner(_: Say, state: m.ScannerState) -> str:
    match state:
        case "none":
            return _("没有扫码器")
        case "ready":
            return _("正常")
        case "offline":
            return _("未连接")
        case "error":
            return _("故障")
        case _:
            assert_never(state)


def paper_trouble(_: Say, paper: m.Paper) -> str:
    """What happened to a paper that did not come out well; empty when it did."""
    match paper:
        case "printing" | "printed" | "none":
            return ""
        case "out_of_paper":
            return _("打印机没有纸了，小票没有打印")
        case "cover_open":
            return _("打印机的盖子没有关好，小票没有打印")
        case "offline":
            return _("打印机没有连接，小票没有打印")
        case "error":
            return _("打印机出了故障，小票没有打印")
        case "unknown":
            return _("小票可能没有打印完整")
        case _:
            assert_never(paper)


def link(_: Say, state: m.State) -> str:
    match state.link:
        case "live":
            return _("网络正常")
        case "connecting":
            return _("正在连接")
        case "lost":
            return _("网络中断")
        case _:
            assert_never(state.link)


def link_for_staff(_: Say, state: m.State) -> str:
    """As ``link``, with what a technician has to see to."""
    match state.link_fault:
        case "certificate":
            return _("服务器证书不可信")
        case "token":
            return _("服务器不认识本机")
        case "":
            return link(_, state)
        case _:
            assert_never(state.link_fault)


def hall_name(home: KioskHome | None, language: Language) -> str:
    return home.hall.name.in_(language) if home else ""


def spoken(number: str, language: Language) -> str:
    """A number read sign by sign."""
    if language == "en":
        return " ".join(number)
    return "".join("零一二三四五六七八九"[int(sign)] if sign in "0123456789" else sign for sign in number)


def title(_: Say, state: m.State) -> str:
    """The title of what is shown: its heading, and what voice help says."""
    at = flow.shown(state)
    match at:
        case flow.Emergency():
            emergency = state.home.hall.emergency if state.home else None
            return emergency.in_(state.language) if emergency else ""
        case flow.Loading(lost=lost):
            return _("暂时连接不到服务器") if lost else _("正在准备，请稍候")
        case flow.HallClosed():
            return _("大厅现在不办理业务")
        case m.Home():
            return _("您好，请选择要办的业务")
        case m.Choosing():
            service = state.service(at.service)
            return service.name.in_(state.language) if service else ""
        case m.Issuing(press=v.Look()):
            return _("正在查询预约，请稍候")
        case m.Issuing(press=v.FindLabels()):
            return _("正在查找标签，请稍候")
        case m.Issuing(press=press) if isinstance(press, m.Giving):
            return _("正在取号，请稍候")
        case m.Issuing(press=b.BookPress()):
            return _("正在预约，请稍候")
        case m.Issuing():
            return _("正在查询，请稍候")
        case m.Unreached():
            return _("没有收到服务器的回答")
        case m.Refused():
            return at.title or (_("现在不能取号") if at.gives else _("没有查到"))
        case m.Holding():
            return holding_title(_, at)
        case v.Services():
            return _("请选择要办的业务")
        case v.Showing(purpose=purpose):
            return titles.showing(_, purpose)
        case v.Arrived():
            return at.view.title.in_(state.language)
        case a.ArrivedAlone():
            return titles.arrived_alone(_, at)
        case v.ChoosingCustomer():
            return _("谁来送检？")
        case v.ChoosingPriority():
            return _("需要优先服务吗？")
        case v.ChoosingField():
            return _("是哪方面的器具？")
        case v.ChoosingItem():
            field = next((one for one in offers.fields(state) if one.id == at.field), None)
            return field.name.in_(state.language) if field else ""
        case v.Counting():
            item = state.item(at.item)
            return item.name.in_(state.language) if item else ""
        case v.Basket():
            return _("请核对要送检的器具")
        case v.LabelsFound():
            rest = len(at.order.labels) - len(at.here)
            if at.here and rest:
                return _("还有 {count} 张标签没有打").format(count=rest)
            again = at.order.again or bool(at.here)
            return _("找到了，这是补打") if again else _("找到了您的样品标签")
        case v.Labelling():
            return labelling_title(_, at)
        case m.Notices():
            return _("公示信息")
        case m.Guidance():
            return _("使用帮助")
        case m.StillThere():
            return _("您还在吗？")
        case m.StaffSignIn():
            return _("工作人员入口")
        case m.StaffMenu():
            return _("设备管理")
        case m.Reprinting():
            return _("补打小票")
        case m.ScreenTest():
            return _("屏幕测试")
        case m.Closing():
            return _("确定要退出程序吗？")
        case _ if isinstance(at, c.Screen):
            return titles.collecting(_, at, state.language)
        case _ if isinstance(at, b.Screen):
            return titles.appointing(_, at)
        case _:
            assert_never(at)


def wrong(_: Say, purpose: v.Purpose, fault: v.ShownFault) -> tuple[str, str]:
    """What is wrong with what was shown, and what to do."""
    match fault:
        case "empty":
            return _("还没有输入号码"), _("请扫码，或者先输入 12 位数字，再点“确认”。")
        case "torn":
            return _("号码不完整"), _("应当是 12 位数字，请补全；或者重新扫码，不要遮住边角。")
        case "mistyped":
            return _("有一位数字不对"), _("请对照凭证逐位核对，改正后再点“确认”；也可以直接扫码。")
        case "sample":
            return _("这是样品标签上的码"), _want(_, purpose)
        case "other":
            return _("这个码在这里不能用"), _want(_, purpose)
        case "foreign" if purpose in ("pickup", "progress", "certificates"):
            return _("这里认不出这个码"), _want(_, purpose)
        case "foreign" if purpose == "check_in":
            return _("这不是预约凭证"), _("请出示预约成功页面上的二维码；没有预约，请从首页取号。")
        case "foreign":
            return _("这里认不出这个码"), _("请出示小票、预约凭证或者样品标签上的码。")


def _want(_: Say, purpose: v.Purpose) -> str:
    """Which code is wanted."""
    match purpose:
        case "check_in":
            return _("签到要用预约凭证上的二维码，或者它下面的 12 位数字。")
        case "labels":
            return _("请出示小票、预约凭证或者样品标签上的码。")
        case "pickup":
            return _("取件要用取件码：在取件通知里，二维码或 12 位数字。")
        case "progress":
            return _("请出示受理单、预约凭证或取件通知上的二维码，或者输入单号。")
        case "certificates":
            return _("请出示受理单、预约凭证或取件通知上的二维码，或者输入单号。")
        case _:
            assert_never(purpose)


def spaced_number(number: str) -> str:
    """A 12-digit number in groups of four; anything shorter as it is."""
    return spaced(number) if len(number) == NUMBER_DIGITS else number


def labelling_title(_: Say, at: v.Labelling) -> str:
    if not at.left:
        return _("{count} 张标签都打好了").format(count=at.count)
    index = at.count - len(at.left) + 1
    if at.paper == "printing":
        told = (
            _("正在补打标签：第 {index} 张，共 {count} 张")
            if at.reprint
            else _("正在打印标签：第 {index} 张，共 {count} 张")
        )
        return told.format(index=index, count=at.count)
    return _("打到第 {index} 张停下了，共 {count} 张").format(index=index, count=at.count)


def holding_title(_: Say, at: m.Holding) -> str:
    match at.paper:
        case "printing":
            return _("取号成功，正在打印")
        case "printed":
            return _("取号成功，请取走小票")
        case "none":
            return _("取号成功，请记住号码")
        case "out_of_paper" | "cover_open" | "offline" | "error" | "unknown":
            return _("取号成功，您的号码有效")
        case _:
            assert_never(at.paper)


def speech(_: Say, state: m.State) -> str:
    """What voice help says on reaching a screen."""
    at = flow.shown(state)
    if isinstance(at, m.Holding):
        return _("{title}。您的号码是{number}。").format(
            title=title(_, state), number=spoken(at.ticket.number, state.language)
        )
    if isinstance(at, v.Showing) and at.fault is not None:
        what, advice = wrong(_, at.purpose, at.fault)
        return _("{title}。{advice}").format(title=what, advice=advice)
    if isinstance(at, v.Arrived):
        detail = at.view.detail.in_(state.language)
        return _("{title}。{advice}").format(title=title(_, state), advice=detail)
    if isinstance(at, v.Labelling) and at.ticket is not None:
        return _("{title}。您的号码是{number}。").format(
            title=title(_, state), number=spoken(at.ticket.number, state.language)
        )
    return title(_, state)
