"""Requests that nobody would think of: each is answered as the API describes itself, and never with 5xx."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.parameters import ParameterLocation
from schemathesis.schemas import APIOperation

from tests.integration.server.stage import Stage
from tests.servers import ServerThread

from .visits import walked_in

Send: TypeAlias = Callable[[Case], None]

load_all_checks()
CHECKED = CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
    ]
)
MUST_NOTICE = CHECKS.get_by_names(["negative_data_rejection"])
EXAMPLES = {
    "anonymous": 2,
    "display-1": 2,
    "kiosk-1": 2,
    "clerk1": 3,
    "verifier1": 2,
    "manager": 3,
    "admin": 2,
}
"""Requests to each operation, of each mode; a few are enough for those who are turned away."""
NAMED = {"service": "id", "counter": "number", "user": "user", "item": "id", "slot": "id"}
"""The field of the body that must say the same as this place in the path."""


STEPS = {
    "start": (),
    "recall": (),
    "miss": (),
    "done": ("start",),
    "park": ("start",),
    "transfer": ("start",),
}
STEPS |= {"undo": ("start", "done")}
"""What must be done before, of a ticket that has been called."""


class Places:
    """What stands in the paths: things that are there, in a state in which most steps are granted."""

    def __init__(self, stage: Stage, user: str) -> None:
        self._stage = stage
        self._clerk = user if user in ("clerk1", "manager", "admin") else "clerk3"

    def fill(self, path: str) -> dict[str, str]:
        known = {"hall": "main", "counter": "1", "service": "accept", "user": "clerk4", "name": "display-1"}
        known |= {"item": "balance", "slot": "accept-0830", "day": "2027-05-01", "year": "2027"}
        if "/tickets/" in path:
            issued = self._stage.server.take_number("accept")
            known |= {name: issued[name] for name in ("id", "code", "number")}
        if "{order}" in path or "/orders/{id}" in path or "/samples/" in path:
            order = walked_in(self._stage.server, 1)["order"]
            known |= {"id": order["id"], "order": order["id"], "code": order["labels"][0]["code"]}
        step = path.rsplit("/", 1)[1]
        if step in STEPS:
            self._free()
            known["id"] = self._stage.counter("call-next", user=self._clerk)["ticket"]["id"]
            for before in STEPS[step]:
                self._try(f"/tickets/{known['id']}/{before}")
        return {name: value for name, value in known.items() if f"{{{name}}}" in path}

    def _free(self) -> None:
        """The clerk sits at counter 1, which is neither paused nor busy."""
        for step in ("open", "resume"):
            self._try(f"/halls/main/counters/1/{step}")
        at = self._stage.server.request("GET", "/api/v1/halls/main").json()["counters"][0]["number"]
        if at is not None:
            ticket = self._stage.do("GET", f"/halls/main/tickets/{at}", user=self._clerk)["id"]
            for step in ("done", "miss"):
                self._try(f"/tickets/{ticket}/{step}")

    def _try(self, path: str) -> None:
        token = self._stage.as_(self._clerk)
        assert self._stage.server.request("POST", f"/api/v1{path}", None, token).status_code < 500


def storm(operation: APIOperation[Any, Any, Any], mode: GenerationMode, examples: int, send: Send) -> None:
    """Send ``examples`` requests to the operation."""

    @settings(
        max_examples=examples,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Case) -> None:
        send(case)

    ask()


@pytest.mark.timeout(900)
@pytest.mark.parametrize("who", EXAMPLES)
def test_no_request_breaks_the_server_or_its_word(hall: ServerThread, who: str) -> None:
    stage = Stage(hall)
    places = Places(stage, who)
    described = schemathesis.openapi.from_dict(hall.request("GET", "/api/openapi.json").json())
    operations = [found.ok() for found in described.get_all_operations()]
    assert len(operations) > 35
    # What changes the set-up comes after what needs it; what ends the session comes last.
    parts = [
        [
            "tickets",
            "halls",
            "leases",
            "bookings",
            "orders",
            "lab",
            "negotiations",
            "certificates",
            "pickups",
            "progress",
            "equipment",
            "cases",
            "handovers",
            "referrals",
        ],
        ["pairings", "devices", "health", "due items", "messages"],
        ["offer", "manage", "keeping"],
        ["sessions"],
    ]
    operations.sort(key=lambda one: next(n for n, part in enumerate(parts) if (one.tags or [""])[0] in part))
    operations.sort(key=lambda one: one.path.endswith("/settings"))
    answers: Counter[int] = Counter()
    for operation in operations:
        for mode in GenerationMode.POSITIVE, GenerationMode.NEGATIVE:
            if mode is GenerationMode.NEGATIVE and not (operation.body or operation.path_parameters):
                continue
            real = places.fill(operation.path)
            if who in hall.credentials["users"]:
                token = stage.as_(who)
            else:
                token = hall.credentials["devices"].get(who, "")

            def send(case: Case) -> None:
                well_meant = mode is GenerationMode.POSITIVE  # noqa: B023 - called in this round
                if well_meant or operation.body:  # noqa: B023
                    case.path_parameters.update(real)  # noqa: B023
                if well_meant and case.method == "PUT" and isinstance(case.body, dict):
                    own = {name: real[place] for place, name in NAMED.items() if place in real}  # noqa: B023
                    case.body.update(own)
                headers = {"Authorization": f"Bearer {token}"} if token else {}  # noqa: B023
                # A wrong path or header has been put right above: only a wrong body must be noticed.
                body = case.meta.components.get(ParameterLocation.BODY) if case.meta else None
                wrong = body is not None and body.mode is GenerationMode.NEGATIVE
                answer = case.call(base_url=hall.url, headers=headers)
                # A body that is too large is noticed before it is read.
                noticed = not wrong or answer.status_code == 413
                case.validate_response(answer, checks=CHECKED if noticed else [*CHECKED, *MUST_NOTICE])
                answers[answer.status_code] += 1

            storm(operation, mode, EXAMPLES[who], send)
    assert answers.total() > 35 * EXAMPLES[who], answers
