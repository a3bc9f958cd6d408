"""Whatever is sent to the booking pages, a page comes back: never a crash, and nothing typed is lost."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx
import pytest
import zxingcpp
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from server.protocol.places import FONT_REGULAR, LOCALES
from server.protocol.views import WaitRange
from server.protocol.words import CUSTOMER_TYPES
from server.web import book_words as words
from server.web import voucher_print
from server.web.book_form import STEPS, Form, faults, fields, number, read
from server.web.pages import pages, static_files
from tests.conftest import need

from . import book_fake as f
from .fake import FakeHall

SLOT = "2026-11-25/am-1"
WHAT = {"as": "resident", "p.sphyg": "2"}
WHO = WHAT | {
    "when": SLOT,
    "name": "某某人乙",
    "phone": "13812345678",
    "r.sphyg": "3",
    "consent": "2026-11",
}
KEY = "k" * 32
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}


class Pages:
    """The pages of a hall of its own, asked without a network."""

    def __init__(self, hall: FakeHall | None = None) -> None:
        self.hall = hall or f.BookingHall()
        self.app = FastAPI()
        self.app.mount("/static", static_files())
        self.app.include_router(pages(self.hall))

    def ask(self, method: str, path: str, headers: Mapping[str, str] = FORM, **more: Any) -> httpx.Response:
        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://hall") as client:
                return await client.request(
                    method, path, headers={"Accept-Language": "zh", **headers}, **more
                )

        return asyncio.run(asked())

    def post(self, data: Mapping[str, str], path: str = "/book/main", **more: Any) -> httpx.Response:
        return self.ask("POST", path, content=urlencode(data), **more)

    def book(self, **changes: str) -> str:
        """Books, and tells the voucher's code."""
        answer = self.post(WHO | {"at": "check", "go": "book", "key": KEY} | changes)
        assert answer.status_code == 303
        return answer.headers["location"].removeprefix("/v/").partition("?")[0]


@pytest.fixture
def site() -> Pages:
    return Pages()


NAMES = st.sampled_from(
    (
        "as when name phone company uscc email consent key at go lang code tail p.sphyg p.gauge p.taxi "
        "p.lens-box p.nothing r.sphyg r.lens-box p. r. p.A/../b"
    ).split()
)
VALUES = st.one_of(
    st.text(max_size=80),
    st.sampled_from(
        ["", "0", "1", "2", "21", "9999", "999999999", "-1", "１２", "²", "1.5", "abc", "\x00", "\ud800"]
    ),
    st.sampled_from([SLOT, "2026-11-24/am-1", "9999-99-99/am-1", "2026-11-25/none", "2026-11-25"]),
    st.sampled_from([*STEPS, "book", "find", "change", "to", "move", "cancel", "give-up", "language"]),
    st.sampled_from(
        [*CUSTOMER_TYPES, "13812345678", "5678", "3", "2026-11", KEY, "<script>alert(1)</script>"]
    ),
)
FORMS = st.dictionaries(st.one_of(NAMES, st.text(max_size=20)), VALUES, max_size=16)
SITE = Pages()
CODE = SITE.book()
PATHS = st.sampled_from(["/book/main", "/book/main/find", "/book/elsewhere"])


@settings(deadline=None, max_examples=150)
@given(FORMS, PATHS, st.booleans(), st.booleans())
def test_any_form_gives_a_page(data: dict[str, str], path: str, proved: bool, filled: bool) -> None:
    if filled:
        data = WHO | data
    if proved:
        data = data | {"code": CODE, "tail": "5678"}
    body = urlencode(data, errors="surrogatepass")
    answer = SITE.ask("POST", path, content=body)
    assert answer.status_code in (200, 303, 404, 422, 403)
    if answer.status_code != 303:
        assert "<h1" in answer.text
        assert "<script>alert" not in answer.text


@settings(deadline=None, max_examples=75)
@given(st.binary(max_size=200), PATHS)
def test_any_bytes_give_a_page(body: bytes, path: str) -> None:
    assert SITE.ask("POST", path, content=body).status_code in (200, 303, 404, 422)


@settings(deadline=None, max_examples=75)
@given(FORMS)
def test_any_address_gives_a_page(data: dict[str, str]) -> None:
    query = urlencode(data, errors="surrogatepass")
    assert SITE.ask("GET", f"/book/main?{query}").status_code in (200, 422)


@settings(deadline=None)
@given(FORMS)
def test_what_is_carried_from_step_to_step_is_the_whole_form(data: dict[str, str]) -> None:
    form = read(fields(urlencode(data, errors="surrogatepass")))
    shown = {
        "what": {"as": form.customer, **{f"p.{item}": typed for item, typed in form.pieces.items()}},
        "when": {},
        "who": {
            **{
                name: getattr(form, name) for name in ("name", "phone", "company", "uscc", "email", "consent")
            },
            **{f"r.{item}": str(version) for item, version in form.read.items()},
        },
        "check": {},
    }
    for step in STEPS:
        again = read(dict(form.carried(step)) | shown[step])
        assert again == (form if step == "check" else Form(**{**_facts(form), "key": ""}))


def _facts(form: Form) -> dict[str, Any]:
    return {name: getattr(form, name) for name in Form.__slots__}


@given(FORMS)
def test_a_form_without_faults_can_be_booked(data: dict[str, str]) -> None:
    form = read(fields(urlencode(WHO | data, errors="surrogatepass")))
    if not faults(form, f.CATALOGUE, "check"):
        booked = form.booking("zh")
        assert {line.item: line.pieces for line in booked.lines} == {
            item: int(typed) for item, typed in form.pieces.items()
        }


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("", 0), ("0", 0), ("12", 12), ("１２", 12), ("abc", None), ("-1", None), ("1.5", None)],
)
def test_a_number_of_pieces_is_read_as_it_was_meant(typed: str, meant: int | None) -> None:
    assert number(typed) == meant


def test_instruments_and_time_stand_in_the_address_and_a_person_never(site: Pages) -> None:
    answer = site.post(WHAT | {"at": "what"})
    assert answer.status_code == 303
    assert dict(parse_qsl(answer.headers["location"].partition("?")[2])) == WHAT | {"step": "when"}
    for go in STEPS:
        answer = site.post(WHO | {"at": "who", "go": go})
        assert answer.status_code == 200, go
        assert answer.headers["cache-control"] == "no-store"


def test_what_was_typed_is_there_again_whatever_was_wrong(site: Pages) -> None:
    typed = WHO | {"at": "who", "phone": "1381234", "company": "某某公司", "as": "company", "uscc": "12AB"}
    page = site.post(typed)
    assert page.status_code == 422
    for value in (typed["name"], typed["phone"], typed["company"], typed["uscc"]):
        assert f'value="{value}"' in page.text
    assert page.text.count(" checked") == 2
    assert "号码不对：手机号是 11 位数字" in page.text
    assert "统一社会信用代码不对" in page.text


def test_a_notice_that_was_not_ticked_or_has_changed_stops_the_booking(site: Pages) -> None:
    for ticked in ({}, {"r.sphyg": "2"}):
        sent = {name: value for name, value in WHO.items() if name != "r.sphyg"} | ticked
        page = site.post(sent | {"at": "check", "go": "book", "key": KEY})
        assert page.status_code == 422
        assert "请阅读并勾选血压计的注意事项。" in page.text
    assert isinstance(site.hall, f.BookingHall)
    assert site.hall.made == {}


def test_a_double_press_books_once(site: Pages) -> None:
    assert site.book() == site.book()
    assert isinstance(site.hall, f.BookingHall)
    assert len(site.hall.made) == 1


@pytest.mark.parametrize(
    ("code", "heading", "place"),
    [
        ("slot_full", "您什么时候来？", "days"),
        ("slot_begun", "您什么时候来？", "days"),
        ("too_far", "您什么时候来？", "days"),
        ("not_taken", "您要送检什么？", "items"),
        ("phone_bad", "谁来送检？", "phone-wrong"),
        ("uscc_bad", "谁来送检？", "trouble"),
        ("consent_needed", "谁来送检？", "consent-wrong"),
        ("notices_unread", "谁来送检？", "notices"),
        ("too_many_open", "请核对", "trouble"),
        ("too_many_requests", "请核对", "trouble"),
        ("busy", "请核对", "trouble"),
    ],
)
def test_a_refusal_is_shown_at_the_step_it_is_about(site: Pages, code: str, heading: str, place: str) -> None:
    assert isinstance(site.hall, f.BookingHall)
    site.hall.refuse["book"] = f.problem(code, "这样不行", "请换一个办法。")
    page = site.post(WHO | {"at": "check", "go": "book", "key": KEY})
    assert page.status_code == 409
    assert f"<h1>{heading}" in page.text
    assert f'id="{place}"' in page.text
    assert "这样不行" in page.text
    assert "请换一个办法。" in page.text
    assert 'value="某某人乙"' in page.text


def test_after_a_fault_that_passes_the_same_press_may_be_tried_again(site: Pages) -> None:
    assert isinstance(site.hall, f.BookingHall)
    site.hall.refuse["book"] = f.problem("busy", status=503)
    page = site.post(WHO | {"at": "check", "go": "book", "key": KEY})
    assert f'name="key" value="{KEY}"' in page.text
    site.hall.refuse["book"] = f.problem("idempotency_key_reused")
    page = site.post(WHO | {"at": "check", "go": "book", "key": KEY})
    assert f'value="{KEY}"' not in page.text
    assert 'name="key"' in page.text


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://elsewhere"}, {"Origin": "null"}]
)
@pytest.mark.parametrize("path", ["/book/main", "/book/main/find"])
def test_a_form_of_another_site_does_nothing(site: Pages, headers: dict[str, str], path: str) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    sent = WHO | {"at": "check", "go": "book", "key": KEY, "code": CODE, "tail": "5678"}
    page = site.ask("POST", path, headers=kind | headers, content=urlencode(sent))
    assert page.status_code == 403
    assert "页面已过期" in page.text
    assert isinstance(site.hall, f.BookingHall)
    assert site.hall.calls == []
    same = site.ask("POST", path, headers=kind | {"Origin": "http://hall"}, content=urlencode(sent))
    assert same.status_code != 403


def test_no_page_after_booking_tells_the_name_or_the_phones_tail_to_the_codes_holder(site: Pages) -> None:
    code = site.book()
    for path in (f"/v/{code}", f"/v/{code}?lang=en", f"/v/{code}.ics", f"/v/{code.lower()}"):
        text = site.ask("GET", path).text
        assert "某某人乙" not in text
        assert "5678" not in text
    for go in ("find", "change", "cancel"):
        text = site.post({"code": code, "tail": "5678", "go": go}, "/book/main/find").text
        assert "某某人乙" not in text
        assert "13812345678" not in text


@pytest.mark.parametrize(
    "code", ["V000", "nothing", "S7K2M9QXH4TBW", "V" + "0" * 15, "%00", "a" * 300, "x/y"]
)
@pytest.mark.parametrize("kind", ["", ".pdf", ".png", ".ics"])
def test_a_voucher_that_is_not_there_is_said_kindly(site: Pages, code: str, kind: str) -> None:
    page = site.ask("GET", f"/v/{code}{kind}")
    assert page.status_code == 404
    assert "没有找到这张凭证" in page.text


def test_the_sheets_are_one_page_with_its_fonts_inside(site: Pages) -> None:
    need(FONT_REGULAR.exists(), "fonts are not there: run 'make setup'")
    code = site.book()
    pdf = site.ask("GET", f"/v/{code}.pdf")
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-")
    assert pdf.content.count(b"/Type /Page\n") + pdf.content.count(b"/Type/Page/") <= 1
    assert b"NotoSansSC" in pdf.content
    png = site.ask("GET", f"/v/{code}.png?lang=en")
    assert png.headers["content-type"] == "image/png"
    assert png.content.startswith(b"\x89PNG")


def test_the_pictures_qr_is_read_back_as_the_code(site: Pages) -> None:
    code = site.book()
    picture = Image.open(io.BytesIO(site.ask("GET", f"/v/{code}.png").content)).convert("L")
    found = zxingcpp.read_barcodes(picture)
    assert [(one.text, one.format.name) for one in found] == [(code, "QRCode")]
    assert voucher_print.qr(code).designator == "1-M"


def test_the_calendar_entry_is_whole(site: Pages) -> None:
    code = site.book()
    text = site.ask("GET", f"/v/{code}.ics").text
    assert "DTSTART:20261125T003000Z\r\n" in text
    assert "DTEND:20261125T013000Z\r\n" in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    unfolded = text.replace("\r\n ", "")
    assert "SUMMARY:送检预约" in unfolded
    assert f"https://hall.example/v/{code}" in unfolded


def test_a_hall_without_booking_has_no_such_pages() -> None:
    plain = Pages(FakeHall())
    assert plain.ask("GET", "/book/main").status_code == 404
    assert plain.ask("GET", f"/v/{CODE}").status_code == 404


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (20, 35, "约 20–35 分钟"),
        (0, 15, "约 15 分钟内"),
        (130, 150, "约 2–2.5 小时"),
        (240, 300, "约 4–5 小时"),
    ],
)
def test_a_span_is_said_in_the_unit_that_people_use(low: int, high: int, said: str) -> None:
    assert words.span_text(WaitRange(low=low, high=high), "zh") == said


@pytest.mark.parametrize(
    ("sum", "said"), [("120.00", "120 元"), ("0.50", "0.50 元"), ("1200.00", "1,200 元")]
)
def test_sums_are_said_as_people_say_them(sum: str, said: str) -> None:
    assert words.yuan(sum, "zh") == said


def test_every_term_in_a_text_opens_its_note_and_nothing_else_is_touched() -> None:
    glossary = words.Glossary(f.TERMS, "zh")
    html = glossary.link("强制检定<b>不收费</b>，可立等可取；强制检定。")
    assert html.count('href="#term-0"') == 2
    assert html.count('href="#term-3"') == 1
    assert "&lt;b&gt;" in html
    assert [id for id, _, _ in glossary.notes()] == ["term-0", "term-3"]
    english = words.Glossary(f.TERMS, "en").link("Recalibration is no calibration.")
    assert english.count("<a ") == 1


def test_the_catalogue_of_sentences_is_compiled() -> None:
    need(
        (LOCALES / "en" / "LC_MESSAGES" / "web.mo").exists(), "catalogues are not compiled: run 'make setup'"
    )
    page = Pages().ask("GET", "/book/main", headers={"Accept-Language": "en"})
    assert "What do you bring?" in page.text
    assert "您要送检" not in page.text
