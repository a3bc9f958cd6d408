"""What a kiosk gives while cut off: whatever moment the power goes, no number twice, and none lost."""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from kiosk import alone as a
from kiosk.memory import write_whole
from kiosk.standby import ASIDE, FILE, Standby
from tests.ui import kiosk_visits as visits
from tests.ui.kiosk_states import HALL, HOME, WALL
from tests.unit.kiosk.lending_hall import LendingHall

ids = count(1)
ROOT = Path(__file__).resolve().parents[3]


class PowerCut(Exception):
    """The machine is off: nothing after this happened."""


def standby(folder: Path, write: Callable[[Path, str], None] = write_whole) -> Standby:
    return Standby(
        folder,
        new_id=lambda: f"{next(ids):032x}",
        new_code=lambda: f"{next(ids):016}",
        write=write,
    )


def ready(folder: Path, hall: LendingHall) -> Standby:
    kiosk = standby(folder)
    lend(kiosk, hall)
    return kiosk


def lend(kiosk: Standby, hall: LendingHall) -> None:
    view = hall.leases(remembers=kiosk.remembers)
    assert view is not None
    kiosk.lend(view, timedelta())


def hand_in(kiosk: Standby, hall: LendingHall) -> None:
    while tickets := kiosk.to_hand_in():
        answer = hall.hand_in(tickets)
        if answer is None or isinstance(answer, str):
            return
        kiosk.handed_in(answer.tickets)


def wish(service: str = "accept", **more: str) -> a.GiveAlone:
    return a.GiveAlone("k", service, "zh", **more)  # type: ignore[arg-type]


def number(ticket: a.GivenAlone | None) -> str:
    return ticket.number if ticket else ""


def test_numbers_come_in_order_from_the_services_own_block(tmp_path: Path) -> None:
    kiosk = ready(tmp_path, LendingHall())
    given = [number(kiosk.give(wish(one), HOME, WALL)) for one in ("accept", "accept", "submit", "accept")]
    assert given == ["A001", "A002", "B001", "A003"]


def test_a_ticket_says_all_that_its_paper_needs(tmp_path: Path) -> None:
    ticket = ready(tmp_path, LendingHall()).give(wish(priority="elderly"), HOME, WALL)
    assert ticket is not None
    assert ticket.url == f"https://hall.example/t/{ticket.code}"
    assert (ticket.priority, ticket.issued_at, ticket.complaint_phone) == ("elderly", WALL, "12345")
    assert ticket.bring == HOME.bring["accept"]
    assert ticket.alone


def test_a_block_that_is_used_up_gives_nothing_and_the_others_go_on(tmp_path: Path) -> None:
    kiosk = ready(tmp_path, LendingHall())
    given = [kiosk.give(wish(), HOME, WALL) for _ in range(21)]
    assert [number(one) for one in given] == [f"A{n:03}" for n in range(1, 21)] + [""]
    standing = kiosk.standing(HOME, WALL)
    assert "accept" not in standing.services
    assert "submit" in standing.services
    assert (standing.given, standing.waiting, standing.left) == (20, 20, 80)


def test_no_number_of_a_day_that_is_over_or_has_not_begun(tmp_path: Path) -> None:
    kiosk = ready(tmp_path, LendingHall())
    for at in (WALL + timedelta(days=1), WALL - timedelta(days=1)):
        assert kiosk.give(wish(), HOME, at) is None
        assert not kiosk.standing(HOME, at).lent
    assert kiosk.give(wish(), HOME, WALL) is not None


def test_after_the_hours_that_were_last_heard_of_it_is_over(tmp_path: Path) -> None:
    kiosk = ready(tmp_path, LendingHall())
    assert not kiosk.standing(HOME, WALL.replace(hour=16, minute=59)).over
    assert kiosk.standing(HOME, WALL.replace(hour=17, minute=0)).over
    always = HOME.model_copy(update={"hall": HALL.model_copy(update={"hours": None})})
    assert not kiosk.standing(always, WALL.replace(hour=23, minute=59)).over


def test_a_voucher_is_given_one_number_also_after_it_was_handed_in(tmp_path: Path) -> None:
    hall = LendingHall()
    kiosk = ready(tmp_path, hall)
    assert number(kiosk.give(wish(voucher=visits.CODE), HOME, WALL)) == "A001"
    assert kiosk.give(wish(voucher=visits.CODE), HOME, WALL) is None
    hand_in(kiosk, hall)
    assert hall.tickets[hall.queue[0][0]].voucher == visits.CODE
    again = standby(tmp_path)
    assert again.used(visits.CODE) == "A001"
    assert again.give(wish(voucher=visits.CODE), HOME, WALL) is None
    assert visits.CODE not in (tmp_path / FILE).read_text()


def test_numbers_are_handed_in_in_order_and_at_most_fifty_at_once(tmp_path: Path) -> None:
    hall = LendingHall()
    kiosk = ready(tmp_path, hall)
    given = [kiosk.give(wish(one.id), HOME, WALL) for _ in range(20) for one in HOME.services]
    hand_in(kiosk, hall)
    assert [len(request) for request in hall.requests] == [50, 50]
    assert [told for _, told in hall.queue] == [number(one) for one in given]
    assert kiosk.to_hand_in() == ()


def test_an_answer_that_was_lost_is_asked_for_again_and_counts_once(tmp_path: Path) -> None:
    hall = LendingHall()
    kiosk = ready(tmp_path, hall)
    kiosk.give(wish(), HOME, WALL)
    hall.lose = True
    hand_in(kiosk, hall)
    assert len(kiosk.to_hand_in()) == 1
    hand_in(kiosk, hall)
    assert [told for _, told in hall.queue] == ["A001"]
    assert kiosk.to_hand_in() == ()


def test_a_number_that_is_not_taken_is_set_aside_for_the_staff(tmp_path: Path) -> None:
    hall = LendingHall()
    kiosk = ready(tmp_path, hall)
    first, second = (kiosk.give(wish(), HOME, WALL) for _ in range(2))
    assert first is not None
    assert second is not None
    hall.unknown.add(first.code)
    hand_in(kiosk, hall)
    assert [told for _, told in hall.queue] == ["A002"]
    assert standby(tmp_path).standing(HOME, WALL).bad == ("A001",)


def test_nothing_is_given_that_can_not_be_written(tmp_path: Path) -> None:
    hall = LendingHall()
    ready(tmp_path, hall)

    def full(_path: Path, _text: str) -> None:
        raise OSError("no space left on device")

    kiosk = standby(tmp_path, full)
    with pytest.raises(OSError, match="no space"):
        kiosk.give(wish(), HOME, WALL)
    assert kiosk.to_hand_in() == ()
    assert number(standby(tmp_path).give(wish(), HOME, WALL)) == "A001"


def test_a_damaged_record_gives_no_number_of_the_blocks_before(tmp_path: Path) -> None:
    hall = LendingHall()
    kiosk = ready(tmp_path, hall)
    given = {number(kiosk.give(wish(), HOME, WALL)) for _ in range(3)}
    (tmp_path / FILE).write_text("{", encoding="utf-8")
    kiosk = standby(tmp_path)
    assert kiosk.give(wish(), HOME, WALL) is None
    assert kiosk.standing(HOME, WALL).damaged
    assert (tmp_path / ASIDE).read_text(encoding="utf-8") == "{"
    lend(kiosk, hall)
    assert number(kiosk.give(wish(), HOME, WALL)) not in given


def test_the_hall_last_seen_is_kept_without_its_figures(tmp_path: Path) -> None:
    standby(tmp_path).see(HOME)
    kept = standby(tmp_path).home
    assert kept is not None
    assert [one.name for one in kept.services] == [one.name for one in HOME.services]
    assert all(one.waiting == 0 for one in kept.services)
    assert kept.now_serving == ()


# ---- the power goes at any moment ------------------------------------------------------------------

CUTS = ("", "before", "half", "after")
steps = st.lists(
    st.tuples(
        st.sampled_from(("give", "give", "give", "lend", "hand in", "lost answer")),
        st.sampled_from(("accept", "submit")),
        st.sampled_from(CUTS),
    ),
    max_size=40,
)


class Disk:
    """Writes files, and at the next write the power goes: before it, in the midst of it, or after it."""

    def __init__(self) -> None:
        self.cut = ""

    def __call__(self, path: Path, text: str) -> None:
        cut, self.cut = self.cut, ""
        if cut == "before":
            raise PowerCut
        if cut == "half":
            path.with_suffix(".new").write_text(text[: len(text) // 2], encoding="utf-8")
            raise PowerCut
        write_whole(path, text)
        if cut == "after":
            raise PowerCut


@settings(max_examples=60, deadline=None)
@for_all(steps)
def test_whenever_the_power_goes_no_number_is_shown_twice_and_none_that_was_shown_is_lost(
    does: list[tuple[str, str, str]],
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, hall, disk = Path(name), LendingHall(), Disk()
        kiosk = standby(folder, disk)
        lend(kiosk, hall)
        shown: list[str] = []
        for what, service, cut in does:
            disk.cut = cut
            try:
                if what == "give":
                    ticket = kiosk.give(wish(service), HOME, WALL)
                    shown += [ticket.number] if ticket else []
                elif what == "lend":
                    lend(kiosk, hall)
                else:
                    hall.lose = what == "lost answer"
                    hand_in(kiosk, hall)
            except PowerCut:
                kiosk = standby(folder, disk)
            disk.cut = ""
        hall.lose = False
        hand_in(standby(folder, disk), hall)
        taken = [told for _, told in hall.queue]
        assert len(set(shown)) == len(shown)
        assert len(set(taken)) == len(taken)
        # What was kept but never shown, as the power went between, is taken too: it can't be told apart.
        assert [one for one in taken if one in set(shown)] == shown


# ---- the process is killed -------------------------------------------------------------------------

KILLS = 8


def test_killed_again_and_again_it_shows_no_number_twice_and_loses_none(tmp_path: Path) -> None:
    dice = random.Random(20261121)
    shown: list[str] = []
    for _ in range(KILLS):
        with subprocess.Popen(
            [sys.executable, "-m", "tests.unit.kiosk.giving_forever", str(tmp_path)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
        ) as process:
            assert process.stdout is not None
            for _ in range(dice.randrange(1, 12)):
                shown.append(process.stdout.readline().decode().strip())
            process.kill()
            # Whole lines only: what a kill cut short was not shown.
            shown += [line.decode().strip() for line in process.stdout if line.endswith(b"\n")]
    kiosk, hall = standby(tmp_path), LendingHall(most=400)
    hall.leases(remembers=True)
    hand_in(kiosk, hall)
    taken = [number for _, number in hall.queue]
    assert len(shown) >= KILLS
    assert len(set(shown)) == len(shown)
    assert [one for one in taken if one in set(shown)] == shown
    assert len(taken) - len(shown) <= KILLS, "at most the one that was under way at each kill"
