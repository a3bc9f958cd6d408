"""Personal data goes when its time is over or when its owner asks; what must be kept stays, and is told."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from sqlalchemy import select, text

from server.domain.customers import CLEARED
from server.services.personal import Clearer
from server.store import journal, seals
from server.store import tables as t
from tests.certified import certify
from tests.servers import ServerThread
from tests.waiting import until

from . import cases
from .test_server_privacy import ours
from .visits import HALL, PHONE, TAIL, booked, booking, checked_in

NAME, COMPANY, EMAIL, STREET = "钱不在", "不在小铺", "nobody.here@example.com", "无人巷九号"
WHO = {"type": "sole_trader", "name": NAME, "company": COMPANY, "phone": PHONE, "email": EMAIL}
SECRETS = (NAME, COMPANY, EMAIL, STREET, PHONE)
WHY = "客户书面要求删除"


def managed(hall: ServerThread, method: str, path: str, body: object = None) -> Any:
    return hall.ask(method, f"{HALL}{path}", body, hall.sign_in("manager"))


def left(hall: ServerThread, but: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """(table, secret) wherever one of the secrets still stands; certificates and their files apart."""
    found = []
    with hall.app.state.core.halls.engine.begin() as connection:
        for table in t.metadata.sorted_tables:
            rows = connection.execute(text(f'select * from "{table.name}"')).all()  # noqa: S608 - our own
            # A row's own text leaves out the middle of what is long.
            said = " ".join(str(cell) for row in rows for cell in row)
            found += [(table.name, secret) for secret in SECRETS if secret in said and table.name not in but]
    return found


def finished(hall: ServerThread) -> Any:
    """The CheckedIn of somebody who was here, has an address with us, a due item, and their things back."""
    clerk = hall.sign_in("clerk1")
    case = checked_in(hall, booked(hall, customer=WHO)["code"])
    order = cases.accepted(hall, case)
    way = {"way": "post", "address": f"{NAME} {PHONE} {STREET}"}
    hall.ask("PUT", f"{HALL}/cases/{order}/fulfilment", way, clerk)
    hall.ask("PUT", f"{HALL}/cases/{order}/fulfilment", way | {"way": "deliver"}, clerk)
    due = {"item": "lensmeter", "due_on": "2027-01-31", "company": COMPANY, "name": NAME, "phone": PHONE}
    hall.ask("POST", f"{HALL}/due-items", due, clerk)
    for position in (1, 2):
        certify(hall, order, position)
    until("the certificates", lambda: state(hall, order) == "ready")
    cases.shelve(hall, order)
    hall.ask("POST", f"{HALL}/cases/{order}/sent", {"carrier": "自送", "tracking": "NONE-1"}, clerk)
    code = cases.pickup(hall, order).code
    hall.ask("POST", f"{HALL}/releases", {"code": code, "samples": cases.labels(case)}, clerk)
    return case


def state(hall: ServerThread, order: str) -> str:
    [row] = cases.rows(hall, select(t.orders.c.state).where(t.orders.c.id == order))
    return str(row.state)


def clients(hall: ServerThread) -> set[str]:
    """Whom the certificates name."""
    return {json.loads(one.content)["client"] for one in cases.rows(hall, select(t.certificates.c.content))}


def whole(hall: ServerThread) -> bool:
    with hall.app.state.core.halls.engine.begin() as connection:
        return journal.check(connection, "main") is None


def test_who_asks_is_erased_everywhere_and_the_journal_stays_whole(either: ServerThread) -> None:
    hall = either
    case = finished(hall)
    number = case["order"]["number"]
    assert {table for table, _ in left(hall)} >= {"customers", "fulfilments", "due_items", "certificates"}
    assert clients(hall) == {COMPANY}
    hall.clock.advance(days=1)
    hall.take_number()
    until("the seal", lambda: hall.app.state.core.halls.read(lambda at: seals.last(at, "main")))
    before = hall.app.state.core.halls.read(lambda at: seals.listed(at, "main"))

    found = managed(hall, "POST", "/persons/find", {"code": number})
    assert not any(secret in json.dumps(found, ensure_ascii=False) for secret in SECRETS)
    assert (found["phone"], found["orders"], found["certificates"], found["open"]) == (
        "138****5678",
        1,
        2,
        [],
    )

    told = managed(hall, "POST", "/erasures", {"phone": PHONE, "reason": f"{WHY} {PHONE}"})
    assert told["erased"]["customers"] == told["erased"]["addresses"] == 1
    assert told["erased"]["due_items"] == 2, "one entered, and that of the certificates"
    assert {one["what"]["en"] for one in told["kept"]} >= {"Certificates", "Journal"}
    assert all(one["why"]["zh"] and one["why"]["en"] for one in told["kept"])
    # A certificate names whose instrument it is: the law wants it kept, and the page says so.
    assert {table for table, _ in left(hall)} <= {"certificates", "files"}
    assert clients(hall) == {COMPANY}

    assert whole(hall)
    hall.clock.advance(days=1)
    hall.take_number()
    until("the next seal", lambda: len(seals_of(hall)) == len(before) + 1)
    assert seals_of(hall)[: len(before)] == before
    [line] = managed(hall, "GET", "/erasures")
    assert (line["id"], line["by"], line["reason"]) == (told["id"], "staff:manager", f"{WHY} ***")


def seals_of(hall: ServerThread) -> Any:
    return hall.app.state.core.halls.read(lambda at: seals.listed(at, "main"))


def test_an_erased_phone_proves_nothing_any_more(hall: ServerThread) -> None:
    case = finished(hall)
    code, number = case["order"]["code"], case["order"]["number"]
    managed(hall, "POST", "/erasures", {"code": number, "reason": WHY})
    for tail in (TAIL, ""):
        answer = hall.request("POST", "/api/v1/appointments/find", {"code": number, "tail": tail})
        assert answer.status_code == 404
    asked = {"code": number, "tail": TAIL}
    assert hall.request("POST", f"/api/v1{HALL}/progress", asked).status_code == 404
    bare = hall.ask("POST", f"{HALL}/progress", {"code": code})
    assert bare["who"] == CLEARED
    assert not any(secret in json.dumps(bare, ensure_ascii=False) for secret in SECRETS)


def test_a_certificate_that_is_put_right_later_still_names_its_client(hall: ServerThread) -> None:
    case = finished(hall)
    managed(hall, "POST", "/erasures", {"phone": PHONE, "reason": WHY})
    again = certify(hall, case["order"]["id"], 1)
    assert again.content.client == COMPANY  # type: ignore[union-attr]


def test_nothing_is_erased_while_a_case_is_open(hall: ServerThread) -> None:
    case = cases.handed_in(hall, customer=WHO)
    cases.accepted(hall, case)
    found = managed(hall, "POST", "/persons/find", {"phone": PHONE})
    assert [one["number"] for one in found["open"]] == [case["order"]["number"]]
    path = f"/api/v1{HALL}/erasures"
    body = {"phone": PHONE, "reason": WHY}
    answer = hall.request("POST", path, body, hall.sign_in("manager"))
    assert answer.json()["code"] == "case_open"
    assert "检定室" in answer.json()["detail"]
    assert ("customers", NAME) in left(hall)


def test_a_person_gets_a_copy_of_all_that_is_kept_of_them(hall: ServerThread) -> None:
    finished(hall)
    body = {"phone": PHONE, "purpose": "客户申请查阅"}
    answer = hall.request("POST", f"/api/v1{HALL}/persons/copy", body, hall.sign_in("manager"))
    assert answer.headers["Content-Disposition"].startswith("attachment")
    said = answer.json()
    [customer] = said["customers"]
    assert (customer["name"], customer["phone"], customer["email"]) == (NAME, PHONE, EMAIL)
    assert STREET in said["deliveries"][0]["address"]
    assert [one["client"] for one in said["certificates"]] == [COMPANY, COMPANY]
    assert said["due_items"][0]["company"] == COMPANY
    [line] = cases.rows(hall, select(t.journal.c.payload).where(t.journal.c.kind == "person.copied"))
    assert "客户申请查阅" in line.payload
    assert PHONE not in line.payload


def test_who_is_known_by_a_due_item_alone_is_erased_too(hall: ServerThread) -> None:
    due = {"item": "lensmeter", "due_on": "2026-12-31", "company": COMPANY, "name": NAME, "phone": PHONE}
    hall.ask("POST", f"{HALL}/due-items", due, hall.sign_in("clerk1"))
    told = managed(hall, "POST", "/erasures", {"phone": PHONE, "reason": WHY})
    assert told["erased"]["due_items"] == 1
    assert left(hall) == []
    # The same owner may be entered anew, for nothing of before is known.
    hall.ask("POST", f"{HALL}/due-items", due, hall.sign_in("clerk1"))


def test_contact_data_goes_when_its_time_is_over(hall: ServerThread) -> None:
    clearer = Clearer(hall.app.state.core.halls)
    finished(hall)
    managed(hall, "PUT", "/retention", {"contact_days": 60, "photo_days": 365})
    hall.clock.advance(days=59)
    hall.take_number()
    hall.run(clearer.look())
    assert ("customers", NAME) in left(hall)
    hall.clock.advance(days=3)
    hall.take_number()
    # The server's own clearer may have been quicker.
    hall.run(clearer.look())
    assert ("customers", NAME) not in left(hall)
    assert ("fulfilments", STREET) not in left(hall)
    # What falls due is told of until it is over, and kept as long after.
    assert ("due_items", NAME) in left(hall)
    hall.clock.advance(days=450)
    hall.take_number()
    hall.run(clearer.look())
    assert {table for table, _ in left(hall)} <= {"certificates", "files"}, left(hall)
    view = managed(hall, "GET", "/retention")
    counts = [one["counts"] for one in view["cleared"]]
    assert sum(one.get("customers", 0) for one in counts) == 1
    assert sum(one.get("due_items", 0) for one in counts) == 2, "one entered, and that of the certificates"
    assert whole(hall)


def test_who_is_still_with_us_is_not_cleared(hall: ServerThread) -> None:
    clearer = Clearer(hall.app.state.core.halls)
    managed(hall, "PUT", "/retention", {"contact_days": 30, "photo_days": 30})
    inside = cases.handed_in(hall, customer=WHO)
    cases.accepted(hall, inside)
    hall.clock.advance(days=200)
    hall.take_number()
    hall.run(clearer.look())
    assert ("customers", NAME) in left(hall), "the instrument still lies in the lab"


def test_who_registered_and_never_came_back_is_cleared(hall: ServerThread) -> None:
    clearer = Clearer(hall.app.state.core.halls)
    cases.handed_in(hall, customer=WHO)
    hall.clock.advance(days=200)
    hall.take_number()
    hall.run(clearer.look())
    until("it being cleared", lambda: left(hall) == [])


def test_thousands_are_cleared_in_small_batches(hall: ServerThread, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.services.personal.BATCH", 2)
    for n in range(5):
        cancelled = hall.ask(
            "POST", f"{HALL}/appointments", booking(customer=WHO | {"phone": f"1390000000{n}"})
        )
        hall.ask("POST", "/appointments/cancel", {"code": cancelled["code"]}, hall.sign_in("clerk1"))
    hall.clock.advance(days=200)
    hall.take_number()
    hall.run(Clearer(hall.app.state.core.halls).look())
    until("all of them", lambda: ("customers", NAME) not in left(hall))
    lines = cases.rows(hall, select(t.journal.c.payload).where(t.journal.c.kind == "personal.cleared"))
    assert [json.loads(one.payload)["customers"] for one in lines] == [2, 2, 1]


def test_a_photo_goes_after_its_own_time(hall: ServerThread) -> None:
    from server.store import files

    case = finished(hall)
    piece = cases.labels(case)[0]

    def photo(ledger: Any) -> None:
        one = files.File(
            "f" * 32, "main", "photo", piece, "image/jpeg", b"picture", ledger.now, "staff:clerk1"
        )
        files.add(ledger.connection, one)
        ledger.note("photo.added", piece, {"file": one.id})

    cases.change(hall, photo)
    clearer = Clearer(hall.app.state.core.halls)
    for days, there in ((300, True), (70, False)):
        hall.clock.advance(days=days)
        hall.take_number()
        hall.run(clearer.look())
        kinds = cases.rows(hall, select(t.files.c.kind))
        if there:
            assert "photo" in {one.kind for one in kinds}
        else:
            until(
                "the photo being gone",
                lambda: "photo" not in {one.kind for one in cases.rows(hall, select(t.files.c.kind))},
            )
    assert {one.kind for one in cases.rows(hall, select(t.files.c.kind))} == {"certificate"}


def test_what_a_clerk_types_into_a_reason_loses_its_numbers(hall: ServerThread) -> None:
    body = {"service": "accept", "priority": "elderly", "reason": f"家属{PHONE}陪同"}
    hall.ask("POST", f"{HALL}/tickets", body, hall.sign_in("clerk1"))
    assert left(hall) == []


def test_what_a_hall_that_stands_alone_tells_is_masked(
    hall: ServerThread, caplog: pytest.LogCaptureFixture
) -> None:
    """The day list for kiosks, health, alarms, errands, numbers lent, exports, seals; and the log."""
    caplog.set_level(logging.DEBUG)
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    kiosk = hall.credentials["devices"]["kiosk-1"]
    finished(hall)
    booked(hall, customer=WHO, slot="accept-1600")
    export = {"kind": "customers", "from": "2026-11-01", "to": "2026-11-30", "purpose": f"抽查{PHONE}"}
    manager = hall.sign_in("manager")
    assert hall.request("POST", f"/api/v1{HALL}/exports", export, manager).ok
    hall.request("POST", f"/api/v1{HALL}/persons/copy", {"phone": PHONE, "purpose": f"给{EMAIL}"}, manager)
    hall.request("POST", f"/api/v1{HALL}/persons/find", {"phone": PHONE}, manager)
    hall.ask("POST", f"{HALL}/devices/kiosk-1/errands", {"kind": "restart"}, manager)
    hall.clock.advance(minutes=5)
    told = []
    with hall.live("device:kiosk-1", token=kiosk) as device, hall.live("board:main") as board:
        told += [str(device.recv(timeout=30)), str(board.recv(timeout=30))]
    told.append(hall.request("GET", f"/api/v1{HALL}/day-list", token=kiosk).text)
    for part in (
        "exports",
        "erasures",
        "retention",
        "seals",
        "seals.json",
        "health",
        "upkeep",
        "leases",
        "sessions",
        "messages",
        "due-items",
        "devices/kiosk-1/errands",
    ):
        answer = hall.request("GET", f"/api/v1{HALL}/{part}", token=manager)
        assert answer.ok, (part, answer.text)
        told.append(answer.text)
    told.append(hall.request("GET", "/manage/data", token=manager).text)
    told.append(hall.request("GET", "/metrics").text)
    logged = ours(caplog)
    for secret in SECRETS:
        assert [one for one in told if secret in one] == [], secret
        assert secret not in logged
    assert left(hall, but=("customers", "fulfilments", "certificates", "files", "due_items")) == []
