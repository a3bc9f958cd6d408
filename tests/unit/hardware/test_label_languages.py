"""Labels as ZPL and TSPL: golden bytes, other readers of the same bytes, and the printers' answers."""

from __future__ import annotations

import zlib
from base64 import b64decode
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from hardware.printers.base import Sheet
from hardware.printers.labels.language import Stock
from hardware.printers.labels.tspl import Tspl
from hardware.printers.labels.zpl import Zpl, z64
from hardware.printers.simulator import commands as c
from hardware.printers.simulator.tspl import TsplParser
from hardware.printers.simulator.zpl import ZplParser
from tests.unit.hardware.tspl_reader import black_dots

STOCK = Stock(width=50, height=30, gap=2)
GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "labels"


def small() -> Sheet:
    image = Image.new("1", (16, 4), 255)
    ImageDraw.Draw(image).rectangle((0, 0, 3, 1), fill=0)
    return Sheet(image, job="W-1", title="")


def random_sheet(data: bytes, width: int = 400) -> Sheet:
    return Sheet(Image.frombytes("1", (width, len(data) * 8 // width), data), job="W-1", title="")


def dots_of(sheet: Sheet) -> set[tuple[int, int]]:
    pixels = sheet.image.convert("L").tobytes()
    return {(at % sheet.width, at // sheet.width) for at, level in enumerate(pixels) if not level}


def test_a_small_label_is_these_bytes_of_zpl() -> None:
    head, coded = Zpl().encode(small(), STOCK).split(b":Z64:")
    assert head == b"^XA^PW400^LL240^LH0,0^FO0,0^GFA,8,8,2,"
    text, _, tail = coded.partition(b":")
    assert zlib.decompress(b64decode(text, validate=True)) == bytes.fromhex("f000 f000 0000 0000")
    assert tail[4:] == b"^FS^PQ1^XZ\n"


def test_z64_is_as_the_guide_writes_it() -> None:
    # The check value of this CRC for "123456789" is 31C3: base64 text is what it runs over.
    assert z64(b"") == b":Z64:eNoDAAAAAAE=:" + b"%04X" % crc16(b"eNoDAAAAAAE=")
    assert crc16(b"123456789") == 0x31C3


def crc16(data: bytes) -> int:
    """CRC-16 of polynomial 1021 hex from 0, bit by bit."""
    crc = 0
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


def test_a_small_label_is_these_bytes_of_tspl() -> None:
    assert Tspl().encode(small(), STOCK) == (
        b"SIZE 50 mm,30 mm\r\nGAP 2 mm,0 mm\r\nDIRECTION 0\r\nREFERENCE 0,0\r\nCLS\r\n"
        b"BITMAP 0,0,2,4,0,\x0f\xff\x0f\xff\xff\xff\xff\xff\r\nPRINT 1,1\r\n"
    )


@pytest.mark.parametrize("name", ["plain", "fragile", "long", "bare"])
def test_the_strict_reader_sees_the_same_dots_in_tspl(name: str) -> None:
    with Image.open(GOLDEN / f"{name}.png") as golden:
        sheet = Sheet(golden.convert("1"), job="W-1", title="")
    width, length, black = black_dots(Tspl().encode(sheet, STOCK))
    assert (width, length) == (400, 240)
    assert black == dots_of(sheet)


TRICKY = st.lists(st.sampled_from((b"\x1b", b"!", b"?", b"R", b"\r", b"\n", b"\xff", b"\x00")), min_size=6)


@settings(max_examples=150, deadline=None)
@given(parts=TRICKY, width=st.sampled_from((8, 16, 24)))
def test_no_dots_of_a_tspl_label_are_taken_for_an_immediate_command(parts: list[bytes], width: int) -> None:
    row = width // 8
    data = b"".join(parts)
    sheet = random_sheet(data[: len(data) // row * row], width)
    job = Tspl().encode(sheet, Stock(width=3, height=100, gap=2))
    assert b"\x1b!" not in job
    assert black_dots(job)[2] == dots_of(sheet)


@settings(max_examples=30, deadline=None)
@given(data=st.binary(min_size=100, max_size=100), cut=st.integers(1, 400))
@pytest.mark.parametrize("language", ["zpl", "tspl"])
def test_the_simulator_reads_what_the_driver_writes_however_it_arrives(
    language: str, data: bytes, cut: int
) -> None:
    sheet = random_sheet(data)
    job = (Zpl() if language == "zpl" else Tspl()).encode(sheet, STOCK)
    parser = ZplParser() if language == "zpl" else TsplParser()
    made = [*parser.feed(job[:cut]), *parser.feed(job[cut:])]
    assert not parser.unfinished
    (label,) = made
    assert isinstance(label, c.Label)
    assert (label.width, label.rows, label.copies) == (400, 240, 1)
    assert label.data[: len(data)] == data
    assert set(label.data[len(data) :]) == {255}


@settings(max_examples=100, deadline=None)
@given(
    junk=st.lists(st.one_of(st.binary(max_size=60), st.sampled_from((b"^XA", b"^XZ", b"CLS\r\n", b"\x1b!?"))))
)
def test_no_bytes_break_the_simulators_readers(junk: list[bytes]) -> None:
    for parser in (ZplParser(), TsplParser()):
        for portion in junk:
            for command in parser.feed(portion):
                assert isinstance(command, c.Malformed | c.AskStatus)


GOOD = Zpl().encode(small(), STOCK).decode()


@pytest.mark.parametrize(
    ("job", "why"),
    [
        (GOOD.replace("^PW400", ""), "without its size"),
        (GOOD.replace("8,8,2", "9,9,2"), "not whole rows"),
        (GOOD.replace("8,8,2", "6,6,2"), "another size"),
        (GOOD.replace("8,8,2", "8,9,2"), "GFA,bytes"),
        (GOOD.replace("^FO0,0", "^FO0,239"), "does not fit"),
        (GOOD[: GOOD.rindex(":") + 1] + "0000^FS^PQ1^XZ", "check sum"),
        (GOOD.replace("^FS", "^FDx^FS"), "not understood"),
        (GOOD.replace("^PQ1", "^PQ0"), "number from"),
        ("hello" + GOOD, "outside of a format"),
    ],
)
def test_the_simulator_refuses_zpl_with_a_fault(job: str, why: str) -> None:
    first = next(iter(ZplParser().feed(job.encode())))
    assert isinstance(first, c.Malformed)
    assert why in first.why


def hs(
    paper: int = 0, pause: int = 0, waiting: int = 0, head: int = 0, ribbon: int = 0, hot: int = 0
) -> bytes:
    return (
        f"\x02030,{paper},{pause},0240,{waiting:03d},0,0,0,000,0,0,{hot}\x03\r\n"
        f"\x02000,0,{head},{ribbon},0,2,4,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n"
    ).encode()


@pytest.mark.parametrize(
    ("heard", "state", "waiting"),
    [
        (hs(), "ready", 0),
        (hs(waiting=7), "ready", 7),
        (hs(paper=1), "out_of_paper", 0),
        (hs(paper=1, pause=1, head=1), "cover_open", 0),
        (hs(pause=1), "error", 0),
        (hs(ribbon=1), "error", 0),
        (hs(hot=1), "error", 0),
        (b"ALERT\r\n\x02noise\x03" + hs(paper=1), "out_of_paper", 0),
    ],
)
def test_a_host_status_says_what_a_person_must_clear(heard: bytes, state: str, waiting: int) -> None:
    answer = Zpl().answer(heard)
    assert answer is not None
    assert (answer.status.state, answer.waiting) == (state, waiting)
    assert Zpl().answer(heard[: len(heard) - 6]) is None


@pytest.mark.parametrize(
    ("byte", "state", "waiting"),
    [
        (0x00, "ready", 0),
        (0x20, "ready", 1),
        (0x01, "cover_open", 0),
        (0x05, "cover_open", 0),
        (0x04, "out_of_paper", 0),
        (0x02, "error", 0),
        (0x08, "error", 0),
        (0x10, "error", 0),
        (0x80, "error", 0),
    ],
)
def test_a_byte_says_what_a_person_must_clear(byte: int, state: str, waiting: int) -> None:
    for before in (b"", b"{LIQU0001}", b"A"):
        answer = Tspl().answer(before + bytes([byte]))
        assert answer is not None
        assert (answer.status.state, answer.waiting) == (state, waiting)
    assert Tspl().answer(b"") is None
    assert Tspl().answer(b"{LIQU00") is None
