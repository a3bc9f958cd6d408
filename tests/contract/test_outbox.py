"""The outbox on both databases: written with its cause, claimed by one, never lost, never two of one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine

from server.domain import messages as m
from server.store import halls, outbox
from server.store.engine import open_engine
from tests.contract.floors import demo_hall
from tests.unit.domain.bookings import DAY, NOW, ZONE, appointment

HALL = demo_hall()
EARLY = NOW - timedelta(days=3)
LEASE = timedelta(minutes=2)
HERE = ["main"]
FIRST, EVE, MORNING = m.of_booking(appointment(), ZONE, EARLY)
TOLD = [FIRST, EVE, MORNING]


@pytest.fixture
def box(engine: Engine) -> Engine:
    """A hall that has told a customer of a booking."""
    with engine.begin() as connection:
        halls.make_hall(connection, HALL, DAY)
        assert outbox.put(connection, TOLD) == 3
    return engine


def do(engine: Engine, change: Callable[[Connection], object]) -> object:
    with engine.begin() as connection:
        return change(connection)


def claim(engine: Engine, token: str, minutes: float = 0, most: int = 10) -> list[outbox.Entry]:
    now = EARLY + timedelta(minutes=minutes)
    with engine.begin() as connection:
        return outbox.claim(connection, HERE, m.KINDS, token, now, now + LEASE, most)


def entry(engine: Engine, message: m.Message = FIRST) -> outbox.Entry:
    with engine.begin() as connection:
        found = outbox.find(connection, message.id)
    assert found is not None
    return found


def test_a_message_comes_back_as_it_was_put(box: Engine) -> None:
    assert [entry(box, one).message for one in TOLD] == TOLD
    assert (entry(box).state, entry(box).tries, entry(box).next_at) == ("waiting", 0, EARLY)


def test_a_message_put_again_is_one_message_and_keeps_its_state(box: Engine) -> None:
    claim(box, "a")
    do(box, lambda c: outbox.close(c, FIRST.id, "a", "sent", EARLY, "sms"))
    assert do(box, lambda c: outbox.put(c, TOLD)) == 0
    assert entry(box).state == "sent"


def test_a_message_goes_with_the_change_that_caused_it_and_is_undone_with_it(box: Engine) -> None:
    other = replace(FIRST, id="f" * 32)

    def fails(connection: Connection) -> None:
        outbox.put(connection, [other])
        raise LookupError

    with pytest.raises(LookupError):
        do(box, fails)
    assert do(box, lambda c: outbox.find(c, other.id)) is None


def test_only_what_is_due_is_claimed_and_by_one_only(box: Engine) -> None:
    assert do(box, lambda c: outbox.waits(c, HERE, m.KINDS, EARLY))
    assert [(one.message, one.tries) for one in claim(box, "a")] == [(FIRST, 1)]
    assert claim(box, "b") == []
    assert not do(box, lambda c: outbox.waits(c, HERE, m.KINDS, EARLY))


def test_other_halls_and_kinds_without_a_channel_are_left_alone(box: Engine) -> None:
    def asked(halls: list[str], kinds: list[str]) -> object:
        return do(box, lambda c: outbox.claim(c, halls, kinds, "a", EARLY, EARLY + LEASE, 9))

    assert asked(["east"], ["booked"]) == []
    assert asked(["main"], ["moved"]) == []
    assert asked([], []) == []
    assert entry(box).tries == 0


def test_what_a_dead_sender_held_is_due_again_when_its_lease_is_over(box: Engine) -> None:
    claim(box, "dead")
    assert claim(box, "b", minutes=1.9) == []
    assert [(one.message.id, one.tries) for one in claim(box, "b", minutes=2)] == [(FIRST.id, 2)]


def test_who_has_lost_the_claim_says_nothing_any_more(box: Engine) -> None:
    claim(box, "slow")
    claim(box, "quick", minutes=3)
    assert not do(box, lambda c: outbox.postpone(c, FIRST.id, "slow", EARLY, "sms", "http 500"))
    assert not do(box, lambda c: outbox.close(c, FIRST.id, "slow", "given_up", EARLY, "sms"))
    assert entry(box).claim == "quick"
    assert do(box, lambda c: outbox.close(c, FIRST.id, "quick", "sent", EARLY, "sms"))
    assert not do(box, lambda c: outbox.close(c, FIRST.id, "quick", "sent", EARLY, "sms"))


def test_what_was_postponed_is_claimed_from_then_on(box: Engine) -> None:
    claim(box, "a")
    later = EARLY + timedelta(minutes=10)
    assert do(box, lambda c: outbox.postpone(c, FIRST.id, "a", later, "sms", "http 500"))
    assert claim(box, "b", minutes=9.9) == []
    (again,) = claim(box, "b", minutes=10)
    assert (again.tries, again.channel, again.reason) == (2, "sms", "http 500")


def test_withdrawn_reminders_are_never_sent_and_what_was_sent_stays_sent(box: Engine) -> None:
    claim(box, "a")
    do(box, lambda c: outbox.close(c, FIRST.id, "a", "sent", EARLY, "sms"))
    assert do(box, lambda c: outbox.withdraw(c, FIRST.subject, m.OF_APPOINTMENTS, EARLY)) == 2
    assert claim(box, "b", minutes=3 * 24 * 60 - 60) == []
    assert [entry(box, one).state for one in TOLD] == ["sent", "withdrawn", "withdrawn"]


def test_only_the_kinds_and_the_subject_that_were_named_are_withdrawn(box: Engine) -> None:
    assert do(box, lambda c: outbox.withdraw(c, "another", m.OF_APPOINTMENTS, EARLY)) == 0
    assert do(box, lambda c: outbox.withdraw(c, FIRST.subject, m.REMINDERS, EARLY)) == 2
    assert entry(box).state == "waiting"


def test_what_was_withdrawn_on_its_way_counts_as_sent_only_if_it_arrived(box: Engine) -> None:
    claim(box, "a")
    do(box, lambda c: outbox.withdraw(c, FIRST.subject, m.OF_APPOINTMENTS, EARLY))
    assert not do(box, lambda c: outbox.close(c, FIRST.id, "a", "given_up", EARLY, "sms", "http 400"))
    do(box, lambda c: outbox.postpone(c, FIRST.id, "a", EARLY, "sms", "http 500"))
    assert (entry(box).state, claim(box, "b", minutes=5)) == ("withdrawn", [])

    do(box, lambda c: outbox.put(c, [replace(FIRST, id="f" * 32)]))
    claim(box, "c")
    do(box, lambda c: outbox.withdraw(c, FIRST.subject, m.OF_APPOINTMENTS, EARLY))
    assert do(box, lambda c: outbox.close(c, "f" * 32, "c", "sent", EARLY, "sms"))
    assert do(box, lambda c: outbox.find(c, "f" * 32).state) == "sent"  # type: ignore[union-attr]


def test_a_reminder_whose_time_is_over_expires_unsent(box: Engine) -> None:
    late = MORNING.expires_at
    assert do(box, lambda c: outbox.claim(c, HERE, ["reminder_eve"], "a", late, late + LEASE, 9)) == []
    assert do(box, lambda c: outbox.over(c, ["main", "east"], late)) == ["main"]
    assert do(box, lambda c: outbox.over(c, ["main", "east"], EARLY)) == []
    assert do(box, lambda c: outbox.expire(c, "main", late)) == 2
    assert [entry(box, one).state for one in TOLD] == ["waiting", "expired", "expired"]


def test_what_is_on_its_way_does_not_expire_before_its_sender_is_heard(box: Engine) -> None:
    moment = FIRST.expires_at - timedelta(seconds=1)
    do(box, lambda c: outbox.claim(c, HERE, ["booked"], "a", moment, moment + LEASE, 9))
    assert do(box, lambda c: outbox.expire(c, "main", FIRST.expires_at)) == 2
    assert do(box, lambda c: outbox.close(c, FIRST.id, "a", "sent", FIRST.expires_at, "sms"))
    assert entry(box).state == "sent"


def test_what_was_given_up_begins_anew_when_asked_and_nothing_else_does(box: Engine) -> None:
    assert not do(box, lambda c: outbox.retry(c, FIRST.id, EARLY))
    claim(box, "a")
    do(box, lambda c: outbox.close(c, FIRST.id, "a", "given_up", EARLY, "sms", "http 404"))
    assert (entry(box).reason, entry(box).ended_at) == ("http 404", EARLY)
    assert not do(box, lambda c: outbox.retry(c, FIRST.id, FIRST.expires_at)), "it is no longer worth sending"
    assert do(box, lambda c: outbox.retry(c, FIRST.id, EARLY))
    assert [(one.message.id, one.tries) for one in claim(box, "b")] == [(FIRST.id, 1)]
    assert not do(box, lambda c: outbox.retry(c, "unknown", EARLY))


def test_counts_and_lists_are_by_state_and_kind_newest_first(box: Engine) -> None:
    do(box, lambda c: outbox.put(c, [replace(FIRST, id="f" * 32, made_at=EARLY + timedelta(hours=1))]))
    claim(box, "a", most=1)
    with box.begin() as connection:
        assert outbox.counts(connection, "main") == {
            ("waiting", "booked", True): 1,
            ("waiting", "booked", False): 1,
            ("waiting", "reminder_eve", False): 1,
            ("waiting", "reminder_day", False): 1,
        }
        listed = outbox.listed(connection, "main", states=["waiting"], kinds=["booked"])
        assert [one.message.id for one in listed] == ["f" * 32, FIRST.id]
        assert len(outbox.listed(connection, "main", limit=2)) == 2
        assert outbox.listed(connection, "east") == []


def test_what_ended_long_ago_is_forgotten_and_what_waits_is_not(box: Engine) -> None:
    do(box, lambda c: outbox.withdraw(c, FIRST.subject, m.REMINDERS, EARLY))
    much_later = EARLY + timedelta(days=100)
    assert do(box, lambda c: outbox.forget(c, EARLY + timedelta(days=1))) == 0
    assert do(box, lambda c: outbox.forget(c, much_later)) == 2
    assert entry(box).state == "waiting"


def test_many_senders_at_once_claim_every_message_exactly_once(box: Engine, database: str) -> None:
    ids = {f"{n:032x}" for n in range(60)}
    do(box, lambda c: outbox.put(c, [replace(FIRST, id=id) for id in ids]))
    claimed: list[str] = []
    start = threading.Barrier(4)

    def sender(name: str) -> None:
        mine = open_engine(database)
        start.wait(30)
        turn = 0
        while found := claim(mine, f"{name}{turn}", most=5):
            claimed.extend(one.message.id for one in found)
            turn += 1
        mine.dispose()

    senders = [threading.Thread(target=sender, args=(name,)) for name in "abcd"]
    for one in senders:
        one.start()
    for one in senders:
        one.join(60)
    # A sender may have seen nothing free while another held the last rows: what is left comes here.
    claimed.extend(one.message.id for one in claim(box, "last", most=100))
    assert len(claimed) == len(set(claimed))
    assert set(claimed) == ids | {FIRST.id}
