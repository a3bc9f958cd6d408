"""``liqu-doctor`` over a real server and a simulated printer: what is well, what is not, who does what."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hardware.doctor.finding import Check, Finding, examine
from hardware.doctor.main import main
from hardware.printers.simulator.server import SimulatedPrinter
from tests.servers import Server
from tests.waiting import free_port


@pytest.fixture(autouse=True)
def loud(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test run goes on logging after the doctor."""
    monkeypatch.setattr("logging.disable", lambda level: None)


def kiosk_file(folder: Path, url: str, token: str, more: str = "") -> str:
    path = folder / "kiosk.toml"
    path.write_text(
        f'[server]\nurl = "{url}"\nhall = "main"\ntoken = "{token}"\n[staff]\npin = "4711"\n'
        f'[state]\ndir = "state"\n{more}',
        encoding="utf-8",
    )
    return str(path)


def lines_of(said: str, part: str) -> list[str]:
    return [line for line in said.splitlines() if line[7:].startswith(part)]


def test_a_kiosk_is_told_part_by_part(
    hall: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    gone = free_port()
    with SimulatedPrinter(tmp_path / "sheets", width_mm=80) as printer:
        file = kiosk_file(
            tmp_path,
            hall.url,
            hall.credentials["devices"]["kiosk-1"],
            f'[printer]\ndriver = "escpos-network"\nhost = "127.0.0.1"\nport = {printer.port}\n'
            f'[labels]\ndriver = "zpl-network"\nhost = "127.0.0.1"\nport = {gone}\n',
        )
        assert main(["kiosk", "--config", file, "--print"]) == 1
        assert len(printer.tray.wait_for(1, 20)) == 1
    said = capsys.readouterr().out
    assert "  ok   printer        ready" in said
    assert "  ok   token          the server knows this device" in said
    assert lines_of(said, "labels")[0].startswith(" FAIL "), said
    assert "switch the printer on" in said
    assert lines_of(said, "screen")[0].startswith(" FAIL ")
    assert "2 to put right" in said


@pytest.mark.parametrize(
    ("fault", "remedy"), [("out_of_paper", "load paper"), ("cover_open", "close the cover")]
)
def test_a_printer_in_trouble_says_what_to_do(
    hall: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str], fault: str, remedy: str
) -> None:
    with SimulatedPrinter(tmp_path / "sheets", width_mm=80) as printer:
        printer.device.fault(fault)
        file = kiosk_file(
            tmp_path,
            hall.url,
            hall.credentials["devices"]["kiosk-1"],
            f'[printer]\ndriver = "escpos-network"\nhost = "127.0.0.1"\nport = {printer.port}\n',
        )
        main(["kiosk", "--config", file, "--print"])
    said = capsys.readouterr().out
    assert lines_of(said, "printer")[0].startswith(" FAIL ")
    assert remedy in said


def test_a_token_that_nobody_knows_is_found(
    hall: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["kiosk", "--config", kiosk_file(tmp_path, hall.url, "device.kiosk-1.guessed")]) == 1
    said = capsys.readouterr().out
    assert lines_of(said, "token")[0].startswith(" FAIL ")
    assert "guessed" not in said


def test_a_server_that_is_not_there_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    assert main(["kiosk", "--config", kiosk_file(tmp_path, url, "device.kiosk-1.any")]) == 1
    assert "nothing listens there" in capsys.readouterr().out


def test_a_display_is_told_of_a_window_that_the_hall_has_not(
    hall: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "display.toml"
    token = hall.credentials["devices"]["display-1"]
    file.write_text(
        f'[server]\nurl = "{hall.url}"\nhall = "main"\ntoken = "{token}"\n[screen]\ncounter = "77"\n',
        encoding="utf-8",
    )
    assert main(["display", "--config", str(file)]) == 1
    assert "the server has no counter:main:77" in capsys.readouterr().out


def test_a_server_without_a_backup_is_told_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from server.main import main as server

    data = tmp_path / "data"
    assert server(["init", "--data", str(data), "--demo"]) == 0
    capsys.readouterr()
    assert main(["server", "--data", str(data), "--port", str(free_port())]) == 1
    said = capsys.readouterr().out
    assert "  ok   journal        main: whole" in said
    assert "  ok   signing        the key for certificates can be used" in said
    assert lines_of(said, "backup")[0].startswith(" FAIL ")
    assert "1 to put right" in said


def test_settings_that_cannot_be_read_end_the_examination(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "kiosk.toml"
    file.write_text("[server\n", encoding="utf-8")
    assert main(["kiosk", "--config", str(file)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "TOML" in told.err


def test_an_unknown_machine_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["toaster"]) == 2
    assert "display|kiosk|server" in capsys.readouterr().err


def test_a_check_that_breaks_is_a_finding_and_the_others_go_on() -> None:
    def breaks() -> list[Finding]:
        raise RuntimeError("no such thing")

    made = list(
        examine([Check("first", breaks), Check("second", lambda: [Finding("second", "well", "fine")])])
    )
    assert [(one.part, one.grade) for one in made] == [("first", "fault"), ("second", "well")]
    assert "no such thing" in made[0].said


def test_what_was_scanned_is_not_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A voucher that a technician happens to hold opens somebody's case."""
    import segno

    from hardware.doctor import parts

    segno.make("V7K2M9QXH4TBW0A1", micro=False).save(str(tmp_path / "code.png"), scale=8, border=6)
    said = [one.said for one in parts.scanner({"driver": "camera-file", "path": str(tmp_path)}, show=15)]
    assert any("a code of 16 signs was read" in one for one in said), json.dumps(said)
    assert not any("V7K2" in one for one in said)
