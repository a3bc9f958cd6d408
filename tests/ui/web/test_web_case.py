"""Following a case on a phone, handing out with a scanner alone, coming again in two taps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.integration.server.cases import accepted, handed_in, labels, pickup, ready, walked
from tests.integration.server.test_server_progress import held
from tests.integration.server.visits import TAIL, customer
from tests.servers import ServerThread

from .conftest import Visit

pytestmark = pytest.mark.browser
Axe = Callable[[Page], list[str]]
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])


def address(hall: ServerThread, case: Any, language: str = "zh") -> str:
    return f"{hall.url}/c/{case['order']['code']}?lang={language}"


def state(page: Page, title: str) -> None:
    expect(page.locator(".case-top h1")).to_have_text(title)


# Following --------------------------------------------------------------------------------------


def test_a_case_moves_on_its_page_while_it_is_watched(visit: Visit, hall: ServerThread) -> None:
    case = handed_in(hall)
    page = visit(390, 844)
    page.goto(address(hall, case))
    state(page, "已登记，待受理")
    order = accepted(hall, case)
    state(page, "已受理")
    walked(hall, order, "testing")
    state(page, "检定中")
    walked(hall, order)
    state(page, "可取件")
    assert page.locator(".voucher.pickup").count() == 0, "without the tail there is no code"


def test_with_the_tail_the_code_appears_by_itself_once_it_is_good(visit: Visit, hall: ServerThread) -> None:
    case = handed_in(hall)
    order = accepted(hall, case)
    walked(hall, order, "ready", [1])
    page = visit(390, 844)
    page.goto(address(hall, case))
    page.fill("#tail", "0000")
    page.keyboard.press("Enter")
    expect(page.locator(".problem")).to_contain_text("查不到")
    page.fill("#tail", TAIL)
    page.keyboard.press("Enter")
    number = pickup(hall, order).number
    expect(page.locator(".pickup dl dd")).to_have_text(f"{number[:4]} {number[4:8]} {number[8:]}")
    assert page.locator(".pickup .qr svg").bounding_box()["width"] > 200  # type: ignore[index]
    walked(hall, order)
    state(page, "可取件")
    expect(page.locator(".pickup dl dd")).to_be_visible()
    page.click(".switch")
    expect(page.locator(".pickup h2")).to_have_text("Pick-up code")


def test_what_is_being_filled_in_is_not_taken_away_by_news(visit: Visit, hall: ServerThread) -> None:
    case = handed_in(hall)
    order = accepted(hall, case)
    walked(hall, order, "testing")
    held(hall, order)
    page = visit(390, 844)
    page.goto(address(hall, case))
    page.get_by_text("修好后再检").click()
    page.fill(".question input[name=tail]", "56")
    expect(page.locator("#updated")).to_contain_text("本页会自动更新")
    walked(hall, order, "tested", [2])
    page.locator(".question input[name=tail]").press_sequentially("78")
    assert page.locator(".question input[name=tail]").input_value() == TAIL
    page.get_by_role("button", name="提交答复").click()
    expect(page.locator(".said")).to_have_text("已收到您的答复，谢谢。")
    expect(page.locator(".question form")).to_have_count(0)


def test_all_of_it_works_without_javascript(visit: Visit, hall: ServerThread) -> None:
    case, order = ready(hall)
    page = visit(390, 844, java_script_enabled=False)
    page.goto(address(hall, case))
    state(page, "可取件")
    page.fill("#tail", TAIL)
    page.click("button[value=own]")
    expect(page.locator(".pickup dl dd")).to_contain_text(pickup(hall, order).number[:4])
    expect(page.locator(".certificates li")).to_have_count(2)


@LANGUAGES
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_a_case_fits_every_phone_and_nothing_is_found_against_it(
    visit: Visit, hall: ServerThread, axe: Axe, language: str, width: int
) -> None:
    asked = handed_in(hall)
    order = accepted(hall, asked, ("光学", "力学"))
    walked(hall, order, "testing")
    held(hall, order)
    done, _ = ready(hall, customer=customer(1))
    new = handed_in(hall, customer=customer(2), slot="accept-1600")
    page = visit(width, 844, bypass_csp=True)
    for case in (asked, done, new):
        page.goto(address(hall, case, language))
        assert page.evaluate(SIDEWAYS) <= 0
        assert axe(page) == []
    page.goto(address(hall, done, language))
    page.fill("#tail", customer(1)["phone"][-4:])
    page.click("button[value=own]")
    expect(page.locator(".voucher.pickup")).to_be_visible()
    assert page.evaluate(SIDEWAYS) <= 0
    assert axe(page) == []


# Coming again -----------------------------------------------------------------------------------


@LANGUAGES
def test_the_label_books_a_place_in_two_taps(
    visit: Visit, hall: ServerThread, axe: Axe, language: str
) -> None:
    case, _ = ready(hall)
    page = visit(390, 844, bypass_csp=True)
    page.goto(f"{hall.url}/again/{labels(case)[0]}?lang={language}")
    assert axe(page) == []
    assert page.evaluate(SIDEWAYS) <= 0
    page.fill("#tail", TAIL)
    page.locator(".near .choice").nth(2).click()
    page.locator(".onward button").click()
    expect(page.locator(".voucher")).to_be_visible()
    assert "/v/V" in page.url


# Handing out ------------------------------------------------------------------------------------


@pytest.fixture
def counter(visit: Visit, hall: ServerThread) -> Page:
    page = visit(1366, 768, bypass_csp=True)
    page.context.add_cookies([{"name": "liqu_session", "value": hall.sign_in("clerk1"), "url": hall.url}])
    page.goto(f"{hall.url}/pickup")
    return page


def scan(page: Page, code: str) -> None:
    """As a wedge scanner does: it types where the cursor is, and ends with Enter."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def verdict(page: Page, tone: str, title: str) -> None:
    expect(page.locator("#verdict-title")).to_have_text(title)
    expect(page.locator("#verdict")).to_have_attribute("data-tone", tone)


def test_a_scanner_alone_hands_out(counter: Page, hall: ServerThread, axe: Axe) -> None:
    case, order = ready(hall)
    other, _ = ready(hall, customer=customer(1))
    code = pickup(hall, order).code
    first, second = labels(case)
    scan(counter, code)
    verdict(counter, "calm", "逐件扫描要交付的样品")
    expect(counter.locator("#pieces li")).to_have_count(2)
    assert axe(counter) == []
    scan(counter, labels(other)[0])
    verdict(counter, "bad", "这件不是他的")
    assert axe(counter) == []
    scan(counter, first)
    verdict(counter, "good", "对，第 1 件 焦度计")
    scan(counter, first)
    verdict(counter, "bad", "第 1 件已经扫过")
    # A scanner does not wait for answers: two scans at once are both counted.
    scan(counter, second)
    scan(counter, code)
    verdict(counter, "good", "已交付 2 件")
    expect(counter.locator("#verdict-more")).to_have_text("全部取走，委托单已办结。")
    scan(counter, code)
    verdict(counter, "bad", "这个取件码已用过")


def test_a_part_handed_out_gives_a_new_code_to_write_down(
    counter: Page, hall: ServerThread, axe: Axe
) -> None:
    case, order = ready(hall)
    scan(counter, pickup(hall, order).number)
    expect(counter.locator("#order-number")).to_be_visible()
    scan(counter, labels(case)[1])
    verdict(counter, "good", "对，第 2 件 焦度计")
    counter.keyboard.press("Control+Enter")
    verdict(counter, "good", "已交付 1 件")
    number = pickup(hall, order).number
    expect(counter.locator("#slip-number")).to_have_text(f"{number[:4]} {number[4:8]} {number[8:]}")
    assert axe(counter) == []
    counter.keyboard.press("Escape")
    expect(counter.locator("#slip")).to_be_hidden()
    verdict(counter, "calm", "等待扫码")


def test_a_lost_code_is_replaced_by_keyboard(counter: Page, hall: ServerThread) -> None:
    case, order = ready(hall)
    old = pickup(hall, order).number
    counter.locator("#reissue summary").focus()
    counter.keyboard.press("Enter")
    counter.locator("#reissue-order").focus()
    scan(counter, labels(case)[0])
    verdict(counter, "good", "已补办，原来的取件码作废")
    new = pickup(hall, order).number
    assert new != old
    expect(counter.locator("#slip-number")).to_have_text(f"{new[:4]} {new[4:8]} {new[8:]}")


def test_a_lost_link_hands_nothing_out_and_says_so(counter: Page, hall: ServerThread) -> None:
    case, order = ready(hall)
    scan(counter, pickup(hall, order).code)
    scan(counter, labels(case)[0])
    verdict(counter, "good", "对，第 1 件 焦度计")
    counter.context.set_offline(True)
    counter.keyboard.press("Control+Enter")
    verdict(counter, "bad", "连不上服务器")
    counter.context.set_offline(False)
    counter.keyboard.press("Control+Enter")
    verdict(counter, "good", "已交付 1 件")
