"""Pieces at the benches, as the lab's people handle them: what tests of results and faults begin with."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from server.services import stages
from server.services.work import Ledger
from server.store import orders
from tests.servers import ServerThread

from .cases import change, handed_in
from .cases import move as moved
from .stage import Stage
from .visits import HALL, walked_in

LAB = f"{HALL}/lab"
GOOD = {"m10": "0.02", "m5": "-0.01", "p5": "0.03", "p10": "0.00", "prism": "0.05", "axis": "合格"}
STANDARD = "BZ-001"
OPTIONS = ["repair_and_retest", "conclude_unqualified", "return_untested"]


class Bench:
    """A hall whose lensmeters lie before ``verifier1``; each person signs in once."""

    def __init__(self, hall: ServerThread) -> None:
        self.hall = hall
        self.stage = Stage(hall)

    def do(self, method: str, path: str, body: object = None, user: str = "verifier1") -> Any:
        return self.stage.do(method, f"{LAB}{path}", body, user)

    def refused(self, method: str, path: str, body: object = None, user: str = "verifier1") -> str:
        """The code of the refusal; fails when it goes well."""
        answer = self.hall.request(method, f"/api/v1{LAB}{path}", body, self.stage.as_(user))
        assert answer.status_code >= 400, answer.text
        code: str = answer.json()["code"]
        return code

    def air(self, celsius: float = 20, humidity: float = 50, section: str = "光学室") -> None:
        self.do("POST", "/climate", {"section": section, "celsius": celsius, "humidity": humidity})

    def received(
        self, holder: str = "staff:verifier1", item: str = "lensmeter", pieces: int = 2
    ) -> list[str]:
        """The codes of pieces that were accepted and lie with ``holder``; nobody knows whose they are."""
        return received(self.hall, walked_in(self.hall, pieces, item, customer="sole_trader"), holder)

    def booked(self) -> tuple[Any, list[str]]:
        """(the CheckedIn of the shop's lensmeters, their codes), accepted and with ``verifier1``."""
        case = handed_in(self.hall)
        return case, received(self.hall, case)

    def testing(self, code: str = "") -> str:
        """The code of a lensmeter whose test has begun."""
        code = code or self.received()[0]
        self.do("POST", f"/samples/{code}/start")
        return code

    def saved(self, code: str, **other: Any) -> str:
        """The id of the draft, filled in well but for what ``other`` says."""
        body = {"values": GOOD, "standards": [STANDARD], "maker": "某厂", "model": "JD-1"} | other
        made: str = self.do("PUT", f"/samples/{code}/result", body)["results"][0]["id"]
        return made

    def tested(self, code: str = "", conclusion: str = "qualified", **other: Any) -> str:
        """The id of a result that its 检定员 has signed."""
        id = self.saved(code or self.testing(), **other)
        self.air()
        self.do("POST", f"/results/{id}/test", {"conclusion": conclusion})
        return id

    def approved(self, code: str = "", **other: Any) -> str:
        id = self.tested(code, **other)
        self.do("POST", f"/results/{id}/review", user="reviewer1")
        self.do("POST", f"/results/{id}/approve", user="approver1")
        return id

    def held(self, code: str = "", options: list[str] = OPTIONS) -> tuple[str, str]:
        """(sample, id of the question) of a piece with a fault."""
        sample = code or self.testing()
        told = self.do("POST", f"/samples/{sample}/hold", {"fault": "示值不稳", "options": options})
        return sample, told["questions"][0]["id"]

    def state(self, code: str) -> str:
        told: str = self.do("GET", f"/samples/{code}")["row"]["state"]
        return told


def received(hall: ServerThread, case: Any, holder: str = "staff:verifier1") -> list[str]:
    """Acceptance of all pieces, each for the section of its item; they lie with ``holder``."""
    id: str = case["order"]["id"]

    def do(ledger: Ledger) -> None:
        order = orders.find(ledger.connection, id=id)
        assert order is not None
        of = ledger.floor.hall
        due = of.offer.calendar.after(of.day(ledger.now), 5)
        for sample in orders.samples(ledger.connection, id):
            section = of.offer.catalogue.items[sample.item].section
            taken = replace(sample, holder=holder, section=section, due=due, received_at=ledger.now)
            moved(ledger, taken, "receive")
        stages.settle(ledger, replace(order, state="accepted", accepted_at=ledger.now, due=due))

    change(hall, do)
    return [one["code"] for one in case["order"]["labels"]]
