"""What a kiosk does of what is asked from afar: never in a person's way, never with a person's data."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
from PIL import Image

from kiosk import collecting as c
from kiosk import flow
from kiosk import model as m
from kiosk import visit as v
from kiosk.errand_work import DRAWN, KioskWorker, left_alone, may_be_photographed
from server.device.errands import DONE, Ended
from server.device.picture import small_png
from server.protocol.views import TicketIssued
from tests.ui.kiosk_states import HOME, STATES, TICKET
from tests.unit.kiosk.flow_world import RULES

NOW = 1000.0
IDLE = m.State(RULES, home=HOME, link="live", touched_at=NOW - 10, screen_since=NOW - 10)


class World:
    """A server, a printer, a memory and a glass, as a test wants them."""

    def __init__(self, state: m.State = IDLE) -> None:
        self.state = state
        self.now = NOW
        self.found = m.LookedUp("A012", TICKET)
        self.kept: TicketIssued | None = None
        self.paper: m.Paper = "printed"
        self.test = True
        self.printed: list[tuple[str, bool]] = []
        self.told: list[m.TellPaper] = []
        self.restarts = 0
        self.photos = 0
        self.size = (36, 64)

    def look_up(self, number: str) -> m.LookedUp:
        return replace(self.found, number=number)

    def tell_paper(self, effect: m.TellPaper) -> None:
        self.told.append(effect)

    def find(self, number: str) -> TicketIssued | None:
        return self.kept

    def print(self, ticket: TicketIssued, *, reprint: bool, visit: object = None) -> m.Paper:
        self.printed.append((ticket.number, reprint))
        return self.paper

    def print_test(self) -> bool:
        return self.test

    def photograph(self, path: Path) -> None:
        self.photos += 1
        Image.new("RGB", self.size, "#0A4F94").save(path)

    def restart(self) -> None:
        self.restarts += 1

    def clock(self) -> float:
        self.now += 0.5
        return self.now

    def worker(self) -> KioskWorker:
        here: Any = self
        return KioskWorker(
            seen=lambda: self.state,
            server=here,
            paper=here,
            memory=here,
            photograph=self.photograph,
            restart=self.restart,
            clock=self.clock,
        )


async def test_a_ticket_is_printed_again_marked_as_such_and_told_to_the_journal() -> None:
    world = World()
    assert await world.worker().reprint("A012") == DONE
    assert world.printed == [(TICKET.number, True)]
    assert world.told == [m.TellPaper(TICKET.id, "printed", reprint=True)]


async def test_a_reprint_without_the_server_takes_what_was_given_here() -> None:
    world = World()
    world.found = m.LookedUp("A012", None, "unreached")
    world.kept = TICKET
    assert await world.worker().reprint("A012") == DONE


async def test_a_reprint_that_did_not_come_about_says_why() -> None:
    world = World()
    world.found = m.LookedUp("A012", None, "not_found")
    assert await world.worker().reprint("A012") == Ended("failed", "no such number today")
    world.found, world.paper = m.LookedUp("A012", TICKET), "out_of_paper"
    assert await world.worker().reprint("A012") == Ended("failed", "the paper: out_of_paper")
    world.paper = "none"
    assert (await world.worker().reprint("A012")).outcome == "failed"
    assert [one.paper for one in world.told] == ["out_of_paper"]


async def test_a_trial_sheet_tells_how_it_went() -> None:
    world = World(replace(IDLE, printer="ready"))
    assert await world.worker().test_print() == DONE
    world.test, world.state = False, replace(IDLE, printer="cover_open")
    assert await world.worker().test_print() == Ended("failed", "the printer: cover_open")
    world.state = replace(IDLE, printer="none")
    assert await world.worker().test_print() == Ended("failed", "this kiosk has no printer")


async def test_a_picture_is_no_wider_than_a_page_shows_it(tmp_path: Path) -> None:
    world = World()
    world.size = (1620, 2880)
    picture = await world.worker().picture()
    assert isinstance(picture, bytes)
    (tmp_path / "seen.png").write_bytes(picture)
    with Image.open(tmp_path / "seen.png") as image:
        assert (image.format, image.size) == ("PNG", (1080, 1920))
    Image.new("RGB", (800, 600)).save(tmp_path / "small.png")
    (tmp_path / "again.png").write_bytes(small_png(tmp_path / "small.png"))
    with Image.open(tmp_path / "again.png") as image:
        assert image.size == (800, 600)


PERSONAL = (
    *("StaffSignIn", "Issuing", "StillThere", "Showing", "Arrived", "ArrivedAlone", "Basket", "LabelsFound"),
    *("Labelling", "Tail", "Collecting", "Following", "Certificates", "Downloading", "Printing"),
    *("Phoning", "Agreeing", "Confirming", "Appointed"),
)
"""Screens with typed digits, codes, faces, names or phones."""


@pytest.mark.parametrize("name", STATES)
async def test_nothing_of_a_visitors_is_ever_photographed(name: str) -> None:
    state = replace(STATES[name], screen_since=NOW - 10, touched_at=NOW - 10)
    world = World(state)
    picture = await world.worker().picture()
    if type(flow.shown(state)).__name__ in PERSONAL:
        assert picture == Ended("failed", "a visitor's data is on the screen")
        assert world.photos == 0
    else:
        assert isinstance(picture, bytes) == may_be_photographed(state)


def test_every_screen_is_either_known_to_be_nobodys_or_not_photographed() -> None:
    screens = {one.__name__ for one in get_args(m.PublicScreen) + get_args(m.StaffScreen)} | {"StillThere"}
    assert {name for name in PERSONAL if name not in screens} <= {"ArrivedAlone"}


async def test_a_screen_that_was_only_just_left_is_given_the_time_to_be_drawn_over() -> None:
    world = World(replace(IDLE, screen_since=NOW))
    taken: list[float] = []

    def photograph(path: Path) -> None:
        taken.append(world.now)
        Image.new("RGB", (10, 10)).save(path)

    world.photograph = photograph  # type: ignore[method-assign]
    assert isinstance(await world.worker().picture(), bytes)
    assert taken[0] - NOW >= DRAWN


async def test_a_picture_that_cannot_be_taken_is_told() -> None:
    world = World()

    def photograph(path: Path) -> None:
        raise OSError("the window gave no picture")

    world.photograph = photograph  # type: ignore[method-assign]
    assert await world.worker().picture() == Ended("failed", "no picture came: the window gave no picture")


HOLDING = m.Holding(TICKET, "printing", NOW)


@pytest.mark.parametrize(
    ("state", "free"),
    [
        (IDLE, True),
        (replace(IDLE, touched_at=NOW - 1), False),
        (replace(IDLE, home=None), True),
        (replace(IDLE, screen=m.Choosing("accept"), touched_at=NOW - 30), False),
        (replace(IDLE, screen=m.Choosing("accept"), touched_at=NOW - 61), True),
        (replace(IDLE, screen=HOLDING, touched_at=NOW - 300), False),
        (replace(IDLE, screen=replace(HOLDING, paper="printed"), touched_at=NOW - 5), False),
        (replace(IDLE, screen=replace(HOLDING, paper="out_of_paper"), touched_at=NOW - 61), True),
        (replace(IDLE, screen=m.StillThere(HOLDING, NOW + 10, 10), touched_at=NOW - 300), False),
        (
            replace(IDLE, screen=m.Issuing(m.Press("k", "accept", "ordinary", "zh"), NOW), touched_at=0.0),
            False,
        ),
    ],
)
def test_a_restart_waits_until_nobody_is_in_the_middle_of_anything(state: m.State, free: bool) -> None:
    assert left_alone(state, NOW) == free


async def test_a_restart_comes_once_the_visit_is_over() -> None:
    world = World(replace(IDLE, screen=m.Choosing("accept"), touched_at=NOW))
    worker = world.worker()
    looks = 0

    def seen() -> m.State:
        nonlocal looks
        looks += 1
        if looks == 3:
            world.state = replace(IDLE, touched_at=world.now - 5)
        return world.state

    worker._seen = seen
    await worker.free()
    assert looks == 3
    worker.restart()
    assert world.restarts == 1


def test_the_kinds_of_screens_with_personal_data_are_what_they_were() -> None:
    """A new screen of a visit is not photographed until somebody has looked at it."""
    assert not may_be_photographed(replace(IDLE, screen=v.Showing("check_in")))
    assert not may_be_photographed(replace(IDLE, screen=m.Guidance(under=v.Showing("check_in"))))
    assert may_be_photographed(replace(IDLE, screen=m.Guidance()))
    assert c.Tail.__name__ in PERSONAL
