"""A manager keeps the offer from the pages, and what is disclosed follows on every screen."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.servers import ServerThread

from .conftest import Visit

pytestmark = pytest.mark.browser
Axe = Callable[[Page], list[str]]
LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])
PARTS = ("catalogue", "slots", "calendar", "authorisations", "booking", "promises")


@pytest.fixture
def manage(visit: Visit, hall: ServerThread) -> Page:
    return signed_in(visit(), hall)


def signed_in(page: Page, hall: ServerThread) -> Page:
    page.context.add_cookies([{"name": "liqu_session", "value": hall.sign_in("manager"), "url": hall.url}])
    return page


def part(page: Page, hall: ServerThread, name: str, language: str = "zh") -> None:
    page.goto(f"{hall.url}/manage/{name}?lang={language}")
    expect(page.locator("#panel")).to_have_attribute("aria-busy", "false")


def sheet(page: Page) -> Any:
    return page.locator("#sheet")


def offer(hall: ServerThread, path: str = "") -> Any:
    return hall.ask("GET", f"/halls/main/offer{path}", token=hall.sign_in("manager"))


def item(hall: ServerThread, id: str) -> Any:
    return next(one for one in offer(hall, "/items") if one["id"] == id)


def test_an_item_is_added_with_a_regulation_that_is_to_follow(manage: Page, hall: ServerThread) -> None:
    part(manage, hall, "catalogue")
    manage.click("#add")
    form = sheet(manage)
    form.get_by_label("编号", exact=True).fill("thermometer")
    form.get_by_label("中文").nth(0).fill("体温计")
    form.get_by_label("承检科室").fill("热工室")
    form.get_by_label("从哪天起").fill("2026-01-01")
    form.get_by_label("规程编号").fill("JJG 111-2019")
    form.get_by_role("button", name="加一行：检定规程").click()
    form.get_by_label("从哪天起").nth(1).fill("2027-06-01")
    form.get_by_label("规程编号").nth(1).fill("JJG 111-2027")
    manage.click("#sheet-save")
    expect(manage.locator("#said")).to_have_text("已添加")
    expect(manage.locator("tbody")).to_contain_text("体温计")
    assert [one["value"] for one in item(hall, "thermometer")["regulations"]] == [
        "JJG 111-2019",
        "JJG 111-2027",
    ]


def test_a_changed_notice_is_the_next_version(manage: Page, hall: ServerThread) -> None:
    part(manage, hall, "catalogue")
    manage.get_by_role("button", name="修改 电子天平").click()
    notice = sheet(manage).get_by_role("group", name="送检须知")
    expect(notice).to_contain_text("现在是第 1 版。")
    notice.get_by_label("中文").fill("请带砝码。")
    manage.click("#sheet-save")
    expect(manage.locator("#said")).to_have_text("已保存")
    assert item(hall, "balance")["notice"]["version"] == 2


def test_what_the_server_refuses_is_said_in_the_sheet(manage: Page, hall: ServerThread) -> None:
    part(manage, hall, "catalogue")
    manage.get_by_role("button", name="修改 电子天平").click()
    sheet(manage).get_by_label("每时段").fill("9999")
    manage.click("#sheet-save")
    expect(manage.locator("#sheet-problem")).to_contain_text("caps")
    assert item(hall, "balance")["caps"]["slot"] == 3


def test_a_sheet_is_shown_before_it_is_imported(manage: Page, hall: ServerThread, tmp_path: Path) -> None:
    part(manage, hall, "catalogue")
    with manage.expect_download() as download:
        manage.get_by_role("link", name="导出 CSV").click()
    exported = tmp_path / "catalogue.csv"
    download.value.save_as(exported)
    told = exported.read_text(encoding="utf-8-sig")
    manage.set_input_files("#sheet-file", exported)
    expect(manage.locator("#sheet-told")).to_have_text("这个表格和现在的目录一样，不需要导入。")

    exported.write_text(told.replace("焦度计", "镜片焦度计"), encoding="gbk")
    manage.set_input_files("#sheet-file", exported)
    expect(manage.locator("#sheet-told")).to_contain_text("修改 1 种")
    assert item(hall, "lensmeter")["name"]["zh"] == "焦度计"
    manage.get_by_role("button", name="确认导入").click()
    expect(manage.locator("#said")).to_have_text("已导入：新增 0 种，修改 1 种")
    assert item(hall, "lensmeter")["name"]["zh"] == "镜片焦度计"


def test_what_is_wrong_in_a_sheet_is_listed_and_nothing_is_taken(
    manage: Page, hall: ServerThread, tmp_path: Path, axe: Axe
) -> None:
    part(manage, hall, "catalogue")
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("编号,名称\nbalance,天平\n", encoding="utf-8")
    manage.set_input_files("#sheet-file", wrong)
    told = manage.locator("#sheet-told")
    expect(told).to_contain_text("没有导入任何内容")
    expect(told.locator("tbody tr").first).to_contain_text("民生领域")
    expect(told).to_contain_text("缺少这一列")
    wrong.write_bytes(b"%PDF-1.7 nothing")
    manage.set_input_files("#sheet-file", wrong)
    expect(told).to_contain_text("这不是表格文件")
    assert item(hall, "balance")["name"]["zh"] == "电子天平"


def test_a_day_is_made_a_holiday_and_a_year_is_entered(manage: Page, hall: ServerThread) -> None:
    part(manage, hall, "calendar")
    manage.get_by_role("button", name="下一年").click()
    expect(manage.locator(".year-head")).to_contain_text("暂估")
    manage.get_by_role("button", name="1月1日，星期五，上班").click()
    manage.click("#ask-yes")
    expect(manage.get_by_role("button", name="1月1日，星期五，放假")).to_be_visible()
    manage.get_by_role("button", name="标为已录入").click()
    expect(manage.locator(".year-head")).to_contain_text("已按国务院办公厅通知录入")
    calendar = offer(hall, "/calendar")
    assert calendar["days"]["2027-01-01"] is False
    assert calendar["announced"][-1] == 2027


def test_a_slot_is_added_for_saturdays(manage: Page, hall: ServerThread) -> None:
    part(manage, hall, "slots")
    manage.click("#add")
    form = sheet(manage)
    form.get_by_label("编号").fill("saturday")
    form.get_by_label("开始").fill("09:00")
    form.get_by_label("结束").fill("08:00")
    form.get_by_label("工作日").uncheck()
    form.get_by_label("星期六").check()
    manage.click("#sheet-save")
    expect(form).to_contain_text("结束要在开始之后。")
    form.get_by_label("结束").fill("11:00")
    manage.click("#sheet-save")
    expect(manage.locator("#said")).to_have_text("已添加")
    made = next(one for one in offer(hall, "/slots") if one["id"] == "saturday")
    assert (made["opens"], made["closes"], made["weekdays"]) == ("09:00", "11:00", [5])


def test_a_week_shows_how_full_each_slot_is(manage: Page, hall: ServerThread) -> None:
    part(manage, hall, "slots")
    week = manage.locator(".week").first
    expect(week.locator("thead th")).to_have_count(8)
    expect(week.locator("tbody tr").first.locator(".pill").first).to_have_text("0/30")
    shown = week.locator("thead th").nth(1).text_content()
    manage.get_by_role("button", name="后一周").click()
    expect(manage.locator(".week thead th").nth(1)).not_to_have_text(shown or "")


def test_an_authorisation_that_ends_soon_is_amber_and_one_that_is_over_red(
    manage: Page, hall: ServerThread
) -> None:
    everything = [one["id"] for one in offer(hall, "/items")]
    token = hall.sign_in("manager")
    page_today = json.loads(manage_today(manage, hall))["today"]
    held = [
        {"number": "到期", "items": everything[:1], "since": "2020-01-01", "until": "2020-12-31"},
        {"number": "将到期", "items": everything[1:], "since": "2020-01-01", "until": page_today},
    ]
    hall.ask("PUT", "/halls/main/offer/authorisations", held, token)
    part(manage, hall, "authorisations")
    rows = manage.locator("tbody tr")
    expect(rows.nth(0).locator(".pill")).to_have_text("已过期")
    expect(rows.nth(0).locator(".pill")).to_have_attribute("data-tone", "bad")
    expect(rows.nth(1).locator(".pill")).to_have_text("还有 0 天到期")
    expect(rows.nth(1).locator(".pill")).to_have_attribute("data-tone", "warn")
    expect(manage.locator("#panel > div > .problem")).to_contain_text("焦度计")


def manage_today(page: Page, hall: ServerThread) -> str:
    part(page, hall, "authorisations")
    return page.locator("#part").text_content() or ""


def test_a_field_with_instruments_stays(manage: Page, hall: ServerThread) -> None:
    part(manage, hall, "booking")
    manage.get_by_role("button", name="删除这一行：民生领域").first.click()
    manage.locator("#panel form").nth(1).get_by_role("button", name="保存").click()
    expect(manage.locator("#problem")).to_contain_text("医疗卫生还在用")
    assert offer(hall)["fields"][0]["id"] == "medical"


def test_one_change_of_the_promise_is_seen_on_the_kiosk_the_board_and_the_page(
    manage: Page, visit: Visit, hall: ServerThread
) -> None:
    kiosk = hall.credentials["devices"]["kiosk-1"]

    def screens() -> list[list[dict[str, Any]]]:
        with hall.live("board:main", "kiosk:main", token=kiosk) as link:
            frames = [json.loads(link.recv(timeout=30)) for _ in range(2)]
        return [frame["view"]["notices"] for frame in frames]

    part(manage, hall, "promises")
    manage.get_by_role("button", name="修改 服务区域").click()
    body = sheet(manage).get_by_role("group", name="内容")
    body.get_by_label("中文").fill("全市各区县。\n海岛每月上门一次。")
    body.get_by_label("英文").fill("All districts.\nThe islands once a month.")
    manage.click("#sheet-save")
    expect(manage.locator("#said")).to_have_text("已保存")
    expect(manage.locator("tbody tr").first).to_contain_text("第 2 版")

    for notices in screens():
        told = next(one for one in notices if one["title"]["zh"] == "服务区域")
        assert told["body"]["zh"].replace("\n", "") == "全市各区县。海岛每月上门一次。"
        assert "The islands once a month." in told["body"]["en"]
    public = visit(390, 844)
    public.goto(f"{hall.url}/about/main")
    expect(public.locator("#area")).to_contain_text("海岛每月上门一次。")
    expect(public.locator("#area")).to_contain_text("第 2 版")
    public.goto(f"{hall.url}/about/main?lang=en")
    expect(public.locator("#area")).to_contain_text("The islands once a month.")


def test_the_page_the_screens_and_the_catalogue_tell_the_same_figures(
    visit: Visit, hall: ServerThread
) -> None:
    token = hall.sign_in("manager")
    hall.ask("DELETE", "/halls/main/offer/items/taximeter", token=token)
    catalogue = hall.ask("GET", "/halls/main/catalogue")
    assert (catalogue["kinds"], catalogue["regulations"]) == (13, 13)
    page = visit(390, 844)
    page.goto(f"{hall.url}/about/main")
    assert page.locator(".sums dd").all_text_contents() == ["13", "13"]
    expect(page.locator(".item")).to_have_count(13)
    with hall.live("board:main") as link:
        notices = json.loads(link.recv(timeout=30))["view"]["notices"]
    counted = next(one["body"]["zh"] for one in notices if one["title"]["zh"].startswith("检定能力"))
    assert "13种" in counted
    assert "13部" in counted


def test_an_unknown_hall_discloses_nothing(visit: Visit, hall: ServerThread) -> None:
    page = visit(390, 844)
    answer = page.goto(f"{hall.url}/about/nowhere")
    assert answer is not None
    assert answer.status == 404


@LANGUAGES
def test_axe_finds_nothing_on_the_pages_about_the_offer(
    visit: Visit, hall: ServerThread, axe: Axe, language: str
) -> None:
    page = signed_in(visit(bypass_csp=True), hall)
    found = {}
    for name in PARTS:
        part(page, hall, name, language)
        found[name] = axe(page)
        if page.locator("#add").is_visible():
            page.click("#add")
            expect(page.locator("#sheet")).to_be_visible()
            page.click("#sheet-save")
            found[f"{name}, adding"] = axe(page)
    for width in (390, 1280):
        public = visit(width, 844, bypass_csp=True)
        public.goto(f"{hall.url}/about/main?lang={language}")
        found[f"about, {width}"] = axe(public)
        assert public.evaluate("document.documentElement.scrollWidth") <= width
    assert found == {key: [] for key in found}
