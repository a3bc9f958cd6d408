"""The desk prints a fleet's labels: one for every piece, each scans back; a stop says where to go on."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from hardware.printers.simulator.server import SimulatedPrinter
from kiosk import batch
from server.store import journal
from tests.integration.server.test_server_fleets import introduced, scales, sent
from tests.integration.server.visits import HALL
from tests.reading import label_codes
from tests.servers import ServerThread, furnished_copy, served

PIECES = 250


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[ServerThread]:
    with served(*furnished_copy(tmp_path)) as made:
        yield made


@pytest.fixture(params=["zpl", "tspl"])
def printer(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SimulatedPrinter]:
    with SimulatedPrinter(tmp_path / "labels", language=request.param) as made:
        made.driver = f"{request.param}-network"  # type: ignore[attr-defined]
        yield made


def fleet(hall: ServerThread, pieces: int = PIECES) -> str:
    clerk = hall.sign_in("clerk1")
    path = f"{HALL}/fleets/import?customer={introduced(hall, clerk)}"
    number: str = sent(hall, path, scales(pieces), clerk).json()["number"]
    return number


def configured(hall: ServerThread, printer: SimulatedPrinter, folder: Path) -> Path:
    token = hall.credentials["devices"]["kiosk-1"]
    file = folder / "desk.toml"
    file.write_text(
        f'[server]\nurl = "{hall.url}"\nhall = "main"\ntoken = "{token}"\n'
        f'[labels]\ndriver = "{printer.driver}"\nhost = "127.0.0.1"\nport = {printer.port}\n'  # type: ignore[attr-defined]
        f'[staff]\npin = "1234"\n[state]\ndir = "{folder}"\n'
    )
    return file


def on_paper(folder: Path) -> list[str]:
    """The identity codes on the labels, as a scanner reads them, in the order of printing."""
    found = []
    for picture in sorted((folder / "labels").glob("*.png")):
        codes = label_codes(picture)
        assert codes == dict.fromkeys(("DataMatrix", "Code128"), codes["DataMatrix"]), picture
        found.append(codes["DataMatrix"])
    return found


def registered(hall: ServerThread, number: str) -> list[str]:
    clerk = hall.sign_in("clerk1")
    codes: list[str] = []
    while True:
        path = f"{HALL}/orders/{number}/labels?first={len(codes) + 1}&most=500"
        part = hall.ask("GET", path, token=clerk)["labels"]
        if not part:
            return codes
        codes += [label["code"] for label in part]


def told(hall: ServerThread, number: str) -> list[str]:
    """The codes that the journal says are printed."""
    with hall.app.state.core.halls.engine.begin() as connection:
        from server.store import orders

        order = orders.find(connection, number=number)
        assert order is not None
        lines = journal.history(connection, "main", order.id)
    return [
        code
        for line in lines
        if line.kind.startswith("labels.")
        for code in json.loads(line.payload)["codes"]
    ]


def test_every_piece_has_one_label_that_scans_back(
    hall: ServerThread, printer: SimulatedPrinter, tmp_path: Path
) -> None:
    number = fleet(hall)
    assert batch.main(["--config", str(configured(hall, printer, tmp_path)), "--order", number]) == 0
    assert on_paper(tmp_path) == registered(hall, number) == told(hall, number)


def test_a_roll_that_ends_says_where_to_go_on_and_no_piece_is_left_out(
    hall: ServerThread,
    printer: SimulatedPrinter,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    number = fleet(hall, 120)
    file = configured(hall, printer, tmp_path)
    printer.device.fault("out_of_paper", after=100_000)
    assert batch.main(["--config", str(file), "--order", number]) == 1
    said = capsys.readouterr().err
    assert "Printed for certain: up to piece" in said
    start = said.split("--from ")[1].split(".")[0]
    printer.device.fault("out_of_paper", on=False)
    assert batch.main(["--config", str(file), "--order", number, "--from", start]) == 0
    assert set(on_paper(tmp_path)) == set(registered(hall, number))
    assert told(hall, number) == registered(hall, number), "each is told once"


class Eager:
    """A printer that takes everything at once and prints nothing."""

    def print_batch(self, sheets: Iterator[object], progress: Callable[[int], None]) -> int:
        printed = 0
        for printed, _ in enumerate(sheets, 1):
            if printed % 50 == 0:
                progress(printed)
        return printed


def test_thousands_of_labels_need_no_more_memory_than_hundreds(hall: ServerThread, tmp_path: Path) -> None:
    desk = batch.Desk(batch.load(_config(hall, tmp_path)))
    number = fleet(hall, 1200)

    def held(first: int) -> int:
        """Bytes held at most while the labels from ``first`` on are printed."""
        run = batch.Run(desk, number, first, reprint=False, say=lambda printed, count: None)
        tracemalloc.start()
        try:
            assert run.print(Eager()) == 1201 - first  # type: ignore[arg-type]
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    held(1150)  # what is kept from the first label on: fonts, patterns
    few = held(601)
    assert held(1) < 1.5 * few


def _config(hall: ServerThread, folder: Path) -> Path:
    token = hall.credentials["devices"]["kiosk-1"]
    file = folder / "desk.toml"
    file.write_text(
        f'[server]\nurl = "{hall.url}"\nhall = "main"\ntoken = "{token}"\n'
        f'[staff]\npin = "1234"\n[state]\ndir = "{folder}"\n'
    )
    return file


@pytest.mark.parametrize(
    ("given", "ends", "says"),
    [
        (["--order", "1"], 2, "[labels] is missing"),
        (["--order", "000000000000"], 1, "查不到登记的器具"),
    ],
)
def test_what_cannot_be_printed_is_told(
    hall: ServerThread,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    given: list[str],
    ends: int,
    says: str,
) -> None:
    file = _config(hall, tmp_path)
    if ends == 1:
        file.write_text(file.read_text() + '[labels]\ndriver = "zpl-network"\nhost = "127.0.0.1"\n')
    assert batch.main(["--config", str(file), *given]) == ends
    assert says in capsys.readouterr().err


def test_a_server_that_is_gone_is_told(hall: ServerThread, tmp_path: Path) -> None:
    config = batch.load(_config(hall, tmp_path))
    hall.stop()
    desk = batch.Desk(config, sleep=lambda seconds: None)
    with pytest.raises(batch.Stopped, match="can't be reached"):
        desk.part("1", 1)
    with pytest.raises(requests.RequestException):
        requests.get(hall.url, timeout=2)
