"""What the flow promises of booking: by touch alone, all read and agreed to, one press one appointment."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk import appointing as b
from kiosk import flow
from kiosk import model as m
from kiosk import visit as v
from tests.ui import kiosk_returning as back
from tests.ui import kiosk_visits as visits
from tests.ui.kiosk_states import EQUIPPED, at
from tests.unit.kiosk.flow_steps import question, run

NOW = 1000.0
SCALE = "price-scale"


def test_from_home_to_the_voucher_by_touch_alone() -> None:
    state, asked = run(
        EQUIPPED,
        b.BookTouched(),
        v.CustomerTouched("sole_trader"),
        v.FieldTouched("trade"),
        v.ItemTouched(SCALE),
        v.CompleteTouched(SCALE, True),
        v.AddTouched(),
        b.TimesTouched(),
    )
    slots = question(asked)
    assert isinstance(slots, b.FindSlots)
    state, _ = run(
        state,
        b.SlotsFound(slots.key, back.SLOTS),
        b.DayTouched(back.MONDAY),
        b.SlotTouched(back.FREE.id),
        *(m.KeyTouched(digit) for digit in back.PHONE),
        m.EnterTouched(),
        b.TickTouched(SCALE),
        b.TickTouched(b.CONSENT),
    )
    assert isinstance(state.screen, b.Confirming)
    state, asked = run(state, m.TakeTouched("fresh"))
    press = question(asked)
    assert isinstance(press, b.BookPress)
    assert (press.key, press.phone, press.slot, press.consent) == ("fresh", back.PHONE, back.FREE.id, "1")
    notice = visits.ITEMS[SCALE].notice
    assert notice is not None
    assert press.acknowledged == ((SCALE, notice.version),)
    assert back.PHONE not in repr(press)
    state, effects = run(state, b.Booked("fresh", back.VOUCHER))
    assert effects == [b.PrintVoucher(back.VOUCHER, False, "zh")]
    state, _ = run(state, b.VoucherEnded(back.VOUCHER.code, "printed"), m.DoneTouched())
    assert state.screen == m.Home()


def test_nothing_is_booked_before_all_is_ticked() -> None:
    for touch in (m.TakeTouched("x"), m.EnterTouched(), m.DoneTouched()):
        state, asked = run(at(back.AGREEING), touch)
        assert (state.screen, asked) == (back.AGREEING, [])
    state, _ = run(at(back.AGREEING), b.TickTouched(b.CONSENT))
    assert isinstance(state.screen, b.Agreeing)
    assert state.screen.page == 0, "on to what is not read yet"


@pytest.mark.parametrize(
    ("digits", "fault"), [("", "short"), ("1391234567", "short"), ("11912345678", "wrong")]
)
def test_a_phone_number_that_is_none_goes_no_further(digits: str, fault: str) -> None:
    screen = b.Phoning(back.SLOT, back.FREE, digits)
    state, _ = run(at(screen), m.EnterTouched())
    assert state.screen == replace(screen, fault=fault)  # type: ignore[arg-type]


def test_a_full_day_and_a_full_time_can_not_be_chosen() -> None:
    full_day = next(day for day in back.SLOTS.days if day.works and not any(one.free for one in day.slots))
    assert run(at(back.DAY), b.DayTouched(full_day.day))[0].screen == back.DAY
    some = next(
        day for day in back.SLOTS.days if any(not one.free for one in day.slots) and day.slots[0].free
    )
    screen = b.ChoosingSlot(back.DAY, some.day)
    taken = next(one for one in some.slots if not one.free)
    assert run(at(screen), b.SlotTouched(taken.id))[0].screen == screen


def test_back_goes_one_step_and_keeps_what_was_chosen() -> None:
    state = at(back.CONFIRMING)
    seen: list[type] = []
    for _ in range(6):
        state, _ = run(state, m.BackTouched())
        seen.append(type(state.screen))
    assert seen == [b.Agreeing, b.Phoning, b.ChoosingSlot, b.ChoosingDay, v.Basket, v.ChoosingField]
    assert isinstance(state.screen, v.ChoosingField)
    assert state.screen.draft.picks == back.DRAFT.picks


def test_a_slot_that_was_taken_meanwhile_leads_back_to_what_was_chosen() -> None:
    state, _ = run(at(back.CONFIRMING), m.TakeTouched("fresh"))
    state, _ = run(state, m.WasRefused("fresh", "slot_full", "这个时段刚约满", "请另选一个时间。"))
    assert isinstance(state.screen, m.Refused)
    assert not state.screen.gives
    state, _ = run(state, m.BackTouched())
    assert isinstance(state.screen, v.Basket)
    assert state.screen.draft.picks == back.DRAFT.picks
    assert state.screen.draft.booking


def test_a_lost_answer_is_asked_for_with_the_same_key() -> None:
    state, first = run(at(back.CONFIRMING), m.TakeTouched("fresh"))
    state, _ = run(state, m.Unanswered("fresh"))
    assert isinstance(state.screen, m.Unreached)
    _state, again = run(state, m.RetryTouched())
    assert question(again) == question(first)


def test_a_basket_for_booking_takes_no_number_and_one_for_now_no_time() -> None:
    booking, now = v.Basket(back.DRAFT, visits.VERDICT), v.Basket(replace(back.DRAFT, booking=False))
    assert run(at(booking), m.TakeTouched("x"))[1] == []
    assert run(at(now), b.TimesTouched())[1] == []
    assert run(at(booking), v.FirstTouched())[0].screen == booking


def test_a_voucher_without_paper_stands_until_it_is_let_go_and_a_second_says_so() -> None:
    state, _ = run(
        at(b.Appointed(back.VOUCHER, "printing", NOW)), b.VoucherEnded(back.VOUCHER.code, "unknown")
    )
    state, effects = run(state, m.PrintAgainTouched())
    assert effects == [b.PrintVoucher(back.VOUCHER, True, "zh")]
    assert run(state, m.HomeTouched())[0].screen == state.screen
    none = at(b.Appointed(back.VOUCHER, "none", NOW), printer="none", touched_at=NOW)
    assert isinstance(flow.step(none, m.Tick(), NOW + 46)[0].screen, m.StillThere)


def test_a_kiosk_that_does_not_book_has_no_way_in() -> None:
    bare = replace(EQUIPPED, rules=replace(EQUIPPED.rules, booking=False))
    assert run(bare, b.BookTouched())[0].screen == m.Home()
    assert run(replace(EQUIPPED, catalogue=None), b.BookTouched())[0].screen == m.Home()
