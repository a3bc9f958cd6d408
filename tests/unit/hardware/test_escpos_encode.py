"""A sheet becomes exact bytes, and the bytes become the same sheet again."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from hardware.printers.base import Sheet
from hardware.printers.escpos.encode import asks_status, encode
from hardware.printers.simulator import commands as c
from hardware.printers.simulator.paper import Cutting, Paper
from hardware.printers.simulator.parser import Parser

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "escpos"


def sheet_of(width: int, height: int, dots: bytes) -> Sheet:
    image = Image.frombytes("1", (width, height), dots)
    return Sheet(image, job="A001", title="")


@st.composite
def sheets(draw: st.DrawFn) -> Sheet:
    row = draw(st.integers(1, 72))
    height = draw(st.integers(1, 300))
    seed = draw(st.binary(min_size=1, max_size=64))
    dots = (seed * (row * height // len(seed) + 1))[: row * height]
    return sheet_of(row * 8, height, dots)


def cut_sheets(data: bytes, width: int, portion: int = 0) -> list[Cutting]:
    parser, paper = Parser(), Paper(width)
    step = portion or len(data)
    cuttings: list[Cutting] = []
    for at in range(0, len(data), step):
        for command in parser.feed(data[at : at + step]):
            cuttings += paper.obey(command)
    assert not parser.unfinished
    return cuttings


def test_the_bytes_of_a_job_are_these() -> None:
    # Two bands: 128 rows and one; the first row black at its left end, the last at its right.
    dots = b"\x7f\xff" + b"\xff\xff" * 127 + b"\xff\xfe"
    expected = bytes.fromhex((GOLDEN / "two-bands.hex").read_text(encoding="ascii"))
    assert encode(sheet_of(16, 129, dots)) == expected


@given(sheets(), st.integers(1, 5000))
def test_what_was_encoded_is_what_the_paper_shows(sheet: Sheet, portion: int) -> None:
    (cutting,) = cut_sheets(encode(sheet), sheet.width, portion)
    assert cutting.problems == ()
    printed = cutting.image.crop((0, 0, sheet.width, sheet.height))
    assert printed.tobytes() == sheet.image.tobytes()
    beneath = cutting.image.crop((0, sheet.height, sheet.width, cutting.image.height))
    assert beneath.convert("L").getextrema() == (255, 255)


@given(sheets())
def test_no_band_is_higher_than_128_rows_and_none_is_lost(sheet: Sheet) -> None:
    rasters = [x for x in Parser().feed(encode(sheet)) if isinstance(x, c.Raster)]
    assert sum(x.rows for x in rasters) == sheet.height
    assert all(0 < x.rows <= 128 and x.row_bytes * 8 == sheet.width for x in rasters)


@pytest.mark.parametrize("white", [1, 255, True])
def test_white_is_white_however_the_image_was_made(white: int) -> None:
    blank = Sheet(Image.new("1", (16, 2), white), job="A001", title="")
    (raster,) = (x for x in Parser().feed(encode(blank)) if isinstance(x, c.Raster))
    assert raster.data == bytes(4)


def test_dots_that_look_like_a_question_are_noticed() -> None:
    asking = ImageChops.invert(Image.frombytes("1", (24, 1), b"\x10\x04\x01").convert("L")).convert("1")
    assert asks_status(encode(Sheet(asking, job="A001", title="")))
    assert not asks_status(encode(sheet_of(24, 1, b"\xff\xff\xff")))
