"""A manager sets the hall up from the pages; what is wrong gets its sentence, a secret is seen once."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.servers import Server, ServerThread

from .conftest import Visit

pytestmark = pytest.mark.browser


@pytest.fixture
def manage(visit: Visit, hall: ServerThread) -> Page:
    page = visit()
    page.context.add_cookies([{"name": "liqu_session", "value": hall.sign_in("manager"), "url": hall.url}])
    return page


def part(page: Page, hall: Server, name: str) -> None:
    page.goto(f"{hall.url}/manage/{name}")
    expect(page.locator("#panel")).to_have_attribute("aria-busy", "false")


def fill(page: Page, label: str, value: str, nth: int = 0) -> None:
    page.locator("#sheet").get_by_label(label, exact=True).nth(nth).fill(value)


def test_a_service_is_added_and_offered(manage: Page, hall: ServerThread) -> None:
    part(manage, hall, "services")
    manage.click("#add")
    fill(manage, "代号", "repair")
    fill(manage, "中文", "维修")
    fill(manage, "字母", "R")
    manage.click("#sheet-save")
    expect(manage.locator("#said")).to_have_text("已添加")
    expect(manage.locator("tbody")).to_contain_text("维修")
    names = [one["id"] for one in hall.ask("GET", "/halls/main")["services"]]
    assert "repair" in names


def test_a_service_is_changed(manage: Page, hall: ServerThread) -> None:
    part(manage, hall, "services")
    manage.get_by_role("button", name="修改 咨询").click()
    fill(manage, "中文", "咨询导办")
    manage.click("#sheet-save")
    expect(manage.locator("#said")).to_have_text("已保存")
    expect(manage.locator("tbody")).to_contain_text("咨询导办")


def test_a_counter_is_added_and_can_be_chosen(manage: Page, hall: ServerThread) -> None:
    part(manage, hall, "counters")
    manage.click("#add")
    fill(manage, "窗口号", "5")
    fill(manage, "中文", "五号受理")
    manage.locator("#sheet").get_by_label("取件").select_option("1")
    manage.click("#sheet-save")
    expect(manage.locator("#said")).to_have_text("已添加")
    expect(manage.locator("tbody")).to_contain_text("1 · 取件")
    manage.goto(f"{hall.url}/desk")
    expect(manage.locator('[data-counter="5"]')).to_be_visible()


def test_a_counter_that_was_left_is_closed_after_a_yes(manage: Page, hall: ServerThread) -> None:
    clerk = hall.sign_in("clerk2")
    hall.ask("POST", "/halls/main/counters/2/open", None, clerk)
    part(manage, hall, "counters")
    manage.get_by_role("button", name="关闭窗口：2").click()
    manage.click("#ask-yes")
    expect(manage.locator("#said")).to_have_text("2 号窗口已关闭")
    expect(manage.get_by_role("button", name="关闭窗口：2")).to_have_count(0)
    assert hall.ask("POST", "/halls/main/counters/2/open", None, hall.sign_in("clerk3"))["staff"]["badge"]


def test_a_new_persons_password_is_seen_once_and_opens_the_door(manage: Page, hall: ServerThread) -> None:
    part(manage, hall, "staff")
    manage.click("#add")
    fill(manage, "账号", "clerk9")
    fill(manage, "姓名", "九号受理员")
    manage.click("#sheet-save")
    expect(manage.locator("#secret")).to_be_visible()
    password = manage.locator("#secret-text").inner_text()
    assert hall.ask("POST", "/sessions", {"user": "clerk9", "password": password})["user"] == "clerk9"
    manage.get_by_role("button", name="已记下").click()
    expect(manage.locator("#secret")).to_be_hidden()
    manage.reload()
    expect(manage.locator("tbody")).to_contain_text("九号受理员")
    assert password not in manage.content()


def test_a_password_is_made_anew_only_after_a_yes(manage: Page, hall: ServerThread) -> None:
    part(manage, hall, "staff")
    anew = manage.get_by_role("button", name="重设密码：一号受理员")
    anew.click()
    manage.locator("#ask").get_by_role("button", name="返回").click()
    assert hall.sign_in("clerk1")
    anew.click()
    manage.click("#ask-yes")
    expect(manage.locator("#secret-text")).not_to_be_empty()
    password = manage.locator("#secret-text").inner_text()
    assert password != hall.credentials["users"]["clerk1"]
    assert hall.ask("POST", "/sessions", {"user": "clerk1", "password": password})["user"] == "clerk1"


def test_a_devices_token_is_seen_once_works_and_ends_with_the_device(
    manage: Page, hall: ServerThread
) -> None:
    part(manage, hall, "devices")
    manage.click("#add")
    fill(manage, "设备名", "kiosk-2")
    manage.click("#sheet-save")
    expect(manage.locator("#secret")).to_be_visible()
    token = manage.locator("#secret-text").inner_text()
    assert hall.ask("POST", "/halls/main/tickets", {"service": "accept"}, token)["number"] == "A001"
    manage.get_by_role("button", name="已记下").click()
    manage.reload()
    expect(manage.locator("tbody")).to_contain_text("kiosk-2")
    assert token not in manage.content()
    manage.get_by_role("button", name="停用 kiosk-2").click()
    manage.click("#ask-yes")
    expect(manage.locator("#said")).to_have_text("已停用")
    refused = hall.request("POST", "/api/v1/halls/main/tickets", {"service": "accept"}, token)
    assert refused.status_code == 401


def test_who_holds_which_numbers_for_the_time_without_the_server_is_seen_and_taken_back(
    manage: Page, hall: ServerThread
) -> None:
    kiosk = hall.credentials["devices"]["kiosk-1"]
    lent = hall.ask("POST", "/halls/main/leases", None, kiosk)["leases"][0]
    one = {
        "id": "a" * 32,
        "code": "A" * 16,
        "lease": lent["id"],
        "n": 901,
        "issued_at": lent["day"] + "T04:00:00Z",
    }
    hall.ask("POST", "/halls/main/offline-tickets", {"tickets": [one]}, kiosk)
    part(manage, hall, "devices")
    card = manage.locator(".lease")
    expect(card.locator("li").first).to_have_text("A901–A920立等受理已补录 1 / 20")
    card.get_by_role("button", name="收回 kiosk-1 的备用号段").click()
    manage.click("#ask-yes")
    expect(manage.locator("#said")).to_have_text("已收回")
    expect(card.locator("li:not(.off)")).to_have_count(0)
    expect(card.locator("li.off").first).to_contain_text("收回")
    expect(card.get_by_role("button")).to_have_count(0)


@pytest.mark.parametrize(
    ("name", "entered", "sentence"),
    [
        ("services", {}, "请填写此项。"),
        ("services", {"代号": "Ünfug", "中文": "维修", "字母": "R"}, "格式不对，请按说明填写。"),
        ("services", {"代号": "repair", "中文": "维修", "字母": "r"}, "格式不对，请按说明填写。"),
        (
            "services",
            {"代号": "repair", "中文": "维修", "字母": "R", "每次约几分钟": "999"},
            "请填 0.5 至 240 之间的数。",
        ),
        ("counters", {"窗口号": "a b"}, "格式不对，请按说明填写。"),
        ("staff", {"账号": "Big Name"}, "格式不对，请按说明填写。"),
        ("devices", {"设备名": ""}, "请填写此项。"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    manage: Page, hall: ServerThread, name: str, entered: dict[str, str], sentence: str
) -> None:
    part(manage, hall, name)
    manage.click("#add")
    for label, value in entered.items():
        fill(manage, label, value)
    sent: list[str] = []
    manage.on("request", lambda one: sent.append(one.method) if one.method == "POST" else None)
    manage.click("#sheet-save")
    wrong = manage.locator('#sheet [aria-invalid="true"]').first
    expect(wrong).to_be_focused()
    expect(wrong).to_have_accessible_description(re.compile("^" + re.escape(sentence)))
    assert sent == []


def test_a_field_put_right_says_so_at_once(manage: Page, hall: ServerThread) -> None:
    part(manage, hall, "devices")
    manage.click("#add")
    manage.click("#sheet-save")
    expect(manage.locator("#sheet .wrong")).to_have_text("请填写此项。")
    fill(manage, "设备名", "kiosk-3")
    expect(manage.locator("#sheet .wrong")).to_have_count(0)


@pytest.mark.parametrize(
    ("name", "entered", "title"),
    [
        ("services", {"代号": "accept", "中文": "又一个", "字母": "Z"}, "已存在"),
        ("counters", {"窗口号": "1", "中文": "又一个"}, "已存在"),
        ("staff", {"账号": "clerk1", "姓名": "又一个"}, "已存在"),
        ("devices", {"设备名": "kiosk-1"}, "已存在"),
    ],
)
def test_the_cores_refusal_is_said_in_the_sheet(
    manage: Page, hall: ServerThread, name: str, entered: dict[str, str], title: str
) -> None:
    part(manage, hall, name)
    manage.click("#add")
    for label, value in entered.items():
        fill(manage, label, value)
    manage.click("#sheet-save")
    expect(manage.locator("#sheet-problem strong")).to_contain_text(title)
    expect(manage.locator("#sheet")).to_be_visible()
    manage.click("#sheet-cancel")
    expect(manage.locator("#sheet")).to_be_hidden()


def test_an_emergency_reaches_the_board_and_is_lifted(manage: Page, visit: Visit, hall: ServerThread) -> None:
    board = visit(1280, 720)
    board.goto(f"{hall.url}/board/main")
    part(manage, hall, "emergency")
    manage.get_by_label("中文").fill("请从东门离开。")
    manage.get_by_role("button", name="在所有屏幕上显示").click()
    manage.click("#ask-yes")
    expect(board.locator("#emergency")).to_contain_text("请从东门离开。")
    manage.get_by_role("button", name="解除紧急通知").click()
    manage.click("#ask-yes")
    expect(board.locator("#emergency")).to_be_hidden()


def test_the_settings_are_kept(manage: Page, hall: ServerThread) -> None:
    part(manage, hall, "settings")
    manage.get_by_label("投诉电话").fill("010-12345")
    manage.locator(".save-bar button").click()
    expect(manage.locator("#said")).to_have_text("已保存")
    manage.reload()
    expect(manage.get_by_label("投诉电话")).to_have_value("010-12345")


def test_a_clerk_is_kept_out(visit: Visit, hall: ServerThread) -> None:
    page = visit()
    page.context.add_cookies([{"name": "liqu_session", "value": hall.sign_in("clerk1"), "url": hall.url}])
    answer = page.goto(f"{hall.url}/manage/staff")
    assert answer is not None
    assert answer.status == 403
    expect(page.locator("h1")).to_have_text("没有权限")
