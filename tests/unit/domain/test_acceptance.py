"""The acceptor's sheet: what stands against a signature, and what an edit leaves behind."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from server.domain.acceptance import (
    REVIEWS,
    Handed,
    Look,
    Piece,
    Sheet,
    all_good,
    edits,
    gaps,
    may_sign,
    new_wishes,
)
from server.domain.catalogue import Caps, Item
from server.domain.refusal import Refusal
from server.protocol.views import Text

BOX = Item(
    id="box",
    name=Text(zh="镜片箱", en="Lens box"),
    field="optometry",
    section="光学室",
    service="submit",
    regulations=(),
    caps=Caps(9, 9, 9),
    unit_minutes=10,
    fragile=True,
    accessories=(Text(zh="镜片清单", en="Lens list"),),
    looks=(Text(zh="完好", en="Whole"), Text(zh="铭牌清晰", en="Legible")),
)
TWO = [Handed("S1", 1, BOX), Handed("S2", 2, BOX)]
WHOLE = Sheet(
    counted={"box": 2},
    pieces={"S1": all_good(Piece(), BOX), "S2": all_good(Piece(), BOX)},
    reviewed=frozenset(REVIEWS),
)


def sign(sheet: Sheet, *, customer: bool = True) -> Refusal | None:
    return may_sign(sheet, TWO, {"box": 2}, customer=customer)


def with_piece(piece: Piece) -> Sheet:
    return replace(WHOLE, pieces={**WHOLE.pieces, "S1": piece})


def test_a_whole_sheet_is_signed() -> None:
    assert sign(WHOLE) is None


@given(st.integers(0, 9).filter(lambda count: count != 2))
def test_any_other_count_blocks_the_signature(count: int) -> None:
    refusal = sign(replace(WHOLE, counted={"box": count}))
    assert refusal is not None
    assert refusal.code == "counted_differs"
    assert (refusal.places["declared"], refusal.places["counted"]) == ("2", str(count))


def test_a_lens_box_asks_for_its_parts() -> None:
    piece = WHOLE.pieces["S1"]
    for here in ("", "missing"):
        found = gaps(with_piece(replace(piece, accessories=(here,))), TWO)
        assert [(gap.what, gap.piece, gap.name) for gap in found] == [("accessory", 1, BOX.accessories[0])]
    assert sign(with_piece(replace(piece, accessories=("not_needed",)))) is None


def test_what_is_fragile_needs_the_tick() -> None:
    refusal = sign(with_piece(replace(WHOLE.pieces["S1"], careful=False)))
    assert refusal == Refusal("fragile_not_ticked")


def test_a_defect_needs_a_word() -> None:
    piece = WHOLE.pieces["S1"]
    bad = replace(piece, looks=(Look(False), piece.looks[1]))
    assert [gap.what for gap in gaps(with_piece(bad), TWO)] == ["defect"]
    told = replace(bad, looks=(Look(False, "裂纹"), piece.looks[1]))
    assert gaps(with_piece(told), TWO) == []


def test_a_refused_piece_asks_for_nothing_and_all_refused_is_no_acceptance() -> None:
    assert sign(with_piece(Piece(refused="碎裂"))) is None
    none = replace(WHOLE, pieces={code: Piece(refused="碎裂") for code in ("S1", "S2")})
    assert [gap.what for gap in gaps(none, TWO)] == ["all_refused"]


def test_all_good_keeps_what_was_said_before() -> None:
    said = Piece(looks=(Look(False, "划痕"),), accessories=("not_needed",), maker="甲厂")
    made = all_good(said, BOX)
    assert made.looks == (Look(False, "划痕"), Look(True))
    assert (made.accessories, made.maker, made.careful) == (("not_needed",), "甲厂", True)


def test_an_edit_tells_old_and_new_and_nothing_else() -> None:
    now = with_piece(replace(WHOLE.pieces["S1"], serial="7"))
    assert [(edit.what, edit.old, edit.new) for edit in edits(WHOLE, now)] == [
        ("pieces.S1.serial", None, "7")
    ]
    assert edits(WHOLE, WHOLE) == []
    fewer = replace(WHOLE, reviewed=WHOLE.reviewed - {"fee"})
    assert [(edit.what, edit.old, edit.new) for edit in edits(WHOLE, fewer)] == [("reviewed.fee", True, None)]


def test_only_what_no_notice_named_is_new() -> None:
    assert new_wishes([], ("执照",)) == ()
    assert new_wishes([("执照", "铭 牌")], ("铭牌", "清单")) == ("清单",)
