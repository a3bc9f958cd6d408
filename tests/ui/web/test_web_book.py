"""Booking on a phone, with JavaScript and without: every step, every refusal, the voucher."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.servers import ServerThread
from tests.waiting import until

from . import book_fake as f
from .book_gallery import press, walk
from .conftest import Visit
from .fake import FakeServer

pytestmark = pytest.mark.browser
PHONE = (360, 640)
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
WECHAT = (
    "Mozilla/5.0 (Linux; Android 12; V2284A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/107.0.5304.141 Mobile Safari/537.36 XWEB/5075 MMWEBSDK/20230405 MicroMessenger/8.0.35"
)
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["script", "plain"])
LANGUAGES = pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
Axe = Callable[[Page], list[str]]
SMALL = """[...document.querySelectorAll('main a, main button, main summary, main input, footer a, .switch')]
  .filter(one => one.offsetParent && !one.classList.contains('term') && !one.classList.contains('unseen'))
  .map(one => [one.getBoundingClientRect(), one.closest('label, .chip')
    ? one.closest('label, .chip').getBoundingClientRect() : one.getBoundingClientRect(), one.outerHTML])
  .filter(([own, around]) => Math.max(own.height, around.height) < 24)
  .map(([own, around, html]) => html.slice(0, 90))"""


@pytest.fixture
def booked_hall() -> f.BookingHall:
    return f.BookingHall()


@pytest.fixture
def site(booked_hall: f.BookingHall) -> Iterator[FakeServer]:
    server = FakeServer(booked_hall)
    until("the fake hall being up", server.started)
    yield server
    server.stop()


def onward(page: Page) -> None:
    press(page, ".onward .button")


def to_step_three(page: Page, site: FakeServer) -> None:
    page.goto(f"{site.url}/book/main")
    page.fill('[id="p.sphyg"]', "2")
    onward(page)
    press(page, ".earliest .button")
    expect(page.locator("#phone")).to_be_visible()


def fill_in(page: Page) -> None:
    page.fill("#name", "某某人乙")
    page.fill("#phone", "138 1234 5678")
    for tick in page.locator('[type="checkbox"]').all():
        tick.check()


@SCRIPTS
def test_a_visit_is_booked_in_four_steps(
    visit: Visit, site: FakeServer, booked_hall: f.BookingHall, scripts: bool
) -> None:
    page = visit(*PHONE, java_script_enabled=scripts, user_agent=WECHAT)
    to_step_three(page, site)
    fill_in(page)
    onward(page)
    expect(page.locator("h1")).to_have_text("请核对，确认后预约成功")
    expect(page.locator(".facts")).to_contain_text("某某人乙")
    assert "138" not in page.url
    onward(page)
    expect(page.locator(".said")).to_have_text("预约成功。请保存好凭证。")
    (kept,) = booked_hall.made.values()
    expect(page.locator("dl.number dd")).to_have_text(f.number_text(kept.view))
    expect(page.locator(".voucher .big")).to_have_text("11月23日 周一 09:30–10:30")
    expect(page.locator("body")).not_to_contain_text("某某人乙")
    expect(page.locator("body")).not_to_contain_text("5678")
    if scripts:
        page.go_back()
        expect(page.locator("h1")).to_have_text("谁来送检？")
        expect(page.locator("#name")).to_have_value("")
    page.goto(f"{site.url}/v/{kept.view.code}")
    expect(page.locator(".voucher .qr svg")).to_be_visible()
    assert len(page.context.pages) == 1


@SCRIPTS
def test_going_back_in_the_browser_shows_the_step_before_as_it_was(
    visit: Visit, site: FakeServer, scripts: bool
) -> None:
    page = visit(*PHONE, java_script_enabled=scripts)
    to_step_three(page, site)
    page.go_back()
    expect(page.locator("h1")).to_have_text("您什么时候来？")
    page.locator(".back button").click()
    expect(page.locator('[id="p.sphyg"]')).to_have_value("2")


@SCRIPTS
def test_going_back_by_the_buttons_loses_nothing(visit: Visit, site: FakeServer, scripts: bool) -> None:
    page = visit(*PHONE, java_script_enabled=scripts)
    to_step_three(page, site)
    fill_in(page)
    onward(page)
    page.locator('.sum button[value="what"]').click()
    page.fill('[id="p.lens-box"]', "1")
    onward(page)
    expect(page.locator(".outcome")).to_contain_text("验光镜片箱要在实验室逐片检查")
    press(page, ".earliest .button")
    expect(page.locator("#name")).to_have_value("某某人乙")
    expect(page.locator("#phone")).to_have_value("138 1234 5678")
    expect(page.locator('[id="r.sphyg"]')).to_be_checked()
    expect(page.locator('[id="r.lens-box"]')).not_to_be_checked()
    page.locator(".switch").click()
    expect(page.locator("h1")).to_have_text("Who comes?")
    expect(page.locator("#name")).to_have_value("某某人乙")


@SCRIPTS
def test_a_full_slot_sends_back_to_the_times_with_everything_kept(
    visit: Visit, site: FakeServer, booked_hall: f.BookingHall, scripts: bool
) -> None:
    page = visit(*PHONE, java_script_enabled=scripts)
    to_step_three(page, site)
    fill_in(page)
    onward(page)
    booked_hall.refuse["book"] = f.problem("slot_full", "这个时段刚刚约满", "请另选一个时段。")
    onward(page)
    expect(page.locator("#trouble")).to_contain_text("这个时段刚刚约满")
    expect(page.locator("h1")).to_have_text("您什么时候来？")
    del booked_hall.refuse["book"]
    page.locator("button.slot").nth(1).click()
    expect(page.locator("#name")).to_have_value("某某人乙")
    onward(page)
    onward(page)
    expect(page.locator(".said")).to_be_visible()


def test_two_quick_presses_book_once(visit: Visit, site: FakeServer, booked_hall: f.BookingHall) -> None:
    page = visit(*PHONE)
    to_step_three(page, site)
    fill_in(page)
    onward(page)
    page.locator('button[value="book"]').dblclick()
    expect(page.locator(".said")).to_be_visible()
    assert len(booked_hall.made) == 1


def test_pressing_enter_goes_on_and_never_changes_the_language(visit: Visit, site: FakeServer) -> None:
    page = visit(*PHONE)
    page.goto(f"{site.url}/book/main")
    page.fill('[id="p.sphyg"]', "2")
    page.press('[id="p.sphyg"]', "Enter")
    expect(page.locator("h1")).to_have_text("您什么时候来？")
    press(page, ".earliest .button")
    page.fill("#name", "某某人乙")
    page.press("#name", "Enter")
    expect(page.locator("#trouble")).to_be_focused()
    expect(page.locator("#phone-wrong")).to_have_text("请填写手机号码。")
    expect(page.locator("#name")).to_have_value("某某人乙")


def test_the_whole_form_is_filled_in_by_keyboard_alone(visit: Visit, site: FakeServer) -> None:
    page = visit(1024, 768)
    page.goto(f"{site.url}/book/main")

    def press_until(wanted: str, *keys: str) -> None:
        for _ in range(80):
            if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
                break
            page.keyboard.press("Tab")
        expect(page.locator(f"{wanted}:focus")).to_be_visible()
        for key in keys:
            page.keyboard.press(key)

    press_until('[id="p.sphyg"]', "2")
    press_until('.onward [value="when"]', "Enter")
    expect(page.locator("h1")).to_have_text("您什么时候来？")
    press_until(".earliest .button", "Enter")
    expect(page.locator("h1")).to_have_text("谁来送检？")
    press_until("#name")
    page.keyboard.insert_text("某某人乙")
    press_until("#phone")
    page.keyboard.type("13812345678")
    press_until('[id="r.sphyg"]', "Space")
    press_until("#consent", "Space")
    press_until('.onward [value="check"]', "Enter")
    expect(page.locator("h1")).to_have_text("请核对，确认后预约成功")
    press_until('.onward [value="book"]', "Enter")
    expect(page.locator(".said")).to_be_visible()


@SCRIPTS
def test_every_term_that_occurs_opens_its_note(visit: Visit, site: FakeServer, scripts: bool) -> None:
    page = visit(*PHONE, java_script_enabled=scripts)
    page.goto(f"{site.url}/book/main?as=resident&p.sphyg=2&p.lens-box=1&step=when")
    for path in ("/book/main", "/book/main?as=resident&p.sphyg=2&p.lens-box=1&step=when"):
        page.goto(f"{site.url}{path}")
        if page.locator(".fee-fold").count():
            page.locator(".fee-fold summary").click()
        seen = set()
        for word in page.locator(".term:visible").all():
            href = word.get_attribute("href") or ""
            if href in seen:
                continue
            seen.add(href)
            word.click()
            expect(page.locator(f"{href}.note")).to_be_visible()
            expect(page.locator(f"{href}.note h2")).to_have_text(word.inner_text())
            page.locator(f"{href}.note .button").click()
            expect(page.locator(f"{href}.note")).to_be_hidden()
        assert len(seen) >= 2


@SCRIPTS
def test_a_booking_is_found_moved_and_given_up(
    visit: Visit, site: FakeServer, booked_hall: f.BookingHall, scripts: bool
) -> None:
    page = visit(*PHONE, java_script_enabled=scripts)
    to_step_three(page, site)
    fill_in(page)
    onward(page)
    onward(page)
    expect(page.locator(".said")).to_be_visible()
    (kept,) = booked_hall.made.values()
    page.goto(f"{site.url}/book/main/find")
    onward(page)
    expect(page.locator("#code-wrong")).to_have_text("请填写凭证码或编号。")
    page.fill("#code", f.number_text(kept.view))
    page.fill("#tail", "0000")
    onward(page)
    expect(page.locator("#trouble")).to_contain_text("后四位不对")
    expect(page.locator("#code")).to_have_value(f.number_text(kept.view))
    page.fill("#tail", "5678")
    onward(page)
    expect(page.locator(".facts")).to_contain_text("138****5678")
    page.locator('button[value="change"]').click()
    expect(page.locator(".slot.now")).to_contain_text("现在约在这里")
    press(page, ".earliest .button")
    page.locator('button[value="move"]').click()
    expect(page.locator(".said")).to_have_text("已改期。凭证和编号不变。")
    expect(page.locator(".voucher .big")).to_have_text("11月23日 周一 10:30–11:30")
    assert "5678" not in page.url
    page.fill("#tail", "5678")
    page.locator('button[value="find"]').click()
    page.locator('button[value="cancel"]').click()
    expect(page.locator("h1")).to_have_text("确定取消这次预约吗？")
    page.locator('button[value="give-up"]').click()
    expect(page.locator(".said")).to_have_text("已取消。这张凭证不能再用。")
    expect(page.locator(".qr")).to_have_count(0)


def test_after_the_cut_off_it_is_said_whom_to_call(
    visit: Visit, site: FakeServer, booked_hall: f.BookingHall
) -> None:
    page = visit(*PHONE)
    to_step_three(page, site)
    fill_in(page)
    onward(page)
    onward(page)
    booked_hall.past_cut_off = True
    page.fill("#tail", "5678")
    page.locator('button[value="find"]').click()
    expect(page.locator(".problem")).to_contain_text("请打电话，由工作人员为您办理")
    expect(page.locator('.problem a[href="tel:0571-85022000"]')).to_be_visible()
    expect(page.locator('button[value="change"]')).to_have_count(0)


def test_a_changed_notice_is_read_again_before_moving(
    visit: Visit, site: FakeServer, booked_hall: f.BookingHall
) -> None:
    page = visit(*PHONE)
    to_step_three(page, site)
    fill_in(page)
    onward(page)
    onward(page)
    newer = f.PRESSURE.model_copy(
        update={"notice": f.b.NoticeView(version=4, text=f.text("请带上电池。", "Bring batteries."))}
    )
    booked_hall.offered = f.CATALOGUE.model_copy(update={"items": (newer, *f.ITEMS[1:])})
    page.fill("#tail", "5678")
    page.locator('button[value="find"]').click()
    page.locator('button[value="change"]').click()
    press(page, ".earliest .button")
    expect(page.locator("#notices")).to_contain_text("请带上电池。")
    page.locator('button[value="move"]').click()
    expect(page.locator('[id="r.sphyg-wrong"]')).to_be_visible()
    assert "reschedule" not in [what for what, _ in booked_hall.calls]
    page.check('[id="r.sphyg"]')
    page.locator('button[value="move"]').click()
    expect(page.locator(".said")).to_have_text("已改期。凭证和编号不变。")


def test_a_slot_that_went_meanwhile_is_said_when_moving(
    visit: Visit, site: FakeServer, booked_hall: f.BookingHall
) -> None:
    page = visit(*PHONE)
    to_step_three(page, site)
    fill_in(page)
    onward(page)
    onward(page)
    page.fill("#tail", "5678")
    page.locator('button[value="find"]').click()
    page.locator('button[value="change"]').click()
    booked_hall.full = True
    press(page, ".earliest .button")
    expect(page.locator("#trouble")).to_contain_text("刚才选的时段已不能预约")
    booked_hall.full = False


def test_pieces_are_counted_by_touch_and_found_by_name(visit: Visit, site: FakeServer) -> None:
    page = visit(*PHONE)
    page.goto(f"{site.url}/book/main")
    for _ in range(12):
        page.get_by_role("button", name="加一件：血压计").click()
    expect(page.locator('[id="p.sphyg"]')).to_have_value("10")
    page.get_by_role("button", name="减一件：血压计").click()
    expect(page.locator("#chosen")).to_have_text("已选 1 种 9 件")


def test_whom_an_instrument_is_for_is_said_where_it_matters(visit: Visit, site: FakeServer) -> None:
    page = visit(*PHONE)
    page.goto(f"{site.url}/book/main")
    line = page.locator(".item-only")
    expect(line).to_have_text("只面向：小微企业、企业、机关事业单位")
    expect(line).to_be_visible()
    page.check('[name="as"][value="company"]', force=True)
    expect(line).to_be_hidden()


def test_a_voucher_says_what_became_of_it(
    visit: Visit, site: FakeServer, booked_hall: f.BookingHall, axe: Axe
) -> None:
    page = visit(*PHONE, bypass_csp=True)
    to_step_three(page, site)
    fill_in(page)
    onward(page)
    onward(page)
    expect(page.locator(".said")).to_be_visible()
    (kept,) = booked_hall.made.values()
    for state, said in {
        "checked_in": "已签到",
        "fulfilled": "已完成",
        "cancelled": "已取消",
        "no_show": "未到",
    }.items():
        kept.view = kept.view.model_copy(update={"state": state, "ticket_url": "/t/CODE"})
        page.goto(f"{site.url}/v/{kept.view.code}")
        expect(page.locator("h1")).to_have_text(said)
        expect(page.locator(".qr, #change")).to_have_count(0)
        expect(page.locator('a[href="/t/CODE"]')).to_be_visible()
        assert axe(page) == []


def test_the_search_leaves_what_fits(visit: Visit, site: FakeServer, booked_hall: f.BookingHall) -> None:
    many = tuple(f.item(f"item-{at}", f"器具{at}号", f"Instrument {at}", "trade") for at in range(20))
    booked_hall.offered = f.CATALOGUE.model_copy(update={"items": (*f.ITEMS, *many)})
    page = visit(*PHONE)
    page.goto(f"{site.url}/book/main")
    page.fill("#find-text", "血压")
    expect(page.locator("[data-item]:visible")).to_have_count(1)
    page.fill("#find-text", "没有的东西")
    expect(page.locator("#find-none")).to_have_text("没有找到，请换一个说法，或按类别查看。")
    page.fill("#find-text", "")
    expect(page.locator("[data-group]:visible")).to_have_count(3)


@LANGUAGES
def test_every_page_is_clean_fits_and_can_be_touched(
    visit: Visit, site: FakeServer, axe: Axe, language: str
) -> None:
    page = visit(320, 640, language, bypass_csp=True)
    found = {}
    for name in walk(page, site):
        found[name] = (axe(page), page.evaluate(SIDEWAYS), page.evaluate(SMALL))
        if language == "en-GB":
            assert re.search(r"[\u4e00-\u9fff]", _said(page)) is None, name
    assert found == {name: ([], 0, []) for name in found}
    assert len(found) > 20


def _said(page: Page) -> str:
    """What a page says itself, without what people typed and without names of languages."""
    text = page.evaluate("document.body.innerText")
    return re.sub(
        r"中文|杭州市西湖区某某仪器有限公司|杭州市\*+限公司|某某人乙|这个时段刚刚约满|请另选一个时段，填过的内容都在。|后四位不对|请填写预约时所留手机号的后四位。",
        "",
        text,
    )


def test_an_opened_note_and_the_unfolded_parts_are_clean(visit: Visit, site: FakeServer, axe: Axe) -> None:
    page = visit(*PHONE, bypass_csp=True)
    page.goto(f"{site.url}/book/main")
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    assert axe(page) == []
    page.locator(".term").first.click()
    expect(page.locator(".note:target .button")).to_be_focused()
    assert axe(page) == []
    page.keyboard.press("Escape")
    expect(page.locator(".note:target")).to_have_count(0)
    page.goto(f"{site.url}/book/main?as=company&p.sphyg=1&p.caliper=2&step=when")
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    assert (axe(page), page.evaluate(SIDEWAYS)) == ([], 0)


@SCRIPTS
def test_the_real_hall_is_booked_moved_and_given_up(visit: Visit, hall: ServerThread, scripts: bool) -> None:
    page = visit(*PHONE, java_script_enabled=scripts)
    page.goto(f"{hall.url}/book/main")
    page.locator("[data-count] input:visible").first.fill("2")
    onward(page)
    press(page, ".earliest .button")
    fill_in(page)
    onward(page)
    page.locator('button[value="book"]').click()
    expect(page.locator(".said")).to_have_text("预约成功。请保存好凭证。")
    expect(page.locator("body")).not_to_contain_text("5678")
    first = page.locator(".voucher .big").inner_text()
    page.fill("#tail", "1111")
    page.locator('button[value="find"]').click()
    expect(page.locator("#trouble")).to_be_visible()
    page.fill("#tail", "5678")
    onward(page)
    page.locator('button[value="change"]').click()
    press(page, ".earliest .button")
    page.locator('button[value="move"]').click()
    expect(page.locator(".said")).to_have_text("已改期。凭证和编号不变。")
    assert page.locator(".voucher .big").inner_text() != first
    page.fill("#tail", "5678")
    page.locator('button[value="find"]').click()
    page.locator('button[value="cancel"]').click()
    page.locator('button[value="give-up"]').click()
    expect(page.locator(".said")).to_have_text("已取消。这张凭证不能再用。")
