"""A clerk's day at the desk: by keyboard alone, without losing the place, a number or a press."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, WebSocketRoute, expect

from tests.browser import painted
from tests.servers import Server, ServerThread
from tests.waiting import until

from .conftest import RealHall, Visit

pytestmark = pytest.mark.browser
Desk = Callable[..., Page]


def is_reached_by_tab(page: Page, selector: str) -> None:
    """Goes on from where the keyboard is, one stop at a time, to the first ``selector``."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    pytest.fail(f"sixty stops and no {selector}")


def sign_in(page: Page, hall: Server, user: str, onward: str = "/desk") -> None:
    page.goto(f"{hall.url}{onward}")
    expect(page.locator("#user")).to_be_focused()
    page.keyboard.type(user)
    page.keyboard.press("Tab")
    page.keyboard.type(hall.credentials["users"][user])
    page.keyboard.press("Enter")


def open_desk(page: Page, hall: Server, user: str, counter: str) -> Page:
    """The desk of a counter that ``user`` has opened, linked."""
    token = hall.sign_in(user)
    page.context.add_cookies([{"name": "liqu_session", "value": token, "url": hall.url}])
    hall.ask("POST", f"/halls/main/counters/{counter}/open", token=token)
    page.goto(f"{hall.url}/desk/main/{counter}")
    expect(page.locator("#main[data-live=yes]")).to_be_attached()
    expect(page.locator("#linked-say")).to_have_text("已连接")
    painted(page)
    return page


@pytest.fixture
def desk(visit: Visit, hall: ServerThread) -> Desk:
    return lambda user, counter: open_desk(visit(), hall, user, counter)


def requests_of(page: Page, ending: str) -> list[Any]:
    sent: list[Any] = []
    page.on("request", lambda one: sent.append(one) if one.url.endswith(ending) else None)
    return sent


def test_a_whole_day_without_a_mouse(visit: Visit, hall: Server) -> None:
    first, second, third = (hall.take_number("accept") for _ in range(3))
    page = visit()
    sign_in(page, hall, "clerk1")
    expect(page.locator("h1")).to_have_text("请选择您的窗口")

    is_reached_by_tab(page, '[data-counter="1"] .counter-card')
    page.keyboard.press("Enter")
    expect(page.locator("#state")).to_have_text("空闲")
    expect(page.locator("#why-title")).to_contain_text(first["number"])
    expect(page.locator("#why")).to_contain_text(first["number"])

    page.keyboard.press("F2")
    number = page.locator(".big-number")
    expect(number).to_have_text(first["number"])
    expect(page.locator("#why-title")).to_have_text("为什么是这一位")
    page.keyboard.press("r")
    expect(page.locator("#said")).to_have_text(f"已重呼 {first['number']}")
    expect(page.locator("#current .tags")).to_contain_text("已重呼 1 次")
    page.keyboard.press("s")
    expect(page.locator("#state")).to_have_text("办理中")

    page.keyboard.press("p")
    expect(page.locator("#park-dialog")).to_be_visible()
    page.keyboard.press("1")
    expect(page.locator("#parked")).to_contain_text(first["number"])
    expect(page.locator("#parked")).to_contain_text("补材料")
    expect(page.locator("#state")).to_have_text("空闲")

    page.keyboard.press(" ")
    expect(number).to_have_text(second["number"])
    page.keyboard.press("m")
    expect(page.locator("#missed")).to_contain_text(second["number"])
    is_reached_by_tab(page, '#missed [data-line="again"]')
    page.keyboard.press("Enter")
    expect(number).to_have_text(second["number"])
    page.keyboard.press("s")
    expect(page.locator("#state")).to_have_text("办理中")

    page.keyboard.press("F2")
    expect(number).to_have_text(third["number"])
    page.keyboard.press("s")
    expect(page.locator("#state")).to_have_text("办理中")
    page.keyboard.press("t")
    is_offered = page.locator("#transfer-dialog .option")
    expect(is_offered.first).to_be_visible()
    page.locator("#transfer-dialog").press("2")
    expect(page.locator("#said")).to_contain_text(f"{third['number']} 已转到")
    expect(page.locator("#state")).to_have_text("空闲")

    is_reached_by_tab(page, '#parked [data-line="again"]')
    page.keyboard.press(" ")
    expect(number).to_have_text(first["number"])
    page.keyboard.press("s")
    expect(page.locator("#state")).to_have_text("办理中")
    page.keyboard.press("d")
    expect(page.locator("#undo-say")).to_have_text(f"{first['number']} 已办结")
    page.keyboard.press("z")
    expect(number).to_have_text(first["number"])
    expect(page.locator("#state")).to_have_text("办理中")
    page.keyboard.press("d")
    expect(page.locator("#state")).to_have_text("空闲")

    page.keyboard.press("g")
    expect(page.locator("#state")).to_have_text("已暂停")
    page.keyboard.press("g")
    expect(page.locator("#state")).to_have_text("空闲")
    page.keyboard.press("x")
    expect(page.locator("#state")).to_have_text("未开放")
    page.keyboard.press("Enter")
    expect(page.locator("#state")).to_have_text("空闲")
    page.keyboard.press("x")
    expect(page.locator("#state")).to_have_text("未开放")


def test_what_is_pressed_after_the_new_view_but_before_the_answer_is_done_next(
    desk: Desk, hall: Server
) -> None:
    number = hall.take_number("accept")["number"]
    page = desk("clerk1", "1")
    held: list[Route] = []
    page.route("**/call-next", lambda route: held.append(route) if not held else route.continue_())
    with page.expect_request("**/call-next"):
        page.keyboard.press("F2")
    expect(page.locator("#primary")).to_have_attribute("aria-disabled", "true")
    # The call is done, and its view is here; only the answer is late.
    answer = held[0].fetch()
    expect(page.locator("#state")).to_have_text("正在呼叫")
    page.keyboard.press("s")
    expect(page.locator("#state")).to_have_text("正在呼叫")
    held[0].fulfill(response=answer)
    expect(page.locator("#state")).to_have_text("办理中")
    expect(page.locator(".big-number")).to_have_text(number)


def test_a_waiting_number_is_cancelled_and_the_cancelling_taken_back(desk: Desk, hall: Server) -> None:
    page = desk("clerk1", "1")
    ticket = hall.take_number("accept")["number"]
    line = page.locator("#queue .line", has_text=ticket)
    expect(line).to_be_visible()
    is_reached_by_tab(page, '#queue [data-line="cancel"]')
    page.keyboard.press("Enter")
    expect(line).to_have_count(0)
    expect(page.locator("#undo-say")).to_have_text(f"{ticket} 已取消")
    page.keyboard.press("Control+z")
    expect(line).to_be_visible()


def test_the_keyboards_place_outlives_every_new_view(desk: Desk, hall: Server) -> None:
    page = desk("clerk1", "1")
    first = hall.take_number("accept")["number"]
    expect(page.locator("#queue")).to_contain_text(first)
    is_reached_by_tab(page, '#queue [data-line="cancel"]')
    held = page.evaluate("document.activeElement.dataset.key")
    for _ in range(3):
        number = hall.take_number("accept")["number"]
        expect(page.locator("#queue")).to_contain_text(number)
        assert page.evaluate("document.activeElement.dataset.key") == held
    page.keyboard.press("F2")
    expect(page.locator(".big-number")).to_have_text(first)
    # The line that held it is gone; the list it was in holds it now.
    assert page.evaluate("document.activeElement.id") == "queue"
    for key in ("s", "p", "Escape", "t", "Escape", "d"):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement !== document.body")


def test_the_undo_button_hands_the_keyboards_place_on(desk: Desk, hall: Server) -> None:
    hall.take_number("accept")
    page = desk("clerk1", "1")
    page.keyboard.press("F2")
    expect(page.locator("#state")).to_have_text("正在呼叫")
    page.keyboard.press("m")
    is_reached_by_tab(page, "#undo-button")
    page.keyboard.press("Enter")
    expect(page.locator("#undo")).to_be_hidden()
    assert page.evaluate("document.activeElement.id") == "primary"


def test_keys_do_nothing_while_somebody_types_or_chooses(desk: Desk, hall: Server) -> None:
    hall.take_number("accept")
    page = desk("clerk1", "1")
    sent = requests_of(page, "")
    page.evaluate("document.querySelector('main').append(document.createElement('input'))")
    page.locator("main > input").focus()
    for key in ["F2", " ", *"rsdmptgxz", "Enter"]:
        page.keyboard.press(key)
    assert page.locator("main > input").input_value() == " rsdmptgxz"
    page.evaluate("document.querySelector('main > input').remove()")

    page.keyboard.press("F2")
    expect(page.locator("#state")).to_have_text("正在呼叫")
    page.keyboard.press("s")
    expect(page.locator("#state")).to_have_text("办理中")
    page.keyboard.press("p")
    expect(page.locator("#park-dialog")).to_be_visible()
    for key in ("F2", "d", "m", "x", "g"):
        page.keyboard.press(key)
    page.keyboard.press("Escape")
    expect(page.locator("#park-dialog")).to_be_hidden()
    expect(page.locator("#state")).to_have_text("办理中")
    assert [one.url.rpartition("/")[2] for one in sent] == ["call-next", "start"]


def test_single_keys_can_be_switched_off(desk: Desk, hall: Server) -> None:
    hall.take_number("accept")
    page = desk("clerk1", "1")
    is_reached_by_tab(page, "#keys")
    page.keyboard.press("Enter")
    expect(page.locator("#keys-say")).to_have_text("快捷键：关")
    sent = requests_of(page, "")
    page.locator("#main").evaluate("main => { main.tabIndex = -1; main.focus(); }")
    for key in [" ", *"rsdmptgxz"]:
        page.keyboard.press(key)
    page.keyboard.press("F2")
    expect(page.locator("#state")).to_have_text("正在呼叫")
    assert [one.url.rpartition("/")[2] for one in sent] == ["call-next"]


def test_a_double_press_calls_once(desk: Desk, hall: Server) -> None:
    numbers = [hall.take_number("accept")["number"] for _ in range(3)]
    page = desk("clerk1", "1")
    calls = requests_of(page, "/call-next")
    page.keyboard.press("F2")
    page.keyboard.press("F2")
    page.keyboard.press(" ")
    expect(page.locator(".big-number")).to_have_text(numbers[0])
    page.keyboard.press("F2")
    expect(page.locator("#said")).to_contain_text("按“开始办理”")
    page.locator("#primary").dblclick()
    expect(page.locator("#state")).to_have_text("办理中")
    page.locator("#primary").dblclick()
    expect(page.locator(".big-number")).to_have_text(numbers[1])
    assert len(calls) == 2


def test_a_double_click_on_start_does_not_finish(desk: Desk, hall: Server) -> None:
    """Whenever the new view comes: what the button says by the second click is not what was meant."""
    first = hall.take_number("accept")["number"]
    hall.take_number("accept")
    page = desk("clerk1", "1")
    calls = requests_of(page, "/call-next")
    page.keyboard.press("F2")
    expect(page.locator(".big-number")).to_have_text(first)
    primary = page.locator("#primary")
    primary.click()
    expect(page.locator("#state")).to_have_text("办理中")
    primary.dispatch_event("click", {"detail": 2, "bubbles": True})
    page.keyboard.press("r")
    expect(page.locator("#state")).to_have_text("办理中")
    expect(page.locator(".big-number")).to_have_text(first)
    assert len(calls) == 1


def test_nobody_else_is_called_before_the_one_called_is_seen(visit: Visit, hall: Server) -> None:
    """The answer is here, the view is not: a finger that presses again there calls nobody."""
    first, second = (hall.take_number("accept")["number"] for _ in range(2))
    page, late, holding = visit(), [], []

    def link(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        server.on_message(lambda frame: late.append((socket, frame)) if holding else socket.send(frame))

    page.route_web_socket("**/*", link)
    open_desk(page, hall, "clerk1", "1")
    calls = requests_of(page, "/call-next")
    holding.append(True)
    page.keyboard.press("F2")
    expect(page.locator("#said")).to_contain_text(first)
    page.keyboard.press("F2")
    page.locator("#primary").click()
    holding.clear()
    for socket, frame in late:
        socket.send(frame)
    expect(page.locator(".big-number")).to_have_text(first)
    page.keyboard.press("F2")
    expect(page.locator("#said")).to_contain_text("按“开始办理”")
    assert len(calls) == 1
    page.keyboard.press("m")
    expect(page.locator("#state")).to_have_text("空闲")
    page.keyboard.press("F2")
    expect(page.locator(".big-number")).to_have_text(second)


def test_a_click_leaves_the_space_bar_to_the_next_customer(desk: Desk, hall: Server) -> None:
    ticket = hall.take_number("accept")["number"]
    page = desk("clerk1", "1")
    page.click('[data-act="pause"]')
    expect(page.locator("#state")).to_have_text("已暂停")
    page.click("#primary")
    expect(page.locator("#state")).to_have_text("空闲")
    page.keyboard.press(" ")
    expect(page.locator(".big-number")).to_have_text(ticket)


def test_an_empty_queue_is_said_not_suffered(desk: Desk, hall: Server) -> None:
    page = desk("clerk3", "3")
    page.keyboard.press("F2")
    expect(page.locator("#said")).not_to_be_empty()
    expect(page.locator("#problem")).to_be_hidden()
    expect(page.locator("#queue-empty strong")).to_have_text("暂无等候")


def test_a_second_person_is_told_who_is_there(desk: Desk, visit: Visit, hall: Server) -> None:
    desk("clerk1", "1")
    page = visit()
    sign_in(page, hall, "clerk2")
    expect(page.locator('[data-counter="1"] .counter-who')).to_contain_text("正在此窗口")
    page.goto(f"{hall.url}/desk/main/1")
    expect(page.locator("#current")).to_contain_text("正在此窗口")
    sent = requests_of(page, "")
    for key in ("F2", " ", "Enter", "x", "g"):
        page.keyboard.press(key)
    expect(page.locator("#primary")).to_have_attribute("aria-disabled", "true")
    assert sent == []


def test_a_refusal_is_said_beside_the_buttons(desk: Desk, hall: Server) -> None:
    """Somebody else has changed things in the meantime: here, the same clerk from another page."""
    hall.take_number("accept")
    page = desk("clerk1", "1")
    page.route("**/start", lambda route: route.fulfill(
        status=409,
        content_type="application/problem+json",
        body='{"code": "ticket_not_called", "title": "A001不在呼叫中", "detail": "只有刚呼叫的号可以。"}',
    ))  # fmt: skip
    page.keyboard.press("F2")
    expect(page.locator("#state")).to_have_text("正在呼叫")
    page.keyboard.press("s")
    expect(page.locator("#problem strong")).to_have_text("A001不在呼叫中")
    expect(page.locator("#primary")).to_have_attribute("aria-disabled", "false")


def test_a_lost_answer_is_asked_for_again_with_the_same_key(desk: Desk, hall: Server) -> None:
    numbers = [hall.take_number("accept")["number"] for _ in range(2)]
    page = desk("clerk1", "1")
    keys: list[str] = []

    def lose_the_first_answer(route: Any) -> None:
        keys.append(route.request.headers["idempotency-key"])
        answer = route.fetch()
        if len(keys) == 1:
            route.abort()
        else:
            route.fulfill(response=answer)

    page.route("**/call-next", lose_the_first_answer)
    page.keyboard.press("F2")
    expect(page.locator("#said")).to_have_text(f"已呼叫 {numbers[0]}")
    assert len(keys) == 2
    assert len(set(keys)) == 1
    expect(page.locator(".big-number")).to_have_text(numbers[0])


def test_a_signed_out_clerk_is_led_back_to_the_sign_in(desk: Desk, hall: Server) -> None:
    page = desk("clerk2", "2")
    page.context.clear_cookies()
    page.keyboard.press("F2")
    expect(page.locator("#problem a")).to_have_attribute("href", "/sign-in?next=%2Fdesk%2Fmain%2F2")


def test_a_killed_server_disables_the_desk_and_its_return_enables_it(visit: Visit, real: RealHall) -> None:
    number = real.take_number("accept")["number"]
    page = open_desk(visit(), real, "clerk1", "1")
    expect(page.locator("#queue")).to_contain_text(number)
    real.stop()
    expect(page.locator("#link")).to_be_visible()
    expect(page.locator("#link")).to_contain_text("连接中断")
    sent = requests_of(page, "/call-next")
    for button in page.locator("#primary, .act, .small-act").all():
        expect(button).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("F2")
    expect(page.locator("#said")).to_have_text("连接恢复前不能操作")
    assert sent == []

    real.start()
    expect(page.locator("#link")).to_be_hidden()
    expect(page.locator("#said")).to_have_text("连接已恢复")
    page.keyboard.press("F2")
    expect(page.locator(".big-number")).to_have_text(number)


def test_a_press_into_the_gap_is_answered_for(visit: Visit, real: RealHall) -> None:
    """The server dies while the page still believes in it: the press is said to be in doubt."""
    real.take_number("accept")
    page = open_desk(visit(), real, "clerk2", "2")
    real.stop()
    page.keyboard.press("F2")
    expect(page.locator("#problem strong")).to_have_text("没有连上服务器")
    real.start()
    expect(page.locator("#link")).to_be_hidden()
    until("the desk being usable", lambda: page.get_attribute("#primary", "aria-disabled") == "false")


def test_choosing_a_counter_waits_for_the_link(visit: Visit, real: RealHall) -> None:
    page = visit()
    sign_in(page, real, "clerk4")
    card = page.locator('[data-counter="4"] .counter-card')
    expect(card).to_be_visible()
    # The cards stand before the scripts have come: a page is whole once it has loaded.
    page.wait_for_load_state("load")
    real.stop()
    expect(page.locator("#link")).to_be_visible()
    card.focus()
    page.keyboard.press("Enter")
    assert page.url.endswith("/desk")
    real.start()
    expect(page.locator("#link")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator("#state")).to_have_text("空闲")
    page.keyboard.press("x")
    expect(page.locator("#state")).to_have_text("未开放")
