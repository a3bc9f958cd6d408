"""What is read from a frame, and what is left alone. The photos are measured by the bench."""

from __future__ import annotations

from typing import Any

import cv2
import numpy
import pytest
import zxingcpp

from hardware.scanners import decode
from hardware.scanners.decode import Code, Format, Frame, Reader, Sight, look, read_codes

FORMATS: tuple[Format, ...] = ("QRCode", "Code128", "DataMatrix")
TEXT = "LQA2B3C4D5E6"
SQUARE: tuple[Format, ...] = ("QRCode", "DataMatrix")


def symbol(text: str, format_: str, scale: int = 4) -> Frame:
    """A symbol with white around it, ``scale`` pixels a module."""
    made: Any = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, format_))
    return numpy.array(made.to_image(scale=scale, add_quiet_zones=True))


def frame(*symbols: Frame, grey: int = 160) -> Frame:
    """A 720p frame with ``symbols`` from left to right."""
    picture = numpy.full((720, 1280), grey, numpy.uint8)
    left = 60
    for one in symbols:
        high, wide = one.shape
        picture[101 : 101 + high, left : left + wide] = one
        left += wide + 80
    return picture


def carpet() -> Frame:
    """Edges everywhere, and no code."""
    noise = numpy.random.default_rng(7).integers(0, 255, (360, 640), dtype=numpy.uint8)
    return cv2.resize(noise, (1280, 720), interpolation=cv2.INTER_CUBIC)


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("quarters", range(4))
def test_a_code_is_read_however_it_is_turned(format_: Format, quarters: int) -> None:
    picture = frame(numpy.rot90(symbol(TEXT, format_, 3), quarters))
    assert read_codes(picture) == [Code(TEXT, format_)]


@pytest.mark.parametrize("format_", SQUARE)
@pytest.mark.parametrize("quarters", range(4))
def test_a_light_code_on_dark_is_read(format_: Format, quarters: int) -> None:
    picture = frame(255 - numpy.rot90(symbol(TEXT, format_, 3), quarters))
    assert read_codes(picture) == [Code(TEXT, format_)]


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("quarters", range(4))
def test_a_code_before_a_carpet_is_read(format_: Format, quarters: int) -> None:
    picture = carpet()
    one = numpy.rot90(symbol(TEXT, format_, 3 if format_ == "Code128" else 5), quarters)
    picture[50 : 50 + one.shape[0], 200 : 200 + one.shape[1]] = one
    assert read_codes(picture) == [Code(TEXT, format_)]


@pytest.mark.parametrize("degrees", range(15, 360, 30))
def test_a_blurred_voucher_held_at_any_angle_is_read(degrees: int) -> None:
    picture = frame(symbol(TEXT, "QRCode", 6), grey=230)
    middle = (60 + 75.0, 101 + 75.0)
    turned = cv2.getRotationMatrix2D(middle, degrees, 1)
    turned[:, 2] += (400, 200)
    seen = cv2.warpAffine(picture, turned, (1280, 720), borderValue=(230,))
    assert read_codes(cv2.GaussianBlur(seen, (0, 0), 1.5)) == [Code(TEXT, "QRCode")]


def test_two_codes_are_two_and_the_same_code_twice_is_one() -> None:
    both = read_codes(frame(symbol("LQAAAA", "QRCode"), symbol("LQBBBB", "QRCode")))
    assert {code.text for code in both} == {"LQAAAA", "LQBBBB"}
    assert len(read_codes(frame(symbol(TEXT, "QRCode"), symbol(TEXT, "QRCode")))) == 1


@pytest.mark.parametrize("other", ["EAN13", "Code39", "Aztec", "PDF417", "ITF", "Codabar"])
def test_other_kinds_of_code_are_not_for_us(other: str) -> None:
    text = {"EAN13": "4006381333931", "ITF": "12345678", "Codabar": "A12345A"}.get(other, "ABC123")
    picture = frame(symbol(text, other, 2))
    assert read_codes(picture) == []


def test_control_characters_come_as_they_are() -> None:
    text = "A\x1dB\r\nC\tD"
    assert read_codes(frame(symbol(text, "QRCode"))) == [Code(text, "QRCode")]


def test_chinese_is_read_as_it_was_written() -> None:
    assert read_codes(frame(symbol("计量检测 立取", "QRCode"))) == [Code("计量检测 立取", "QRCode")]


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (7, 5), (720, 1280), (2000, 17)])
@pytest.mark.parametrize("grey", [0, 128, 255])
def test_an_empty_frame_of_any_size_has_no_code(size: tuple[int, int], grey: int) -> None:
    assert look(numpy.full(size, grey, numpy.uint8)) == Sight()


def test_a_carpet_has_no_code() -> None:
    assert read_codes(carpet()) == []


def test_grey_colour_and_transparent_frames_read_the_same() -> None:
    grey = symbol(TEXT, "QRCode")
    colour = cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)
    transparent = numpy.zeros((*grey.shape, 4), numpy.uint8)
    transparent[..., 3] = 255 - grey
    for picture in (grey, colour, transparent, grey[:, ::-1][:, ::-1]):
        assert read_codes(picture) == [Code(TEXT, "QRCode")]


@pytest.mark.parametrize(
    "thing",
    [
        numpy.zeros((0, 10), numpy.uint8),
        numpy.zeros((10, 10)),
        numpy.zeros((10, 10, 2), numpy.uint8),
        numpy.zeros(10, numpy.uint8),
        None,
        b"frame",
    ],
)
def test_what_is_not_a_frame_is_refused(thing: Any) -> None:
    with pytest.raises(ValueError, match="a frame is"):
        read_codes(thing)


def too_far(format_: Format) -> Frame:
    """A code at half the pixels a module that should be there."""
    one = symbol(TEXT, format_, 8)
    pixels = {"QRCode": 1.4, "DataMatrix": 1.3}[format_]
    size = (int(one.shape[1] * pixels / 8), int(one.shape[0] * pixels / 8))
    return cv2.GaussianBlur(frame(cv2.resize(one, size, interpolation=cv2.INTER_AREA)), (0, 0), 0.7)


@pytest.mark.parametrize(("format_", "pixels"), [("QRCode", 1.65), ("DataMatrix", 2.0), ("Code128", 2.0)])
def test_a_code_is_read_from_afar(format_: Format, pixels: float) -> None:
    one = symbol(TEXT, format_, 8)
    size = (int(one.shape[1] * pixels / 8), int(one.shape[0] * pixels / 8))
    picture = frame(cv2.resize(one, size, interpolation=cv2.INTER_AREA))
    assert read_codes(cv2.GaussianBlur(picture, (0, 0), 0.7)) == [Code(TEXT, format_)]


@pytest.mark.parametrize("format_", SQUARE)
def test_a_code_too_far_away_is_seen_and_not_read(format_: Format) -> None:
    assert look(too_far(format_)) == Sight((), unread=True)


def test_a_damaged_code_is_seen_and_not_read() -> None:
    one = symbol(TEXT, "QRCode", 6)
    one[90:150, 90:150] = 0
    assert look(frame(one)) == Sight((), unread=True)


def test_one_look_alone_does_not_ask_to_hold_it_closer() -> None:
    reader, far, empty = Reader(), too_far("QRCode"), frame()
    assert [reader.read(one).unread for one in (far, empty, far, far)] == [False, False, True, True]
    assert not reader.read(frame(symbol(TEXT, "QRCode"))).unread
    assert [reader.read(one).unread for one in (far, empty, empty, empty)] == [False] * 4


def test_every_third_frame_is_looked_at_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    depths: list[bool] = []

    def noted(_: Frame, *, deep: bool = False) -> Sight:
        depths.append(deep)
        return Sight()

    monkeypatch.setattr(decode, "look", noted)
    reader = Reader()
    for _ in range(6):
        reader.read(frame())
    assert depths == [False, False, True] * 2


def test_what_the_fast_stage_reads_ends_the_look(monkeypatch: pytest.MonkeyPatch) -> None:
    stages: list[bool] = []
    find = decode._find

    def noted(grey: Frame, *, full: bool, **more: Any) -> list[Any]:
        stages.append(full)
        return find(grey, full=full, **more)

    monkeypatch.setattr(decode, "_find", noted)
    assert look(frame(symbol(TEXT, "QRCode")), deep=True).codes
    assert stages == [False]
