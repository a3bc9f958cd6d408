"""A customer's ticket on a phone: true at every moment, with JavaScript or without, in both languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.servers import Server, ServerThread

from . import fake as f
from .conftest import Visit
from .states import TICKETS

pytestmark = pytest.mark.browser
PHONE = (390, 844)
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def as_clerk(hall: Server) -> str:
    token = hall.sign_in("clerk1")
    hall.ask("POST", "/halls/main/counters/1/open", token=token)
    return token


def test_the_page_follows_the_ticket_through_its_day(visit: Visit, hall: ServerThread) -> None:
    first, mine = hall.take_number(), hall.take_number()
    page = visit(*PHONE)
    page.goto(f"{hall.url}/t/{mine['code']}")
    expect(page.locator("#number")).to_have_text(mine["number"])
    expect(page.locator("#ahead")).to_have_text("1 位")
    expect(page.locator("#updated")).to_contain_text("更新于")
    clerk = as_clerk(hall)
    hall.ask("POST", f"/tickets/{first['id']}/cancel", token=clerk)
    expect(page.locator("#title")).to_have_text("下一位就是您")
    hall.ask("POST", "/halls/main/counters/1/call-next", token=clerk)
    expect(page.locator("#title")).to_have_text("请到 1 号窗口")
    expect(page).to_have_title(f"{mine['number']} 号，请到 1 号窗口")
    expect(page.locator("#figures")).to_be_hidden()
    hall.ask("POST", f"/tickets/{mine['id']}/miss", token=clerk)
    expect(page.locator("#title")).to_have_text("已过号")
    hall.ask("POST", "/halls/main/counters/1/call", {"ticket": mine["id"]}, clerk)
    expect(page.locator("#title")).to_have_text("请到 1 号窗口")
    hall.ask("POST", f"/tickets/{mine['id']}/start", token=clerk)
    expect(page.locator("#title")).to_have_text("正在 1 号窗口办理")
    hall.ask("POST", f"/tickets/{mine['id']}/done", token=clerk)
    expect(page.locator("#title")).to_have_text("已办结")
    expect(page.locator("#bring-fact")).to_be_hidden()


def test_it_says_the_same_without_javascript_and_asks_again_by_itself(
    visit: Visit, hall: ServerThread
) -> None:
    hall.take_number()
    mine = hall.take_number()
    page = visit(*PHONE, java_script_enabled=False)
    page.goto(f"{hall.url}/t/{mine['code']}")
    assert page.locator("#number").inner_text() == mine["number"]
    assert page.locator("#ahead").inner_text() == "1 位"
    assert page.locator("noscript meta[http-equiv=refresh]").get_attribute("content") == "15"
    assert "本页每 15 秒自动刷新。" in page.locator(".updated").inner_text()
    hall.ask("POST", "/halls/main/counters/1/call-next", token=as_clerk(hall))
    page.reload()
    assert page.locator("#title").inner_text() == "下一位就是您"
    page.click(".switch")
    assert page.locator("#title").inner_text() == "You are next"
    assert page.locator("html").get_attribute("lang") == "en"


def test_the_language_is_the_browsers_then_the_chosen_one(visit: Visit, hall: ServerThread) -> None:
    mine = hall.take_number(language="en")
    page = visit(*PHONE, language="en-GB")
    page.goto(f"{hall.url}/t/{mine['code']}")
    expect(page.locator("#title")).to_have_text("You are next")
    page.click(".switch")
    expect(page.locator("#title")).to_have_text("下一位就是您")
    page.goto(f"{hall.url}/t/{mine['code']}")
    expect(page.locator("#title")).to_have_text("下一位就是您")


@pytest.mark.parametrize("code", ["NOSUCHTICKET2345", "short", "..%2F..%2Fetc", "%00", "<script>"])
def test_an_unknown_code_leads_on(visit: Visit, hall: ServerThread, code: str) -> None:
    page = visit(*PHONE)
    answer = page.goto(f"{hall.url}/t/{code}")
    assert answer is not None
    assert answer.status == 404
    expect(page.locator("h1")).to_have_text("没有找到这个号")
    page.click(".button")
    expect(page.locator(".services li").first).to_be_visible()


def test_yesterdays_ticket_says_that_it_is_over(visit: Visit, hall: ServerThread) -> None:
    mine = hall.take_number()
    page = visit(*PHONE)
    page.goto(f"{hall.url}/t/{mine['code']}")
    expect(page.locator("#title")).to_have_text("下一位就是您")
    hall.clock.advance(days=1)
    hall.take_number()
    page.goto(f"{hall.url}/t/{mine['code']}")
    expect(page.locator("#title")).to_have_text("此号已失效")
    expect(page.locator("#say")).to_have_text("号码当日有效，如仍需办理，请重新取号。")


def test_a_lost_link_is_said_and_the_page_comes_right_by_itself(visit: Visit, fake: f.FakeServer) -> None:
    page = visit(*PHONE)
    page.goto(f"{fake.url}/t/{f.CODE}")
    fake.until_linked()
    fake.cut()
    expect(page.locator("#link")).to_have_text("连接中断，正在重新连接…")
    fake.hall.now_ticket = f.TICKET.model_copy(update={"state": "called", "counter": "3"})
    fake.mend()
    expect(page.locator("#title")).to_have_text("请到 3 号窗口")
    expect(page.locator("#link")).to_be_hidden()


OVERFULL = """[...document.querySelectorAll('main *')]
  .filter(one => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 40)
  .map(one => one.outerHTML.slice(0, 80))"""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_is_cut_or_needs_sideways_scrolling(visit: Visit, fake: f.FakeServer, language: str) -> None:
    page = visit(320, 640)
    found = {}
    for state, facts in TICKETS.items():
        fake.hall.now_ticket = f.TICKET.model_copy(update=facts)
        page.goto(f"{fake.url}/t/{f.CODE}?lang={language}")
        expect(page.locator("#number")).to_be_visible()
        found[state] = (page.evaluate(SIDEWAYS), page.evaluate(OVERFULL))
    assert found == {state: (0, []) for state in TICKETS}


def test_the_halls_front_page_is_live(visit: Visit, hall: ServerThread) -> None:
    page = visit(*PHONE)
    page.goto(hall.url)
    line = page.locator('[data-hall="main"] [data-service="accept"]')
    expect(line.locator('[data-part="waiting"]')).to_have_text("无人等候")
    expect(line.locator('[data-part="wait"]')).to_have_text("暂无窗口办理")
    hall.take_number("accept")
    expect(line.locator('[data-part="waiting"]')).to_have_text("1 人等候")
    as_clerk(hall)
    expect(line.locator('[data-part="wait"]')).not_to_have_text("暂无窗口办理")
    assert page.evaluate(SIDEWAYS) == 0


@pytest.mark.parametrize(
    "path", ["/tickets", "/board/a/b", "/desk/main/1/2", "/manage/no/thing", "/counter/"]
)
def test_a_mistyped_address_is_answered_as_a_page(visit: Visit, hall: ServerThread, path: str) -> None:
    page = visit(*PHONE)
    answer = page.goto(f"{hall.url}{path}")
    assert answer is not None
    assert answer.status == 404
    expect(page.locator("h1")).to_have_text("没有这个页面")


def test_a_mistyped_address_of_the_api_stays_a_problem(hall: ServerThread) -> None:
    answer = hall.request("GET", "/api/v1/nothing")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("application/problem+json")
