"""What every scanner promises, seen through what it tells."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.scanners.base import Scan
from tests.contract.scanner_rigs import LIMIT, QUIET, RIGS, Ear, Rig, eventually


@pytest.fixture(params=RIGS)
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    with RIGS[request.param](tmp_path) as made:
        yield made


@pytest.fixture
def ear(rig: Rig) -> Ear:
    """What is told by the scanner, which has been started and is ready."""
    ear = Ear()
    rig.scanner.start(ear.scans.append, ear.statuses.append)
    eventually(lambda: ear.statuses, "the scanner says how it is")
    assert [one.state for one in ear.statuses] == ["ready"]
    return ear


def test_a_code_is_told_once_with_its_time_and_source(rig: Rig, ear: Ear) -> None:
    before = time.monotonic()
    rig.show("LQA2B3C4")
    eventually(lambda: ear.scans, "a scan")
    (scan,) = ear.scans
    assert (scan.text, scan.source) == ("LQA2B3C4", rig.scanner.name)
    assert before <= scan.at <= time.monotonic()


def test_two_codes_come_in_their_order(rig: Rig, ear: Ear) -> None:
    for text in ("LQAAAAAA", "LQBBBBBB"):
        rig.show(text)
        eventually(lambda text=text: text in ear.texts, "a scan")
        rig.clear()
    assert ear.texts == ["LQAAAAAA", "LQBBBBBB"]


def test_a_code_shown_again_at_once_is_one_scan_and_counts_again_later(rig: Rig, ear: Ear) -> None:
    rig.show("LQAAAAAA")
    eventually(lambda: ear.scans, "the first scan")
    rig.show("LQAAAAAA")
    rig.show("LQBBBBBB")
    eventually(lambda: "LQBBBBBB" in ear.texts, "another code")
    assert ear.texts == ["LQAAAAAA", "LQBBBBBB"]
    rig.clear()
    last = ear.scans[-1].at
    eventually(lambda: time.monotonic() - last > QUIET * 2, "time passes")
    rig.show("LQAAAAAA")
    eventually(lambda: len(ear.scans) == 3, "the code counts again")
    assert ear.texts[-1] == "LQAAAAAA"


def test_a_device_that_goes_away_is_told_and_found_again(rig: Rig, ear: Ear) -> None:
    if rig.unplug is None or rig.plug is None:
        pytest.skip("a keyboard does not say whether it is there")
    rig.unplug()
    eventually(lambda: len(ear.statuses) == 2, "it is away")
    assert ear.statuses[-1].state == "offline"
    assert ear.statuses[-1].detail
    rig.plug()
    eventually(lambda: len(ear.statuses) == 3, "it is back")
    assert rig.scanner.status == ear.statuses[-1]
    assert ear.statuses[-1].can_scan
    rig.show("LQA2B3C4")
    eventually(lambda: ear.texts == ["LQA2B3C4"], "a scan")


def test_a_device_that_is_not_there_is_a_status_and_no_error(rig: Rig) -> None:
    if rig.unplug is None or rig.plug is None:
        pytest.skip("a keyboard does not say whether it is there")
    rig.unplug()
    ear = Ear()
    rig.scanner.start(ear.scans.append, ear.statuses.append)
    eventually(lambda: ear.statuses, "it is away")
    assert ear.statuses[0].state == "offline"
    rig.plug()
    eventually(lambda: len(ear.statuses) == 2, "it is there")
    assert ear.statuses[1].can_scan


def test_nothing_is_told_after_it_is_stopped(rig: Rig, ear: Ear) -> None:
    rig.scanner.stop()
    rig.scanner.stop()
    rig.show("LQA2B3C4")
    threads = [one.name for one in threading.enumerate() if one.name.endswith(rig.scanner.name)]
    assert threads == []
    assert ear.scans == []
    assert len(ear.statuses) == 1


def test_it_is_started_once(rig: Rig, ear: Ear) -> None:
    with pytest.raises(RuntimeError, match="was started before"):
        rig.scanner.start(ear.scans.append)


def test_a_listener_that_fails_does_not_end_the_scanning(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    got: list[str] = []

    def fail(scan: Scan) -> None:
        got.append(scan.text)
        raise RuntimeError("listener")

    ready = threading.Event()
    rig.scanner.start(fail, lambda _: ready.set())
    assert ready.wait(LIMIT)
    for text in ("LQAAAAAA", "LQBBBBBB"):
        rig.show(text)
        eventually(lambda text=text: text in got, "a scan")
    assert "LQAAAAAA" not in caplog.text, "a code stays out of the log"
