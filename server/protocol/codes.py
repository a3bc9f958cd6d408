"""Scannable codes: what stands in the bars, dots and squares that this product prints.

    S 7K2M9QXH4T BW        kind, body, two check characters; printed without spaces

All of it is Crockford's base 32 (digits and capital letters without I, L, O, U): ASCII that any scanner
keyboard sends alike, and that nobody takes for another when typing. Read as one number in base 32 a code
is divisible by 1021, the largest prime under 32 x 32: so any single wrong character, and any swap of two
neighbours (or of the two around a third), is caught; so is a torn code, by its length.

A *number to type* (``number_of``) is digits only, because a kiosk has no letter keys: ten digits and two
check digits by ISO 7064 MOD 97-10, with the same promises.

Neither says anything about a person or an instrument: they are only names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PRIME: Final = 1021

Kind = Literal["V", "S", "F", "C", "P", "Z", "E"]
"""V: voucher of an appointment (凭证). S: sample identity (样品标识码), *what* it is. F: flow code (流转码),
*where* it is. C: a case, to follow it (进度). P: proof to collect (取件码). Z: a certificate, to check it
(证书). E: a piece of the institution's own equipment (设备)."""
KINDS: tuple[Kind, ...] = get_args(Kind)

BODY: Final[dict[Kind, int]] = {"V": 13, "S": 10, "F": 10, "C": 13, "P": 13, "Z": 13, "E": 10}
"""Characters of the body. What opens something to whoever has it (V, C, P, Z) has 65 random bits. The others
are 50 bits, short enough for a Code 128 of two dots a bar on a 50 mm label."""
NUMBER_DIGITS: Final = 12

Fault = Literal["empty", "foreign", "torn", "mistyped"]
"""Why a text is none of our codes. ``foreign``: not of our making. ``torn``: ours, but a part is missing or
too much. ``mistyped``: a character is wrong, or two are swapped."""

_LOOKALIKES = str.maketrans("OIL", "011")
_VALUES = {sign: value for value, sign in enumerate(ALPHABET)}


@dataclass(frozen=True, slots=True)
class Code:
    """A code whose check characters are right; ``text`` as it is printed."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number to type whose check digits are right; ``text`` without spaces."""

    text: str


Reading: TypeAlias = Code | Number | Fault


def code_of(kind: Kind, random: int) -> str:
    """The code of ``kind`` with the lowest 5 bits a character of ``random`` as its body."""
    body = "".join(ALPHABET[random >> 5 * place & 31] for place in range(BODY[kind]))
    rest = _value(kind + body) * 1024 % PRIME
    check = -rest % PRIME
    return kind + body + ALPHABET[check >> 5] + ALPHABET[check & 31]


def number_of(random: int) -> str:
    """The number to type made of ``random`` (its last ten decimal digits)."""
    body = random % 10 ** (NUMBER_DIGITS - 2)
    return f"{body:010d}{98 - body * 100 % 97:02d}"


def spaced(number: str) -> str:
    """A number as people read it: ``1234 5678 9012``."""
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))


def read(text: str) -> Reading:
    """What a scanned or typed ``text`` is. Spaces, hyphens, small letters and look-alikes do not matter."""
    plain = re.sub(r"[ \t\r\n-]+", "", text).upper()
    if not plain:
        return "empty"
    if plain.isascii() and plain.isdigit() and len(plain) <= NUMBER_DIGITS + 1:
        return _number(plain)
    plain = plain.translate(_LOOKALIKES)
    kind = next((one for one in KINDS if plain.startswith(one)), None)
    if kind is None or len(plain) > 24 or any(sign not in _VALUES for sign in plain):
        return "foreign"
    if len(plain) != 1 + BODY[kind] + 2:
        return "torn"
    return Code(kind, plain) if _value(plain) % PRIME == 0 else "mistyped"


def could_be_ours(text: str) -> bool:
    """Whether a label that says this could be one of ours, whole or with a slip: it must name nothing else.

    Labels of others often begin with one of our letters, too: a torn code counts from two thirds on.
    """
    reading = read(text)
    if reading == "torn":
        plain = re.sub(r"[ \t\r\n-]+", "", text)
        shortest = 1 + min(BODY.values()) + 2
        return not plain.isdigit() and 3 * len(plain) > 2 * shortest
    return reading not in ("foreign", "empty")


def _number(digits: str) -> Number | Fault:
    if len(digits) != NUMBER_DIGITS:
        return "torn"
    return Number(digits) if int(digits) % 97 == 1 else "mistyped"


def _value(signs: str) -> int:
    value = 0
    for sign in signs:
        value = value * 32 + _VALUES[sign]
    return value
