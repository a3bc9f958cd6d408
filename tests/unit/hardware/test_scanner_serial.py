"""Texts out of a serial line's bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.scanners.serial import LONGEST, Cutter


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\n\r"])
def test_a_text_ends_with_any_line_end(end: bytes) -> None:
    assert Cutter().feed(b"LQAAAA" + end + b"LQBBBB" + end, 1) == ("LQAAAA", "LQBBBB")


@given(st.lists(st.text("ABC123", min_size=1, max_size=9), max_size=5), st.data())
def test_texts_come_whole_however_the_bytes_arrive(texts: list[str], data: st.DataObject) -> None:
    stream = "".join(f"{text}\r\n" for text in texts).encode()
    cutter, got, at = Cutter(), list[str](), 1.0
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        got += cutter.feed(stream[:size], at)
        stream, at = stream[size:], at + 0.01
    assert got == texts


def test_a_pause_ends_a_text_of_a_scanner_that_sends_no_line_end() -> None:
    cutter = Cutter(pause=0.15)
    assert cutter.feed(b"LQAA", 1.0) == ()
    assert cutter.feed(b"AA", 1.1) == ()
    assert cutter.feed(b"", 1.2) == ()
    assert cutter.feed(b"", 1.3) == ("LQAAAA",)
    assert cutter.feed(b"", 2.0) == ()


def test_a_text_too_long_is_dropped_to_its_end() -> None:
    cutter = Cutter()
    assert cutter.feed(b"X" * (LONGEST + 1), 1) == ()
    assert cutter.feed(b"X\r\nLQAAAA\r\n", 1) == ("LQAAAA",)


def test_bytes_that_are_no_text_do_no_harm() -> None:
    assert Cutter().feed(b"LQ\xff\xfe\x00A\r", 1) == ("LQ\ufffd\ufffd\x00A",)
