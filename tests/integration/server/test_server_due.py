"""Due items over HTTP: entered, imported whole or not at all, pushed once, marked done, shown masked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from server.domain.messages import Delivered, Letter, Outcome
from server.services.outbox import Channels
from tests.integration.server.stage import Stage
from tests.postgres import cluster
from tests.servers import Clock, furnish, furnished_copy, served
from tests.waiting import until

ITEM = {
    "item": "lensmeter",
    "pieces": 2,
    "due_on": "2026-12-15",
    "name": "某某甲",
    "company": "杭州明亮眼镜有限公司",
    "phone": "13812345678",
    "email": "wang@example.org",
    "reference": "A-17",
}
PERSONAL = ("某某甲", "杭州明亮眼镜有限公司", "13812345678", "wang@example.org")
HEADS = "器具,到期日,件数,单位,电话\n"


class Kept:
    """A channel that takes everything and keeps it."""

    name = "sms"

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    def reaches(self, address: object) -> bool:
        return True

    async def send(self, letter: Letter) -> Outcome:
        self.letters.append(letter)
        return Delivered()

    async def close(self) -> None:
        pass


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def stage(
    request: pytest.FixtureRequest, tmp_path: Path, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Stage]:
    """A hall that pushes due items by a channel, on each database."""
    monkeypatch.setattr("server.services.outbox.POLL", 0.02)
    monkeypatch.setattr("server.services.due.LOOK", 0.02)
    channels = Channels({"sms": kept}, {"due_item": ("sms",)}, (30, 7))
    if request.param == "sqlite":
        with served(*furnished_copy(tmp_path), Clock(), channels) as made:
            yield Stage(made)
        return
    with cluster().database() as url, served(url, furnish(url), Clock(), channels) as made:
        yield Stage(made)


def items(stage: Stage, query: str = "") -> Any:
    return stage.do("GET", f"/halls/main/due-items{query}")


def sheet(stage: Stage, step: str, *lines: str, user: str = "manager") -> requests.Response:
    """Hand in a CSV of these lines."""
    return requests.post(
        f"{stage.server.url}/api/v1/halls/main/due-items/{step}",
        data=(HEADS + "\n".join(lines)).encode(),
        headers={"Authorization": f"Bearer {stage.as_(user)}", "Content-Type": "text/csv"},
        timeout=30,
    )


def later(stage: Stage, days: int) -> None:
    """Let days go by; everybody signs in anew."""
    stage.server.clock.advance(days=days)
    stage.sign_out()


def test_an_item_is_entered_shown_masked_and_pushed_once_with_a_link_to_book_it(
    stage: Stage, kept: Kept
) -> None:
    made = stage.do("POST", "/halls/main/due-items", ITEM)
    assert (made["who"], made["company"], made["phone"]) == ("某**", "杭州******公司", "138****5678")
    assert made["email"] == "w***@example.org"
    until("the push", lambda: bool(kept.letters))
    (letter,) = kept.letters
    assert letter.kind == "due_item"
    assert "焦度计（2件）12月15日" in letter.body.zh
    assert letter.link == f"{stage.server.url}/book/main?p.lensmeter=2"
    until("the push being shown", lambda: items(stage)["items"][0]["pushes"] == ["2026-11-20"])
    shown = str(items(stage))
    assert not any(one in shown for one in PERSONAL)


def test_the_link_of_a_push_opens_the_booking_page_of_the_hall(stage: Stage, kept: Kept) -> None:
    stage.do("POST", "/halls/main/due-items", ITEM)
    until("the push", lambda: bool(kept.letters))
    answer = requests.get(kept.letters[0].link, timeout=30)
    assert answer.status_code == 200
    assert "焦度计" in answer.text


def test_it_is_pushed_again_seven_days_before_and_never_a_third_time(stage: Stage, kept: Kept) -> None:
    stage.do("POST", "/halls/main/due-items", ITEM)
    until("the first push", lambda: len(kept.letters) == 1)
    later(stage, days=18)
    until("the second push", lambda: len(kept.letters) == 2)
    later(stage, days=1)
    # Another item, whose push comes after whatever else was to come.
    stage.do("POST", "/halls/main/due-items", ITEM | {"reference": "B", "due_on": "2026-12-20"})
    until("the push of another", lambda: len(kept.letters) >= 3)
    assert len(kept.letters) == 3
    assert len({one.id for one in kept.letters}) == 3


def test_what_is_not_due_for_long_is_not_pushed_yet(stage: Stage, kept: Kept) -> None:
    stage.do("POST", "/halls/main/due-items", ITEM | {"due_on": "2027-06-30", "reference": "later"})
    stage.do("POST", "/halls/main/due-items", ITEM)
    until("the push of the other", lambda: bool(kept.letters))
    assert [one.subject.zh for one in kept.letters] == ["检定到期提醒：焦度计，12月15日（星期二）"]


def test_what_is_done_is_pushed_no_more_and_leaves_the_list(stage: Stage, kept: Kept) -> None:
    made = stage.do("POST", "/halls/main/due-items", ITEM | {"due_on": "2027-01-15"})
    stage.do("POST", f"/halls/main/due-items/{made['id']}/done")
    stage.do("POST", f"/halls/main/due-items/{made['id']}/done")
    assert items(stage)["total"] == 0
    assert items(stage, "?done=true")["items"][0]["state"] == "done"
    later(stage, days=30)
    stage.do("POST", "/halls/main/due-items", ITEM | {"due_on": "2027-01-10", "reference": "other"})
    until("the push of another", lambda: bool(kept.letters))
    assert len(kept.letters) == 1


def test_the_list_is_by_due_day_and_can_be_narrowed(stage: Stage) -> None:
    for day, company, item in [
        ("2027-03-01", "甲公司", "lensmeter"),
        ("2027-01-01", "乙公司", "price-scale"),
        ("2027-02-01", "甲公司", "price-scale"),
    ]:
        stage.do("POST", "/halls/main/due-items", ITEM | {"due_on": day, "company": company, "item": item})
    assert [one["due_on"] for one in items(stage)["items"]] == ["2027-01-01", "2027-02-01", "2027-03-01"]
    assert items(stage, "?limit=1")["total"] == 3
    assert [one["due_on"] for one in items(stage, "?until=2027-01-31")["items"]] == ["2027-01-01"]
    assert items(stage, "?item=price-scale")["total"] == 2
    assert items(stage, "?text=甲")["total"] == 2
    assert items(stage, "?text=5678")["total"] == 3
    assert items(stage, "?text=%25")["total"] == 0, "a wildcard is a sign like any other"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"item": "saucer"}, "item_unknown"),
        ({"name": "", "company": ""}, "name_needed"),
        ({"phone": "12345"}, "phone_bad"),
        ({"phone": "", "email": ""}, "phone_bad"),
        ({"email": "nonsense"}, "email_bad"),
        ({"pieces": 0}, "bad_request"),
        ({"due_on": "2026-02-30"}, "bad_request"),
    ],
)
def test_what_cannot_be_entered_is_refused_with_its_reason(
    stage: Stage, changed: dict[str, Any], code: str
) -> None:
    token = stage.as_("clerk1")
    answer = stage.server.request("POST", "/api/v1/halls/main/due-items", ITEM | changed, token)
    assert answer.json()["code"] == code
    assert items(stage)["total"] == 0


def test_the_same_item_is_not_entered_twice(stage: Stage) -> None:
    stage.do("POST", "/halls/main/due-items", ITEM)
    answer = stage.server.request("POST", "/api/v1/halls/main/due-items", ITEM, stage.as_("clerk1"))
    assert (answer.status_code, answer.json()["code"]) == (409, "already_exists")


def test_a_sheet_is_checked_first_then_taken_in_whole_and_a_second_time_adds_nothing(stage: Stage) -> None:
    lines = ["焦度计,2027-01-15,1,甲公司,13812345678", "电子计价秤,2027-02-15,3,乙公司,13912345678"]
    told = sheet(stage, "check", *lines, lines[0])
    assert told.json() == {"new": 2, "known": 1, "faults": [], "more_faults": 0, "applied": False}
    assert items(stage)["total"] == 0
    taken = sheet(stage, "import", *lines)
    assert (taken.status_code, taken.json()["new"], taken.json()["applied"]) == (201, 2, True)
    again = sheet(stage, "import", *lines)
    assert (again.json()["new"], again.json()["known"]) == (0, 2)
    assert items(stage)["total"] == 2


def test_with_one_bad_line_nothing_is_taken_in_and_the_line_is_named(stage: Stage) -> None:
    lines = ["焦度计,2027-01-15,1,甲公司,13812345678", "飞碟,2027-02-15,3,乙公司,13912345678"]
    told = sheet(stage, "check", *lines).json()
    assert [(one["row"], one["column"]) for one in told["faults"]] == [(3, "器具")]
    refused = sheet(stage, "import", *lines)
    assert (refused.status_code, refused.json()["code"]) == (422, "sheet_bad")
    assert "第3行" in refused.json()["detail"]
    assert items(stage)["total"] == 0


def test_thousands_of_lines_come_in_at_once_each_once(stage: Stage) -> None:
    first = date(2027, 6, 1)
    lines = [f"电子计价秤,{first + timedelta(days=n % 60)},1,公司{n},139{n:08d}" for n in range(3500)]
    taken = sheet(stage, "import", *lines)
    assert (taken.status_code, taken.json()["new"]) == (201, 3500), taken.text
    assert sheet(stage, "import", *lines).json()["known"] == 3500
    assert items(stage, "?limit=1")["total"] == 3500


def test_a_file_that_is_too_large_or_no_table_is_refused_with_a_reason(stage: Stage) -> None:
    large = sheet(stage, "check", "x" * (4 * 1024 * 1024))
    assert large.status_code == 413
    assert sheet(stage, "import", "").json()["code"] == "sheet_bad"
    assert sheet(stage, "check", '"open').json()["faults"]


def test_another_halls_items_are_neither_seen_nor_touched(stage: Stage) -> None:
    made = stage.do("POST", "/halls/main/due-items", ITEM)
    stage.server.ask("GET", "/halls/east/due-items", token=stage.as_("east-manager"))
    path = f"/api/v1/halls/east/due-items/{made['id']}/done"
    answer = stage.server.request("POST", path, None, stage.as_("east-manager"))
    assert (answer.status_code, answer.json()["code"]) == (404, "due_item_unknown")
    assert items(stage)["total"] == 1
