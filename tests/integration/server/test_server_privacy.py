"""What concerns one person stays with whom it concerns: not on screens, tickets, in problems or the log."""

from __future__ import annotations

import json
import logging
import re
from typing import Any

import pytest

from tests.integration.server.signing import Browser
from tests.integration.server.stage import Stage
from tests.servers import ServerThread
from tests.waiting import until

VISITOR = "某某送检人"
PHONE = "13812345678"
NUMBER = "110101199003074514"
PLANTED = (VISITOR, PHONE, NUMBER)
SECRET_SHAPES = re.compile(r"(?<![0-9A-Za-z.])1[3-9]\d{9}(?![0-9A-Za-z])|\$argon2|\d{17}[\dX]")
"""A mobile number (not digits within a file's version), a password's hash, an identity number."""


def ours(caplog: pytest.LogCaptureFixture) -> str:
    """What the server has logged; the test's own client logs beside it."""
    clients = ("urllib3", "websockets.client", "asyncio")
    return "\n".join(one.getMessage() for one in caplog.records if not one.name.startswith(clients))


def read(link: Any, count: int) -> list[str]:
    return [str(link.recv(timeout=30)) for _ in range(count)]


def test_nothing_personal_leaves_the_server(hall: ServerThread, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    stage = Stage(hall)
    public: list[str] = []
    # A clerk writes into the one free field what should never be there; a kiosk's report has a name in it.
    reason = f"{VISITOR} {PHONE} {NUMBER}"
    issued = stage.do(
        "POST", "/halls/main/tickets", {"service": "accept", "priority": "elderly", "reason": reason}
    )
    public.append(json.dumps(issued, ensure_ascii=False))
    report = {"printer": "error", "detail": reason}
    assert hall.request("POST", "/api/v1/devices/self/status", report, stage.kiosk).status_code == 200
    code = issued["code"]
    topics = ("board:main", "counter:main:1", f"ticket:{code}")
    with hall.live(*topics) as anyone, hall.live("kiosk:main", token=stage.kiosk) as kiosk:
        public += read(anyone, 3) + read(kiosk, 1)
        stage.counter("open")
        stage.step(stage.call(issued["id"]), "recall", "start", "park", "resume")
        stage.step(stage.call(issued["id"]), "start", "done")
        until(
            "the last word", lambda: '"done"' in public[-1] or not public.append(str(anyone.recv(timeout=30)))
        )
        public += read(kiosk, 1)
    paths = [
        "/api/v1/halls/main",
        f"/api/v1/tickets/{code}",
        f"/api/v1/tickets/{PHONE}",
        "/api/v1/halls/none",
    ]
    paths += ["/", "/board/main", "/counter/1", f"/t/{code}", "/sign-in", "/metrics", "/healthz"]
    public += [hall.request("GET", path).text for path in paths]
    body = {"service": PHONE, VISITOR: NUMBER}
    public.append(hall.request("POST", "/api/v1/halls/main/tickets", body, stage.kiosk).text)
    public.append(hall.request("POST", "/api/v1/sessions", {"user": VISITOR, "password": PHONE}).text)
    public.append(Browser(hall).fill_in("nobody", PHONE).text)

    staff_names = [*hall.credentials["users"]]
    tokens = [*hall.credentials["users"].values(), *hall.credentials["devices"].values(), stage.as_("clerk1")]
    for text in public:
        assert [planted for planted in PLANTED if planted in text] == [], text
        assert [token for token in tokens if token in text] == [], text
        assert [name for name in staff_names if f'"{name}"' in text] == [], text
        assert not SECRET_SHAPES.search(text), text
    # The log does record who is at work: the end of a desk's link stands in it.
    with hall.live("desk:main:1", token=stage.as_("clerk1")) as desk:
        desk.recv(timeout=30)
        hall.request("DELETE", "/api/v1/sessions/current", token=stage.as_("clerk1"))
        until("the line in the log", lambda: "staff:clerk1" in ours(caplog))
    logged = ours(caplog)
    assert [secret for secret in (*PLANTED, *tokens, code) if secret in logged] == []


def test_who_sits_at_a_counter_is_shown_by_duty_and_by_nothing_else(hall: ServerThread) -> None:
    stage = Stage(hall)
    stage.called()
    with hall.live("counter:main:1") as panel, hall.live("board:main") as board:
        view = json.loads(panel.recv(timeout=30))["view"]
        everybody = str(board.recv(timeout=30))
    assert set(view["staff"]) == {"name", "badge", "duty"}
    assert view["staff"]["name"] not in everybody


def test_a_ticket_is_found_by_its_code_and_not_by_what_can_be_guessed(hall: ServerThread) -> None:
    issued = hall.take_number()
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{16}", issued["code"])
    for guess in (issued["id"], issued["number"], issued["code"].lower(), issued["code"][:-1]):
        assert hall.request("GET", f"/api/v1/tickets/{guess}").status_code == 404
        with hall.live(f"ticket:{guess}") as link, pytest.raises(Exception, match="4404"):
            link.recv(timeout=30)
    others = [hall.take_number()["code"] for _ in range(20)]
    assert len({code[:4] for code in others}) > 15


def test_a_colleague_of_another_hall_sees_nothing_of_this_one(hall: ServerThread) -> None:
    issued = hall.take_number()
    for user in ("east-admin", "east-manager", "east-clerk1"):
        browser = Browser(hall)
        browser.sign_in(user)
        assert browser.see("GET", "/desk/main/1").status_code == 403
        token = browser.cookies["liqu_session"]
        for step in ("start", "cancel", "undo", "recall"):
            answer = hall.request("POST", f"/api/v1/tickets/{issued['id']}/{step}", None, token)
            assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_nothing_of_who_booked_leaves_the_server(
    hall: ServerThread, caplog: pytest.LogCaptureFixture
) -> None:
    """Booked, moved, found, checked in, labelled, called: masks only, on every screen, paper and line."""
    from sqlalchemy import text as sql

    from .visits import DAY, HALL, SHOP, TAIL, booking, checked_in, kiosk

    caplog.set_level(logging.DEBUG)
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    stage = Stage(hall)
    email = "xiaoming@example.com"
    uscc = "91350100M000100Y43"
    customer = SHOP | {"name": VISITOR, "email": email, "uscc": uscc}
    planted = (VISITOR, PHONE, email, uscc, SHOP["company"])
    public = []
    one = hall.ask("POST", f"{HALL}/appointments", booking(customer=customer))
    proof = {"code": one["number"], "tail": TAIL}
    moved = hall.ask("POST", "/appointments/reschedule", proof | {"day": DAY, "slot": "accept-1330"})
    shown = hall.ask("POST", f"{HALL}/arrivals", {"code": one["code"]}, kiosk(hall))
    came = checked_in(hall, one["code"])
    labels = hall.ask("POST", f"{HALL}/labels", {"code": one["code"]}, kiosk(hall))
    listed = stage.do("GET", f"{HALL}/appointments?day={DAY}")
    public += [json.dumps(told, ensure_ascii=False) for told in (one, moved, shown, came, labels, listed)]
    topics = ("board:main", "counter:main:1", f"ticket:{came['ticket']['code']}")
    hall.clock.advance(hours=2)
    with hall.live(*topics) as anyone, hall.live("kiosk:main", token=stage.kiosk) as at_kiosk:
        public += read(anyone, 3) + read(at_kiosk, 1)
        with hall.live("desk:main:1", token=stage.as_("clerk1")) as desk:
            stage.counter("open")
            stage.call(came["ticket"]["id"])
            until(
                "the call on the desk",
                lambda: (
                    came["ticket"]["number"] in public[-1] or not public.append(str(desk.recv(timeout=30)))
                ),
            )
        public += read(anyone, 3) + read(at_kiosk, 1)
    for secret in planted:
        assert [told for told in public if secret in told] == [], secret
        assert secret not in ours(caplog)
    with hall.app.state.core.halls.engine.begin() as connection:
        kept = [
            " ".join(map(str, row))
            for table in ("journal", "answers", "outbox", "appointments", "orders", "samples", "tickets")
            for row in connection.execute(sql(f"select * from {table}"))  # noqa: S608 - our own tables
        ]
        customers = [" ".join(map(str, row)) for row in connection.execute(sql("select * from customers"))]
    for secret in planted:
        assert [row for row in kept if secret in row] == [], secret
        assert [row for row in customers if secret in row], "only there it stands"
