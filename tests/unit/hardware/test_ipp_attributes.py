"""What an IPP printer says of itself, in the words of the kiosk: whatever shape pyipp gives it."""

from __future__ import annotations

import pytest

from hardware.printers.base import State
from hardware.printers.documents import Progress, Stage
from hardware.printers.ipp import progress_of, reasons_of, status_of


@pytest.mark.parametrize(
    ("told", "bare"),
    [
        (None, ()),
        ("none", ()),
        ("", ()),
        ("media-empty-warning", ("media-empty",)),
        (["media-empty-error", "media-needed-report"], ("media-empty", "media-needed")),
    ],
)
def test_reasons_come_as_nothing_a_text_or_a_list(told: object, bare: tuple[str, ...]) -> None:
    assert reasons_of(told) == bare


@pytest.mark.parametrize(
    ("reasons", "state"),
    [
        (None, "ready"),
        ("media-low-warning", "paper_low"),
        ("media-empty-report", "out_of_paper"),
        (["media-low", "media-empty"], "out_of_paper"),
        ("cover-open", "cover_open"),
        ("door-open-error", "cover_open"),
        ("media-jam-error", "error"),
        ("toner-empty", "error"),
        ("shutdown", "offline"),
        ("paused", "error"),
    ],
)
def test_a_printers_state_is_the_worst_of_its_reasons(reasons: object, state: State) -> None:
    assert status_of({"printer-state": 3, "printer-state-reasons": reasons}).state == state


def test_a_printer_that_stopped_or_takes_no_jobs_is_ill_though_it_gives_no_reason() -> None:
    assert status_of({"printer-state": 5, "printer-state-reasons": "none"}).state == "error"
    assert status_of({"printer-state": 3, "printer-is-accepting-jobs": False}).state == "error"


@pytest.mark.parametrize(
    ("job", "reasons", "stage"),
    [
        (3, None, "waiting"),
        (4, None, "waiting"),
        (5, None, "printing"),
        (5, ["media-empty-warning", "media-needed-warning"], "out_of_paper"),
        (5, "media-jam-warning", "jam"),
        (6, None, "error"),
        (5, "cover-open", "cover_open"),
    ],
)
def test_a_job_and_its_printer_are_read_together(job: int, reasons: object, stage: Stage) -> None:
    seen = progress_of({"job-state": job, "job-impressions-completed": 2}, {"printer-state-reasons": reasons})
    assert seen == Progress(stage, 2)
