"""The counter's pages: a case is accepted with a scanner and a keyboard; samples change hands by scans."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from server.protocol import codes
from tests.integration.server.counter import CASES, Counter, picture
from tests.integration.server.visits import booked, checked_in, kiosk, walked_in
from tests.servers import ServerThread

from .conftest import Visit

pytestmark = pytest.mark.browser
Axe = Callable[[Page], list[str]]
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
PARTS = ("", "/new", "/custody", "/referrals", "/late", "/places")
SAVED = "已保存"


def signed_in(
    visit: Visit, hall: ServerThread, user: str = "clerk1", width: int = 1366, **options: Any
) -> Page:
    page = visit(width, 768, **options)
    page.context.add_cookies([{"name": "liqu_session", "value": hall.sign_in(user), "url": hall.url}])
    return page


@pytest.fixture
def clerk(visit: Visit, hall: ServerThread) -> Page:
    return signed_in(visit, hall)


@pytest.fixture
def counter(hall: ServerThread) -> Counter:
    return Counter(hall)


def part(page: Page, hall: ServerThread, name: str = "", language: str = "zh") -> None:
    page.goto(f"{hall.url}/cases/main{name}?lang={language}")
    expect(page.locator("#panel")).to_have_attribute("aria-busy", "false")


def scan(page: Page, code: str) -> None:
    """As a wedge scanner does: it types where the cursor is, and ends with Enter."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def three_pieces(hall: ServerThread) -> Any:
    body = {
        "lines": [{"item": "price-scale", "pieces": 2}, {"item": "balance", "pieces": 1}],
        "customer": "company",
    }
    return hall.ask("POST", "/halls/main/walk-ins", body, kiosk(hall))


def test_three_pieces_are_accepted_with_a_scanner_and_the_keyboard(
    clerk: Page, hall: ServerThread, counter: Counter
) -> None:
    came = three_pieces(hall)
    part(clerk, hall)
    scan(clerk, came["ticket"]["number"])
    expect(clerk.locator("#title")).to_have_text(codes.spaced(came["order"]["number"]))
    for at, label in enumerate(came["order"]["labels"], 1):
        scan(clerk, label["code"])
        expect(clerk.locator(".group-head h2").nth(1)).to_contain_text(f"{at}/3")
    for item, count in (("电子计价秤", "2"), ("电子天平", "1")):
        expect(clerk.get_by_label(f"{item}，清点件数")).to_have_value(count)
    clerk.keyboard.press("Control+g")
    expect(clerk.locator('.piece[data-tone="good"]')).to_have_count(3)
    clerk.get_by_role("button", name="全部确认").press("Enter")
    clerk.get_by_label("单位名称").fill("明亮眼镜店")
    clerk.get_by_label("联系人").fill("某某甲")
    clerk.get_by_label("手机或固定电话").fill("13812345678")
    clerk.get_by_label("客户已同意个人信息说明").press("Space")
    clerk.get_by_role("button", name="保存送检人").press("Enter")
    expect(clerk.locator(".gap-none")).to_be_visible()
    clerk.keyboard.press("Control+Enter")
    expect(clerk.locator("#said")).to_have_text("已受理，样品由您保管")
    assert counter.case(came["order"]["id"])["state"] == "accepted"
    expect(clerk.locator("body")).not_to_contain_text("13812345678")
    expect(clerk.get_by_role("link", name="下一单")).to_be_focused()


def test_a_difference_is_said_at_its_line_and_blocks_the_signature(clerk: Page, hall: ServerThread) -> None:
    order = checked_in(hall, booked(hall)["code"])["order"]
    part(clerk, hall, f"/orders/{order['id']}")
    clerk.get_by_label("焦度计，清点件数").fill("1")
    expect(clerk.locator(".count-bad")).to_have_text("与登记不符")
    expect(clerk.locator("#draft")).to_contain_text(SAVED)
    clerk.get_by_role("button", name="签字受理").click()
    expect(clerk.locator(".sign-box .problem")).to_contain_text("登记2件，清点1件")
    clerk.get_by_role("button", name="加一件：焦度计").click()
    expect(clerk.locator(".piece")).to_have_count(3)
    expect(clerk.locator(".told.warn")).to_contain_text("重新打印标签")
    clerk.locator(".piece-head").nth(2).click()
    clerk.get_by_role("button", name="删除这件").click()
    clerk.locator("#drawer").get_by_role("button", name="删除这件").click()
    expect(clerk.locator(".piece")).to_have_count(2)


def test_a_defect_is_written_down_and_photographed(
    clerk: Page, hall: ServerThread, counter: Counter, tmp_path: Path
) -> None:
    order = walked_in(hall, 1)["order"]
    part(clerk, hall, f"/orders/{order['id']}")
    scan(clerk, order["labels"][0]["code"])
    look = clerk.locator("fieldset.look").first
    look.get_by_label("缺陷").first.check(force=True)
    look.get_by_role("textbox").fill("左侧有划痕")
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(picture())
    clerk.locator("input[type=file]").set_input_files(photo)
    expect(clerk.locator(".thumbs img")).to_have_count(1)
    assert clerk.locator(".thumbs img").evaluate("one => one.decode().then(() => one.naturalWidth)") == 1600
    expect(clerk.locator("#draft")).to_contain_text(SAVED)
    kept = counter.case(order["id"])["pieces"][0]
    assert kept["looks"][0]["good"] is False
    assert kept["looks"][0]["remark"] == "左侧有划痕"


def test_a_label_that_a_piece_came_with_is_recognised(clerk: Page, hall: ServerThread) -> None:
    order = walked_in(hall)["order"]
    part(clerk, hall, f"/orders/{order['id']}")
    scan(clerk, order["labels"][1]["code"])
    clerk.get_by_role("button", name="绑定预印条码").click()
    scan(clerk, "QR-2026-000123")
    expect(clerk.locator("#said")).to_contain_text("QR-2026-000123")
    clerk.locator(".piece-head").first.click()
    clerk.keyboard.press("Escape")
    scan(clerk, "QR-2026-000123")
    expect(clerk.locator('.piece[data-open="true"] .piece-number')).to_have_text("2")


def test_a_piece_of_another_order_is_not_mixed_in(clerk: Page, hall: ServerThread) -> None:
    mine, other = walked_in(hall)["order"], walked_in(hall)["order"]
    part(clerk, hall, f"/orders/{mine['id']}")
    scan(clerk, other["labels"][0]["code"])
    expect(clerk.locator(".case-scan .problem")).to_contain_text(codes.spaced(other["number"]))
    expect(clerk.locator("#title")).to_have_text(codes.spaced(mine["number"]))


def test_a_scan_finds_its_field_wherever_the_focus_was_left(clerk: Page, hall: ServerThread) -> None:
    order = walked_in(hall)["order"]
    part(clerk, hall, f"/orders/{order['id']}")
    clerk.get_by_label("规程适用").focus()
    scan(clerk, order["labels"][1]["code"])
    expect(clerk.locator('.piece[data-open="true"] .piece-number')).to_have_text("2")


def test_who_saves_over_anothers_change_is_told_and_reads_it_anew(
    clerk: Page, hall: ServerThread, counter: Counter
) -> None:
    order = walked_in(hall)["order"]
    part(clerk, hall, f"/orders/{order['id']}")
    expect(clerk.get_by_label("备注")).to_be_visible()
    counter.save(counter.case(order["id"]), remark="同事写的")
    clerk.get_by_label("备注").fill("我写的")
    expect(clerk.locator("#problem")).to_contain_text("受理单已被别人改过")
    clerk.get_by_role("button", name="读取最新内容").click()
    expect(clerk.get_by_label("备注")).to_have_value("同事写的")
    expect(clerk.locator("#problem")).to_be_hidden()


def test_a_notice_is_told_whole_and_printed_and_a_later_one_is_red(
    clerk: Page, visit: Visit, hall: ServerThread, counter: Counter
) -> None:
    order = checked_in(hall, booked(hall)["code"])["order"]
    part(clerk, hall, f"/orders/{order['id']}")
    clerk.get_by_role("button", name="一次性告知").click()
    clerk.get_by_label("第 1 项").fill("营业执照复印件")
    with clerk.expect_popup() as sheet:
        clerk.get_by_role("button", name="告知并打印").click()
    sheet.value.close()
    expect(clerk.locator(".demand-card")).to_contain_text("营业执照复印件")
    expect(clerk.locator(".case-head .pill").first).to_have_text("待补正")
    url = clerk.get_by_role("link", name="打印告知书").get_attribute("href")
    answer = clerk.request.get(f"{hall.url}{url}")
    assert answer.body().startswith(b"%PDF-")
    counter.do("POST", f"{CASES}/{order['id']}/notices", {"missing": ["上次检定证书"]})
    manager = signed_in(visit, hall, "manager")
    part(manager, hall, "/late")
    expect(manager.locator("tbody .wrong")).to_have_text("上次检定证书")
    manager.get_by_role("button", name=codes.spaced(order["number"])).click()
    expect(manager.locator(".demand-card .late")).to_have_text("违规：漏列后补")


def test_a_hand_over_takes_two_people_and_two_scans(
    clerk: Page, visit: Visit, hall: ServerThread, counter: Counter
) -> None:
    case = counter.accepted(2)
    first, second = (piece["code"] for piece in case["pieces"])
    part(clerk, hall, "/custody")
    for code in (first, second):
        scan(clerk, code)
    expect(clerk.get_by_role("heading", name="已扫 2 件")).to_be_visible()
    clerk.get_by_label("交给").select_option("verifier1")
    clerk.get_by_role("button", name="交出，等对方扫码接收").click()
    expect(clerk.locator("#said")).to_contain_text("已交出 2 件")
    lab = signed_in(visit, hall, "verifier1")
    part(lab, hall)
    expect(lab.locator("nav.parts li")).to_have_text(["样品交接", "转办事项"])
    scan(lab, first)
    expect(lab.get_by_role("button", name="接收已扫的 1 件")).to_be_visible()
    scan(lab, second)
    lab.get_by_role("button", name="接收已扫的 2 件").click()
    expect(lab.locator("#said")).to_have_text("已接收 2 件")
    assert {piece["holder"]["id"] for piece in counter.case(case["id"])["pieces"]} == {"staff:verifier1"}
    scan(clerk, first)
    expect(clerk.locator(".scan .problem")).to_contain_text("一号检定员")


def test_a_fragile_piece_goes_only_with_the_tick_and_onto_its_shelf(
    clerk: Page, hall: ServerThread, counter: Counter
) -> None:
    body = {"lines": [{"item": "trial-lenses", "pieces": 1}], "customer": "company"}
    number = hall.ask("POST", "/halls/main/walk-ins", body, kiosk(hall))["order"]["number"]
    case = counter.sign(counter.save(counter.known(counter.open(number))))
    part(clerk, hall, "/custody")
    scan(clerk, case["pieces"][0]["flow"])
    scan(clerk, "SHELF-F1")
    expect(clerk.locator(".scan .problem")).to_contain_text("轻放")
    clerk.get_by_label("含易损样品：我已轻放并防护").check()
    scan(clerk, "SHELF-F1")
    expect(clerk.locator("#said")).to_have_text("已放上F1 易损专用架，1 件")
    assert counter.case(case["id"])["pieces"][0]["holder"]["id"] == "shelf:f1"


def test_an_order_on_site_is_registered_and_referred(clerk: Page, hall: ServerThread) -> None:
    part(clerk, hall, "/new")
    clerk.locator(".new-lines select").select_option("fuel-dispenser")
    clerk.get_by_label("站点").select_option("van-1")
    clerk.get_by_label("单位名称").fill("城东加油站")
    clerk.get_by_label("联系人").fill("某乙")
    clerk.get_by_label("手机或固定电话").fill("13712345678")
    clerk.get_by_label("客户已同意个人信息说明").check()
    clerk.get_by_role("button", name="登记，开始受理").click()
    expect(clerk.locator(".case-head")).to_contain_text("上门")
    clerk.get_by_role("button", name="转办").click()
    clerk.get_by_label("转到").select_option("institution")
    clerk.locator("#drawer").get_by_role("textbox", name="转给谁").fill("省计量院")
    clerk.get_by_label("为什么转办").fill("量程超出")
    clerk.locator("#drawer").get_by_role("button", name="转办").click()
    expect(clerk.locator("#said")).to_contain_text("已转办")
    part(clerk, hall, "/referrals")
    expect(clerk.locator("tbody")).to_contain_text("省计量院")


def test_the_section_receives_and_answers_what_was_passed_to_it(
    visit: Visit, hall: ServerThread, counter: Counter
) -> None:
    case = counter.accepted(1)
    body = {"order": case["id"], "way": "section", "to": "力学室", "reason": "量程超出", "due": "2026-11-24"}
    counter.do("POST", "/halls/main/referrals", body)
    lab = signed_in(visit, hall, "verifier1")
    part(lab, hall, "/custody")
    lab.get_by_role("link", name="转办事项").click()
    expect(lab.get_by_role("button", name="新建转办")).to_have_count(0)
    lab.locator("tbody .open").click()
    lab.locator("#drawer").get_by_role("button", name="签收").click()
    expect(lab.locator("tbody .pill")).to_have_text("已签收")


def test_a_piece_is_given_back_before_the_lab_has_it(
    clerk: Page, hall: ServerThread, counter: Counter
) -> None:
    case = counter.accepted(2)
    part(clerk, hall, f"/orders/{case['id']}")
    clerk.get_by_role("button", name="退回一件").click()
    clerk.get_by_label("哪一件").select_option(case["pieces"][1]["code"])
    clerk.get_by_label("退回的原因").fill("量程超出")
    clerk.get_by_role("button", name="确认交还客户").click()
    expect(clerk.locator("#said")).to_contain_text("已交还客户")
    seen = counter.case(case["id"])
    assert [piece["state"] for piece in seen["pieces"]] == ["received", "refused_at_intake"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_nothing_and_nothing_is_cut_off(
    visit: Visit, hall: ServerThread, counter: Counter, axe: Axe, language: str
) -> None:
    order = three_pieces(hall)["order"]
    counter.photo(counter.open(order["number"]))
    counter.do("POST", f"{CASES}/{order['id']}/notices", {"missing": ["营业执照复印件"]})
    done = counter.accepted(2)
    body = {"way": "matter", "to": "甲", "reason": "量程", "due": "2026-11-20", "order": done["id"]}
    counter.do("POST", "/halls/main/referrals", body)
    found: dict[str, list[str]] = {}
    for width in (1366, 390):
        page = signed_in(visit, hall, "manager", width, bypass_csp=True)

        def look(name: str, page: Page = page, width: int = width) -> None:
            found[f"{name} {width}"] = axe(page)
            if page.evaluate(SIDEWAYS):
                found[f"{name} {width}"].append("wider than the window")

        for name in (*PARTS, f"/orders/{order['id']}", f"/orders/{done['id']}"):
            part(page, hall, name, language)
            heads = page.locator(".piece-head")
            if heads.count():
                heads.first.click()
            look(name)
        part(page, hall, f"/orders/{order['id']}", language)
        page.locator(".side-acts .small").nth(3).click()
        look("a drawer")
    assert {name: faults for name, faults in found.items() if faults} == {}
