"""The manager's pages of machines and of the day: what needs somebody comes by itself, and goes by itself."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
import requests
from PIL import Image
from playwright.sync_api import Page, expect

from tests.servers import ServerThread

from .conftest import Visit, lose

pytestmark = pytest.mark.browser
Axe = Callable[[Page], list[str]]
LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])


def report(hall: ServerThread, device: str = "kiosk-1", **said: object) -> list[Any]:
    """The device tells how it is; what it is asked to do."""
    body = {"version": "0.1.0", **said}
    answer = hall.ask("POST", "/devices/self/status", body, hall.credentials["devices"][device])
    errands: list[Any] = answer["errands"]
    return errands


def opened(visit: Visit, hall: ServerThread, part: str = "health", language: str = "zh", **more: Any) -> Page:
    page = visit(bypass_csp=True, **more)
    page.context.add_cookies([{"name": "liqu_session", "value": hall.sign_in("manager"), "url": hall.url}])
    page.goto(f"{hall.url}/manage/{part}?lang={language}")
    expect(page.locator("#panel")).to_have_attribute("aria-busy", "false")
    return page


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (54, 96), "#0A4F94").save(made, "PNG")
    return made.getvalue()


def test_an_alarm_comes_and_goes_by_itself_and_somebody_takes_care_of_it(
    visit: Visit, hall: ServerThread
) -> None:
    report(hall, printer="ready", sound="ready")
    page = opened(visit, hall)
    expect(page.locator(".calm")).to_contain_text("一切正常")
    report(hall, printer="out_of_paper", sound="ready")
    alarm = page.locator(".alarm")
    expect(alarm).to_contain_text("1号自助机：小票打印机缺纸")
    expect(alarm).to_contain_text("请换一卷新纸")
    badge = page.locator("#health-badge")
    expect(badge).to_contain_text("1条告警待处理")
    alarm.get_by_role("button", name="我来处理：1号自助机：小票打印机缺纸").click()
    expect(alarm).to_contain_text("值班经理正在处理")
    expect(badge).to_be_hidden()
    alarm.get_by_role("button", name="记入维护记录：1号自助机：小票打印机缺纸").click()
    page.locator("#sheet").get_by_label("做了什么").fill("换了一卷纸")
    page.click("#sheet-save")
    expect(page.locator("#said")).to_have_text("已记入维护记录。")
    line = page.locator(".upkeep tbody tr")
    expect(line).to_contain_text("换纸")
    expect(line).to_contain_text("对应告警")
    report(hall, printer="ready", sound="ready")
    expect(page.locator(".calm")).to_be_visible()
    expect(page.locator('[data-device="kiosk-1"]')).to_contain_text(re.compile(r"小票打印机\s*正常"))


def test_a_manager_sees_a_devices_screen_after_a_yes(visit: Visit, hall: ServerThread) -> None:
    report(hall, printer="ready")
    page = opened(visit, hall)
    kiosk = page.locator('[data-device="kiosk-1"]')
    kiosk.get_by_role("button", name="查看屏幕：1号自助机").click()
    page.locator("#ask").get_by_role("button", name="返回").click()
    assert report(hall, printer="ready") == []
    kiosk.get_by_role("button", name="查看屏幕：1号自助机").click()
    page.click("#ask-yes")
    expect(kiosk.locator(".errands")).to_contain_text("已发出")
    (errand,) = report(hall, printer="ready")
    assert errand["kind"] == "screenshot"
    token = hall.credentials["devices"]["kiosk-1"]
    self_ = f"{hall.url}/api/v1/devices/self/errands/{errand['id']}"
    sent = requests.put(
        f"{self_}/picture", data=picture(), headers={"Authorization": f"Bearer {token}"}, timeout=30
    )
    assert sent.status_code == 204
    hall.ask("POST", f"/devices/self/errands/{errand['id']}", {"outcome": "done"}, token)
    expect(kiosk.locator(".errands")).to_contain_text("已完成")
    kiosk.locator(".shot").click()
    shown = page.locator("#shot-picture")
    expect(shown).to_be_visible()
    page.wait_for_function("document.getElementById('shot-picture').naturalWidth === 54")
    page.locator("#shot").get_by_role("button", name="关闭").click()
    expect(shown).to_be_hidden()


def test_a_ticket_is_printed_again_from_afar_by_its_number(visit: Visit, hall: ServerThread) -> None:
    report(hall, printer="ready")
    hall.take_number()
    page = opened(visit, hall)
    page.get_by_role("button", name="在1号自助机补打小票").click()
    number = page.locator("#sheet").get_by_label("今天的号码")
    number.fill("a777")
    page.click("#sheet-save")
    expect(page.locator("#sheet-problem")).to_contain_text("查不到这个号")
    number.fill("a001")
    page.click("#sheet-save")
    expect(page.locator('[data-device="kiosk-1"] .errands')).to_contain_text("补打A001")
    (errand,) = report(hall, printer="ready")
    assert (errand["kind"], errand["subject"]) == ("reprint", "A001")


def test_without_a_link_the_page_says_of_when_it_is(visit: Visit, hall: ServerThread) -> None:
    report(hall, printer="ready")
    page = opened(visit, hall)
    page.context.set_offline(True)
    expect(page.locator("#fresh")).to_contain_text("没有连上服务器")
    lose(page)
    page.context.set_offline(False)
    expect(page.locator("#fresh")).to_contain_text("自动刷新")


def test_the_managers_first_page_shows_the_day_at_one_glance(visit: Visit, hall: ServerThread) -> None:
    page = opened(visit, hall, "today")
    page.goto(f"{hall.url}/manage")
    figures = page.locator(".figures")
    expect(figures).to_contain_text("没有人在等")
    expect(figures).to_contain_text("没有告警")
    hall.take_number()
    report(hall, printer="out_of_paper")
    expect(figures).to_contain_text("最久已等0分钟（A001）")
    expect(figures).to_contain_text("1条告警")
    figures.get_by_role("link", name="1条告警").click()
    expect(page.locator(".alarm")).to_contain_text("缺纸")


@pytest.mark.parametrize("part", ["", "/today", "/health"])
def test_a_clerk_is_not_let_in(visit: Visit, hall: ServerThread, part: str) -> None:
    page = visit()
    page.context.add_cookies([{"name": "liqu_session", "value": hall.sign_in("clerk1"), "url": hall.url}])
    answer = page.goto(f"{hall.url}/manage{part}")
    assert answer is not None
    assert answer.status == 403


@LANGUAGES
def test_axe_finds_nothing_and_nothing_overflows(
    visit: Visit, hall: ServerThread, axe: Axe, language: str
) -> None:
    manager = hall.sign_in("manager")
    hall.take_number()
    report(
        hall, printer="out_of_paper", labels="paper_low", scanner="error", details={"scanner": "no camera"}
    )
    report(hall, "display-1", sound="ready", version="0.0.9")
    errands = "/halls/main/devices/kiosk-1/errands"
    hall.ask("POST", errands, {"kind": "restart"}, manager)
    hall.ask("POST", "/halls/main/upkeep", {"device": "kiosk-1", "kind": "paper", "remark": "换纸"}, manager)
    hall.clock.advance(seconds=10)
    found = {}
    for width in (390, 1366):
        for part in ("today", "health"):
            page = opened(visit, hall, part, language, width=width)
            if part == "health":
                expect(page.locator(".alarm")).to_have_count(3)
                page.locator('[data-device="kiosk-1"] summary').click()
                expect(page.locator(".errands li").first).to_be_visible()
            found[part, width] = axe(page)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, (part, width, wide)
    page.locator('[data-device="kiosk-1"]').get_by_role("button").nth(3).click()
    found["sure", width] = axe(page)
    assert found == {key: [] for key in found}
