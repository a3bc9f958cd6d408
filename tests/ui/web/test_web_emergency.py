"""An emergency stands on every page that people in the hall look at, and goes when it is lifted."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.servers import ServerThread

from .conftest import Visit

pytestmark = pytest.mark.browser
TEXT = {"zh": "请立即从东门离开。", "en": "Leave by the east gate now."}


def test_an_emergency_stands_on_boards_windows_desks_and_phones_until_it_is_lifted(
    visit: Visit, hall: ServerThread
) -> None:
    code = hall.take_number()["code"]
    hall.ask("POST", "/halls/main/counters/1/open", None, hall.sign_in("clerk1"))
    pages = []
    for path, width in (
        ("/board/main", 1920),
        ("/counter/1?hall=main", 1280),
        (f"/t/{code}", 390),
        ("/", 390),
        ("/desk/main/1", 1366),
    ):
        page = visit(width, 800)
        page.context.add_cookies([{"name": "liqu_session", "value": hall.sign_in("clerk1"), "url": hall.url}])
        page.goto(hall.url + path)
        page.wait_for_function("document.readyState === 'complete'")
        pages.append(page)
    manager = hall.sign_in("manager")
    hall.ask("POST", "/halls/main/emergency", {"text": TEXT}, manager)
    for page in pages:
        expect(page.get_by_text("请立即从东门离开。")).to_be_visible()
    hall.ask("POST", "/halls/main/emergency", {"text": None}, manager)
    for page in pages:
        expect(page.get_by_text("请立即从东门离开。")).to_be_hidden()
