"""The simulated printer's parser: strict, in any portions, never a crash, never without bound."""

from __future__ import annotations

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.printers.simulator import commands as c
from hardware.printers.simulator.device import Device
from hardware.printers.simulator.paper import Cutting, Paper
from hardware.printers.simulator.parser import LARGEST, Parser

PRINTED = [
    (b"\x1b@", c.Initialise()),
    ("取号 A1".encode("gb18030"), c.Text("取号 A1".encode("gb18030"))),
    (b"\n", c.LineFeed()),
    (b"\x1bJ\x18", c.Feed(24)),
    (b"\x1bd\x03", c.FeedLines(3)),
    (b"\x1b3\x28", c.LineSpacing(40)),
    (b"\x1b2", c.LineSpacing(30)),
    (b"\x1ba\x01", c.Aligned("centre")),
    (b"\x1ba2", c.Aligned("right")),
    (b"\x1bE\x01", c.Bold(True)),
    (b"\x1d!\x11", c.Size(2, 2)),
    (b"\x1b!\x30", c.Size(2, 2)),
    (b"\x1dv0\x00\x01\x00\x02\x00\xaa\x55", c.Raster(1, 2, b"\xaa\x55")),
    (b"\x1dv0\x03\x01\x00\x01\x00\xf0", c.Raster(1, 1, b"\xf0", wide=2, high=2)),
    (b"\x1d(k\x04\x001A2\x00", c.Nothing("QR model")),
    (b"\x1d(k\x03\x001C\x06", c.QrSet("module", 6)),
    (b"\x1d(k\x03\x001E1", c.QrSet("level", 2)),
    (b"\x1d(k\x06\x001P0abc", c.QrStore(b"abc")),
    (b"\x1d(k\x03\x001Q0", c.QrPrint()),
    (b"\x1dh\x50", c.BarSet("height", 80)),
    (b"\x1dw\x02", c.BarSet("module", 2)),
    (b"\x1dH\x02", c.BarSet("text", 2)),
    (b"\x1dkI\x06{BA{{1", c.Code128("A{1")),
    (b"\x1dkI\x04{C\x0c\x22", c.Code128("1234")),
    (b"\x1dV\x00", c.Cut(full=True)),
    (b"\x1dV1", c.Cut(full=False)),
    (b"\x1dVB\x10", c.Cut(full=False, feed=16)),
    (b"\x10\x04\x04", c.AskStatus(4)),
    (b"\x1da\xff", c.AutoStatus(255)),
    (b"\x1bp\x00\x19\xfa", c.Nothing("ESC p")),
]


@pytest.mark.parametrize(("data", "command"), PRINTED)
def test_each_command_is_understood(data: bytes, command: c.Command) -> None:
    assert list(Parser().feed(data)) == [command]


@given(
    st.lists(st.sampled_from([one for one in PRINTED if not isinstance(one[1], c.Text)]), max_size=12),
    st.integers(1, 9),
)
def test_portions_make_no_difference(pairs: list[tuple[bytes, c.Command]], step: int) -> None:
    data = b"".join(pair[0] for pair in pairs)
    parser = Parser()
    told = [one for at in range(0, len(data), step) for one in parser.feed(data[at : at + step])]
    assert told == [pair[1] for pair in pairs]
    assert not parser.unfinished


@pytest.mark.parametrize(
    "data",
    [
        b"\x07",
        b"\x1bZ",
        b"\x1ba\x09",
        b"\x1dV\x07",
        b"\x10\x04\x09",
        b"\x1dv1",
        b"\x1dv0\x09\x01\x00\x01\x00",
        b"\x1dv0\x00\x00\x00\x01\x00",
        b"\x1d(L",
        b"\x1d(k\x03\x001C\x00",
        b"\x1dk\x04",
        b"\x1dkI\x02AB",
        b"\x1dkI\x00",
        b"\x1dw\x09",
        b"\x1dh\x00",
    ],
)
def test_what_is_no_command_is_told_and_the_next_one_is_understood(data: bytes) -> None:
    told = list(Parser().feed(data + b"\x1b@"))
    assert isinstance(told[0], c.Malformed)
    assert told[-1] == c.Initialise()
    assert len(told) == 2


def test_a_raster_beyond_the_bound_is_passed_over_without_being_held() -> None:
    parser = Parser()
    header = b"\x1dv0\x00\xff\xff\xff\xff"
    (told,) = parser.feed(header)
    assert isinstance(told, c.Malformed)
    left = 0xFFFF * 0xFFFF
    assert left > LARGEST
    assert list(parser.feed(b"\x1b@" * 1000)) == []
    assert parser.unfinished


def test_a_raster_with_more_rows_than_printers_take_is_refused_whole() -> None:
    told = list(Parser().feed(b"\x1dv0\x00\x01\x00\x00\x10" + bytes(4096) + b"\x1b@"))
    assert [type(one) for one in told] == [c.Malformed, c.Initialise]


def test_a_question_within_a_raster_is_answered_as_real_printers_do() -> None:
    told = list(Parser().feed(b"\x1dv0\x00\x03\x00\x01\x00\x10\x04\x01"))
    assert told[0] == c.AskStatus(1)
    assert isinstance(told[1], c.Raster)


@given(st.lists(st.binary(max_size=300), max_size=8))
def test_no_bytes_crash_the_printer(portions: list[bytes]) -> None:
    cut: list[Cutting] = []
    logging.disable(logging.ERROR)
    try:
        session = Device(384, cut.append).connect()
        for portion in portions:
            assert len(session.receive(portion)) <= 4 * len(portion)
        session.end()
    finally:
        logging.disable(logging.NOTSET)
    assert all(piece.image.width == 384 for piece in cut)


def test_paper_without_a_cut_ends_after_three_metres_and_says_so() -> None:
    paper = Paper(384)
    cut = [piece for _ in range(200) for piece in paper.obey(c.FeedLines(255))]
    assert len(cut) > 10
    assert all("without a cut" in piece.problems[0] for piece in cut)
    assert all(piece.image.height < 60_000 for piece in cut)


def test_text_symbols_and_sizes_leave_their_marks_on_paper() -> None:
    import zxingcpp

    paper = Paper(576)
    job = (
        b"\x1b@\x1ba\x01\x1d!\x11"
        + "取号小票".encode("gb18030")
        + b"\n\x1d!\x00\x1d(k\x03\x001C\x06\x1d(k\x0b\x001P0LIQU-001\x1d(k\x03\x001Q0"
        + b"\n\x1dh\x50\x1dw\x03\x1dkI\x06{BA016\x1bd\x04\x1dV\x00"
    )
    (piece,) = [cut for command in Parser().feed(job) for cut in paper.obey(command)]
    assert piece.problems == ()
    codes = zxingcpp.read_barcodes(piece.image.convert("L"))
    assert {(code.text, code.format.name) for code in codes} == {("LIQU-001", "QRCode"), ("A016", "Code128")}
    heading = piece.image.crop((0, 0, 576, 48)).convert("L").point(lambda level: 255 - level).getbbox()
    assert heading is not None
    left, _, right, bottom = heading
    assert 180 <= left < right <= 400
    assert abs((left + right) / 2 - 288) < 8
    assert bottom > 30
