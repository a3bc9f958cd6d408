"""Where one is signed in and one's password, and a new device paired by what its screen shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import pytest
from playwright.sync_api import Page, expect

from tests.servers import ServerThread

from .conftest import Visit

Axe: TypeAlias = Callable[[Page], list[str]]
pytestmark = pytest.mark.browser


def signed_in(visit: Visit, hall: ServerThread, user: str, **size: int) -> Page:
    page = visit(**size)
    page.context.add_cookies([{"name": "liqu_session", "value": hall.sign_in(user), "url": hall.url}])
    return page


def shown(page: Page, hall: ServerThread, path: str) -> Page:
    page.goto(f"{hall.url}/{path}")
    expect(page.locator("#panel")).to_have_attribute("aria-busy", "false")
    return page


def test_a_sign_in_that_is_not_mine_is_ended(visit: Visit, hall: ServerThread) -> None:
    strange = hall.sign_in("clerk1")
    page = shown(signed_in(visit, hall, "clerk1"), hall, "account")
    expect(page.locator(".sign-ins li")).to_have_count(2)
    expect(page.locator(".sign-ins li").first).to_contain_text("本次登录")
    page.locator(".sign-ins button").click()
    page.click("#ask-yes")
    expect(page.locator("#said")).to_have_text("登录已结束")
    expect(page.locator(".sign-ins li")).to_have_count(1)
    expect(page.locator("#end-others")).to_be_hidden()
    assert hall.request("GET", "/api/v1/sessions/current", token=strange).status_code == 401


def test_a_password_is_changed_and_what_is_wrong_is_said(visit: Visit, hall: ServerThread) -> None:
    page = shown(signed_in(visit, hall, "clerk1"), hall, "account")
    old = hall.credentials["users"]["clerk1"]
    for new, again, said in (
        ("short", "short", "至少10个字符。"),
        ("long-enough-now", "long-enough-not", "两次填写的新密码不一样。"),
        ("my-clerk1-word", "my-clerk1-word", "新密码不合要求"),
    ):
        page.fill("#old", old)
        page.fill("#new", new)
        page.fill("#repeated", again)
        page.get_by_role("button", name="更改密码").click()
        expect(page.locator("#password")).to_contain_text(said)
    page.fill("#old", "not-the-old-one")
    page.fill("#new", "马-电池-书钉-正确")
    page.fill("#repeated", "马-电池-书钉-正确")
    page.get_by_role("button", name="更改密码").click()
    expect(page.locator("#password-problem")).to_contain_text("原密码不对")
    page.fill("#old", old)
    page.get_by_role("button", name="更改密码").click()
    expect(page.locator("#said")).to_have_text("密码已更改，其他登录已结束")
    expect(page.locator("#old")).to_have_value("")
    body = {"user": "clerk1", "password": "马-电池-书钉-正确"}
    assert hall.request("POST", "/api/v1/sessions", body).status_code == 201


def test_a_device_is_paired_from_the_managers_page(visit: Visit, hall: ServerThread) -> None:
    one = hall.ask("POST", "/pairings", {"kind": "kiosk"})
    page = shown(signed_in(visit, hall, "manager"), hall, "manage/devices")
    page.get_by_label("配对码", exact=True).fill("1234")
    page.get_by_role("button", name="配对", exact=True).click()
    expect(page.locator(".pairing")).to_contain_text("格式不对，请按说明填写。")
    wrong = f"{(int(one['code']) + 1) % 10**8:08d}"
    page.get_by_label("设备名", exact=True).fill("kiosk-7")
    page.get_by_label("配对码", exact=True).fill(wrong)
    page.get_by_role("button", name="配对", exact=True).click()
    expect(page.locator("#problem")).to_contain_text("没有这个配对码")
    page.get_by_label("配对码", exact=True).fill(f"{one['code'][:4]} {one['code'][4:]}")
    page.get_by_role("button", name="配对", exact=True).click()
    expect(page.locator("#said")).to_have_text("kiosk-7 已配对，几秒后自动开始工作")
    expect(page.locator("tbody")).to_contain_text("kiosk-7")
    told = hall.ask("POST", f"/pairings/{one['id']}/token", {"secret": one["secret"]})
    assert (told["state"], told["name"]) == ("paired", "kiosk-7")


def test_a_machine_in_use_is_exchanged_only_after_a_yes(visit: Visit, hall: ServerThread) -> None:
    one = hall.ask("POST", "/pairings", {"kind": "kiosk"})
    page = shown(signed_in(visit, hall, "manager"), hall, "manage/devices")
    page.get_by_label("配对码", exact=True).fill(one["code"])
    page.get_by_label("设备名", exact=True).fill("kiosk-1")
    page.get_by_role("button", name="配对", exact=True).click()
    expect(page.locator("#ask-title")).to_have_text("换下正在使用的 kiosk-1？")
    page.locator("#ask").get_by_role("button", name="返回").click()
    before = hall.credentials["devices"]["kiosk-1"]
    assert hall.request("GET", "/api/v1/sessions/current", token=before).ok
    page.get_by_role("button", name="配对", exact=True).click()
    page.click("#ask-yes")
    expect(page.locator("#said")).to_contain_text("kiosk-1 已配对")
    assert hall.request("GET", "/api/v1/sessions/current", token=before).status_code == 401


def test_a_manager_ends_somebodys_sign_in(visit: Visit, hall: ServerThread) -> None:
    clerk = hall.sign_in("clerk2")
    page = shown(signed_in(visit, hall, "manager"), hall, "manage/sign-ins")
    page.get_by_role("button", name="结束登录：clerk2").click()
    page.click("#ask-yes")
    expect(page.locator("#said")).to_have_text("登录已结束")
    expect(page.locator(".sign-ins")).not_to_contain_text("clerk2")
    assert hall.request("GET", "/api/v1/sessions/current", token=clerk).status_code == 401


@pytest.mark.parametrize("width", [390, 1440])
def test_the_pages_are_sound_and_nothing_is_cut(
    visit: Visit, hall: ServerThread, axe: Axe, width: int
) -> None:
    hall.sign_in("manager")
    for path in ("account", "manage/sign-ins", "manage/devices"):
        page = shown(signed_in(visit, hall, "manager", width=width, height=900), hall, path)
        assert axe(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
