"""What the flow promises of a visit: codes read here, one check-in, each label once, nothing lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk import flow
from kiosk import model as m
from kiosk import visit as v
from kiosk.flows import scanned
from server.protocol.words import Arrival
from tests.ui import kiosk_visits as visits
from tests.ui.kiosk_states import CLOSED, DRAFT, EMERGENCY, EQUIPPED, ROLLING, TICKET, at

NOW = 1000.0
SCALE, CUFF = "price-scale", "electronic-sphygmomanometer"


def run(
    state: m.State, *events: m.Input, now: float = NOW, apart: float = 1.0
) -> tuple[m.State, list[m.Effect]]:
    """The state after ``events``, each ``apart`` seconds from the last; and the effects of the last one."""
    asked: list[m.Effect] = []
    for event in events:
        now += apart
        state, effects = flow.step(state, event, now)
        asked = list(effects)
    return state, asked


def question(effects: list[m.Effect]) -> m.Asked | v.Weigh:
    (effect,) = [effect for effect in effects if isinstance(effect, m.Issue)]
    return effect.press


# ---- codes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "purpose", "found"),
    [
        (visits.CODE, "check_in", scanned.Good(visits.CODE)),
        (f"  {visits.CODE.lower()} ", "check_in", scanned.Good(visits.CODE)),
        (f"https://hall.example/v/{visits.CODE}", "check_in", scanned.Good(visits.CODE)),
        (f"https://hall.example/v/{visits.CODE}", "labels", scanned.Good(visits.CODE)),
        (visits.NUMBER, "check_in", scanned.Good(visits.NUMBER)),
        ("https://hall.example/t/7K3M9QX2ABCDEFGH", "labels", scanned.Good("7K3M9QX2ABCDEFGH")),
        ("https://hall.example/t/7K3M9QX2ABCDEFGH", "check_in", "foreign"),
        ("A017", "labels", scanned.Good("A017")),
        ("A017", "check_in", "foreign"),
        (visits.SAMPLE, "labels", scanned.Good(visits.SAMPLE)),
        (visits.SAMPLE, "check_in", "sample"),
        ("", "check_in", "empty"),
        ("6901234567892", "check_in", "torn"),
        (visits.CODE[:-1], "check_in", "torn"),
        (visits.NUMBER[:-1], "check_in", "torn"),
        (visits.NUMBER[:-1] + ("0" if visits.NUMBER[-1] != "0" else "1"), "check_in", "mistyped"),
        ("https://elsewhere.example/", "check_in", "foreign"),
        ("WIFI:S:hall;T:WPA;P:x;;", "labels", "foreign"),
        ("weixin://qr/abc", "check_in", "foreign"),
    ],
)
def test_what_is_shown_is_told_apart_without_the_server(
    text: str, purpose: v.Purpose, found: scanned.Good | v.ShownFault
) -> None:
    assert scanned.read(text, purpose) == found


def test_a_voucher_held_up_at_home_is_asked_about_at_once() -> None:
    state, asked = run(EQUIPPED, v.Scanned(visits.CODE))
    press = question(asked)
    assert press == v.Look(press.key, visits.CODE, "zh")
    assert state.screen == m.Issuing(press, NOW + 1, before=m.Home())


def test_a_tickets_code_held_up_at_home_asks_for_its_labels() -> None:
    _state, asked = run(EQUIPPED, v.Scanned("https://hall.example/t/7K3M9QX2ABCDEFGH"))
    assert isinstance(question(asked), v.FindLabels)


@pytest.mark.parametrize("text", ["https://elsewhere.example/", "6901234567892", visits.CODE[:-2], ""])
def test_codes_of_the_world_going_by_at_home_move_nothing(text: str) -> None:
    assert run(EQUIPPED, v.Scanned(text)) == (EQUIPPED, [])


@pytest.mark.parametrize(
    "screen",
    [
        m.Holding(TICKET, "out_of_paper", NOW),
        m.Choosing("accept"),
        v.Basket(DRAFT, visits.VERDICT),
        replace(ROLLING, paper="out_of_paper"),
        m.StaffMenu(),
    ],
)
def test_a_scan_takes_nobody_away_from_what_they_do(screen: m.Screen) -> None:
    assert run(at(screen), v.Scanned(visits.CODE))[0].screen == screen


def test_no_scan_counts_in_a_closed_hall_or_an_emergency() -> None:
    for home in (CLOSED, EMERGENCY):
        assert run(replace(EQUIPPED, home=home), v.Scanned(visits.CODE))[1] == []


def test_a_number_is_typed_and_a_wrong_digit_is_told_before_anybody_is_asked() -> None:
    wrong = visits.NUMBER[:-1] + ("0" if visits.NUMBER[-1] != "0" else "1")
    state, asked = run(at(v.Showing("check_in")), *(m.KeyTouched(digit) for digit in wrong), m.EnterTouched())
    assert (state.screen, asked) == (v.Showing("check_in", wrong, "mistyped"), [])
    state, asked = run(state, m.KeyTouched("delete"), m.KeyTouched(visits.NUMBER[-1]), m.EnterTouched())
    assert question(asked) == v.Look("question-1", visits.NUMBER, "zh")


def test_a_kiosk_without_labels_or_catalogue_offers_neither() -> None:
    bare = replace(EQUIPPED, catalogue=None)
    for state, purpose in ((bare, "check_in"), (bare, "labels")):
        assert run(state, v.PurposeTouched(purpose))[0].screen == m.Home()
    no_labels = replace(EQUIPPED, rules=replace(EQUIPPED.rules, labels="none"))
    assert run(no_labels, v.PurposeTouched("labels"))[0].screen == m.Home()
    assert run(no_labels, v.PurposeTouched("check_in"))[0].screen == v.Showing("check_in")


# ---- checking in -----------------------------------------------------------------------------------


def looked(kind: Arrival) -> m.State:
    state, asked = run(EQUIPPED, v.Scanned(visits.CODE))
    return run(state, v.Looked(question(asked).key, visits.arrival(kind)), now=NOW + 1)[0]


def test_on_time_is_one_scan_and_one_touch_then_the_ticket_then_each_label() -> None:
    state = looked("on_time")
    assert state.screen == visits.arrived("on_time")
    state, asked = run(state, m.TakeTouched("k"), now=NOW + 3)
    press = question(asked)
    assert isinstance(press, v.CheckInPress)
    assert (press.key, press.code, press.picks, press.complete) == ("k", visits.CODE, None, True)
    state, asked = run(state, m.Issued("k", TICKET, visits.ORDER), now=NOW + 5)
    visit = v.Visit(visits.ORDER, press.place)
    assert asked == [m.Remember(TICKET), m.Print(TICKET, False, visit)]
    state, asked = run(state, m.PaperEnded("t1", "printed"), now=NOW + 7)
    first, second, third = visits.ORDER.labels
    assert asked == [m.TellPaper("t1", "printed", False), v.PrintLabel("o1", first, False)]
    for done, following in ((first, second), (second, third)):
        state, asked = run(state, v.LabelEnded(done.code, "printed"), now=NOW + 9)
        assert asked == [v.PrintLabel("o1", following, False)]
    state, asked = run(state, v.LabelEnded(third.code, "printed"), now=NOW + 11)
    assert asked == [v.TellLabels()]
    assert isinstance(state.screen, v.Labelling)
    assert (state.screen.out, state.screen.left, state.screen.ticket) == (3, (), TICKET)
    gone = state
    for second_ in range(60):
        gone, _ = flow.step(gone, m.Tick(), NOW + 12 + second_)
    assert gone.screen == m.Home()


@pytest.mark.parametrize("kind", ["wrong_day", "wrong_hall", "already_used", "cancelled", "over"])
def test_a_voucher_that_is_not_for_here_and_now_checks_nobody_in(kind: Arrival) -> None:
    state = looked(kind)
    for touch in (m.TakeTouched("k"), v.PiecesTouched(SCALE, 1), v.CompleteTouched("", False)):
        assert run(state, touch, now=NOW + 3) == (
            replace(state, touched_at=NOW + 4),
            [],
        )


def test_a_used_voucher_leads_to_its_labels_and_a_lost_one_to_a_number() -> None:
    _state, asked = run(looked("already_used"), v.PurposeTouched("labels"), now=NOW + 3)
    assert question(asked) == v.FindLabels("question-2", visits.CODE, "zh")
    assert run(looked("cancelled"), v.ServicesTouched(), now=NOW + 3)[0].screen == v.Services()


def test_fewer_pieces_are_weighed_anew_and_sent_as_they_came() -> None:
    state, asked = run(looked("on_time"), v.PiecesTouched(SCALE, -1), now=NOW + 3)
    weigh = question(asked)
    assert isinstance(weigh, v.Weigh)
    assert weigh.picks == (v.Pick(SCALE, 1), v.Pick(CUFF, 1))
    assert isinstance(state.screen, v.Arrived)
    assert state.screen.verdict is None
    state, _ = run(state, v.Weighed(weigh.key, visits.VERDICT), now=NOW + 4)
    assert isinstance(state.screen, v.Arrived)
    assert state.screen.verdict == visits.VERDICT
    _state, asked = run(state, v.PiecesTouched(CUFF, -1), m.TakeTouched("k"), now=NOW + 6)
    press = question(asked)
    assert isinstance(press, v.CheckInPress)
    assert press.picks == (v.Pick(SCALE, 1),)


def test_an_answer_to_an_older_count_is_not_shown_as_the_newer_ones() -> None:
    state, asked = run(looked("on_time"), v.PiecesTouched(SCALE, -1), now=NOW + 3)
    old = question(asked).key
    state, _ = run(state, v.PiecesTouched(SCALE, 1), now=NOW + 5)
    after, _ = run(state, v.Weighed(old, visits.VERDICT_LEFT), now=NOW + 6)
    assert after == state


def test_the_last_piece_cannot_be_taken_away_and_no_more_than_one_order_may_have_be_added() -> None:
    state = looked("on_time")
    for _ in range(5):
        state, _ = run(state, v.PiecesTouched(SCALE, -1), v.PiecesTouched(CUFF, -1), now=NOW + 3)
    assert isinstance(state.screen, v.Arrived)
    assert sum(pick.pieces for pick in state.screen.picks) == 1
    for _ in range(30):
        state, _ = run(state, v.PiecesTouched(SCALE, 1), now=NOW + 3)
    assert isinstance(state.screen, v.Arrived)
    assert state.screen.picks[0].pieces == visits.ITEMS[SCALE].most_in_order


def test_what_cannot_be_taken_says_why_and_offers_no_number() -> None:
    state, asked = run(looked("on_time"), v.PiecesTouched(SCALE, 1), now=NOW + 3)
    state, _ = run(state, m.WasRefused(question(asked).key, "not_taken", "不受理", "太多了"), now=NOW + 4)
    assert isinstance(state.screen, v.Arrived)
    assert state.screen.why == "太多了"
    assert run(state, m.TakeTouched("k"), now=NOW + 6)[1] == []


def test_missing_parts_are_told_with_the_check_in() -> None:
    _state, asked = run(looked("early"), v.CompleteTouched("", False), m.TakeTouched("k"), now=NOW + 3)
    press = question(asked)
    assert isinstance(press, v.CheckInPress)
    assert not press.complete
    assert press.place is not None


def test_who_comes_late_has_no_slot_on_the_ticket() -> None:
    _state, asked = run(looked("late"), m.TakeTouched("k"), now=NOW + 3)
    press = question(asked)
    assert isinstance(press, v.CheckInPress)
    assert press.place is None


def test_a_look_that_brought_no_answer_is_repeated_with_its_own_question() -> None:
    state, asked = run(EQUIPPED, v.Scanned(visits.CODE))
    press = question(asked)
    state, _ = run(state, m.Unanswered(press.key), now=NOW + 2)
    assert isinstance(state.screen, m.Unreached)
    _state, asked = run(state, m.RetryTouched(), now=NOW + 4)
    assert question(asked) == press


def test_a_refused_look_does_not_speak_of_a_number_that_was_not_given() -> None:
    state, asked = run(EQUIPPED, v.Scanned(visits.CODE))
    state, _ = run(state, m.WasRefused(question(asked).key, "appointment_unknown", "没有", "x"), now=NOW + 2)
    assert state.screen == m.Refused("appointment_unknown", "没有", "x", gives=False)


def test_nothing_of_a_person_is_left_after_a_quiet_minute() -> None:
    state = looked("on_time")
    for second in range(80):
        state, _ = flow.step(state, m.Tick(), NOW + 2 + second)
    assert state.screen == m.Home()
    assert "张" not in repr(replace(state, home=None, catalogue=None))


# ---- registering -----------------------------------------------------------------------------------


def chosen(*touches: m.Touch) -> tuple[m.State, list[m.Effect]]:
    return run(at(v.Services()), v.RegisterTouched(), *touches)


def test_instruments_are_registered_by_touch_alone() -> None:
    state, asked = chosen(
        *(v.CustomerTouched("company"), v.FieldTouched("trade"), v.ItemTouched(SCALE)),
        *(v.PiecesTouched(SCALE, 1), v.CompleteTouched(SCALE, True), v.AddTouched()),
    )
    weigh = question(asked)
    assert isinstance(weigh, v.Weigh)
    assert (weigh.picks, weigh.customer) == ((v.Pick(SCALE, 2),), "company")
    state, asked = run(state, m.TakeTouched("k"), now=NOW + 60)
    assert question(asked) == v.RegisterPress("k", (v.Pick(SCALE, 2),), "company", "ordinary", "zh")
    state, asked = run(state, m.Issued("k", TICKET, visits.ORDER), now=NOW + 62)
    assert m.Print(TICKET, False, v.Visit(visits.ORDER, None)) in asked


def test_parts_are_asked_for_before_it_goes_on() -> None:
    state, _ = chosen(
        v.CustomerTouched("company"), v.FieldTouched("optometry"), v.ItemTouched("trial-lenses")
    )
    assert isinstance(state.screen, v.Counting)
    assert state.screen.complete is None
    assert isinstance(run(state, v.AddTouched(), now=NOW + 60)[0].screen, v.Counting)
    on, _ = run(state, v.CompleteTouched("trial-lenses", False), v.AddTouched(), now=NOW + 60)
    assert isinstance(on.screen, v.Basket)
    assert on.screen.draft.picks == (v.Pick("trial-lenses", 1, False),)


@pytest.mark.parametrize(("field", "item"), [("fuel", "fuel-dispenser"), ("optometry", "lensmeter")])
def test_what_is_not_taken_from_this_person_cannot_be_chosen(field: str, item: str) -> None:
    """A fuel dispenser is verified on site only; a lensmeter is not a resident's."""
    state, _ = chosen(v.CustomerTouched("resident"), v.FieldTouched(field), v.ItemTouched(item))
    assert isinstance(state.screen, v.ChoosingItem)


def test_an_item_chosen_twice_is_one_line_and_none_is_no_line() -> None:
    basket = at(v.Basket(DRAFT, visits.VERDICT))
    state, _ = run(
        basket,
        *(v.MoreTouched(), v.FieldTouched("trade"), v.ItemTouched(SCALE)),
        *(v.PiecesTouched(SCALE, 1), v.CompleteTouched(SCALE, True), v.AddTouched()),
    )
    assert isinstance(state.screen, v.Basket)
    assert [(pick.item, pick.pieces) for pick in state.screen.draft.picks] == [(SCALE, 3), (CUFF, 1)]
    less, _ = run(state, v.PiecesTouched(CUFF, -1), now=NOW + 60)
    assert isinstance(less.screen, v.Basket)
    assert [pick.item for pick in less.screen.draft.picks] == [SCALE]
    for _ in range(3):
        less, _ = run(less, v.PiecesTouched(SCALE, -1), now=NOW + 70)
    assert less.screen == v.ChoosingField(v.Draft("sole_trader"))


def test_who_is_served_first_says_so_with_the_registration() -> None:
    state, _ = run(at(v.Basket(DRAFT, visits.VERDICT)), v.FirstTouched(), m.PriorityTouched("elderly"))
    _state, asked = run(state, m.TakeTouched("k"), now=NOW + 5)
    press = question(asked)
    assert isinstance(press, v.RegisterPress)
    assert press.priority == "elderly"


def test_back_leads_step_by_step_to_where_it_began() -> None:
    state, _ = chosen(
        v.CustomerTouched("company"), v.FieldTouched("trade"), v.ItemTouched(SCALE), v.TermTouched(0)
    )
    seen = []
    for step in range(6):
        state, _ = run(state, m.BackTouched(), now=NOW + 60 + step)
        seen.append(type(state.screen).__name__)
    assert seen[:5] == ["Counting", "ChoosingItem", "ChoosingField", "ChoosingCustomer", "Services"]


def test_a_catalogue_that_lost_the_item_leads_home_rather_than_to_a_dead_screen() -> None:
    state, _ = chosen(v.CustomerTouched("company"), v.FieldTouched("trade"), v.ItemTouched(SCALE))
    less = visits.CATALOGUE.model_copy(update={"items": visits.CATALOGUE.items[:2]})
    assert run(state, v.CatalogueSeen(less), now=NOW + 60)[0].screen == m.Home()


# ---- labels ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", ["out_of_paper", "cover_open", "offline", "error"])
def test_a_roll_that_stops_after_two_of_three_goes_on_with_the_third(trouble: m.Paper) -> None:
    first, second, third = visits.ORDER.labels
    state, _ = run(at(ROLLING), v.LabelEnded(first.code, "printed"), v.LabelEnded(second.code, "printed"))
    state, asked = run(state, v.LabelEnded(third.code, trouble), now=NOW + 10)
    assert asked == [v.TellLabels()]
    assert isinstance(state.screen, v.Labelling)
    assert (state.screen.out, state.screen.left) == (2, (third.code,))
    _state, asked = run(state, v.ContinueTouched(), now=NOW + 12)
    # Nothing of it came out: the next try is no reprint.
    assert asked == [v.PrintLabel("o1", third, False)]


def test_a_label_whose_end_is_unknown_is_never_repeated_unasked_and_then_as_a_reprint() -> None:
    first, second, _third = visits.ORDER.labels
    state, asked = run(at(ROLLING), v.LabelEnded(first.code, "unknown"))
    assert asked == [v.TellLabels()]
    quiet, asked = run(state, m.Tick(), v.LabelEnded(first.code, "printed"), now=NOW + 3)
    assert not [effect for effect in asked if isinstance(effect, v.PrintLabel)]
    _state, asked = run(quiet, v.ContinueTouched(), now=NOW + 5)
    assert asked == [v.PrintLabel("o1", first, True)]
    _state, asked = run(quiet, v.SkipTouched(), now=NOW + 5)
    assert asked == [v.LabelSeen("o1", first.code, False), v.PrintLabel("o1", second, False)]


def test_a_silent_label_printer_leaves_the_end_unknown_after_half_a_minute() -> None:
    state = at(replace(ROLLING, since=NOW), touched_at=NOW)
    for second in range(31):
        state, _ = flow.step(state, m.Tick(), NOW + second)
    assert isinstance(state.screen, v.Labelling)
    assert state.screen.paper == "unknown"


def test_nobody_can_leave_while_a_label_comes_out() -> None:
    state = at(replace(ROLLING, since=NOW), touched_at=NOW)
    for touch in (
        *(m.DoneTouched(), m.HomeTouched(), m.BackTouched(), m.HelpTouched()),
        *(v.ContinueTouched(), v.SkipTouched(), m.NoticesTouched()),
    ):
        after, asked = run(state, touch)
        assert (after.screen, asked) == (state.screen, [])


def test_a_ticket_without_paper_keeps_its_number_until_its_person_goes_on_to_the_labels() -> None:
    held = at(m.Holding(TICKET, "printing", NOW, visit=v.Visit(visits.ORDER)))
    state, asked = run(held, m.PaperEnded("t1", "out_of_paper"))
    assert isinstance(state.screen, m.Holding)
    assert asked == [m.TellPaper("t1", "out_of_paper", False)]
    _again, asked = run(state, m.PrintAgainTouched(), now=NOW + 3)
    assert asked == [m.Print(TICKET, False, v.Visit(visits.ORDER))]
    state, asked = run(state, m.DoneTouched(), now=NOW + 3)
    assert isinstance(state.screen, v.Labelling)
    assert asked == [v.PrintLabel("o1", visits.ORDER.labels[0], False)]


def test_a_kiosk_that_prints_no_labels_ends_with_the_ticket() -> None:
    held = at(
        m.Holding(TICKET, "printing", NOW, visit=v.Visit(visits.ORDER)),
        rules=replace(EQUIPPED.rules, labels="none"),
    )
    state, _ = run(held, m.PaperEnded("t1", "printed"))
    assert isinstance(state.screen, m.Holding)
    assert run(state, m.DoneTouched(), now=NOW + 3)[0].screen == m.Home()


def test_labels_that_are_found_are_printed_only_when_asked_for_and_said_to_be_a_reprint() -> None:
    state, asked = run(at(v.Showing("labels")), v.Scanned(visits.CODE))
    state, asked = run(state, v.Found(question(asked).key, visits.order(again=True)), now=NOW + 2)
    assert asked == []
    _state, asked = run(state, v.PrintLabelsTouched(all=True), now=NOW + 4)
    (effect,) = asked
    assert isinstance(effect, v.PrintLabel)
    assert effect.reprint


def test_of_labels_that_this_kiosk_printed_in_part_only_the_rest_comes_out() -> None:
    found = at(v.LabelsFound(visits.ORDER, visits.CODES[:2]))
    state, asked = run(found, v.PrintLabelsTouched(all=False))
    assert asked == [v.PrintLabel("o1", visits.ORDER.labels[2], False)]
    assert isinstance(state.screen, v.Labelling)
    assert state.screen.left == visits.CODES[2:]


def test_the_rest_of_what_was_begun_here_is_no_reprint_but_all_of_it_is() -> None:
    found = at(v.LabelsFound(visits.order(again=True), visits.CODES[:2]))
    for every, again in ((False, False), (True, True)):
        _state, asked = run(found, v.PrintLabelsTouched(all=every))
        (effect,) = asked
        assert isinstance(effect, v.PrintLabel)
        assert effect.reprint is again


def test_who_is_checked_in_already_is_not_told_that_there_is_no_number() -> None:
    state, _ = run(looked("on_time"), m.TakeTouched("k"), now=NOW + 3)
    state, _ = run(state, m.WasRefused("k", "already_checked_in", "已签到", "A017"), now=NOW + 5)
    assert state.screen == m.Refused("already_checked_in", "已签到", "A017", gives=False)


def test_a_fleet_of_labels_is_left_to_the_desk() -> None:
    fleet = visits.order((visits.line("water-meter", 150),))
    assert run(at(v.LabelsFound(fleet)), v.PrintLabelsTouched(all=True))[1] == []
    held = at(m.Holding(TICKET, "printing", NOW, visit=v.Visit(fleet)))
    state, asked = run(held, m.PaperEnded("t1", "printed"))
    assert isinstance(state.screen, m.Holding)
    assert asked == [m.TellPaper("t1", "printed", False)]


def test_an_emergency_leaves_a_stopped_roll_where_it_was() -> None:
    stopped = at(replace(ROLLING, paper="out_of_paper", since=NOW), home=EMERGENCY, touched_at=NOW)
    for second in range(200):
        stopped, _ = flow.step(stopped, m.Tick(), NOW + second)
    assert isinstance(stopped.screen, v.Labelling)
    assert stopped.screen.left == visits.CODES
