"""The board and the window screen in a television: each call has its moment, nothing old looks live."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from display.wording import call_sentence
from server.protocol.places import VOICE
from tests.conftest import need

from . import fake as f
from .conftest import Visit
from .states import BOARDS, FULL, PANELS, fresh

pytestmark = pytest.mark.browser


def first() -> f.v.Call:
    """A call made just now."""
    return f.call("c1", "A016", "3")


def show_board(visit: Visit, fake: f.FakeServer, query: str = "") -> Page:
    """A board whose time stands still until the test moves it, linked."""
    page = visit(1920, 1080)
    page.clock.install()
    page.goto(f"{fake.url}/board/main{query}")
    expect(page.locator("#counters tr")).to_have_count(len(f.COUNTERS))
    fake.until_linked()
    return page


def with_calls(*calls: f.v.Call) -> f.v.Board:
    return f.BOARD.model_copy(update={"calls": calls})


def test_a_call_is_large_at_once_and_its_window_is_marked(visit: Visit, fake: f.FakeServer) -> None:
    page = show_board(visit, fake)
    expect(page.locator("#hero-number")).to_have_text("请留意叫号")
    fake.show(board=with_calls(first()))
    expect(page.locator("#hero-number")).to_have_text("A016")
    expect(page.locator("#hero-go")).to_have_text("请到 3 号窗口")
    expect(page.locator("#hero-other")).to_have_text("Please go to counter 3")
    expect(page.locator("#counters .fresh .number")).to_have_text("A016")


def test_each_call_has_six_seconds_even_when_others_follow(visit: Visit, fake: f.FakeServer) -> None:
    page = show_board(visit, fake)
    fake.show(board=with_calls(first(), f.call("c2", "A014", "1")))
    number = page.locator("#hero-number")
    expect(number).to_have_text("A016")
    page.clock.run_for(5000)
    expect(number).to_have_text("A016")
    page.clock.run_for(1500)
    expect(number).to_have_text("A014")


def test_a_call_seen_before_is_not_made_again_but_a_recall_is(visit: Visit, fake: f.FakeServer) -> None:
    page = show_board(visit, fake)
    fake.show(board=with_calls(first()))
    lit = page.locator("#hero.lit")
    expect(lit).to_be_visible()
    page.clock.run_for(9000)
    expect(lit).to_have_count(0)
    fake.show(board=with_calls(first()))
    fake.show(board=with_calls(first()).model_copy(update={"ready": ()}))
    page.clock.run_for(1000)
    expect(lit).to_have_count(0)
    fake.show(board=with_calls(first(), f.call("c2", "A016", "3")))
    expect(lit).to_be_visible()


def test_a_call_older_than_a_minute_is_left_in_peace(visit: Visit, fake: f.FakeServer) -> None:
    old = first().model_copy(update={"at": f.now() - timedelta(seconds=90)})
    fake.hall.now_board = with_calls(old)
    page = show_board(visit, fake)
    page.clock.run_for(1000)
    expect(page.locator("#hero.lit")).to_have_count(0)


def test_an_english_ticket_is_called_in_english_first(visit: Visit, fake: f.FakeServer) -> None:
    page = show_board(visit, fake)
    fake.show(board=with_calls(f.call("c1", "A016", "3", "en")))
    expect(page.locator("#hero-go")).to_have_text("Please go to counter 3")
    expect(page.locator("#hero-other")).to_have_text("请到 3 号窗口")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages_voice_says_what_the_displays_voice_says(
    visit: Visit, fake: f.FakeServer, language: f.Language
) -> None:
    page = visit()
    page.goto(f"{fake.url}/board/main")
    for counter in ("1", "10", "12", "20", "35", "100", "105", "110", "128", "B2"):
        call = f.call("c1", "A012", counter, language)
        words = page.evaluate("call => Liqu.announcerWords(call)", call.model_dump(mode="json"))
        said = ("" if language == "zh" else " ").join(words)
        assert said.lower() == call_sentence(call).replace(",", "").rstrip(".").lower()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_sound_waits_for_a_touch_and_then_speaks_the_tickets_language(
    visit: Visit, fake: f.FakeServer, language: f.Language
) -> None:
    need((VOICE / "manifest.json").is_file(), "the voice pack is not made: run 'make setup'")
    page = visit(1920, 1080)
    heard: list[str] = []
    page.on("request", lambda one: heard.append(one.url) if "/voice/" in one.url else None)
    page.goto(f"{fake.url}/board/main")
    expect(page.locator("#sound")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#sound")).to_be_hidden()
    expect(page.locator("#foot-phone")).to_be_visible()
    fake.until_linked()
    with page.expect_request(lambda one: f"/voice/{language}" in one.url):
        fake.show(board=with_calls(f.call("c1", "A016", "3", language)))
    other = "en" if language == "zh" else "zh"
    assert not [url for url in heard if f"/voice/{other}" in url]


def test_a_lost_link_is_said_and_what_is_shown_is_dimmed_until_it_is_back(
    visit: Visit, fake: f.FakeServer
) -> None:
    page = visit(1920, 1080)
    page.goto(f"{fake.url}/board/main")
    fake.until_linked()
    colour = "getComputedStyle(document.querySelector('#counters .number')).color"
    live = page.evaluate(colour)
    fake.cut()
    expect(page.locator("#lost")).to_be_visible()
    expect(page.locator("#lost")).to_contain_text("连接中断，请留意工作人员叫号")
    expect(page.locator("#lost-since")).to_contain_text("的情况")
    assert page.evaluate(colour) != live
    fake.hall.now_board = with_calls(first())
    fake.mend()
    expect(page.locator("#lost")).to_be_hidden()
    expect(page.locator("#hero-number")).to_have_text("A016")
    assert page.evaluate(colour) == live


def test_a_silent_link_is_a_lost_one(visit: Visit, fake: f.FakeServer) -> None:
    """The socket stands, but nothing comes: no heartbeat for 25 s."""
    page = show_board(visit, fake)
    page.clock.run_for(20_000)
    expect(page.locator("#lost")).to_be_hidden()
    fake.cut(quietly=True)
    page.clock.run_for(6_000)
    expect(page.locator("#lost")).to_be_visible()


def test_an_emergency_fills_the_screen_at_once_and_goes_when_lifted(visit: Visit, fake: f.FakeServer) -> None:
    page = show_board(visit, fake)
    fake.show(board=f.BOARD.model_copy(update={"hall": f.EMERGENCY}))
    over = page.locator("#emergency")
    expect(over).to_be_visible()
    expect(over).to_contain_text("请立即从安全出口离开。")
    expect(over).to_contain_text("Leave by the exits now.")
    assert over.bounding_box() == {"x": 0, "y": 0, "width": 1920, "height": 1080}
    fake.show(board=f.BOARD)
    expect(over).to_be_hidden()


def test_more_windows_than_fit_take_turns(visit: Visit, fake: f.FakeServer) -> None:
    fake.hall.now_board = FULL
    page = visit(1920, 1080)
    page.clock.install()
    page.goto(f"{fake.url}/board/main")
    expect(page.locator("#page")).to_have_text("1 / 3")
    seen = set(page.locator("#counters th").all_inner_texts())
    for _ in range(2):
        page.clock.run_for(8000)
        seen |= set(page.locator("#counters th").all_inner_texts())
    assert seen == {str(n) for n in range(1, 17)}


CUT = """() => [...document.querySelectorAll('h1, p, th, td, strong, button')].filter(one => {
  const box = one.getBoundingClientRect();
  if (!box.width || one.id === 'foot-body' || one.closest('#emergency')) { return false; }
  const part = one.closest('#counters-card, .next, .hero, .top, .foot').getBoundingClientRect();
  return one.clientWidth > 0 && one.tagName !== 'STRONG' && one.scrollWidth > one.clientWidth + 1
    || box.right > innerWidth + 1 || box.left < -1
    || box.bottom > part.bottom + 1 || box.top < part.top - 1;
}).map(one => `${one.id || one.className || one.tagName}: ${one.textContent}`)"""
MEETING = """() => {
  const parts = [...document.querySelectorAll('.top, #hero, #counters-card, .next, .foot')]
    .map(one => [one.className, one.getBoundingClientRect()]);
  return parts.flatMap(([a, one], index) => parts.slice(index + 1).filter(([b, two]) =>
    one.left < two.right - 1 && two.left < one.right - 1
    && one.top < two.bottom - 1 && two.top < one.bottom - 1
  ).map(([b]) => `${a} × ${b}`));
}"""
SIZES = [(1920, 1080), (1280, 720), (1366, 768), (1024, 768), (1080, 1920), (1200, 1920), (720, 1280)]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("state", ["full", "call", "quiet", "closed", "closed with customers"])
def test_nothing_on_a_board_is_cut_or_overlaps(
    visit: Visit, fake: f.FakeServer, state: str, language: str
) -> None:
    fake.hall.now_board = fresh(BOARDS[state])
    page = visit(*SIZES[0])
    page.goto(f"{fake.url}/board/main?lang={language}")
    page.evaluate("document.fonts.ready")
    faults = {}
    for size in SIZES:
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)))")
        if found := page.evaluate(CUT) + page.evaluate(MEETING):
            faults[size] = found
    assert faults == {}


def test_the_window_screen_follows_its_counter(visit: Visit, fake: f.FakeServer) -> None:
    fake.hall.now_panel = PANELS["open"]
    page = visit(1280, 720)
    page.goto(f"{fake.url}/counter/1")
    expect(page.locator("#number")).to_have_text("请留意叫号")
    expect(page.locator("#staff-name")).to_have_text("一号受理员")
    fake.until_linked()
    fake.show(panel=PANELS["called"].model_copy(update={"calls": (f.call("c1", "A016", "1"),)}))
    expect(page.locator("#number")).to_have_text("A016")
    expect(page.locator("#now.lit")).to_be_visible()
    fake.show(panel=PANELS["paused"])
    expect(page.locator("#number")).to_have_text("暂停服务")
    fake.show(panel=PANELS["closed"])
    expect(page.locator("#staff")).to_be_hidden()
    fake.show(panel=PANELS["emergency"])
    expect(page.locator("#emergency")).to_be_visible()


def test_the_window_screen_says_that_its_link_is_lost(visit: Visit, fake: f.FakeServer) -> None:
    fake.hall.now_panel = PANELS["serving"]
    page = visit(1280, 720)
    page.goto(f"{fake.url}/counter/1")
    fake.until_linked()
    fake.cut()
    expect(page.locator("#lost")).to_be_visible()
    expect(page.locator("#panel.stale #number")).to_have_text("A016")
    fake.mend()
    expect(page.locator("#lost")).to_be_hidden()


@pytest.mark.parametrize(
    "path", ["/board/elsewhere", "/board/%2e", "/counter/99", "/counter/1?hall=elsewhere"]
)
def test_an_unknown_screen_is_said_kindly(visit: Visit, fake: f.FakeServer, path: str) -> None:
    page = visit()
    answer = page.goto(fake.url + path)
    assert answer is not None
    assert answer.status == 404
