"""Acceptance (受理) at the counter: the sheet that the acceptor fills in and answers for, as a value.

What stands against a signature is found here, all of it at once; nothing is signed while anything does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Final, Literal, TypeAlias, get_args

from server.protocol.views import Text

from .catalogue import Item
from .refusal import Refusal

Here: TypeAlias = Literal["", "here", "missing", "not_needed"]
"""Whether a part that belongs to a piece came with it; empty: not looked at yet."""
Seen: TypeAlias = Literal["", "scan", "hand"]
"""How a piece was counted: its label was scanned, or somebody ticked it."""
Review: TypeAlias = Literal["demands", "regulation", "ability", "time", "fee"]
"""合同评审: what is asked is clear (要求明确); the regulation fits (规程适用); people and equipment are able
and authorised (能力与授权); the day promised can be kept (期限可行); the fee was told (收费已告知)."""
REVIEWS: Final[tuple[Review, ...]] = get_args(Review)
Way: TypeAlias = Literal["collect", "post", "deliver", "electronic"]
"""How the customer gets it back: 自取 · 邮寄 · 送回 · 电子证书."""
WAYS: Final[tuple[Way, ...]] = get_args(Way)
NEED_ADDRESS: Final[frozenset[Way]] = frozenset({"post", "deliver", "electronic"})
SiteKind: TypeAlias = Literal["fixed", "temporary", "mobile"]
"""固定 · 临时 · 流动"""
AcceptanceState: TypeAlias = Literal["draft", "signed", "rejected"]


@dataclass(frozen=True, slots=True)
class Site:
    """A place where the hall works (站点): its own rooms, a temporary place, a vehicle."""

    id: str
    name: Text
    kind: SiteKind = "fixed"


@dataclass(frozen=True, slots=True)
class Look:
    """One line of the appearance checklist. ``good`` None: not looked at yet."""

    good: bool | None = None
    remark: str = ""
    """What is wrong with it; needed where it is not good."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What was found on one piece."""

    seen: Seen = ""
    looks: tuple[Look, ...] = ()
    accessories: tuple[Here, ...] = ()
    maker: str = ""
    """制造单位"""
    model: str = ""
    """规格型号"""
    serial: str = ""
    """出厂编号"""
    careful: bool = False
    """Put down with care (轻放), ticked for what is fragile."""
    refused: str = ""
    """Why this piece is not taken in; empty: it is."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """受理单. Says nothing of who the customer is."""

    counted: Mapping[str, int] = field(default_factory=dict)
    """Item → pieces that were counted."""
    pieces: Mapping[str, Piece] = field(default_factory=dict)
    """Identity code → what was found."""
    reviewed: frozenset[Review] = frozenset()
    waived: Mapping[str, str] = field(default_factory=dict)
    """Item → why its fee is waived."""
    remark: str = ""
    rejected: str = ""
    """Why the order was rejected."""

    def piece(self, code: str) -> Piece:
        return self.pieces.get(code, Piece())


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The sheet with who wrote it last and who signed it."""

    order: str
    hall: str
    state: AcceptanceState
    sheet: Sheet
    version: int
    """Of the sheet: who saves names the one that they saw."""
    changed_at: datetime
    changed_by: str
    signed_at: datetime | None = None
    signed_by: str = ""


@dataclass(frozen=True, slots=True)
class Handed:
    """A registered piece as the sheet's rules see it."""

    code: str
    index: int
    item: Item


@dataclass(frozen=True, slots=True)
class Gap:
    """What is missing on the sheet; ``piece`` is its place in the order."""

    what: Literal["seen", "look", "defect", "accessory", "careful", "review", "all_refused"]
    piece: int = 0
    name: Text | None = None
    review: Review | None = None


def fitted(piece: Piece, item: Item) -> Piece:
    """``piece`` with as many lines as its item asks for."""
    looks = (*piece.looks, *(Look() for _ in item.looks))[: len(item.looks)]
    blank: tuple[Here, ...] = ("",)
    parts = piece.accessories + blank * len(item.accessories)
    return replace(piece, looks=looks, accessories=parts[: len(item.accessories)])


def all_good(piece: Piece, item: Item) -> Piece:
    """``piece`` as one that is all right in every respect that was not said otherwise before."""
    full = fitted(piece, item)
    return replace(
        full,
        seen=full.seen or "hand",
        looks=tuple(Look(True) if one.good is None else one for one in full.looks),
        accessories=tuple(one or "here" for one in full.accessories),
        careful=full.careful or item.fragile,
    )


def differs(sheet: Sheet, declared: Mapping[str, int]) -> tuple[str, int, int] | None:
    """The first (item, declared, counted) that differ; a piece that is refused was counted too."""
    for item, pieces in declared.items():
        counted = sheet.counted.get(item, 0)
        if counted != pieces:
            return item, pieces, counted
    return None


def gaps(sheet: Sheet, handed: Sequence[Handed]) -> list[Gap]:
    """All that is still missing before the sheet can be signed."""
    found: list[Gap] = []
    for one in handed:
        piece = fitted(sheet.piece(one.code), one.item)
        if piece.refused:
            continue
        if not piece.seen:
            found.append(Gap("seen", one.index))
        for look, name in zip(piece.looks, one.item.looks, strict=True):
            if look.good is None:
                found.append(Gap("look", one.index, name))
            elif not look.good and not look.remark:
                found.append(Gap("defect", one.index, name))
        found += [
            Gap("accessory", one.index, name)
            for here, name in zip(piece.accessories, one.item.accessories, strict=True)
            if here in ("", "missing")
        ]
        if one.item.fragile and not piece.careful:
            found.append(Gap("careful", one.index))
    found += [Gap("review", review=review) for review in REVIEWS if review not in sheet.reviewed]
    if handed and all(sheet.piece(one.code).refused for one in handed):
        found.append(Gap("all_refused"))
    return found


def may_sign(
    sheet: Sheet, handed: Sequence[Handed], declared: Mapping[str, int], *, customer: bool
) -> Refusal | None:
    """The first rule against a signature: who, how many, what was looked at. None: it may be signed."""
    if not customer:
        return Refusal("customer_needed")
    difference = differs(sheet, declared)
    if difference is not None:
        item, pieces, counted = difference
        name = next((one.item.name for one in handed if one.item.id == item), Text(zh=item, en=item))
        return Refusal("counted_differs", {"item": name, "declared": str(pieces), "counted": str(counted)})
    missing = gaps(sheet, handed)
    if any(gap.what == "careful" for gap in missing):
        return Refusal("fragile_not_ticked")
    return Refusal("check_missing") if missing else None


def new_wishes(earlier: Iterable[Sequence[str]], now: Sequence[str]) -> tuple[str, ...]:
    """What ``now`` asks for that no earlier notice named: what 一次性告知 forbids, once one was given."""
    told = [_plain(one) for notice in earlier for one in notice]
    return tuple(one for one in now if _plain(one) not in told) if told else ()


def _plain(told: str) -> str:
    return "".join(told.split()).casefold()


@dataclass(frozen=True, slots=True)
class Edit:
    """One thing that was changed on a sheet, for the journal."""

    what: str
    old: Any
    new: Any


def edits(was: Sheet, now: Sheet) -> list[Edit]:
    """What differs, leaf by leaf: ``pieces.S….maker``, ``counted.lensmeter`` and so on."""
    old, new = dict(_leaves("", _plainly(was))), dict(_leaves("", _plainly(now)))
    return [
        Edit(name, old.get(name), new.get(name))
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    ]


def _plainly(sheet: Sheet) -> dict[str, Any]:
    told = asdict(sheet)
    told["reviewed"] = dict.fromkeys(sorted(sheet.reviewed), True)
    return told


def _leaves(name: str, told: Any) -> Iterable[tuple[str, Any]]:
    """The leaves of nested values; what is empty is as good as absent."""
    if isinstance(told, Mapping):
        for key, value in told.items():
            yield from _leaves(f"{name}.{key}" if name else str(key), value)
    elif isinstance(told, list | tuple):
        for number, value in enumerate(told):
            yield from _leaves(f"{name}.{number}", value)
    elif told not in ("", None):
        yield name, told
