"""What the hall discloses is what its records say, page by page."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.hall import Hall
from server.domain.offer import Promise
from server.protocol.offer import Chapter
from server.protocol.views import Text
from server.services import disclosure as d
from server.services.demo import DEMO_HALL, hall_from
from server.services.offering import catalogue_view
from tests.servers import NOON

TODAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def hall() -> Hall:
    return hall_from(json.loads(DEMO_HALL.read_text(encoding="utf-8")))


def told(hall: Hall, id: str, day: date = TODAY) -> list[str]:
    return [line.zh for one in d.chapters(hall, day) if one.id == id for line in one.lines]


def test_the_figures_are_those_of_the_records_on_any_day(hall: Hall) -> None:
    view = catalogue_view(hall, NOON)
    assert (view.kinds, view.regulations) == (14, 14)
    for day in (TODAY, date(2027, 1, 8), date(2028, 7, 1), date(2031, 1, 1)):
        items = d.offered(hall, day)
        assert len(items) == hall.offer.catalogue.published(day)
    assert told(hall, "counts")[0] == "可检定、校准器具14种，依据现行检定规程14部。"
    assert told(hall, "counts", date(2028, 7, 1))[0] == "可检定、校准器具13种，依据现行检定规程13部。"
    assert d.chapters(hall, date(2031, 1, 1))[-1].id == "quality", (
        "without an authorisation nothing is offered"
    )


def test_the_term_follows_its_dates(hall: Hall) -> None:
    assert "5个工作日：" in told(hall, "term")[1]
    assert "10个工作日：" in told(hall, "term", date(2026, 2, 1))[1]
    assert told(hall, "term", date(2026, 2, 1))[2].startswith("2026-03-01起，")


def test_fees_tell_what_is_reduced_and_until_when(hall: Hall) -> None:
    assert told(hall, "fees")[1:3] == [
        "可燃气体报警器：每件80.00元，原价160.00元。减半收费，至 2026 年 12 月 31 日。",
        "可燃气体报警器：2027-01-01起每件160.00元。",
    ]
    assert told(hall, "fees", date(2027, 1, 1))[1:] == [
        "可燃气体报警器：每件160.00元。",
        "电子天平：每件240.00元。",
    ]


def test_scope_names_each_field_that_has_an_instrument(hall: Hall) -> None:
    lines = told(hall, "scope")
    assert "医疗卫生：血压计/血压表、电子血压计、红外耳温计。" in lines
    assert lines[-1] == "只上门检定：燃油加油机。"
    assert not any(line.startswith("粮食收购") for line in lines)


def test_a_page_written_in_as_many_lines_in_both_languages_keeps_them_together(hall: Hall) -> None:
    def lines(zh: str, en: str) -> tuple[Text, ...]:
        page = Promise("x", Text(zh="题", en=""), Text(zh=zh, en=en))
        return d.chapters(replace(hall, offer=replace(hall.offer, promises=(page,))), TODAY)[0].lines

    assert lines("一\n二", "1\n2") == (Text(zh="一", en="1"), Text(zh="二", en="2"))
    assert lines("一\n二", "1") == (Text(zh="一二", en="1"),)


@pytest.mark.parametrize("room", [d.KIOSK, d.BOARD])
def test_every_page_of_the_demo_fits_its_screen(hall: Hall, room: d.Room) -> None:
    for page in d.Pages().of(hall, TODAY, room):
        assert max(len(page.body.zh), len(page.body.en) / 2) <= room.characters + 8, page
        assert page.body.zh.count("\n") < room.lines


@given(
    st.lists(st.integers(1, 9), min_size=1, max_size=30),
    st.integers(1, 6),
    st.integers(10, 120),
)
def test_paging_loses_nothing_and_keeps_the_order(counts: list[int], lines: int, characters: int) -> None:
    room = d.Room(lines, characters, ("", " "))
    written = [
        Text(zh="、".join(f"器具{n}" for n in range(count)), en=", ".join(f"it{n}" for n in range(count)))
        for count in counts
    ]
    pages = d.paged(Chapter(id="x", title=Text(zh="题", en="T"), lines=tuple(written)), room)
    assert "".join(page.body.zh for page in pages) == "".join(line.zh for line in written)
    assert " ".join(page.body.en for page in pages) == " ".join(line.en for line in written)
    assert [page.title.zh for page in pages] == (
        ["题"] if len(pages) == 1 else [f"题（{n}/{len(pages)}）" for n in range(1, len(pages) + 1)]
    )
    assert all(len(page.body.zh) <= characters for page in pages)


def test_pages_are_made_anew_when_the_day_or_the_offer_changes_only(hall: Hall) -> None:
    pages = d.Pages()
    first = pages.of(hall, TODAY, d.BOARD)
    assert pages.of(hall, TODAY, d.BOARD) is first
    assert pages.of(hall, date(2027, 1, 1), d.BOARD) != first
    bare = replace(hall, offer=replace(hall.offer, promises=()))
    assert len(pages.of(bare, TODAY, d.BOARD)) < len(first)
