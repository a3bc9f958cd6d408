"""Titles of the screens for who comes back and who books; ``words.title`` asks here."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from kiosk import alone as a
from kiosk import appointing as b
from kiosk import collecting as c
from kiosk import visit as v
from kiosk.devices import PrintStage
from server.protocol.words import Language

Say = Callable[[str], str]


def showing(_: Say, purpose: v.Purpose) -> str:
    match purpose:
        case "check_in":
            return _("预约签到：请扫预约二维码")
        case "labels":
            return _("打印样品标签：请扫码")
        case "pickup":
            return _("取件：请扫取件码")
        case "progress":
            return _("进度查询：请扫码")
        case "certificates":
            return _("证书打印：请扫码")
        case _:
            assert_never(purpose)


def arrived_alone(_: Say, at: a.ArrivedAlone) -> str:
    if at.used:
        return _("已经签到过了")
    return _("查到了您的预约") if at.listed else _("没有查到这个预约")


def collecting(_: Say, at: c.Screen, language: Language) -> str:
    match at:
        case c.Tail():
            return _("请输入手机号后四位")
        case c.Collecting():
            return collected(_, at)
        case c.Following(question=None):
            return at.view.state_text.in_(language)
        case c.Following():
            return _("有故障待您答复")
        case c.Certificates():
            count = len(at.view.certificates)
            return _("找到 {count} 份证书").format(count=count) if count else _("还没有证书")
        case c.Downloading():
            return _("用手机下载证书")
        case c.Printing():
            return printing(_, at)
        case _:
            assert_never(at)


def collected(_: Say, at: c.Collecting) -> str:
    """What can be taken home."""
    view = at.view
    if view.ready == 0:
        return _("现在还没有可以取的")
    if view.complete:
        return _("全部可取，共 {count} 件").format(count=view.ready)
    return _("部分可取：{ready} 件，共 {count} 件").format(ready=view.ready, count=len(view.pieces))


def printing(_: Say, at: c.Printing) -> str:
    if not at.left:
        return _("{count} 份证书都打好了").format(count=at.count)
    index = at.count - len(at.left) + 1
    return _("第 {index} 份，共 {count} 份：{stage}").format(
        index=index, count=at.count, stage=stage(_, at.stage)
    )


def stage(_: Say, now: PrintStage) -> str:
    """How a certificate stands, in a few signs."""
    match now:
        case "asking":
            return _("正在准备")
        case "sending":
            return _("正在发送到打印机")
        case "waiting":
            return _("打印机正忙，正在等待")
        case "printing":
            return _("正在打印")
        case "out_of_paper":
            return _("打印机缺纸")
        case "cover_open":
            return _("打印机盖未关")
        case "jam":
            return _("打印机卡纸")
        case "offline":
            return _("打印机未连接")
        case "error":
            return _("打印机故障")
        case "stopping":
            return _("正在取消")
        case "printed":
            return _("已打印")
        case "stopped":
            return _("已取消，没有打印")
        case "failed":
            return _("没有打印出来")
        case "unknown":
            return _("可能没有打印完整")
        case "refused":
            return _("不能打印")
        case "unreached":
            return _("没有收到服务器的回答")
        case _:
            assert_never(now)


def appointing(_: Say, at: b.Screen) -> str:
    match at:
        case b.ChoosingDay():
            return _("请选择日期")
        case b.ChoosingSlot():
            return _("请选择时间")
        case b.Phoning():
            return _("请输入联系手机号")
        case b.Agreeing():
            return _("请阅读后点“我已阅读”")
        case b.Confirming():
            return _("请核对后确认预约")
        case b.Appointed():
            return appointed(_, at)
        case _:
            assert_never(at)


def appointed(_: Say, at: b.Appointed) -> str:
    match at.paper:
        case "printing":
            return _("预约成功，正在打印凭证")
        case "printed":
            return _("预约成功，请取走凭证")
        case "none":
            return _("预约成功，请拍照保存")
        case "out_of_paper" | "cover_open" | "offline" | "error" | "unknown":
            return _("预约成功，凭证有效")
        case _:
            assert_never(at.paper)
