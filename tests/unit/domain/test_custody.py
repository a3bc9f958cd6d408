"""Custody as a rule: under any commands a piece has exactly one holder, and moves only by a pair of scans."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.custody import (
    CUSTOMER,
    Command,
    Custody,
    Ended,
    Fetch,
    Give,
    Held,
    Moved,
    Offered,
    Shelf,
    Shelve,
    Take,
    Withdraw,
    decide,
    evolve,
    is_holder,
    shelf,
    shelf_of,
    staff,
)
from server.domain.refusal import Refusal
from server.protocol.views import Text

PLAIN = Shelf("a1", Text(zh="架", en=""))
PADDED = Shelf("f1", Text(zh="易损架", en=""), fragile=True)
PEOPLE = [staff(name) for name in ("ann", "ben", "lab")]
CODES = ["S1", "S2", "G1"]
"""G1 is fragile."""

people = st.sampled_from(PEOPLE)
pieces = st.lists(st.sampled_from([*CODES, "S9"]), max_size=3, unique=True).map(tuple)
shelves = st.sampled_from([PLAIN, PADDED])
ids = st.sampled_from(["h1", "h2", "h3"])
commands: st.SearchStrategy[Command] = st.one_of(
    st.builds(
        Give, ids, people, st.sampled_from([*PEOPLE, CUSTOMER, "shelf:a1", "nobody"]), pieces, st.booleans()
    ),
    st.builds(Take, ids, people, pieces, st.booleans()),
    st.builds(Withdraw, ids, people),
    st.builds(Shelve, people, shelves, pieces, st.booleans()),
    st.builds(Fetch, people, shelves, pieces, st.booleans()),
)


def start() -> Custody:
    held = [Held("S1", PEOPLE[0]), Held("S2", PEOPLE[0]), Held("G1", PEOPLE[1], fragile=True)]
    return Custody(pieces={one.code: one for one in held})


def scanned_by(command: Command) -> set[str]:
    """Who and what this command had before the scanner."""
    match command:
        case Take(_, by, scans, _):
            return {by, *scans}
        case Shelve(by, place, scans, _) | Fetch(by, place, scans, _):
            return {by, place.code, *scans}
        case _:
            return set()


@settings(max_examples=400, deadline=None)
@given(st.lists(commands, max_size=40))
def test_a_piece_has_one_holder_and_each_change_of_it_is_a_pair_of_scans(asked: list[Command]) -> None:
    custody = start()
    offered: dict[str, Give] = {}
    for command in asked:
        before = custody
        events = decide(custody, command)
        if isinstance(events, Refusal):
            continue
        for event in events:
            if isinstance(event, Offered) and isinstance(command, Give):
                offered[command.id] = command
            if isinstance(event, Moved):
                assert before.pieces[event.piece].holder == event.giver, "given by who had it"
                assert event.piece in scanned_by(command), "the piece was scanned when it moved"
                assert len(event.scans) == 2
                assert event.scans[0] != event.scans[1]
                if isinstance(command, Take):
                    gave = offered[command.handover]
                    assert (gave.by, gave.to) == event.scans, "both were there, each as themself"
                    assert event.piece in gave.pieces, "the giver scanned it too"
            custody = evolve(custody, event)
        moved = {event.piece for event in events if isinstance(event, Moved)}
        assert set(custody.pieces) == set(CODES)
        assert all(is_holder(one.holder) for one in custody.pieces.values())
        for code in CODES:
            if code not in moved:
                assert custody.pieces[code].holder == before.pieces[code].holder


@settings(max_examples=300, deadline=None)
@given(st.lists(commands, max_size=40))
def test_a_fragile_piece_never_lies_on_a_plain_shelf_nor_moves_without_the_tick(asked: list[Command]) -> None:
    custody = start()
    for command in asked:
        events = decide(custody, command)
        if isinstance(events, Refusal):
            continue
        if any(isinstance(event, Moved) and event.piece == "G1" for event in events):
            assert getattr(command, "careful", False)
        for event in events:
            custody = evolve(custody, event)
        assert custody.pieces["G1"].holder != shelf(PLAIN.id)


@settings(max_examples=200, deadline=None)
@given(st.lists(commands, max_size=40))
def test_a_hand_over_ends_once(asked: list[Command]) -> None:
    custody, ended = start(), list[str]()
    for command in asked:
        events = decide(custody, command)
        for event in [] if isinstance(events, Refusal) else events:
            custody = evolve(custody, event)
            if isinstance(event, Offered):
                ended = [id for id in ended if id != event.handover.id]
            if isinstance(event, Ended):
                assert event.handover not in ended
                ended.append(event.handover)


def test_who_does_not_have_a_piece_cannot_give_it() -> None:
    refusal = decide(start(), Give("h", PEOPLE[1], PEOPLE[2], ("S1",)))
    assert refusal == Refusal("wrong_custodian", {"holder": PEOPLE[0]})


def test_a_shelf_is_known_by_its_code_alone() -> None:
    assert shelf_of([PLAIN, PADDED], " shelf-f1\n") == PADDED
    assert shelf_of([PLAIN, PADDED], "f1") is None
