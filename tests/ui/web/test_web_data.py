"""The manager's page about data: a file with its purpose, a customer's own data, seals to carry away."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.integration.server.visits import PHONE, booked
from tests.servers import ServerThread
from tests.waiting import until

from .conftest import Visit

pytestmark = pytest.mark.browser

Axe = Callable[[Page], list[str]]


def opened(
    visit: Visit, hall: ServerThread, language: str = "zh", width: int = 1440, height: int = 900
) -> Page:
    page = visit(width, height)
    page.context.add_cookies([{"name": "liqu_session", "value": hall.sign_in("manager"), "url": hall.url}])
    page.goto(f"{hall.url}/manage/data?lang={language}")
    expect(page.locator("#panel")).to_have_attribute("aria-busy", "false")
    return page


@pytest.mark.parametrize(("language", "width", "height"), [("zh", 1440, 900), ("en", 390, 844)])
def test_a_customer_is_found_and_erased_and_a_file_is_exported(
    visit: Visit, hall: ServerThread, axe: Axe, language: str, width: int, height: int
) -> None:
    code = booked(hall)["code"]
    hall.clock.advance(days=1)
    hall.take_number()
    until("the seal", lambda: hall.ask("GET", "/halls/main/seals", token=hall.sign_in("manager"))["seals"])
    page = opened(visit, hall, language, width, height)
    found = page.locator(".data-found")
    # Nothing leaves without a purpose.
    export = page.locator('[data-part="export"]')
    export.locator("button[type=submit]").click()
    expect(export.locator(".wrong")).to_be_visible()
    export.locator("input:not([type=date])").fill("核对预约人数")
    export.locator("select").first.select_option("appointments")
    with page.expect_download() as download:
        export.locator("button[type=submit]").click()
    assert download.value.suggested_filename.startswith("appointments-main-")
    expect(export.locator("tbody")).to_contain_text("核对预约人数")

    page.locator('[data-part="person"] input').fill(PHONE)
    page.locator('[data-part="person"] button[type=submit]').click()
    expect(found).to_contain_text("138****5678")
    assert axe(page) == []
    found.locator(".button.second").click()
    page.locator("#sheet input").fill("客户申请查阅")
    with page.expect_download() as download:
        page.click("#sheet-save")
    said = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert said["appointments"][0]["number"]
    found.locator(".button.danger").click()
    page.locator("#sheet input").fill("客户书面要求")
    assert axe(page) == []
    page.click("#sheet-save")
    expect(found.locator(".data-sheet")).to_be_visible()
    expect(page.locator('[data-part="person"] tbody')).to_contain_text("客户书面要求")
    assert axe(page) == []
    answer = hall.request("POST", "/api/v1/appointments/find", {"code": code, "tail": PHONE[-4:]})
    assert answer.status_code == 404
    with page.expect_download() as download:
        page.locator('[data-part="seals"] tbody a').first.click()
    assert json.loads(download.value.path().read_text(encoding="utf-8"))["format"] == "liqu-seal-1"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_is_still_open_is_named_with_who_must_act(visit: Visit, hall: ServerThread) -> None:
    number = booked(hall)["number"]
    page = opened(visit, hall)
    page.locator('[data-part="person"] input').fill(number)
    page.locator('[data-part="person"] button[type=submit]').click()
    expect(page.locator(".data-open")).to_contain_text(f"{number} — 预约还有效，请先取消预约。")
    expect(page.locator(".data-found .button.danger")).to_have_count(0)


def test_how_long_data_is_kept_is_set(visit: Visit, hall: ServerThread) -> None:
    page = opened(visit, hall)
    part = page.locator('[data-part="retention"]')
    part.locator("input").first.fill("5")
    part.locator("button[type=submit]").click()
    expect(part.locator(".wrong")).to_be_visible()
    part.locator("input").first.fill("90")
    part.locator("button[type=submit]").click()
    expect(page.locator("#said")).to_have_text("已保存")
    kept = hall.ask("GET", "/halls/main/retention", token=hall.sign_in("manager"))
    assert kept["contact_days"] == 90
