"""axe-core finds nothing, on every page, in every state, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from server.protocol.errors import Problem

from . import fake as f
from .conftest import RealHall, Visit, lose
from .states import BOARDS, DESKS, PANELS, TICKETS

pytestmark = pytest.mark.browser
Axe = Callable[[Page], list[str]]
LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])


@LANGUAGES
def test_a_ticket_in_every_state(visit: Visit, fake: f.FakeServer, axe: Axe, language: str) -> None:
    page = visit(390, 844, bypass_csp=True)
    found = {}
    for state, facts in TICKETS.items():
        fake.hall.now_ticket = f.TICKET.model_copy(update=facts)
        page.goto(f"{fake.url}/t/{f.CODE}?lang={language}")
        expect(page.locator("#number")).to_have_text("A016")
        found[state] = axe(page)
    assert found == {key: [] for key in TICKETS}


@LANGUAGES
@pytest.mark.parametrize("path", ["/", "/board/main"])
def test_the_hall_and_its_board(visit: Visit, fake: f.FakeServer, axe: Axe, path: str, language: str) -> None:
    page = visit(1920, 1080, bypass_csp=True)
    found = {}
    for state, board in BOARDS.items():
        fake.hall.now_board = board
        page.goto(f"{fake.url}{path}?lang={language}")
        page.wait_for_function("document.readyState === 'complete'")
        found[state] = axe(page)
    assert found == {key: [] for key in BOARDS}


@LANGUAGES
def test_the_window_screen(visit: Visit, fake: f.FakeServer, axe: Axe, language: str) -> None:
    page = visit(1280, 720, bypass_csp=True)
    found = {}
    for state, panel in PANELS.items():
        fake.hall.now_panel = panel
        page.goto(f"{fake.url}/counter/1?lang={language}")
        page.wait_for_function("document.readyState === 'complete'")
        found[state] = axe(page)
    assert found == {key: [] for key in found}


@LANGUAGES
def test_the_desk_in_every_state(visit: Visit, fake: f.FakeServer, axe: Axe, language: str) -> None:
    page = visit(bypass_csp=True, signed_in=fake.url)
    found = {}
    for state, desk in DESKS.items():
        fake.hall.now_desk = desk
        page.goto(f"{fake.url}/desk/main/1?lang={language}")
        expect(page.locator("#current")).not_to_be_empty()
        found[state] = axe(page)
    assert found == {key: [] for key in DESKS}


@LANGUAGES
@pytest.mark.parametrize("key", ["p", "t"])
def test_the_desks_choices(visit: Visit, fake: f.FakeServer, axe: Axe, key: str, language: str) -> None:
    fake.hall.now_desk = f.SERVING_DESK
    page = visit(bypass_csp=True, signed_in=fake.url)
    page.goto(f"{fake.url}/desk/main/1?lang={language}")
    page.keyboard.press(key)
    expect(page.locator("dialog[open]")).to_be_visible()
    assert axe(page) == []


@LANGUAGES
def test_pages_without_their_link(visit: Visit, fake: f.FakeServer, axe: Axe, language: str) -> None:
    fake.cut()
    page = visit(bypass_csp=True, signed_in=fake.url)
    for path in (f"/t/{f.CODE}", "/", "/desk/main/1", "/desk", "/board/main", "/counter/1"):
        page.goto(f"{fake.url}{path}?lang={language}")
        page.wait_for_function("document.readyState === 'complete'")
        lose(page)
        expect(page.locator("#link, #lost")).to_be_visible()
        assert axe(page) == []


@LANGUAGES
def test_signing_in_choosing_and_what_is_not_there(
    visit: Visit, fake: f.FakeServer, axe: Axe, language: str
) -> None:
    page = visit(bypass_csp=True)
    for path in ("/sign-in", "/t/NOTAKNOWNCODE1234", "/board/elsewhere"):
        page.goto(f"{fake.url}{path}?lang={language}")
        assert axe(page) == []
    fake.hall.problem = Problem(
        type="about:blank", title="密码不对", status=401, code="wrong_password", detail="请再试。"
    )
    page.goto(f"{fake.url}/sign-in?lang={language}")
    page.fill("#user", "clerk1")
    page.fill("#password", "wrong")
    page.click("button[type=submit]")
    expect(page.locator("#problem")).to_be_visible()
    assert axe(page) == []
    inside = visit(bypass_csp=True, signed_in=fake.url)
    inside.goto(f"{fake.url}/desk?lang={language}")
    assert axe(inside) == []
    inside.goto(f"{fake.url}/manage?lang={language}")
    assert axe(inside) == []
    fake.hall.who = replace(f.CLERK_IN, roles=frozenset({"clerk", "manager"}))
    inside.goto(f"{fake.url}/desk?lang={language}")
    assert axe(inside) == []


@LANGUAGES
def test_the_managers_pages_and_their_sheets(visit: Visit, real: RealHall, axe: Axe, language: str) -> None:
    page = visit(bypass_csp=True)
    page.context.add_cookies([{"name": "liqu_session", "value": real.sign_in("manager"), "url": real.url}])
    found = {}
    for part in ("services", "counters", "staff", "devices", "settings", "emergency"):
        page.goto(f"{real.url}/manage/{part}?lang={language}")
        expect(page.locator("#panel")).to_have_attribute("aria-busy", "false")
        found[part] = axe(page)
        if page.locator("#add").is_visible():
            page.click("#add")
            expect(page.locator("#sheet")).to_be_visible()
            page.click("#sheet-save")
            found[f"{part}, adding"] = axe(page)
    assert found == {key: [] for key in found}
