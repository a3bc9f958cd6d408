"""Staff run the visits from their pages: by mouse, by keyboard alone, and by a scanner that types."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from server.domain.customers import USCC_ALPHABET, uscc
from server.protocol import codes
from tests.integration.server.visits import DAY, booked, checked_in, customer, walked_in
from tests.servers import ServerThread

from .conftest import Visit

pytestmark = pytest.mark.browser
Axe = Callable[[Page], list[str]]
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
PARTS = ("", "/book", "/orders", "/fleet", "/samples", "/due", "/sources", "/messages")


def signed_in(visit: Visit, hall: ServerThread, user: str = "clerk1", **options: Any) -> Page:
    page = visit(1280, 800, **options)
    page.context.add_cookies([{"name": "liqu_session", "value": hall.sign_in(user), "url": hall.url}])
    return page


@pytest.fixture
def clerk(visit: Visit, hall: ServerThread) -> Page:
    return signed_in(visit, hall)


@pytest.fixture
def manager(visit: Visit, hall: ServerThread) -> Page:
    return signed_in(visit, hall, "manager")


def part(page: Page, hall: ServerThread, name: str = "", language: str = "zh") -> None:
    page.goto(f"{hall.url}/visits/main{name}?lang={language}")
    expect(page.locator("#panel")).to_have_attribute("aria-busy", "false")


def spaced(number: str) -> str:
    return codes.spaced(number)


def scan(page: Page, code: str) -> None:
    """As a wedge scanner does: it types where the cursor is, and ends with Enter."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def field(inside: Page | Locator, label: str) -> Locator:
    return inside.get_by_label(label, exact=True)


def sheet(tmp_path: Path, *lines: str, heads: str = "器具,出厂编号") -> Path:
    path = tmp_path / f"sheet-{len(list(tmp_path.iterdir()))}.csv"
    path.write_text("\n".join((heads, *lines)), encoding="utf-8-sig")
    return path


# Appointments of a day


def test_the_appointments_of_a_day_are_listed_masked_and_filtered(clerk: Page, hall: ServerThread) -> None:
    web = booked(hall, customer=customer(1))
    token = hall.sign_in("clerk2")
    company = {
        "type": "company",
        "name": "某乙",
        "phone": "13700001234",
        "company": "江城粮油市场管理有限公司",
    }
    phone = booked(hall, token, channel="phone", customer=company)
    checked_in(hall, web["code"])
    part(clerk, hall)
    rows = clerk.locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(clerk.locator("table")).to_contain_text(spaced(phone["number"]))
    expect(clerk.locator("body")).not_to_contain_text("某乙")
    expect(clerk.locator("body")).not_to_contain_text("13700001234")
    for label, choice, left in (
        ("客户类型", "company", phone),
        ("渠道", "web", web),
        ("状态", "checked_in", web),
    ):
        field(clerk, label).select_option(choice)
        expect(rows).to_have_count(1)
        expect(rows).to_contain_text(spaced(left["number"]))
        field(clerk, label).select_option("")
        expect(rows).to_have_count(2)
    field(clerk, "状态").select_option("cancelled")
    expect(clerk.locator(".nothing")).to_contain_text("没有符合条件的记录")
    clerk.get_by_role("button", name="后一天").click()
    expect(clerk.locator(".nothing")).to_contain_text("还没有预约")
    clerk.get_by_role("button", name="今天").click()
    field(clerk, "状态").select_option("")
    expect(rows).to_have_count(2)


def test_a_scanned_voucher_is_checked_in_with_enter_alone(clerk: Page, hall: ServerThread) -> None:
    one, other = booked(hall, customer=customer(1)), booked(hall, customer=customer(2))
    part(clerk, hall)
    for expected, proof in (("A001", one["code"]), ("A002", other["number"])):
        scan(clerk, proof)
        expect(clerk.get_by_role("button", name="签到", exact=True)).to_be_focused()
        clerk.keyboard.press("Enter")
        expect(clerk.locator("#drawer")).to_contain_text("您来早了")
        expect(clerk.get_by_role("button", name="确认签到")).to_be_focused()
        clerk.keyboard.press("Enter")
        expect(clerk.locator(".came strong")).to_have_text(expected)
        expect(clerk.get_by_role("button", name="下一位")).to_be_focused()
        clerk.keyboard.press("Enter")
        expect(clerk.locator("#drawer")).to_be_hidden()
        expect(clerk.locator("[data-scan]")).to_be_focused()
        expect(clerk.locator("[data-scan]")).to_have_value("")
    expect(clerk.locator("tbody .pill", has_text="已签到")).to_have_count(2)


def test_a_voucher_scanned_over_an_open_one_takes_its_place_and_confirms_nothing(
    clerk: Page, hall: ServerThread
) -> None:
    one, other = booked(hall, customer=customer(1)), booked(hall, customer=customer(2))
    part(clerk, hall)
    scan(clerk, one["code"])
    expect(clerk.locator(".case-number")).to_have_text(spaced(one["number"]))
    scan(clerk, other["code"])
    expect(clerk.locator(".case-number")).to_have_text(spaced(other["number"]))
    clerk.get_by_role("button", name="签到", exact=True).press("Enter")
    expect(clerk.get_by_role("button", name="确认签到")).to_be_focused()
    scan(clerk, one["number"])
    expect(clerk.locator(".case-number")).to_have_text(spaced(one["number"]))
    listed = hall.ask("GET", f"/halls/main/appointments?day={DAY}", token=hall.sign_in("clerk2"))
    assert [each["state"] for each in listed] == ["booked", "booked"]


def test_the_pieces_that_came_are_those_that_get_labels(clerk: Page, hall: ServerThread) -> None:
    lines = [{"item": "lensmeter", "pieces": 3}, {"item": "price-scale", "pieces": 1}]
    one = booked(hall, lines=lines, acknowledged={"lensmeter": 1, "price-scale": 1})
    part(clerk, hall)
    scan(clerk, one["number"])
    clerk.get_by_role("button", name="签到", exact=True).click()
    field(clerk, "焦度计").fill("2")
    field(clerk, "电子计价秤").fill("0")
    clerk.get_by_role("button", name="确认签到").click()
    expect(clerk.locator("#drawer .facts")).to_contain_text("2 张")
    expect(clerk.locator("code")).to_have_text(f"liqu-labels --config FILE --order {one['number']}")
    token = hall.sign_in("clerk2")
    order = hall.ask("POST", "/halls/main/labels", {"code": one["number"]}, token)
    assert [(line["item"], line["pieces"]) for line in order["lines"]] == [("lensmeter", 2)]


def test_nobody_is_checked_in_with_nothing(clerk: Page, hall: ServerThread) -> None:
    one = booked(hall)
    part(clerk, hall)
    scan(clerk, one["number"])
    clerk.get_by_role("button", name="签到", exact=True).click()
    field(clerk, "焦度计").fill("0")
    clerk.get_by_role("button", name="确认签到").click()
    expect(clerk.locator("#drawer .problem:visible")).to_contain_text("没有送来的器具")
    assert hall.ask("GET", f"/halls/main/appointments?day={DAY}", token=hall.sign_in("clerk2"))[0][
        "state"
    ] == ("booked")


@pytest.mark.parametrize(
    ("told", "sentence"),
    [("1234", "码不完整"), ("111111111111", "码有误"), ("6901234567892", "码不完整")],
)
def test_what_is_no_voucher_is_said_at_the_field_and_stays_to_be_mended(
    clerk: Page, hall: ServerThread, told: str, sentence: str
) -> None:
    part(clerk, hall)
    scan(clerk, told)
    problem = clerk.locator(".scan .problem")
    expect(problem).to_be_visible()
    if sentence != "码有误":
        expect(problem).to_contain_text(sentence)
    expect(clerk.locator("[data-scan]")).to_have_value(told)
    expect(clerk.locator("[data-scan]")).to_be_focused()
    one = booked(hall)
    scan(clerk, one["number"])
    expect(clerk.locator(".case-number")).to_have_text(spaced(one["number"]))


def test_an_appointment_is_moved_to_another_day(clerk: Page, hall: ServerThread) -> None:
    one = booked(hall)
    part(clerk, hall)
    clerk.get_by_role("button", name=spaced(one["number"])).click()
    clerk.get_by_role("button", name="改期").click()
    clerk.locator(".slots select").select_option("2026-11-23")
    clerk.get_by_role("button", name="确认改期").click()
    expect(clerk.locator("#drawer .problem:visible")).to_contain_text("请选择一个时段")
    clerk.get_by_label("09:00–09:30").check()
    clerk.get_by_role("button", name="确认改期").click()
    expect(clerk.locator("#drawer .facts")).to_contain_text("11月23日 周一 09:00–09:30")
    expect(clerk.locator("#drawer .timeline")).to_contain_text("改期")
    expect(clerk.locator("#said")).to_have_text(f"预约 {spaced(one['number'])} 已改期")
    clerk.keyboard.press("Escape")
    expect(clerk.locator(".nothing")).to_be_visible()


def test_after_the_cut_off_a_reason_is_asked_for(clerk: Page, hall: ServerThread) -> None:
    one = booked(hall)
    part(clerk, hall)
    hall.clock.advance(minutes=100)
    scan(clerk, one["number"])
    clerk.get_by_role("button", name="取消预约").click()
    clerk.get_by_role("button", name="确认取消").click()
    reason = field(clerk, "原因")
    expect(reason).to_be_focused()
    expect(clerk.locator("#drawer")).to_contain_text("请填写此项。")
    reason.fill("客户来电，设备故障")
    clerk.get_by_role("button", name="确认取消").click()
    expect(clerk.locator("#drawer .case-head .pill")).to_have_text("已取消")
    expect(clerk.get_by_role("button", name="签到", exact=True)).to_have_count(0)


def test_the_cut_off_that_passes_while_the_drawer_is_open_loses_nothing(
    clerk: Page, hall: ServerThread
) -> None:
    one = booked(hall)
    part(clerk, hall)
    scan(clerk, one["number"])
    clerk.get_by_role("button", name="取消预约").click()
    hall.clock.advance(minutes=100)
    clerk.get_by_role("button", name="确认取消").click()
    expect(clerk.locator("#drawer .problem:visible")).to_contain_text("请填写原因")
    clerk.get_by_label("原因（可以不填）").fill("设备故障")
    clerk.get_by_role("button", name="确认取消").click()
    expect(clerk.locator("#drawer .case-head .pill")).to_have_text("已取消")


# Booking on behalf


def choose_instrument(page: Page) -> None:
    page.locator(".book select").first.select_option("lensmeter")
    expect(page.locator(".slot").first).to_be_visible()


def write_down(page: Page) -> None:
    field(page, "客户类型").select_option("company")
    field(page, "单位名称").fill("江城眼镜有限公司")
    field(page, "联系人").fill("某某人乙")
    field(page, "手机或固定电话").fill("138 1234 5678")


def test_a_caller_is_booked_for(clerk: Page, hall: ServerThread) -> None:
    part(clerk, hall, "/book")
    choose_instrument(clerk)
    expect(clerk.locator(".outcome")).to_contain_text("立等可取")
    clerk.get_by_label("14:00–14:30").check()
    clerk.get_by_label("电话", exact=True).check()
    write_down(clerk)
    clerk.get_by_role("button", name="提交预约").click()
    expect(clerk.locator(".wrong:visible")).to_contain_text("同意")
    clerk.get_by_label("客户已同意个人信息说明").check()
    clerk.get_by_role("button", name="提交预约").click()
    expect(clerk.locator(".book .problem:visible")).to_contain_text("焦度计")
    clerk.get_by_label("焦度计的送检须知已读给客户听").check()
    clerk.get_by_role("button", name="提交预约").click()
    expect(clerk.locator("#drawer-title")).to_have_text("预约成功")
    (one,) = hall.ask("GET", f"/halls/main/appointments?day={DAY}", token=hall.sign_in("clerk2"))
    expect(clerk.locator(".came strong")).to_have_text(spaced(one["number"]))
    expect(clerk.locator("#drawer")).not_to_contain_text("某某人乙")
    assert (one["channel"], one["customer_type"], one["slot"]) == ("phone", "company", "accept-1400")
    clerk.keyboard.press("Enter")
    expect(clerk.locator("#drawer")).to_be_hidden()
    expect(field(clerk, "单位名称")).to_have_value("")


def test_a_wrong_credit_code_is_said_at_its_field_before_anything_is_sent(
    clerk: Page, hall: ServerThread
) -> None:
    part(clerk, hall, "/book")
    code = field(clerk, "统一社会信用代码")
    code.fill("91350100M000100Y44")
    code.press("Tab")
    expect(clerk.locator(".wrong:visible")).to_contain_text("校验位不对")
    code.fill("91350100M000100Y43")
    code.press("Tab")
    expect(clerk.locator(".wrong:visible")).to_have_count(0)


def test_the_page_and_the_rules_agree_on_credit_codes(clerk: Page, hall: ServerThread) -> None:
    part(clerk, hall, "/book")
    body = "91350100M000100Y4"
    told = [body + sign for sign in USCC_ALPHABET] + [body, body + "I", "0" * 18, "91350100m000100y43"]
    right = clerk.evaluate("told => told.map(window.Liqu.who.usccRight)", told)
    assert right == [uscc(one) is not None for one in told]
    assert sum(right) == 3


def test_a_slot_that_is_gone_meanwhile_costs_nothing_that_was_typed(clerk: Page, hall: ServerThread) -> None:
    part(clerk, hall, "/book")
    choose_instrument(clerk)
    clerk.get_by_label("13:30–14:00").check()
    write_down(clerk)
    clerk.get_by_label("客户已同意个人信息说明").check()
    clerk.get_by_label("焦度计的送检须知已读给客户听").check()
    hall.clock.advance(minutes=100)
    clerk.get_by_role("button", name="提交预约").click()
    expect(clerk.locator(".book .problem:visible")).to_contain_text("这个时段已经开始")
    expect(clerk.get_by_label("13:30–14:00")).to_have_count(0)
    expect(field(clerk, "单位名称")).to_have_value("江城眼镜有限公司")
    clerk.get_by_label("14:00–14:30").check()
    clerk.get_by_role("button", name="提交预约").click()
    expect(clerk.locator("#drawer-title")).to_have_text("预约成功")


def test_a_resident_is_asked_for_no_company(clerk: Page, hall: ServerThread) -> None:
    part(clerk, hall, "/book")
    expect(field(clerk, "单位名称")).to_be_visible()
    field(clerk, "客户类型").select_option("resident")
    expect(field(clerk, "单位名称")).to_be_hidden()
    expect(field(clerk, "统一社会信用代码")).to_be_hidden()


# Orders, fleets, samples


def test_the_orders_of_a_day_say_how_their_labels_are_printed(clerk: Page, hall: ServerThread) -> None:
    one = booked(hall)
    checked_in(hall, one["code"])
    walked = walked_in(hall, 3)
    part(clerk, hall, "/orders")
    expect(clerk.locator("tbody tr")).to_have_count(2)
    field(clerk, "渠道").select_option("kiosk")
    expect(clerk.locator("tbody tr")).to_have_count(1)
    clerk.locator("tbody tr").click()
    expect(clerk.locator("#drawer")).to_contain_text("现场登记")
    expect(clerk.locator("#drawer code")).to_have_text(
        f"liqu-labels --config FILE --order {walked['order']['number']}"
    )


def test_a_fleet_is_registered_from_a_sheet_or_told_line_by_line_why_not(
    clerk: Page, hall: ServerThread, tmp_path: Path
) -> None:
    part(clerk, hall, "/fleet")
    write_down(clerk)
    field(clerk, "手机或固定电话").fill("138")
    clerk.get_by_label("客户已同意个人信息说明").check()
    clerk.get_by_role("button", name="登记客户，下一步").click()
    expect(clerk.locator(".wrong:visible")).to_contain_text("电话号码有误")
    expect(field(clerk, "手机或固定电话")).to_be_focused()
    field(clerk, "手机或固定电话").fill("13812345678")
    clerk.get_by_role("button", name="登记客户，下一步").click()
    expect(clerk.locator(".known")).to_contain_text("138****5678")
    with clerk.expect_download() as downloading:
        clerk.get_by_role("link", name="下载空白表格").click()
    template = downloading.value.path().read_text(encoding="utf-8-sig")
    assert template.strip() == "器具,出厂编号"
    upload = clerk.get_by_label("选择清单（CSV 或 XLSX）")
    upload.set_input_files(sheet(tmp_path, "焦度计,A1", "焦度仪,A2", "焦度计,"))
    faults = clerk.locator(".faults tbody tr")
    expect(faults).to_have_count(2)
    expect(faults.nth(0)).to_contain_text("目录里没有“焦度仪”")
    expect(faults.nth(1)).to_contain_text("没有填写")
    expect(clerk.get_by_role("button", name="确认导入")).to_have_count(0)
    upload.set_input_files(sheet(tmp_path, *(f"电子计价秤,SN{n:05d}" for n in range(120))))
    expect(clerk.locator(".told")).to_contain_text("电子计价秤 × 120")
    clerk.get_by_role("button", name="确认导入").click()
    expect(clerk.locator(".came")).to_contain_text("已登记 120 件")
    number = clerk.locator(".came strong").inner_text().replace(" ", "")
    expect(clerk.locator("code")).to_have_text(f"liqu-labels --config FILE --order {number}")
    labels = hall.ask("GET", f"/halls/main/orders/{number}/labels", token=hall.sign_in("clerk2"))
    assert labels["count"] == 120


def test_a_pre_printed_label_is_bound_by_two_scans_and_only_once(clerk: Page, hall: ServerThread) -> None:
    first, second = walked_in(hall, 2)["order"]["labels"]
    part(clerk, hall, "/samples")
    scan(clerk, first["code"])
    expect(clerk.locator(".case-number")).to_have_text(first["code"])
    scan(clerk, "PRE-0001")
    expect(clerk.locator("#said")).to_have_text(f"PRE-0001 已绑定到 {first['code']}")
    scan(clerk, "PRE-0001")
    expect(clerk.locator(".facts")).to_contain_text("PRE-0001")
    expect(clerk.locator(".case-number")).to_have_text(first["code"])
    expect(clerk.locator(".bind")).to_have_count(0)
    expect(clerk.locator(".scan input")).to_have_value("")
    scan(clerk, second["code"])
    expect(clerk.locator(".case-number")).to_have_text(second["code"])
    scan(clerk, "PRE-0001")
    expect(clerk.locator(".bind .problem")).to_contain_text("这个条码已属于另一件样品")
    scan(clerk, "PRE-0002")
    expect(clerk.locator("#said")).to_have_text(f"PRE-0002 已绑定到 {second['code']}")


# Sources, due items, messages


def test_sources_are_counted_by_channel_and_by_type(clerk: Page, hall: ServerThread) -> None:
    booked(hall, customer=customer(1))
    booked(hall, customer=customer(2))
    booked(hall, hall.sign_in("clerk2"), channel="qq", customer=customer(3))
    part(clerk, hall, "/sources")
    expect(clerk.get_by_role("row", name=re.compile("网页")).get_by_role("cell").first).to_have_text("2")
    expect(clerk.get_by_role("row", name=re.compile("QQ"))).to_contain_text("33%")
    expect(clerk.get_by_role("row", name=re.compile("个体工商户")).get_by_role("cell").first).to_have_text(
        "3"
    )
    field(clerk, "到").fill("2026-10-30")
    expect(clerk.locator(".nothing")).to_contain_text("这段时间没有预约")
    field(clerk, "到").fill("2026-10-01")
    expect(clerk.locator("#problem")).to_contain_text("开始日期不能晚于结束日期")


def test_due_items_are_entered_imported_found_and_done(
    manager: Page, hall: ServerThread, tmp_path: Path
) -> None:
    part(manager, hall, "/due")
    expect(manager.locator(".nothing")).to_contain_text("还没有到期器具")
    manager.get_by_role("button", name="添加到期器具").click()
    drawer = manager.locator("#drawer")
    field(drawer, "到期日").fill("2026-11-30")
    field(drawer, "单位名称").fill("江城眼镜有限公司")
    drawer.get_by_role("button", name="保存").click()
    expect(drawer.locator(".problem:visible")).to_be_visible()
    expect(field(drawer, "单位名称")).to_have_value("江城眼镜有限公司")
    field(drawer, "手机或固定电话").fill("13812345678")
    drawer.get_by_role("button", name="保存").click()
    expect(manager.locator("#said")).to_contain_text("已添加")
    expect(manager.locator("tbody")).not_to_contain_text("13812345678")
    manager.get_by_role("button", name="用表格导入").click()
    heads = "器具,到期日,单位,电话,编号"
    upload = drawer.get_by_label("选择表格（CSV 或 XLSX）")
    upload.set_input_files(sheet(tmp_path, "焦度计,2026-13-01,明亮眼镜店,13900000001,B1", heads=heads))
    expect(drawer.locator(".faults")).to_contain_text("“2026-13-01”不是日期")
    upload.set_input_files(sheet(tmp_path, "焦度计,2026-12-31,明亮眼镜店,13900000001,B1", heads=heads))
    drawer.get_by_role("button", name="确认导入").click()
    rows = manager.locator("tbody tr")
    expect(rows).to_have_count(2)
    field(manager, "查找").fill("B1")
    expect(rows).to_have_count(1)
    manager.get_by_role("button", name=re.compile("标为已处理")).click()
    expect(manager.locator(".nothing")).to_be_visible()
    manager.get_by_label("包括已处理的").check()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("已处理")


def test_messages_that_were_given_up_say_why_and_are_sent_again(manager: Page, hall: ServerThread) -> None:
    asked: list[str] = []
    given_up = {
        "id": "m1",
        "kind": "booked",
        "state": "given_up",
        "channel": "webhook",
        "tries": 8,
        "reason": "http 503",
        "due_at": "2026-11-20T04:00:00Z",
        "next_at": None,
        "ended_at": "2026-11-20T05:00:00Z",
        "may_retry": True,
    }

    def answer(route: Route) -> None:
        asked.append(f"{route.request.method} {route.request.url.split('/api/v1')[1]}")
        if route.request.method == "POST":
            route.fulfill(status=204)
        else:
            body = {"counts": {"given_up": 1, "sent": 7}, "channels": {"booked": []}, "messages": [given_up]}
            route.fulfill(status=200, content_type="application/json", body=json.dumps(body))

    manager.route("**/api/v1/**", answer)
    part(manager, hall, "/messages")
    expect(manager.locator('.tile[data-state="sent"]')).to_contain_text("7")
    expect(manager.locator("tbody")).to_contain_text("http 503")
    expect(manager.locator(".told")).to_contain_text("预约成功")
    manager.locator('.tile[data-state="given_up"]').click()
    expect(manager.locator('.tile[data-state="given_up"]')).to_be_focused()
    manager.get_by_role("button", name=re.compile("重新发送")).click()
    expect(manager.locator("#said")).to_have_text("已重新排入发送")
    assert "GET /halls/main/messages?state=given_up" in asked
    assert "POST /halls/main/messages/m1/retry" in asked


def test_messages_are_for_managers(clerk: Page, hall: ServerThread) -> None:
    part(clerk, hall)
    expect(clerk.locator(".parts")).not_to_contain_text("客户消息")
    answer = clerk.goto(f"{hall.url}/visits/main/messages")
    assert answer is not None
    assert answer.status == 403


# When something is in the way


def test_a_lost_link_is_said_and_the_list_comes_back_by_itself(clerk: Page, hall: ServerThread) -> None:
    booked(hall)
    part(clerk, hall)
    clerk.route("**/api/v1/**", lambda route: route.abort())
    clerk.evaluate("window.dispatchEvent(new Event('offline'))")
    expect(clerk.locator("#link")).to_be_visible()
    field(clerk, "状态").select_option("booked")
    expect(clerk.locator("#problem")).to_contain_text("没有连上服务器")
    expect(clerk.get_by_role("button", name="重试")).to_be_visible()
    clerk.unroute("**/api/v1/**")
    clerk.evaluate("window.dispatchEvent(new Event('online'))")
    expect(clerk.locator("tbody tr")).to_have_count(1)
    expect(clerk.locator("#problem")).to_be_hidden()
    expect(clerk.locator("#link")).to_be_hidden()


def test_who_is_signed_out_signs_in_beside_and_goes_on_with_what_was_typed(
    clerk: Page, hall: ServerThread
) -> None:
    part(clerk, hall, "/fleet")
    write_down(clerk)
    clerk.get_by_label("客户已同意个人信息说明").check()
    clerk.context.clear_cookies()
    go = clerk.get_by_role("button", name="登记客户，下一步")
    go.click()
    link = clerk.locator(".problem:visible a")
    expect(link).to_have_text("重新登录")
    with clerk.context.expect_page() as opening:
        link.click()
    beside = opening.value
    beside.fill("#user", "clerk1")
    beside.fill("#password", hall.credentials["users"]["clerk1"])
    beside.keyboard.press("Enter")
    expect(beside).to_have_url(f"{hall.url}/visits/main/fleet")
    token = beside.locator('meta[name="csrf"]').get_attribute("content")
    clerk.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(clerk.locator('meta[name="csrf"]')).to_have_attribute("content", token or "")
    go.click()
    expect(clerk.locator(".known")).to_contain_text("138****5678")


def test_the_desk_and_the_managers_pages_lead_here(manager: Page, hall: ServerThread) -> None:
    for place in ("/desk", "/desk/main/1", "/manage"):
        manager.goto(hall.url + place)
        manager.get_by_role("link", name="预约与送检").click()
        expect(manager.locator("h1")).to_have_text("当日预约")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_nothing_and_nothing_is_cut_off(
    visit: Visit, hall: ServerThread, axe: Axe, language: str
) -> None:
    page = signed_in(visit, hall, "manager", bypass_csp=True)
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        found[name] = axe(page)
        if page.evaluate(SIDEWAYS):
            found[name].append("wider than the window")
        if page.evaluate(
            "[...document.querySelectorAll('.list')].some(one => one.scrollWidth > one.clientWidth)"
        ):
            found[name].append("a table is wider than its card")

    for name in PARTS:
        part(page, hall, name, language)
        look(f"empty {name}")
    one = booked(hall)
    checked_in(hall, booked(hall, customer=customer(2))["code"])
    due = {"item": "lensmeter", "due_on": "2026-11-01", "company": "明亮眼镜店", "phone": "13812345678"}
    hall.ask("POST", "/halls/main/due-items", due, hall.sign_in("clerk2"))
    for name in PARTS:
        part(page, hall, name, language)
        look(f"full {name}")
    choose_instrument_of = page.locator(".book select").first
    part(page, hall, "/book", language)
    choose_instrument_of.select_option("lensmeter")
    expect(page.locator(".slot").first).to_be_visible()
    page.locator(".slot").first.click()
    page.locator(".book [type=submit]").click()
    expect(page.locator(".wrong:visible")).to_have_count(1)
    look("book refused")
    part(page, hall, "", language)
    scan(page, one["number"])
    acts = page.locator(".case-acts .button")
    expect(acts).to_have_count(3)
    look("case")
    for at, name in enumerate(("arriving", "moving", "giving up")):
        acts.nth(at).click()
        expect(page.locator("#drawer form").first).to_be_visible()
        look(name)
        page.locator("#drawer .sheet-end .second").click()
        expect(acts).to_have_count(3)
    assert found == {name: [] for name in found}
