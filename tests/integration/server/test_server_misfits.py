"""A number on paper that does not fit: managers and clerks are told of it, once, until somebody saw to it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from server.store import tables as t
from tests.servers import ServerThread
from tests.waiting import until

from .stage import Stage
from .test_server_alarms import HALL, Watchman, alarms, looked_after, report, stands
from .test_server_leases import hand_in, journal, leases, paper


@pytest.fixture
def watchman() -> Watchman:
    return Watchman()


@pytest.fixture
def stage(tmp_path: Path, watchman: Watchman, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with looked_after(tmp_path, watchman, monkeypatch) as made:
        yield made


def astray(stage: Stage, *numbers: int) -> list[dict[str, Any]]:
    """The paper of a second machine that uses the first one's token: numbers that the first gave already."""
    lent = leases(stage.server)["accept"]
    hand_in(stage.server, *(paper(lent, n, stage.server.clock.now) for n in numbers))
    return [paper(lent, n, stage.server.clock.now) for n in numbers]


def told(stage: Stage, watchman: Watchman, *kinds: str) -> None:
    """The notices, once they are exactly these.

    Changes of one instant are a microsecond apart: a clock that stands still never reaches the later.
    """
    stage.server.clock.advance(seconds=1)
    until(f"the notices {kinds}", lambda: [one.kind for one in watchman.letters] == list(kinds))


def done(stage: Stage, alarm: dict[str, Any]) -> None:
    body = {"device": "kiosk-1", "kind": "other", "remark": "重新取号，重新配对", "alarm": alarm["id"]}
    stage.do("POST", f"{HALL}/upkeep", body, user="manager")


def test_numbers_that_do_not_fit_are_one_alarm_that_names_them_and_what_to_do(
    stage: Stage, watchman: Watchman
) -> None:
    report(stage, printer="ready")
    answers = hand_in(stage.server, *astray(stage, 901, 907))
    assert [line["outcome"] for line in answers] == ["bad", "bad"]
    # It is there with the answer: no look at the machines is waited for.
    view = stage.do("GET", f"{HALL}/health", user="manager")
    (alarm,) = view["alarms"]
    assert (alarm["device"], alarm["part"], alarm["kind"]) == ("kiosk-1", "numbers", "refused")
    assert alarm["what"] == {
        "zh": "1号自助机：离线号A901、A907没有收下",
        "en": "Kiosk 1: offline numbers not accepted: A901, A907",
    }
    assert "重新取号" in alarm["advice"]["zh"]
    assert "pair the kiosk anew" in alarm["advice"]["en"]
    kiosk = next(one for one in view["devices"] if one["name"] == "kiosk-1")
    assert kiosk["alarms"] == [alarm]
    assert stage.do("GET", f"{HALL}/today", user="manager")["alarms"] == 1
    assert [line["number"] for line in journal(stage.server, "ticket.bad")] == ["A901", "A907"]
    told(stage, watchman, "alarm")
    assert watchman.letters[0].subject.zh == "设备告警：1号自助机：离线号A901、A907没有收下"
    assert "重新配对这台自助机" in watchman.letters[0].body.zh
    assert watchman.letters[0].facts["numbers"] == "A901 A907"


def test_what_the_kiosk_reports_does_not_end_it_and_the_maintenance_log_does(
    stage: Stage, watchman: Watchman
) -> None:
    hand_in(stage.server, *astray(stage, 907))
    for printer in ("out_of_paper", "ready"):
        report(stage, printer=printer)
        out = [("printer", printer)] if printer == "out_of_paper" else []
        stands(stage, ("numbers", "refused"), *out)
        stage.server.clock.advance(seconds=1)
    alarm = alarms(stage)[0]
    stage.do("POST", f"{HALL}/alarms/{alarm['id']}/seen", user="manager")
    assert alarms(stage)[0]["seen_by"] == "值班经理"
    done(stage, alarm)
    assert alarms(stage) == []
    stage.server.clock.advance(seconds=1)
    done(stage, alarm)
    told(stage, watchman, "alarm", "alarm", "alarm_over", "alarm_over")
    over = watchman.letters[-1]
    assert over.subject.zh == "告警解除：1号自助机：离线号A907没有收下"
    assert over.body.zh.endswith("解除。")
    assert "恢复正常" not in over.body.zh
    assert [line["part"] for line in journal(stage.server, "alarm.closed")] == ["printer", "numbers"]


def test_a_number_that_is_handed_in_again_is_told_once_also_after_its_end(
    stage: Stage, watchman: Watchman
) -> None:
    (one,) = astray(stage, 907)
    for _ in "twice":
        assert [line["outcome"] for line in hand_in(stage.server, one, one)] == ["bad", "bad"]
    (alarm,) = alarms(stage)
    stage.server.clock.advance(seconds=1)
    done(stage, alarm)
    stage.server.clock.advance(seconds=1)
    assert [line["outcome"] for line in hand_in(stage.server, one)] == ["bad"]
    assert alarms(stage) == []
    assert len(journal(stage.server, "ticket.bad")) == len(journal(stage.server, "alarm.opened")) == 1
    told(stage, watchman, "alarm", "alarm_over")


def test_further_numbers_join_until_somebody_takes_care_and_are_another_alarm_then(stage: Stage) -> None:
    first, second, third = astray(stage, 901, 902, 903)
    hand_in(stage.server, first)
    hand_in(stage.server, second)
    (alarm,) = alarms(stage)
    assert alarm["what"]["zh"] == "1号自助机：离线号A901、A902没有收下"
    stage.do("POST", f"{HALL}/alarms/{alarm['id']}/seen", user="manager")
    stage.server.clock.advance(seconds=1)
    hand_in(stage.server, third)
    new, old = alarms(stage)
    assert (new["what"]["zh"], old["id"]) == ("1号自助机：离线号A903没有收下", alarm["id"])
    done(stage, new)
    assert [one["id"] for one in alarms(stage)] == [old["id"]]


def test_many_are_counted_and_one_without_a_known_letter_is_named_by_its_digits(stage: Stage) -> None:
    many = astray(stage, *range(901, 916))
    foreign = paper({"id": "0" * 32}, 42, stage.server.clock.now)
    hand_in(stage.server, foreign, *many)
    (alarm,) = alarms(stage)
    assert alarm["what"]["zh"].startswith("1号自助机：离线号…042、A901、A902")
    assert alarm["what"]["zh"].endswith("A911等16个没有收下")
    assert alarm["what"]["en"].endswith("A911 and others (16 in all)")


def test_the_desks_are_told_at_once_who_is_to_get_another_number(stage: Stage) -> None:
    (one,) = astray(stage, 907)
    with stage.server.live("desk:main:1", token=stage.as_("clerk1")) as desk:

        def lines() -> list[str]:
            view: Any = json.loads(desk.recv(timeout=10))["view"]
            return [line["zh"] for line in view.get("machines", ())]

        hand_in(stage.server, one)
        said = "离线号A907（1号自助机）没有收下，可能与另一人重号：持号人来时请重新取号"
        until("the desk being told", lambda: lines() == [said])
        done(stage, alarms(stage)[0])
        until("the desk being told of the end", lambda: lines() == [])


def test_with_the_day_it_leaves_the_desks_and_ends_where_somebody_took_care_of_it(
    stage: Stage, watchman: Watchman
) -> None:
    first, second = astray(stage, 901, 902)
    hand_in(stage.server, first)
    stage.do("POST", f"{HALL}/alarms/{alarms(stage)[0]['id']}/seen", user="manager")
    stage.server.clock.advance(seconds=1)
    hand_in(stage.server, second)
    halls = stage.server.app.state.core.halls
    until("the desks being told", lambda: len(halls.machines.get("main", ())) == 2)
    stage.server.clock.advance(days=1)
    stage.sign_out()
    stands(stage, ("numbers", "refused"))
    assert alarms(stage)[0]["what"]["zh"] == "1号自助机：离线号A902没有收下"
    until("the desks being told", lambda: halls.machines.get("main", ()) == ())
    told(stage, watchman, "alarm", "alarm", "alarm_over")


def test_line_alarm_and_notice_are_written_together_or_not_at_all(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*given: object, **more: object) -> None:
        raise RuntimeError("the outbox is broken")

    (one,) = astray(stage, 907)
    with monkeypatch.context() as broken_for_now:
        broken_for_now.setattr("server.services.alarm_notices.outbox.put", broken)
        path, key = f"/api/v1{HALL}/offline-tickets", uuid.uuid4().hex
        answer = stage.server.request("POST", path, {"tickets": [one]}, stage.kiosk, Idempotency_Key=key)
        assert answer.status_code == 503
    assert alarms(stage) == []
    assert journal(stage.server, "ticket.bad") == []
    hand_in(stage.server, one)
    assert len(alarms(stage)) == 1


def test_without_anybody_to_be_told_it_stands_all_the_same(hall: ServerThread) -> None:
    stage = Stage(hall)
    hand_in(hall, *astray(stage, 907))
    done(stage, alarms(stage)[0])
    with hall.app.state.core.halls.engine.begin() as connection:
        assert connection.execute(select(t.outbox.c.kind)).all() == []
