"""The last tickets given here: kept over a restart, bounded, today's only, and never in the way."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.memory import KEPT, TicketFile
from server.protocol.views import TicketIssued
from tests.ui.kiosk_states import TICKET, WALL


def memory(folder: Path, now: datetime = WALL) -> TicketFile:
    return TicketFile(folder, now=lambda: now.astimezone(UTC))


def numbered(number: int, **more: object) -> TicketIssued:
    return TICKET.model_copy(update={"id": f"t{number}", "number": f"A{number:03}", **more})


def test_a_ticket_is_found_again_after_a_restart(tmp_path: Path) -> None:
    memory(tmp_path / "made" / "here").keep(TICKET)
    assert memory(tmp_path / "made" / "here").find("A017") == TICKET
    assert memory(tmp_path / "made" / "here").find("A018") is None


def test_yesterdays_number_is_not_todays(tmp_path: Path) -> None:
    memory(tmp_path).keep(TICKET)
    assert memory(tmp_path, WALL + timedelta(days=1)).find("A017") is None
    # Half past midnight in the hall is still the day before in UTC.
    assert memory(tmp_path, WALL.replace(hour=0, minute=30)).find("A017") == TICKET


def test_the_newest_ticket_of_a_number_counts_and_one_id_is_kept_once(tmp_path: Path) -> None:
    kept = memory(tmp_path)
    kept.keep(TICKET)
    kept.keep(TICKET.model_copy(update={"id": "t2", "ahead": 9}))
    kept.keep(TICKET.model_copy(update={"id": "t2", "ahead": 8}))
    found = kept.find("A017")
    assert found is not None
    assert (found.id, found.ahead) == ("t2", 8)
    assert len(json.loads((tmp_path / "tickets.json").read_text())) == 2


def test_only_the_last_fifty_are_kept(tmp_path: Path) -> None:
    kept = memory(tmp_path)
    for number in range(KEPT + 5):
        kept.keep(numbered(number))
    again = memory(tmp_path)
    assert again.find("A004") is None
    assert again.find("A005") is not None
    assert again.find(f"A{KEPT + 4:03}") is not None


@pytest.mark.parametrize("spoilt", ["", "{", "null", "[1]", '[{"id": "t1"}]', "\x00"])
def test_a_spoilt_file_is_left_out_and_the_next_ticket_kept(
    tmp_path: Path, spoilt: str, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "tickets.json").write_text(spoilt)
    kept = memory(tmp_path)
    assert "can't be read" in caplog.text
    assert kept.find("A017") is None
    kept.keep(TICKET)
    assert memory(tmp_path).find("A017") == TICKET


def test_a_disk_that_takes_nothing_does_not_stop_the_kiosk(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "tickets.new").mkdir()  # where the fresh file would be written
    kept = memory(tmp_path)
    kept.keep(TICKET)
    assert kept.find("A017") == TICKET
    assert "can't keep the last tickets" in caplog.text


def test_only_the_kiosks_own_user_may_read_the_file(tmp_path: Path) -> None:
    memory(tmp_path).keep(TICKET)
    assert (tmp_path / "tickets.json").stat().st_mode & 0o777 == 0o600
