"""Checking a certificate on a phone, and the staff's page of certificates, over the real application."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from server.store.certificates import Certificate
from tests.certified import certify
from tests.integration.server.visits import TAIL, booked, checked_in
from tests.servers import ServerThread
from tests.waiting import until

from .conftest import Visit

pytestmark = pytest.mark.browser
Axe = Callable[[Page], list[str]]
LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])


def issued(hall: ServerThread, conclusion: Any = "qualified") -> tuple[Certificate, Any]:
    """(certificate, its case's voucher)."""
    voucher = booked(hall, lines=[{"item": "lensmeter", "pieces": 1}])
    order = checked_in(hall, voucher["code"])["order"]
    one = certify(hall, order["id"], 1, conclusion)
    assert isinstance(one, Certificate)
    until("the certificate", lambda: hall.request("GET", f"/api/v1/certificates/{one.code}").ok)
    return one, voucher


def staff(visit: Visit, hall: ServerThread, user: str, language: str = "zh") -> Page:
    page = visit(1440, 900, bypass_csp=True)
    page.goto(f"{hall.url}/sign-in?lang={language}")
    page.locator("[name=user]").fill(user)
    page.locator("[name=password]").fill(hall.credentials["users"][user])
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/desk*")
    return page


def test_a_phone_without_scripts_checks_by_number_and_by_file(
    visit: Visit, hall: ServerThread, tmp_path: Path
) -> None:
    one, voucher = issued(hall)
    link = hall.ask("POST", f"/certificates/{one.id}/links", {"code": voucher["code"], "tail": TAIL})["url"]
    file = tmp_path / "certificate.pdf"
    file.write_bytes(hall.request("GET", link.removeprefix(hall.url)).content)
    page = visit(360, 740, java_script_enabled=False)
    page.goto(f"{hall.url}/check")
    page.locator("#number").fill(one.number)
    page.get_by_role("button", name="查验").click()
    expect(page.locator(".verdict h1")).to_have_text("样张，没有签名")
    expect(page.locator(".told-facts")).to_contain_text(one.number)
    page.locator("#file").set_input_files(file)
    page.get_by_role("button", name="核对文件").click()
    expect(page.locator(".verdict h1")).to_have_text("样张，没有签名")
    file.write_bytes(file.read_bytes().replace(b"/Count 2", b"/Count 3"))
    page.locator("#file").set_input_files(file)
    page.get_by_role("button", name="核对文件").click()
    expect(page.locator(".verdict h1")).to_have_text("内容被改动过")


@LANGUAGES
def test_axe_finds_nothing_on_the_check_page(
    visit: Visit, hall: ServerThread, axe: Axe, language: str
) -> None:
    one, _ = issued(hall)
    page = visit(390, 844, bypass_csp=True)
    found = {}
    for path in ("/check", f"/check/{one.code}", "/check/none", "/d/none"):
        page.goto(f"{hall.url}{path}?lang={language}")
        found[path] = axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert found == {path: [] for path in found}


@LANGUAGES
def test_axe_finds_nothing_on_the_staffs_pages(
    visit: Visit, hall: ServerThread, axe: Axe, language: str
) -> None:
    issued(hall)
    page = staff(visit, hall, "manager", language)
    found = {}
    for part in ("", "/labels", "/papers"):
        page.goto(f"{hall.url}/certificates/main{part}?lang={language}")
        expect(page.locator("#panel")).to_have_attribute("aria-busy", "false")
        found[part] = axe(page)
    assert found == {part: [] for part in found}


def test_a_manager_revokes_with_a_reason_and_a_clerk_cannot(visit: Visit, hall: ServerThread) -> None:
    one, _ = issued(hall)
    clerk = staff(visit, hall, "clerk1")
    clerk.goto(f"{hall.url}/certificates/main?lang=zh")
    expect(clerk.get_by_text(one.number)).to_be_visible()
    expect(clerk.get_by_role("button", name="撤销")).to_have_count(0)
    page = staff(visit, hall, "manager")
    page.goto(f"{hall.url}/certificates/main?lang=zh")
    page.get_by_role("button", name=f"撤销证书{one.number}").click()
    page.get_by_role("button", name="撤销证书", exact=True).click()
    expect(page.locator(".wrong")).to_be_visible()
    page.get_by_label("撤销原因").fill("标准器编号写错")
    page.get_by_role("button", name="撤销证书", exact=True).click()
    expect(page.locator("#panel")).to_contain_text("原因：标准器编号写错")
    expect(page.locator("#said")).to_have_text(f"证书{one.number}已撤销。")


def test_a_scanned_piece_tells_its_state_and_opens_its_label(visit: Visit, hall: ServerThread) -> None:
    one, _ = issued(hall, "unqualified")
    page = staff(visit, hall, "clerk1")
    page.goto(f"{hall.url}/certificates/main/labels?lang=zh")
    page.locator("[data-scan]").fill(one.sample)
    page.locator("[data-scan]").press("Enter")
    expect(page.locator(".label-now strong")).to_have_text("停用")
    address = page.get_by_role("link", name="打开彩色标签").get_attribute("href")
    assert address is not None
    answer = page.context.request.get(hall.url + address)
    assert (answer.status, answer.body()[:5]) == (200, b"%PDF-")
