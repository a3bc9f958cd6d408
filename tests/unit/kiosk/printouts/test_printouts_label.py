"""The label of a piece: what it says, that both its symbols can be read, that no words break it."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from kiosk.printouts import compose_label, compose_labels, on_roll
from kiosk.printouts.label import BAR_QUIET, HEIGHT, WIDTH
from kiosk.printouts.symbol import code128_symbol, data_matrix_symbol
from server.protocol.codes import code_of
from tests.conftest import need
from tests.reading import label_codes
from tests.unit.kiosk.printouts.label_samples import CASES, PLAIN, batch, label

GOLDEN = Path(__file__).resolve().parents[3] / "golden" / "labels"
BOTH = {"DataMatrix", "Code128"}


@pytest.mark.parametrize("case", CASES)
def test_a_label_looks_as_it_was_judged_good(case: str) -> None:
    """Write the golden pictures anew with LIQU_GOLDEN=write, and look at them."""
    made = compose_label(label(**CASES[case])).image
    path = GOLDEN / f"{case}.png"
    if os.environ.get("LIQU_GOLDEN") == "write":
        made.save(path)
    with Image.open(path) as golden:
        assert golden.size == made.size == (400, 240)
        different = ImageChops.difference(golden.convert("L"), made.convert("L"))
    # A dot or two may differ where another FreeType rounds an edge.
    assert different.histogram()[255] <= made.width * made.height // 500


@pytest.mark.parametrize("case", CASES)
def test_both_symbols_of_every_label_hold_its_code(case: str) -> None:
    one = label(**CASES[case])
    assert label_codes(compose_label(one).image) == dict.fromkeys(BOTH, one.code)


@pytest.mark.parametrize("case", CASES)
def test_another_decoder_reads_the_bars_alike(case: str) -> None:
    try:
        from pyzbar import pyzbar
    except ImportError as error:
        need(False, str(error))
    one = label(**CASES[case])
    codes = pyzbar.decode(compose_label(one).image.convert("L"), symbols=[pyzbar.ZBarSymbol.CODE128])
    assert [code.data.decode() for code in codes] == [one.code]


@settings(max_examples=40, deadline=None)
@given(random=st.integers(0, 2**50 - 1), turn=st.sampled_from((0, 90, 180, 270)))
def test_any_code_can_be_read_any_way_up(random: int, turn: int) -> None:
    code = code_of("S", random)
    image = compose_label(label(code=code, fragile=bool(random & 1))).image
    assert label_codes(image.convert("L").rotate(turn, expand=True)) == dict.fromkeys(BOTH, code)


@settings(max_examples=60, deadline=None)
@given(random=st.integers(0, 2**50 - 1))
def test_the_symbols_are_whole_dots_with_their_quiet_zones(random: int) -> None:
    code = code_of("S", random)
    bars, square = code128_symbol(code, 2, 46), data_matrix_symbol(code, 6)
    assert bars.width <= WIDTH - 2 * BAR_QUIET
    assert square.width == square.height <= 108
    image = compose_label(label(code=code)).image.convert("L")
    left = (WIDTH - bars.width) // 2
    assert image.crop((left, 160, left + bars.width, 206)).tobytes() == bars.tobytes()
    for side in ((0, 160, left, 206), (left + bars.width, 160, WIDTH, 206)):
        assert image.crop(side).getextrema() == (255, 255)
    edge = 12 + (108 - square.width) // 2
    around = (edge - 6, edge - 6, edge + square.width + 6, edge + square.height + 6)
    framed = Image.new("L", (square.width + 12, square.height + 12), 255)
    framed.paste(square, (6, 6))
    assert image.crop(around).tobytes() == framed.tobytes()


def test_the_pieces_of_an_order_get_as_many_different_labels() -> None:
    pieces = batch(30)
    sheets = list(compose_labels(pieces))
    assert len({sheet.image.tobytes() for sheet in sheets}) == 30
    assert [label_codes(sheet.image)["DataMatrix"] for sheet in sheets] == [piece.code for piece in pieces]
    assert [sheet.job for sheet in sheets[:2]] == ["20261121-0042-1", "20261121-0042-2"]


def test_a_batch_is_composed_one_by_one() -> None:
    taken: list[int] = []

    def pieces() -> Any:
        for piece in batch(5):
            taken.append(piece.index)
            yield piece

    sheets = compose_labels(pieces())
    next(sheets)
    assert taken == [1]


def test_the_name_of_a_job_does_not_tell_the_code() -> None:
    sheet = compose_label(label())
    assert PLAIN["code"] not in sheet.job + sheet.title


@pytest.mark.parametrize(
    "changes",
    [
        {"item": ""},
        {"item": "检" * 500},
        {"item": "W" * 500},
        {"item": "缺😀字𠀀\n换\t行\u200b"},
        {"hall": "", "order": ""},
        {"hall": "大" * 80, "order": "9" * 80},
        {"index": 99999, "count": 99999, "fragile": True},
        {"due": date(9999, 12, 31), "order": "8" * 40, "fragile": True},
    ],
)
def test_no_words_break_a_label(changes: dict[str, Any]) -> None:
    sheet = compose_label(label(**changes))
    assert (sheet.width, sheet.height) == (WIDTH, HEIGHT)
    assert label_codes(sheet.image) == dict.fromkeys(BOTH, PLAIN["code"])
    side = sheet.image.crop((WIDTH - 8, 0, WIDTH, HEIGHT)).convert("L")
    assert side.getextrema() == (255, 255)


def test_a_fragile_piece_carries_the_sign_and_another_does_not() -> None:
    place = (326, 104, 388, 154)
    with_sign = compose_label(label(fragile=True)).image.crop(place).convert("L")
    without = compose_label(label()).image.crop(place).convert("L")
    assert without.getextrema() == (255, 255)
    assert with_sign.histogram()[0] > 600


@pytest.mark.parametrize(
    "changes",
    [
        {"code": ""},
        {"code": PLAIN["code"][:-1]},
        {"code": PLAIN["code"].lower()},
        {"code": PLAIN["code"][:-1] + ("0" if PLAIN["code"][-1] != "0" else "1")},
        {"code": code_of("F", 5)},
        {"index": 0},
        {"index": 4},
    ],
)
def test_a_label_of_no_sample_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"identity code|no piece"):
        label(**changes)


def test_a_ticket_printer_gets_the_label_in_the_middle_of_its_paper() -> None:
    sheet = compose_label(label())
    wide = on_roll(sheet, 576)
    assert (wide.width, wide.height, wide.job) == (576, 240, sheet.job)
    assert wide.image.crop((88, 0, 488, 240)).tobytes() == sheet.image.tobytes()
    assert label_codes(wide.image) == dict.fromkeys(BOTH, PLAIN["code"])
    with pytest.raises(ValueError, match="does not fit"):
        on_roll(sheet, 384)
