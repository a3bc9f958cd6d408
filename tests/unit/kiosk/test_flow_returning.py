"""What the flow promises of coming back: proof, progress that moves, and copies that are told as they are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk import collecting as c
from kiosk import flow
from kiosk import model as m
from kiosk import visit as v
from kiosk.flows import certifying, scanned
from kiosk.flows.collecting import followed
from tests.ui import kiosk_returning as back
from tests.ui import kiosk_visits as visits
from tests.ui.kiosk_states import CLOSED, EQUIPPED, TICKET, at
from tests.unit.kiosk.flow_steps import question, run

NOW = 1000.0
TAIL = (*(m.KeyTouched(digit) for digit in "5678"), m.EnterTouched())


def kinds(effects: list[m.Effect]) -> list[type]:
    return [type(effect) for effect in effects]


# ---- codes and proof -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "purpose", "found"),
    [
        (back.PICKUP, "pickup", scanned.Good(back.PICKUP)),
        (f"https://hall.example/p/{back.PICKUP}", "pickup", scanned.Good(back.PICKUP)),
        (back.PICKUP_NUMBER, "pickup", scanned.Good(back.PICKUP_NUMBER)),
        (back.CASE, "pickup", "other"),
        (visits.SAMPLE, "pickup", "sample"),
        (back.CASE, "progress", scanned.Good(back.CASE)),
        (f"https://hall.example/c/{back.CASE}", "progress", scanned.Good(back.CASE)),
        (back.PICKUP, "progress", scanned.Good(back.PICKUP)),
        (visits.CODE, "progress", scanned.Good(visits.CODE)),
        (visits.SAMPLE, "progress", scanned.Good(visits.SAMPLE)),
        ("https://hall.example/t/7K3M9QX2ABCDEFGH", "progress", scanned.Good("7K3M9QX2ABCDEFGH")),
        ("https://hall.example/t/7K3M9QX2ABCDEFGH", "certificates", "foreign"),
        (back.CASE, "certificates", scanned.Good(back.CASE)),
        (back.CERTIFICATE, "certificates", "other"),
        (back.PICKUP, "check_in", "other"),
        (back.PICKUP[:-1], "pickup", "torn"),
    ],
)
def test_each_code_is_taken_only_for_what_it_opens(
    text: str, purpose: v.Purpose, found: scanned.Good | v.ShownFault
) -> None:
    assert scanned.read(text, purpose) == found


def test_scanned_or_typed_the_same_is_asked_for_with_the_tail() -> None:
    for start, events in (
        (at(v.Showing("pickup")), (v.Scanned(back.PICKUP),)),
        (at(v.Showing("pickup")), (*(m.KeyTouched(d) for d in back.PICKUP_NUMBER), m.EnterTouched())),
        (EQUIPPED, (v.Scanned(back.PICKUP),)),
    ):
        state, asked = run(start, *events)
        assert isinstance(state.screen, c.Tail)
        assert asked == []
        state, asked = run(state, *TAIL)
        press = question(asked)
        assert isinstance(press, c.FindPickup)
        assert press.proof.tail == "5678"
        assert press.proof.code in (back.PICKUP, back.PICKUP_NUMBER)


def test_three_digits_are_not_asked_with() -> None:
    state, asked = run(at(c.Tail("pickup", back.PICKUP)), *(m.KeyTouched("5"),) * 3, m.EnterTouched())
    assert asked == []
    assert state.screen == c.Tail("pickup", back.PICKUP, "555", short=True)


def test_progress_needs_no_tail_for_a_code_that_nobody_guesses_and_one_for_a_number() -> None:
    _state, asked = run(at(v.Showing("progress")), v.Scanned(back.CASE))
    assert question(asked) == c.FindProgress("question-1", c.Proof(back.CASE), "zh")
    for text in (visits.NUMBER, visits.SAMPLE, "https://hall.example/t/7K3M9QX2ABCDEFGH"):
        assert isinstance(run(at(v.Showing("progress")), v.Scanned(text))[0].screen, c.Tail)


def test_a_refusal_leads_back_to_where_the_code_is_shown() -> None:
    state, asked = run(at(c.Tail("pickup", back.PICKUP)), *TAIL)
    no = m.WasRefused(question(asked).key, "pickup_unknown", "查不到，或手机尾号不对", "请核对。")
    state, _ = run(state, no)
    assert state.screen == m.Refused(no.code, no.title, no.detail, False, v.Showing("pickup"))
    assert run(state, m.BackTouched())[0].screen == v.Showing("pickup")


def test_who_has_tried_too_often_is_offered_no_further_try() -> None:
    state, asked = run(at(c.Tail("pickup", back.PICKUP)), *TAIL)
    state, _ = run(state, m.WasRefused(question(asked).key, "too_many_requests", "试的次数太多了", ""))
    assert isinstance(state.screen, m.Refused)
    assert state.screen.back is None


def test_nothing_of_a_proof_stands_in_its_repr_or_outlives_the_screen() -> None:
    assert "5678" not in repr(back.PROOF)
    assert back.PICKUP not in repr(c.Tail("pickup", back.PICKUP, "5678"))
    state = at(c.Collecting(back.PROOF, back.pickup()))
    left = flow.step(state, m.Tick(), 2000.0)[0]
    left = flow.step(left, m.Tick(), 2030.0)[0]
    assert left.screen == m.Home()


def test_a_tile_that_is_left_out_can_not_be_reached() -> None:
    bare = replace(EQUIPPED, rules=replace(EQUIPPED.rules, errands=("progress",)))
    assert run(bare, v.PurposeTouched("pickup"))[0].screen == m.Home()
    assert run(bare, v.Scanned(back.PICKUP))[0].screen != c.Tail("pickup", back.PICKUP)
    assert run(bare, v.PurposeTouched("progress"))[0].screen == v.Showing("progress")


# ---- collecting ------------------------------------------------------------------------------------


def test_one_touch_takes_a_number_for_the_counter_and_prints_its_lines() -> None:
    view = back.pickup(back.SOME)
    state, asked = run(at(c.Collecting(back.PROOF, view)), m.TakeTouched("fresh"))
    assert question(asked) == c.CollectPress("fresh", back.PROOF, "zh")
    state, effects = run(state, c.NumberGiven("fresh", TICKET, view))
    assert effects == [m.Remember(TICKET), m.Print(TICKET, False, c.Collection(view))]
    assert isinstance(state.screen, m.Holding)
    state, _ = run(state, m.PaperEnded(TICKET.id, "printed"))
    assert run(state, m.DoneTouched())[0].screen == m.Home(), "there are no labels to print"


@pytest.mark.parametrize("view", [back.pickup(back.NONE), back.pickup(ticket="C005")])
def test_no_number_is_taken_where_nothing_is_ready_or_one_was_taken(view: object) -> None:
    screen = c.Collecting(back.PROOF, view)  # type: ignore[arg-type]
    assert run(at(screen), m.TakeTouched("fresh")) == (at(screen, touched_at=NOW + 1), [])


# ---- progress --------------------------------------------------------------------------------------


def test_a_change_is_seen_at_once_and_the_rest_is_asked_for_behind_the_screen() -> None:
    state = at(c.Following(back.PROOF, back.progress()))
    assert followed(state) == back.CASE
    newer = back.progress(back.ALL).model_copy(update={"number": "8697"})
    state, asked = run(state, c.ProgressSeen(back.CASE, newer))
    assert isinstance(state.screen, c.Following)
    assert state.screen.view.pieces == back.ALL
    assert state.screen.view.number == visits.NUMBER, "what only proof shows stays"
    press = question(asked)
    assert isinstance(press, c.FindProgress)
    whole = back.progress(back.ALL, pickup_code=back.PICKUP)
    state, _ = run(state, c.ProgressFound(press.key, whole))
    assert isinstance(state.screen, c.Following)
    assert state.screen.view.pickup_code == back.PICKUP


def test_a_change_reaches_the_screen_beneath_help_too_and_strangers_cases_reach_none() -> None:
    looking = c.Following(c.Proof(back.CASE), back.progress())
    state = at(m.Guidance(under=looking))
    state, asked = run(state, c.ProgressSeen(back.CASE, back.progress(back.ALL)))
    assert asked == []
    assert isinstance(state.screen, m.Guidance)
    assert isinstance(state.screen.under, c.Following)
    assert state.screen.under.view.pieces == back.ALL
    assert run(state, c.ProgressSeen("C" * 16, back.progress()))[0].screen == state.screen
    assert followed(EQUIPPED) is None


def test_an_open_question_shows_its_address_and_an_answered_one_goes() -> None:
    asked = back.progress(back.NONE, questions=(back.QUESTION,))
    state, _ = run(at(c.Following(c.Proof(back.CASE), asked)), c.QuestionTouched("n1"))
    assert isinstance(state.screen, c.Following)
    assert state.screen.question == "n1"
    answered = back.progress(back.NONE, questions=(back.QUESTION.model_copy(update={"answer": "repair"}),))
    state, _ = run(state, c.ProgressSeen(back.CASE, answered))
    assert isinstance(state.screen, c.Following)
    assert state.screen.question is None


def test_reading_and_printing_go_on_when_the_hall_closes() -> None:
    for screen in (c.Following(back.PROOF, back.progress()), back.CERTIFICATES, back.PRINTING):
        assert run(at(screen), m.HomeSeen(CLOSED))[0].screen == screen
    assert run(at(c.Collecting(back.PROOF, back.pickup())), m.HomeSeen(CLOSED))[0].screen == m.Home()


# ---- certificates ----------------------------------------------------------------------------------


def test_all_are_printed_one_after_another_and_each_is_told_only_when_the_printer_said_so() -> None:
    state, asked = run(at(back.CERTIFICATES), c.PrintTouched("first"))
    keys, told = [], []
    for index in range(3):
        press = question(asked)
        assert isinstance(press, c.AskPrint)
        assert press.certificate == f"c{index + 1}"
        keys.append(press.key)
        job = back.JOB.model_copy(update={"id": f"p{index}"})
        state, effects = run(state, c.PrintGranted(press.key, job))
        assert effects == [c.PrintDocument(job)]
        for stage in ("sending", "waiting", "printing"):
            state, effects = run(state, c.DocumentStaged(job.id, stage))  # type: ignore[arg-type]
            assert effects == []
        state, asked = run(state, c.DocumentEnded(job.id, "printed"))
        told += [effect for effect in asked if isinstance(effect, c.TellPrint)]
    assert len(set(keys)) == 3
    assert [(one.job, one.end) for one in told] == [(f"p{index}", "printed") for index in range(3)]
    assert isinstance(state.screen, c.Printing)
    assert certifying.done(state.screen)
    assert state.screen.out == 3


def test_a_printer_without_paper_waits_and_goes_on_by_itself() -> None:
    state, effects = run(at(back.PRINTING), c.DocumentStaged("p1", "out_of_paper"))
    assert isinstance(state.screen, c.Printing)
    assert state.screen.stage == "out_of_paper"
    state, effects = run(state, c.DocumentStaged("p1", "printing", 2), c.DocumentEnded("p1", "printed"))
    assert c.TellPrint("p1", "printed") in effects


@pytest.mark.parametrize("end", ["stopped", "failed", "unknown"])
def test_an_end_that_is_none_stops_there_and_is_told_as_it_is(end: c.End) -> None:
    state, effects = run(at(back.PRINTING), c.DocumentEnded("p1", end, "why"))
    assert effects == [c.TellPrint("p1", end, "why")]
    assert isinstance(state.screen, c.Printing)
    assert (state.screen.stage, state.screen.left) == (end, ("c1", "c2", "c3"))
    again, asked = run(state, c.AgainTouched("fresh"))
    assert question(asked).key == "fresh"
    _next, asked = run(state, c.NextTouched("other"))
    press = question(asked)
    assert isinstance(press, c.AskPrint)
    assert press.certificate == "c2"
    assert isinstance(again.screen, c.Printing)


def test_a_lost_answer_is_asked_for_again_with_the_same_key() -> None:
    state, asked = run(at(back.CERTIFICATES), c.PrintTouched("first", "c2"))
    state, _ = run(state, m.Unanswered("first"))
    assert isinstance(state.screen, c.Printing)
    assert state.screen.stage == "unreached"
    state, again = run(state, c.AgainTouched("second"))
    assert question(again) == question(asked)


def test_a_refused_copy_says_why_and_can_not_be_forced() -> None:
    state, _ = run(at(back.CERTIFICATES), c.PrintTouched("first", "c1"))
    state, _ = run(state, m.WasRefused("first", "quota_used", "自助打印次数已用完", "请找工作人员。"))
    assert isinstance(state.screen, c.Printing)
    assert (state.screen.stage, state.screen.title) == ("refused", "自助打印次数已用完")
    assert run(state, c.AgainTouched("x"))[1] == []
    _state, asked = run(state, m.BackTouched())
    assert isinstance(question(asked), c.FindCertificates), "the list is looked at anew"


def test_printing_is_called_off_by_touch_and_by_leaving() -> None:
    state, effects = run(at(back.PRINTING), c.StopTouched())
    assert effects == [c.StopDocument("p1")]
    assert isinstance(state.screen, c.Printing)
    assert state.screen.stage == "stopping"
    assert run(state, c.StopTouched())[1] == []
    waiting = replace(back.PRINTING, stage="out_of_paper", since=NOW)
    state, _ = flow.step(at(waiting, touched_at=NOW), m.Tick(), NOW + 151)
    assert isinstance(state.screen, m.StillThere)
    for leave, when in ((m.HomeTouched(), 1.0), (m.Tick(), 30.0)):
        home, effects_ = flow.step(state, leave, NOW + 151 + when)
        assert (home.screen, effects_) == (m.Home(), (c.StopDocument("p1"),))
        _home, told = flow.step(home, c.DocumentEnded("p1", "stopped"), NOW + 200)
        assert told == (c.TellPrint("p1", "stopped"),)


def test_nobody_leaves_while_paper_comes_out_and_paper_that_comes_ends_the_question() -> None:
    for touch in (m.HomeTouched(), m.BackTouched(), m.DoneTouched(), m.HelpTouched()):
        assert run(at(back.PRINTING), touch)[0].screen == back.PRINTING
    waiting = at(m.StillThere(replace(back.PRINTING, stage="out_of_paper"), NOW + 20, 20))
    state, _ = run(waiting, c.DocumentStaged("p1", "printing"))
    assert isinstance(state.screen, c.Printing)


def test_a_copy_set_aside_for_who_has_left_is_given_back() -> None:
    assert run(EQUIPPED, c.PrintGranted("strange", back.JOB))[1] == [c.TellPrint("p1", "failed", "left")]


def test_without_a_printer_only_the_phone_is_offered() -> None:
    state = at(back.CERTIFICATES, documents="none")
    assert run(state, c.PrintTouched("first"))[1] == []
    state, asked = run(state, c.DownloadTouched("c1"))
    press = question(asked)
    assert isinstance(press, c.AskLink)
    state, _ = run(state, c.LinkGiven(press.key, back.LINK))
    assert isinstance(state.screen, c.Downloading)
    assert state.screen.link == back.LINK
    assert run(state, m.BackTouched())[0].screen == back.CERTIFICATES


def test_what_is_used_up_or_over_is_not_printed_with_all() -> None:
    listed = c.Certificates(back.PROOF, back.certificates(back.MIXED))
    state, _ = run(at(listed), c.PrintTouched("first"))
    assert isinstance(state.screen, c.Printing)
    assert state.screen.left == ("c3", "c4", "c5", "c6", "c7")
    assert run(at(listed), c.PrintTouched("x", "c1"))[1] == []
    assert run(at(listed), c.DownloadTouched("c2"))[1] == []
