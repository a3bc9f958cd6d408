"""What became of labels is kept until the server has heard it, through power cuts and broken files."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from kiosk.label_memory import FILE, LabelFile
from tests.ui.kiosk_states import WALL


def file(folder: Path, now: datetime = WALL) -> LabelFile:
    return LabelFile(folder, now=lambda: now)


def test_labels_that_ended_alike_are_told_together_in_order(tmp_path: Path) -> None:
    memory = file(tmp_path)
    for code, paper in (("S1", "printed"), ("S2", "printed"), ("S3", "out_of_paper"), ("S3", "printed")):
        memory.ended(memory.begun("o1", code, reprint=False), paper)  # type: ignore[arg-type]
    assert [(one.outcome, one.codes) for one in memory.untold()] == [
        ("printed", ("S1", "S2")),
        ("failed", ("S3",)),
        ("printed", ("S3",)),
    ]
    assert memory.here("o1") == ("S1", "S2", "S3")
    assert memory.here("another") == ()


def test_a_reprint_is_told_apart_from_a_first_print(tmp_path: Path) -> None:
    memory = file(tmp_path)
    memory.ended(memory.begun("o1", "S1", reprint=False), "unknown")
    memory.ended(memory.begun("o1", "S1", reprint=True), "printed")
    assert [(one.outcome, one.reprint) for one in memory.untold()] == [("unknown", False), ("printed", True)]


def test_what_the_server_heard_is_not_told_again_and_its_key_stays_the_same_until_then(
    tmp_path: Path,
) -> None:
    memory = file(tmp_path)
    memory.ended(memory.begun("o1", "S1", reprint=False), "printed")
    (report,) = memory.untold()
    assert file(tmp_path).untold()[0].key == report.key
    memory.told(report)
    assert memory.untold() == ()
    assert file(tmp_path).untold() == ()
    assert file(tmp_path).here("o1") == ("S1",)


def test_a_label_under_way_when_the_power_went_counts_as_unknown(tmp_path: Path) -> None:
    file(tmp_path).begun("o1", "S1", reprint=False)
    again = file(tmp_path)
    assert [(one.outcome, one.codes) for one in again.untold()] == [("unknown", ("S1",))]
    assert again.here("o1") == ()


def test_a_label_that_a_person_saw_come_out_is_known_to_be_out(tmp_path: Path) -> None:
    memory = file(tmp_path)
    memory.ended(memory.begun("o1", "S1", reprint=False), "unknown")
    memory.seen("o1", "S1", reprint=False)
    assert memory.here("o1") == ("S1",)


def test_old_labels_are_forgotten_once_told_and_never_before(tmp_path: Path) -> None:
    memory = file(tmp_path)
    memory.ended(memory.begun("told", "S1", reprint=False), "printed")
    memory.told(memory.untold()[0])
    memory.ended(memory.begun("untold", "S2", reprint=False), "printed")
    later = file(tmp_path, WALL + timedelta(days=5))
    later.begun("new", "S3", reprint=False)
    assert later.here("told") == ()
    assert later.here("untold") == ("S2",)


@pytest.mark.parametrize("text", ["", "not JSON", '{"a": 1}', '[{"id": 3}]', "\x00"])
def test_a_broken_file_is_left_out_and_written_anew(
    tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    memory = file(tmp_path)
    assert memory.untold() == ()
    assert "left out" in caplog.text
    memory.ended(memory.begun("o1", "S1", reprint=False), "printed")
    assert file(tmp_path).here("o1") == ("S1",)


def test_the_file_holds_no_names_and_is_the_owners_alone(tmp_path: Path) -> None:
    memory = file(tmp_path)
    memory.begun("o1", "S1", reprint=False)
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0
    (line,) = json.loads((tmp_path / FILE).read_text(encoding="utf-8"))
    assert set(line) == {"id", "at", "order", "code", "reprint", "outcome", "told"}
