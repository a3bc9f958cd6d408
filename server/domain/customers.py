"""Who brings instruments (送检单位/个人): what they may enter, and what of it may be shown.

The masks are the only form in which a name or a phone number leaves the server for a screen, a paper or
a log.
"""

from __future__ import annotations

import re
from email.utils import parseaddr
from typing import Final

from server.protocol.words import CustomerType

PERSONAL: Final[frozenset[CustomerType]] = frozenset({"resident"})
"""Types that have no company."""

USCC_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""GB 32100-2015: digits and capital letters without I, O, S, V, Z."""

CLEARED: Final = "已清除"
"""What is read in place of the name of somebody whose data was cleared; in the table nothing stands there."""

NATURAL: Final[frozenset[CustomerType]] = frozenset({"resident", "sole_trader"})
"""Types whose company is a person: its name goes with theirs. An institution's says nothing of anybody."""

_PHONE = re.compile(r"1[3-9][0-9]{9}|0[0-9]{2,3}[0-9]{7,8}")


def uscc(text: str) -> str | None:
    """The unified social credit code (统一社会信用代码) in ``text``, if its check character is right.

    Spaces and small letters do not matter. GB 32100-2015: weights 3^i mod 31 over the first 17 characters.
    """
    plain = re.sub(r"[ -]", "", text).upper()
    if len(plain) != 18 or any(sign not in USCC_ALPHABET for sign in plain):
        return None
    total = sum(USCC_ALPHABET.index(sign) * pow(3, at, 31) for at, sign in enumerate(plain[:17]))
    return plain if USCC_ALPHABET[-total % 31] == plain[17] else None


def phone(text: str) -> str | None:
    """The phone number in ``text`` as bare digits: a mobile, or a fixed line with its area code."""
    plain = re.sub(r"[ ()-]", "", text).removeprefix("+86")
    return plain if _PHONE.fullmatch(plain) else None


def email(text: str) -> str | None:
    """The address in ``text``, if it is one and nothing else."""
    found = parseaddr(text)[1]
    name, _, domain = found.rpartition("@")
    return found if found == text and text.isascii() and name and "." in domain.strip(".") else None


def tail(number: str) -> str:
    """The last four digits: what stands beside a code as the second proof."""
    return number[-4:]


def mask_phone(number: str) -> str:
    """``138****5678``; of a shorter number at most a third is left."""
    if len(number) < 8:
        return "*" * len(number)
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}"


def mask_person(name: str) -> str:
    """``张*``, ``王**``, ``欧**``: the first sign, then a star for each other."""
    plain = re.sub(r"\s+", "", name)
    if not plain.isascii():
        return plain[:1] + "*" * max(1, min(3, len(plain) - 1)) if plain else ""
    return plain[:1] + "***" if plain else ""


def mask_company(name: str) -> str:
    """``杭州****公司``: masked in the middle, ends of a quarter each (four signs at most)."""
    plain = name.strip()
    if len(plain) < 4:
        return plain[:1] + "*" * max(1, len(plain) - 1) if plain else ""
    end = min(4, max(1, len(plain) // 4))
    return f"{plain[:end]}{'*' * min(6, len(plain) - 2 * end)}{plain[-end:]}"


def mask(type: CustomerType, name: str, company: str) -> str:
    """Who comes, as it may be shown: the person of those without a company, else the company."""
    if name == CLEARED and not company:
        return CLEARED
    return mask_person(name) if type in PERSONAL else mask_company(company)
