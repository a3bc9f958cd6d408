"""Every way that a sample can go is gone by somebody's hand through a route, and no other way is there."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from server.domain.samples import MOVES
from server.protocol.words import SAMPLE_STATES
from server.store import tables as t
from tests.servers import ServerThread
from tests.waiting import until

from . import cases
from .benches import OPTIONS, Bench, received
from .cases import rows, write
from .counter import CASES, Counter
from .visits import HALL, kiosk, walked_in

HANDS = f"{HALL}/handovers"


def moves(hall: ServerThread, subject: str = "") -> set[str]:
    """The moves that the journal tells of, of one sample or of all."""
    table = t.journal.c
    where = table.kind.like("sample.%") & (table.subject == subject if subject else True)
    found = {row.kind.removeprefix("sample.") for row in rows(hall, select(table.kind).where(where))}
    return found & set(MOVES)


class House:
    """All whose hands a sample passes through, over HTTP alone."""

    def __init__(self, hall: ServerThread) -> None:
        self.hall = hall
        self.clerk = Counter(hall)
        self.lab = Counter(hall, "verifier1")
        self.bench = Bench(hall)

    def accepted(self, item: str = "lensmeter", pieces: int = 1) -> tuple[Any, list[str]]:
        """(case, codes of its pieces), signed at the counter; their labels came out of the kiosk."""
        order = walked_in(self.hall, pieces, item, customer="sole_trader")["order"]
        labels = [one["code"] for one in order["labels"]]
        told = {"outcome": "printed", "codes": labels}
        self.hall.ask("POST", f"/orders/{order['id']}/prints", told, kiosk(self.hall))
        case = self.clerk.open(order["number"])
        return self.clerk.sign(self.clerk.save(self.clerk.known(case))), labels

    def give(self, by: Counter, to: Counter, code: str) -> None:
        """A pair of scans."""
        by.do("POST", HANDS, {"taker": to.user, "samples": [code], "careful": True})
        id = next(one["id"] for one in to.do("GET", HANDS)["handovers"] if not one["mine"])
        to.do("POST", f"{HANDS}/{id}/take", {"samples": [code], "careful": True})

    def testing(self) -> str:
        [code] = self.accepted()[1]
        self.give(self.clerk, self.lab, code)
        return self.bench.testing(code)

    def answered(self, option: str) -> str:
        """A piece with a fault, for which staff took the customer's answer down; answers the question."""
        _, id = self.bench.held(self.testing(), OPTIONS)
        body = {"option": option, "remark": "来电"}
        self.hall.ask("POST", f"/negotiations/{id}/answer", body, self.clerk.token)
        return id


def test_every_move_of_the_table_is_somebodys_to_make(hall: ServerThread) -> None:
    house = House(hall)
    bench, clerk, lab = house.bench, house.clerk, house.lab
    # Not taken in: at the counter, and after it was.
    no = clerk.open(walked_in(hall, 1)["order"]["number"])
    clerk.do("POST", f"{CASES}/{no['id']}/reject", {"reason": "不在授权范围"})
    # Stands in the lab's air first.
    [gauge] = house.accepted("sphygmomanometer")[1]
    house.give(clerk, lab, gauge)
    hall.clock.advance(minutes=120)
    bench.testing(gauge)
    # A fault, with each kind of answer.
    again = house.answered("repair_and_retest")
    bench.do("POST", f"/negotiations/{again}/execute")
    failed = house.answered("conclude_unqualified")
    bench.air()
    bench.do("POST", f"/negotiations/{failed}/execute")
    back = house.answered("return_untested")
    for role, user in (("customer", "clerk1"), ("supervisor", "manager")):
        bench.do("POST", f"/negotiations/{back}/sign", {"role": role}, user)
    bench.do("POST", f"/negotiations/{back}/execute")
    # Sent back once, then all the way; corrected after that, and home.
    code = house.testing()
    id = bench.tested(code)
    bench.do("POST", f"/results/{id}/send-back", {"reason": "再测"}, "reviewer1")
    bench.approved(code)
    pressed(hall)
    assert bench.state(code) == "ready"
    bench.do("POST", f"/samples/{code}/correct", {"reason": "型号写错"})
    bench.approved(code, model="JD-2")
    pressed(hall)
    house.give(lab, clerk, code)
    order = rows(hall, select(t.samples.c.order).where(t.samples.c.code == code))[0].order
    pickup = cases.pickup(hall, order).code
    told = hall.request("POST", f"/api/v1{HALL}/releases", {"code": pickup, "samples": [code]}, clerk.token)
    assert told.status_code == 201, told.text
    assert bench.state(code) == "released"
    assert moves(hall) == set(MOVES)


def pressed(hall: ServerThread) -> None:
    """All that was drafted is out."""
    table = t.certificates.c
    drafted = select(table.id).where(table.state == "drafted")
    until("the certificates being out", lambda: not rows(hall, drafted))


MAY = {
    ("received", "rest"),
    ("received", "start"),
    ("received", "give-back"),
    ("acclimatising", "start"),
    ("queued", "start"),
    ("testing", "hold"),
}
"""What a piece without a result may be asked to do in each state; everything else is refused."""


@pytest.mark.parametrize("state", SAMPLE_STATES)
def test_in_each_state_only_the_steps_of_the_table_are_taken(shared: ServerThread, state: str) -> None:
    bench = Bench(shared)
    case = walked_in(shared, 1, "lensmeter", customer="sole_trader")
    order: str = case["order"]["id"]
    [code] = received(shared, case)
    pickup = cases.pickup(shared, order).code
    sample = t.samples.c.code == code
    fault = {"fault": "示值不稳", "options": OPTIONS}
    steps: dict[str, tuple[str, str, str, object]] = {
        "sign": ("clerk1", "POST", f"{CASES}/{order}/sign", {"version": 1}),
        "reject": ("clerk1", "POST", f"{CASES}/{order}/reject", {"reason": "x"}),
        "release": ("clerk1", "POST", f"{HALL}/releases", {"code": pickup, "samples": [code]}),
        "give-back": ("clerk1", "POST", f"{CASES}/{order}/pieces/{code}/give-back", {"reason": "x"}),
        "rest": ("verifier1", "POST", f"{HALL}/lab/samples/{code}/rest", None),
        "start": ("verifier1", "POST", f"{HALL}/lab/samples/{code}/start", None),
        "hold": ("verifier1", "POST", f"{HALL}/lab/samples/{code}/hold", fault),
        "correct": ("verifier1", "POST", f"{HALL}/lab/samples/{code}/correct", {"reason": "x"}),
    }
    done = set()
    for step, (user, method, path, body) in steps.items():
        # Where both may take it from; a step that was taken is taken back past all rules.
        holder = "shelf:a1" if user == "clerk1" else "staff:verifier1"
        write(shared, update(t.samples).where(sample).values(state=state, holder=holder))
        answer = shared.request(method, f"/api/v1{path}", body, bench.stage.as_(user))
        assert answer.status_code < 500, answer.text
        if answer.status_code < 400:
            done.add((state, step))
        else:
            assert rows(shared, select(t.samples.c.state).where(sample))[0].state == state
    assert done == {one for one in MAY if one[0] == state}


# Back to the customer before the lab has it ---------------------------------------------------------


def test_a_piece_that_was_taken_in_can_be_given_back_before_the_lab_has_it(hall: ServerThread) -> None:
    house = House(hall)
    case, [first, second] = house.accepted(pieces=2)
    path = f"{CASES}/{case['id']}/pieces/{first}/give-back"
    why = {"reason": "量程超出"}
    other = Counter(hall, "clerk2")
    assert other.refused("POST", path, why) == (409, "wrong_custodian")
    told = house.clerk.do("POST", path, why)
    assert [piece["state"] for piece in told["pieces"]] == ["refused_at_intake", "received"]
    assert [piece["holder"]["id"] for piece in told["pieces"]] == ["customer", "staff:clerk1"]
    assert house.clerk.refused("POST", path, why) == (409, "sample_state")
    stranger = walked_in(hall, 1)["order"]["labels"][0]["code"]
    strange = f"{CASES}/{case['id']}/pieces/{stranger}/give-back"
    assert house.clerk.refused("POST", strange, why) == (404, "sample_unknown")
    table = t.outbox.c
    news = rows(hall, select(table.kind).where(table.subject == case["id"], table.kind == "case_untested"))
    assert len(news) == 1, "its customer is told"
    house.give(house.clerk, house.lab, second)
    assert house.clerk.case(case["id"])["state"] == "in_progress"


def test_an_order_of_which_all_goes_back_is_closed(hall: ServerThread) -> None:
    house = House(hall)
    case, [code] = house.accepted()
    path = f"{CASES}/{case['id']}/pieces/{code}/give-back"
    assert house.clerk.do("POST", path, {"reason": "客户不检了"})["state"] == "closed"
    new = house.clerk.open(walked_in(hall, 1)["order"]["number"])
    early = f"{CASES}/{new['id']}/pieces/{new['pieces'][0]['code']}/give-back"
    assert house.clerk.refused("POST", early, {"reason": "x"}) == (409, "order_state")


def test_nobody_gives_back_untested_what_another_has(hall: ServerThread) -> None:
    house = House(hall)
    id = house.answered("return_untested")
    for role, user in (("customer", "clerk1"), ("supervisor", "manager")):
        house.bench.do("POST", f"/negotiations/{id}/sign", {"role": role}, user)
    refused = house.bench.refused("POST", f"/negotiations/{id}/execute", user="verifier2")
    assert refused == "wrong_custodian"
    house.bench.do("POST", f"/negotiations/{id}/execute")
