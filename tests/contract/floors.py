"""A hall on a database, and commands carried out on it through the store alone."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from server.domain import commands as c
from server.domain import events as e
from server.domain.decide import decide
from server.domain.evolve import evolve
from server.domain.floor import Floor, Ticket
from server.domain.hall import Hall
from server.domain.leases import Block
from server.domain.refusal import Refusal
from server.services.demo import DEMO_HALL, hall_from
from server.services.floor import line
from server.store import floors, halls, journal, people
from server.store.engine import reading

NOON = datetime(2026, 11, 20, 4, 0, 0, 123_457, tzinfo=UTC)
"""Noon in Shanghai, with microseconds that a float or a millisecond column would lose."""


def demo_hall() -> Hall:
    return hall_from(json.loads(DEMO_HALL.read_text(encoding="utf-8")))


def add_hall(engine: Engine, hall: Hall, now: datetime = NOON) -> Floor:
    with engine.begin() as connection:
        halls.make_hall(connection, hall, hall.day(now))
    return load(engine, now)


def load(engine: Engine, now: datetime = NOON) -> Floor:
    with reading(engine).begin() as connection:
        floor = floors.load_floor(connection, "main", now)
    assert floor is not None
    return floor


def write(engine: Engine, before: Floor, events: list[e.Event], now: datetime) -> Floor:
    """Carry the events out on ``before`` and save; what the writer does, by the store's own functions."""
    after = before
    changed: dict[str, Ticket] = {}
    for event in events:
        after = evolve(after, event)
        for id in e.touched(event):
            ticket = after.ticket(id)
            assert ticket is not None
            changed[id] = ticket
    after = replace(after, version=before.version + 1)
    lines = [line(event, "test", now) for event in events]
    with engine.begin() as connection:
        head = floors.lock(connection, before.hall.id)
        assert head is not None
        journal_head = journal.append(connection, before.hall.id, head.journal, lines)
        floors.save_floor(connection, before, after, changed, journal_head)
    return after


def carry_out(engine: Engine, floor: Floor, command: c.Command, now: datetime = NOON) -> Floor:
    """The floor after ``command``; unchanged when it is refused or does nothing."""
    decision = decide(floor, command, now)
    if isinstance(decision, Refusal) or not decision:
        return floor
    return write(engine, floor, list(decision), now)


def issue(n: int, service: str = "accept", **other: object) -> c.Issue:
    return c.Issue(f"{n:032x}", f"{n:016d}", service, **other)  # type: ignore[arg-type]


def as_stored(floor: Floor, now: datetime) -> Floor:
    """``floor`` without what the tables forget by design: what is past its time."""
    return replace(
        floor,
        calls=tuple(call for call in floor.calls if call.at >= now - floors.CALLS_SHOWN),
        recent={one.id: one for one in floor.recent.values() if one.undo_until and one.undo_until >= now},
        queues={service: places for service, places in floor.queues.items() if places},
    )


def add_kiosk(engine: Engine, name: str = "kiosk-1") -> None:
    """A kiosk, to which numbers can be lent."""
    with engine.begin() as connection:
        people.add_device(connection, people.Device(name, "main", "kiosk", "hash"))


def hand_in(n: int, block: Block, number: int, at: datetime) -> c.IssueOffline:
    return c.IssueOffline(f"{n:032x}", f"{n:016d}", block.device, block.id, number, at)


def _alone(chance: random.Random, floor: Floor, n: int) -> c.Command:
    """What a kiosk asks that was cut off, or may be."""
    block = chance.choice([*floor.lent.values()] or [None])
    if block is None or chance.random() < 0.2:
        return c.LendNumbers(f"{n:032x}", "kiosk-1", chance.choice([*floor.hall.services]))
    if chance.random() < 0.3:
        return c.TakeBackNumbers("kiosk-1")
    free = sorted({*range(block.first, block.last + 1)} - block.used)
    return hand_in(n, block, free[0] if free else block.last, NOON)


def storm(seed: int, count: int) -> Iterator[tuple[Floor, c.Command, datetime]]:
    """A day at random: send back the floor after each command (by ``send``)."""
    chance = random.Random(seed)
    now = NOON
    floor: Floor = yield  # type: ignore[misc]
    for n in range(count):
        now += timedelta(microseconds=chance.randrange(1, 4_000_000))
        floor = yield floor, _command(chance, floor, n), now


def _command(chance: random.Random, floor: Floor, n: int) -> c.Command:
    """A sensible next step two times in three, anything at all otherwise."""
    services = list(floor.hall.services)
    manned = [post for post in floor.posts.values() if post.staff]
    post = chance.choice(manned) if manned else floor.post("1")
    staff = post.staff or "clerk1"
    held = floor.tickets.get(post.ticket or "")
    made: list[c.Command] = []
    if chance.random() < 0.66:
        if held is None:
            made = [c.CallNext(post.counter, staff, f"call{n}")]
        elif held.state == "called":
            made = [c.Start(held.id, staff)] * 3 + [
                c.Miss(held.id, staff),
                c.Recall(held.id, staff, f"re{n}"),
            ]
        else:
            made = [c.Done(held.id, staff)] * 2
            made += [c.Park(held.id, staff, "waiting"), c.Transfer(held.id, staff, chance.choice(services))]
        return chance.choice(made)
    if chance.random() < 0.15:
        return _alone(chance, floor, n)
    ticket = chance.choice([*floor.tickets, *floor.recent] or ["none"])
    counter = chance.choice(list(floor.hall.counters))
    priority = chance.choice(("ordinary", "elderly", "green", "disabled"))
    later = tuple(chance.sample(services, chance.randrange(3)))
    made = [
        *[issue(n, chance.choice(services), priority=priority, later=later)] * 12,
        *[c.OpenCounter(counter, f"clerk{counter}", "名", "007", "受理", "Reception")] * 3,
        c.CloseCounter(counter, f"clerk{counter}"),
        c.PauseCounter(counter, f"clerk{counter}"),
        *[c.ResumeCounter(counter, f"clerk{counter}")] * 2,
        c.Resume(ticket, staff),
        *[c.CallTicket(counter, staff, one, f"again{n}") for one in floor.missed[-1:]],
        *[c.Cancel(one.id, staff) for one in list(floor.tickets.values())[-2:] if one.state == "waiting"],
        *[c.Undo(one, staff) for one in [ticket, *floor.recent]],
    ]
    return chance.choice(made)
