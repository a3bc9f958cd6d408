"""Bytes that nobody would send on purpose: good ones cut, doubled, swapped, overwritten and spliced."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from random import Random

EDGES = (0, 1, 0x10, 0x12, 0x1B, 0x1D, 0x22, 0x27, 0x2C, 0x5B, 0x7B, 0x7F, 0x80, 0xC0, 0xEF, 0xFE, 0xFF)
WORDS = (
    *(
        b"[" * 5000,
        b'{"a":' * 5000,
        b'"' * 99,
        b"9" * 400,
        b"1e999",
        b"-1",
        b"NaN",
        b"Infinity",
        b"null",
        b"true",
    ),
    *(
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\xed\xa0\x80",
        b"\x00\x00",
        b"\r\n\r\n",
        b",,,,,,,,",
        b"=cmd|' /C calc'!A0",
    ),
    *(
        b"2026-02-30",
        b"9999-12-31T23:59:60Z",
        b"0001-01-01T00:00:00+23:59",
        b"12:00",
        b"PK\x03\x04",
        b"<!DOCTYPE x",
    ),
)


def mutated(seeds: Sequence[bytes], dice: Random, longest: int = 200_000) -> bytes:
    """One of ``seeds`` after one to eight changes; of an archive, mostly, one of its parts is changed."""
    data = dice.choice(seeds)
    if data.startswith(b"PK") and dice.random() < 0.7:
        return _in_archive(data, dice, longest)
    for _ in range(dice.randint(1, 8)):
        data = dice.choice(WAYS)(data, seeds, dice)[:longest]
    return data


def _in_archive(data: bytes, dice: Random, longest: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        hit = dice.choice(names)
        for name in names:
            part = old.read(name)
            new.writestr(name, mutated([part], dice, longest) if name == hit else part)
    return out.getvalue()


def _at(data: bytes, dice: Random) -> int:
    return dice.randint(0, len(data))


def _cut(data: bytes, seeds: Sequence[bytes], dice: Random) -> bytes:
    return data[: _at(data, dice)]


def _drop(data: bytes, seeds: Sequence[bytes], dice: Random) -> bytes:
    begin = _at(data, dice)
    return data[:begin] + data[begin + dice.randint(1, 32) :]


def _overwrite(data: bytes, seeds: Sequence[bytes], dice: Random) -> bytes:
    at = _at(data, dice)
    return (
        data[:at]
        + bytes([dice.choice(EDGES) if dice.random() < 0.5 else dice.randrange(256)])
        + data[at + 1 :]
    )


def _flip(data: bytes, seeds: Sequence[bytes], dice: Random) -> bytes:
    if not data:
        return data
    at = dice.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << dice.randrange(8)]) + data[at + 1 :]


def _word(data: bytes, seeds: Sequence[bytes], dice: Random) -> bytes:
    at = _at(data, dice)
    return data[:at] + dice.choice(WORDS) + data[at + dice.randint(0, 4) :]


def _repeat(data: bytes, seeds: Sequence[bytes], dice: Random) -> bytes:
    begin = _at(data, dice)
    piece = data[begin : begin + dice.randint(1, 64)]
    return data[:begin] + piece * dice.choice((2, 10, 1000)) + data[begin:]


def _splice(data: bytes, seeds: Sequence[bytes], dice: Random) -> bytes:
    other = dice.choice(seeds)
    return data[: _at(data, dice)] + other[_at(other, dice) :]


def _noise(data: bytes, seeds: Sequence[bytes], dice: Random) -> bytes:
    at = _at(data, dice)
    return data[:at] + dice.randbytes(dice.randint(1, 64)) + data[at:]


Way = Callable[[bytes, Sequence[bytes], Random], bytes]
WAYS: tuple[Way, ...] = (_cut, _drop, _overwrite, _flip, _word, _repeat, _splice, _noise)
