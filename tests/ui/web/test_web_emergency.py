"""An emergency stands on every page that people in the hall look at, and goes when it is lifted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.integration.server.cases import handed_in
from tests.integration.server.visits import booked
from tests.servers import ServerThread, furnished_copy, served

from .conftest import Visit

pytestmark = pytest.mark.browser
Axe = Callable[[Page], list[str]]
TEXT = {"zh": "请立即从东门离开。", "en": "Leave by the east gate now."}
LONG = {"zh": "请沿绿色标志从东门离开，不要乘电梯，不要返回取样品，" * 7, "en": ""}
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerThread]:
    with served(*furnished_copy(tmp_path_factory.mktemp("hall"))) as server:
        yield server


@pytest.fixture(autouse=True)
def calm(hall: ServerThread) -> Iterator[None]:
    yield
    call_out(hall, None)


def call_out(hall: ServerThread, text: dict[str, str] | None) -> None:
    hall.ask("POST", "/halls/main/emergency", {"text": text}, hall.sign_in("manager"))


def opened(
    visit: Visit, hall: ServerThread, path: str, user: str = "", width: int = 1280, **more: Any
) -> Page:
    page = visit(width, 800, **more)
    if user:
        page.context.add_cookies([{"name": "liqu_session", "value": hall.sign_in(user), "url": hall.url}])
    page.goto(hall.url + path)
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    return page


def test_an_emergency_stands_on_boards_windows_desks_and_phones_until_it_is_lifted(
    visit: Visit, hall: ServerThread
) -> None:
    code = hall.take_number()["code"]
    hall.ask("POST", "/halls/main/counters/1/open", None, hall.sign_in("clerk1"))
    pages = [
        opened(visit, hall, path, "clerk1", width)
        for path, width in (
            ("/board/main", 1920),
            ("/counter/1?hall=main", 1280),
            (f"/t/{code}", 390),
            ("/", 390),
            ("/desk/main/1", 1366),
        )
    ]
    call_out(hall, TEXT)
    for page in pages:
        expect(page.get_by_text(TEXT["zh"])).to_be_visible()
    call_out(hall, None)
    for page in pages:
        expect(page.get_by_text(TEXT["zh"])).to_be_hidden()


@pytest.mark.parametrize(
    ("path", "user"),
    [
        ("/desk", "clerk1"),
        ("/visits/main", "clerk1"),
        ("/cases/main", "clerk1"),
        ("/pickup/main", "clerk1"),
        ("/account", "clerk1"),
        ("/certificates/main", "manager"),
        ("/lab", "manager"),
        ("/manage/health", "manager"),
        ("/manage/data", "manager"),
        ("/manage/emergency", "manager"),
    ],
)
def test_it_comes_to_a_page_of_staff_that_is_open_and_goes_again(
    visit: Visit, hall: ServerThread, path: str, user: str
) -> None:
    page = opened(visit, hall, path, user)
    alert = page.locator("#alert")
    expect(alert).to_be_hidden()
    focus = page.evaluate("document.activeElement.id || document.activeElement.tagName")
    page.evaluate("window.stayed = true")
    call_out(hall, TEXT)
    expect(alert).to_have_text(f"紧急通知 {TEXT['zh']}")
    expect(alert).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.activeElement.id || document.activeElement.tagName") == focus
    call_out(hall, None)
    expect(alert).to_be_hidden()
    assert page.evaluate("window.stayed"), "the page was never left"


def test_whoever_follows_a_case_sees_it_over_the_link_the_page_has(
    visit: Visit, hall: ServerThread, axe: Axe
) -> None:
    case = handed_in(hall)
    page = visit(390, 844)
    links: list[str] = []
    page.on("websocket", lambda link: links.append(link.url))
    page.goto(f"{hall.url}/c/{case['order']['code']}?lang=en")
    expect(page.locator("#updated")).not_to_be_empty()
    call_out(hall, TEXT)
    expect(page.locator("#alert")).to_contain_text(TEXT["en"])
    assert axe(page) == []
    call_out(hall, None)
    expect(page.locator("#alert")).to_be_hidden()
    assert len(links) == 1


@pytest.mark.parametrize(
    "path", ["/book/main", "/book/main/find", "/v/{voucher}", "/c/{case}", "/about/main"]
)
def test_without_scripts_it_stands_on_what_is_read_at_home(
    visit: Visit, hall: ServerThread, path: str
) -> None:
    voucher = booked(hall)["code"] if "{voucher}" in path else ""
    case = handed_in(hall)["order"]["code"] if "{case}" in path else ""
    page = visit(390, 844, java_script_enabled=False)
    page.goto(hall.url + path.format(voucher=voucher, case=case))
    expect(page.locator("main")).to_be_visible()
    expect(page.locator("#alert")).to_be_hidden()
    call_out(hall, TEXT)
    page.reload()
    expect(page.locator("#alert")).to_have_text(f"紧急通知 {TEXT['zh']}")
    expect(page.locator("#alert")).to_be_in_viewport(ratio=1)


def test_a_form_at_home_opens_no_live_link(visit: Visit, hall: ServerThread, axe: Axe) -> None:
    page = visit(390, 844)
    links: list[str] = []
    page.on("websocket", lambda link: links.append(link.url))
    call_out(hall, TEXT)
    page.goto(f"{hall.url}/book/main")
    expect(page.locator("#alert")).to_be_visible()
    assert axe(page) == []
    assert links == []


@pytest.mark.parametrize(("path", "field"), [("/account", "#repeated"), ("/pickup/main", "#code")])
def test_on_the_smallest_phone_what_is_typed_stays_in_sight(
    visit: Visit, hall: ServerThread, axe: Axe, path: str, field: str
) -> None:
    page = opened(visit, hall, path, "clerk1", 320)
    page.set_viewport_size({"width": 320, "height": 568})
    page.focus(field)
    # At the very top of what is seen: there the notice will stand.
    page.evaluate("(field) => window.scrollTo(0, document.querySelector(field).offsetTop)", field)
    page.keyboard.type("abc")
    call_out(hall, LONG)
    expect(page.locator("#alert")).to_be_visible()
    page.keyboard.type("def")
    expect(page.locator(field)).to_have_value("abcdef")
    under = page.locator(field).bounding_box()["y"] - page.locator("#alert").bounding_box()["height"]  # type: ignore[index]
    assert under >= 0
    assert page.evaluate(SIDEWAYS) == 0
    assert axe(page) == []


def test_an_open_drawer_makes_room_for_it(visit: Visit, hall: ServerThread) -> None:
    booked(hall)
    page = opened(visit, hall, "/visits/main", "clerk1")
    page.locator("tbody button").first.click()
    expect(page.locator("#drawer")).to_be_visible()
    call_out(hall, TEXT)
    alert = page.locator("#alert")
    expect(alert).to_be_visible()
    expect(page.locator("#drawer").get_by_role("alert")).to_have_text(TEXT["zh"])
    room = alert.bounding_box()["height"]  # type: ignore[index]
    box = page.locator("#drawer").bounding_box()
    assert box is not None
    assert 0 <= box["y"] - room < 1
    assert box["y"] + box["height"] == 800
