"""Machines that need somebody: an alarm begins when a trouble has lasted, is told once, and ends with it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from server.domain.messages import OF_MACHINES, Address, Delivered, Letter, Outcome
from server.services.outbox import Channels
from server.store import tables as t
from tests.integration.server.stage import Stage
from tests.servers import Clock, furnished_copy, served
from tests.waiting import until

HALL = "/halls/main"
REPORT = "/devices/self/status"


class Watchman:
    """Where news of machines goes."""

    name = "notices"

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    def reaches(self, address: Address) -> bool:
        return True

    async def send(self, letter: Letter) -> Outcome:
        self.letters.append(letter)
        return Delivered()

    async def close(self) -> None:
        pass


def notices_to(watchman: Watchman) -> Channels:
    return Channels({"notices": watchman}, dict.fromkeys(OF_MACHINES, ("notices",)), ())


@contextmanager
def looked_after(folder: Path, watchman: Watchman, patch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A hall whose server looks at its machines all the time."""
    patch.setattr("server.services.outbox.POLL", 0.02)
    patch.setattr("server.services.alarms.LOOK", 0.02)
    with served(*furnished_copy(folder), Clock(), notices_to(watchman)) as made:
        yield Stage(made)


@pytest.fixture
def watchman() -> Watchman:
    return Watchman()


@pytest.fixture
def stage(tmp_path: Path, watchman: Watchman, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with looked_after(tmp_path, watchman, monkeypatch) as made:
        yield made


def report(stage: Stage, device: str = "kiosk-1", **said: object) -> Any:
    return stage.server.ask(
        "POST", REPORT, {"version": "0.1.0", **said}, stage.server.credentials["devices"][device]
    )


def alarms(stage: Stage) -> list[Any]:
    found: list[Any] = stage.do("GET", f"{HALL}/alarms", user="manager")
    return found


def stands(stage: Stage, *wanted: tuple[str, str]) -> list[Any]:
    """The alarms, once they are exactly these: part, trouble."""
    until(
        f"{wanted} standing",
        lambda: sorted((one["part"], one["kind"]) for one in alarms(stage)) == sorted(wanted),
    )
    return alarms(stage)


def looked(stage: Stage) -> None:
    """Go on once the server has looked at its machines as they are now.

    Another device's trouble, which counts at once, is seen by the same look.
    """
    report(stage, "display-1", sound="paper_low")
    until("a look", lambda: any(one["device"] == "display-1" for one in alarms(stage)))
    report(stage, "display-1", sound="ready")
    until("another look", lambda: not any(one["device"] == "display-1" for one in alarms(stage)))


def test_a_printer_without_paper_is_an_alarm_at_once_says_what_to_do_and_ends_with_the_new_roll(
    stage: Stage,
) -> None:
    report(stage, printer="out_of_paper")
    (alarm,) = stands(stage, ("printer", "out_of_paper"))
    assert alarm["what"] == {
        "zh": "1号自助机：小票打印机缺纸",
        "en": "Kiosk 1: ticket printer is out of paper",
    }
    assert "换一卷新纸" in alarm["advice"]["zh"]
    assert alarm["text"]["zh"] == f"{alarm['what']['zh']}。{alarm['advice']['zh']}"
    assert alarm["seen_by"] is None
    report(stage, printer="ready")
    stands(stage)


def test_what_lasts_only_a_moment_is_no_alarm(stage: Stage) -> None:
    report(stage, printer="offline", labels="cover_open")
    looked(stage)
    assert alarms(stage) == []
    report(stage, printer="ready", labels="ready")
    stage.server.clock.advance(seconds=30)
    report(stage, printer="offline", labels="cover_open")
    stage.server.clock.advance(seconds=6)
    stands(stage, ("printer", "offline"))
    stage.server.clock.advance(seconds=60)
    for device, parts in (("kiosk-1", {"printer": "offline", "labels": "cover_open"}), ("display-1", {})):
        report(stage, device, **parts)
    stands(stage, ("printer", "offline"), ("labels", "cover_open"))


def test_an_open_cover_while_the_roll_is_changed_does_not_end_the_alarm(stage: Stage) -> None:
    report(stage, printer="out_of_paper")
    (alarm,) = stands(stage, ("printer", "out_of_paper"))
    report(stage, printer="cover_open")
    looked(stage)
    assert [one["id"] for one in alarms(stage)] == [alarm["id"]]
    report(stage, printer="ready")
    stands(stage)


def test_a_device_that_is_silent_for_90_seconds_is_an_alarm_until_it_is_heard_of(stage: Stage) -> None:
    report(stage)
    stage.server.clock.advance(seconds=85)
    report(stage, "display-1")
    looked(stage)
    assert alarms(stage) == []
    stage.server.clock.advance(seconds=10)
    (alarm,) = stands(stage, ("link", "offline"))
    assert alarm["device"] == "kiosk-1"
    assert "没有联系" in alarm["what"]["zh"]
    report(stage)
    stands(stage)


def test_a_device_that_was_never_there_and_one_switched_off_at_night_are_no_alarm(stage: Stage) -> None:
    report(stage)
    stage.settings(hours={"opens": "08:30", "closes": "12:01", "weekdays": [0, 1, 2, 3, 4]})
    stage.server.clock.advance(hours=3)
    stage.sign_out()
    report(stage, "display-1")
    looked(stage)
    assert alarms(stage) == []


def test_a_device_that_is_taken_away_takes_its_alarms_along(stage: Stage) -> None:
    report(stage, printer="out_of_paper")
    stands(stage, ("printer", "out_of_paper"))
    stage.do("DELETE", f"{HALL}/devices/kiosk-1", user="manager")
    stands(stage)


def test_each_beginning_and_end_is_one_notice_without_anybodys_name(stage: Stage, watchman: Watchman) -> None:
    report(stage, printer="out_of_paper", labels="paper_low")
    stands(stage, ("printer", "out_of_paper"), ("labels", "paper_low"))
    until("the notice", lambda: len(watchman.letters) == 1)
    report(stage, printer="ready", labels="ready")
    until("both notices", lambda: len(watchman.letters) == 2)
    looked(stage)
    began, over = watchman.letters
    assert (began.kind, over.kind) == ("alarm", "alarm_over")
    assert began.id != over.id
    assert began.subject.zh == "设备告警：1号自助机：小票打印机缺纸"
    assert "11月20日（星期五） 12:00起" in began.body.zh
    assert over.body.zh.endswith("恢复正常。")
    assert began.link.endswith("/manage/health")
    assert dict(began.facts) | {"alarm": ""} == {
        "alarm": "",
        "device": "kiosk-1",
        "part": "printer",
        "trouble": "out_of_paper",
    }
    assert began.to == Address()


def test_what_two_servers_see_at_once_is_one_alarm_and_one_notice(
    tmp_path: Path, watchman: Watchman, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.services.outbox.POLL", 0.02)
    monkeypatch.setattr("server.services.alarms.LOOK", 0.01)
    channels = notices_to(watchman)
    database, credentials = furnished_copy(tmp_path)
    clock = Clock()
    with (
        served(database, credentials, clock, channels) as here,
        served(database, credentials, clock, channels),
    ):
        stage = Stage(here)
        for n in range(1, 4):
            report(stage, printer="out_of_paper")
            stands(stage, ("printer", "out_of_paper"))
            report(stage, printer="ready")
            stands(stage)
            # Changes of one instant are a microsecond apart: a standing clock never reaches the later.
            clock.advance(seconds=1)
            until("the notices", lambda n=n: len(watchman.letters) == 2 * n)
        with here.app.state.core.halls.engine.begin() as connection:
            kinds = list(connection.scalars(select(t.journal.c.kind).where(t.journal.c.kind.like("alarm.%"))))
        assert sorted(kinds) == ["alarm.closed"] * 3 + ["alarm.opened"] * 3


def test_the_desks_are_told_which_printer_wants_paper(stage: Stage) -> None:
    with stage.server.live("desk:main:1", token=stage.as_("clerk1")) as desk:
        report(stage, printer="out_of_paper")
        said = ""
        while "缺纸" not in said:
            said = str(desk.recv(timeout=10))
        report(stage, printer="ready")
        while "缺纸" in said:
            said = str(desk.recv(timeout=10))


def test_who_takes_care_of_an_alarm_stands_at_it_and_the_log_says_what_was_done(stage: Stage) -> None:
    report(stage, printer="out_of_paper")
    (alarm,) = stands(stage, ("printer", "out_of_paper"))
    stage.do("POST", f"{HALL}/alarms/{alarm['id']}/seen", user="manager")
    assert alarms(stage)[0]["seen_by"] == "值班经理"
    done = {"device": "kiosk-1", "kind": "paper", "remark": "=换了一卷纸", "alarm": alarm["id"]}
    line = stage.do("POST", f"{HALL}/upkeep", done, user="manager")
    stage.server.clock.advance(seconds=1)
    stage.do(
        "POST", f"{HALL}/upkeep", {"device": "display-1", "kind": "cleaning", "remark": "擦屏"}, user="admin"
    )
    log = stage.do("GET", f"{HALL}/upkeep", user="manager")
    assert [one["kind"] for one in log] == ["cleaning", "paper"]
    assert log[1] == line
    assert stage.do("GET", f"{HALL}/upkeep?device=kiosk-1", user="manager") == [line]
    answer = stage.server.request("GET", f"/api/v1{HALL}/upkeep.csv", token=stage.as_("manager"))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["日期时间", "设备", "设备名称", "类别", "内容", "经手人", "对应告警"]
    assert rows[2] == ["2026-11-20 12:00", "kiosk-1", "1号自助机", "换纸", "'=换了一卷纸", "值班经理", "是"]
    assert "attachment" in answer.headers["Content-Disposition"]


def test_the_health_view_shows_each_device_with_its_parts_and_the_server(stage: Stage) -> None:
    report(stage, version="0.0.9", printer="ready", scanner="error", details={"scanner": "no camera"})
    report(stage, "display-1", sound="ready", screen="ready")
    stage.server.clock.advance(seconds=10)
    stands(stage, ("scanner", "error"))
    view = stage.do("GET", f"{HALL}/health", user="manager")
    kiosk, display = (
        next(one for one in view["devices"] if one["name"] == name) for name in ("kiosk-1", "display-1")
    )
    assert (kiosk["online"], kiosk["outdated"], display["outdated"]) == (True, True, False)
    parts = {one["part"]: (one["state"], one["detail"]) for one in kiosk["parts"]}
    assert parts == {"printer": ("ready", ""), "scanner": ("error", "no camera")}
    assert [one["part"] for one in kiosk["alarms"]] == ["scanner"]
    assert view["devices"][0]["name"] == "kiosk-1", "who is in trouble comes first"
    server = view["server"]
    assert server["database"] == "sqlite"
    assert server["database_bytes"] > 10_000
    assert server["disk_free"] > 0


def test_the_day_at_one_glance(stage: Stage) -> None:
    stage.counter("open")
    stage.take()
    stage.server.clock.advance(minutes=6)
    stage.take()
    first = stage.counter("call-next")["ticket"]["id"]
    stage.step(first, "start", "done")
    stage.server.clock.advance(minutes=4)
    report(stage, printer="out_of_paper")
    stands(stage, ("printer", "out_of_paper"))
    today = stage.do("GET", f"{HALL}/today", user="manager")
    assert (today["issued"], today["waiting"], today["served"]) == (2, 1, 1)
    assert (today["average_wait"], today["longest_wait"]) == (6.0, 4)
    assert (today["counters_open"], today["counters"]) == (1, 4)
    assert (today["alarms"], today["alarms_taken"]) == (1, 0)
    accept = next(one for one in today["services"] if one["id"] == "accept")
    assert (accept["waiting"], accept["issued"], accept["served"]) == (1, 2, 1)
