"""Every route against every role: who is let in, and what the others are told."""

from __future__ import annotations

import re
import uuid
from typing import Any, NamedTuple

import pytest
import requests
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute

from server.store.certificates import Certificate
from tests.certified import certify
from tests.integration.server.roles import API, PAGES, ROLES, Role
from tests.integration.server.signing import Browser
from tests.servers import ServerThread
from tests.waiting import until

from .visits import DAY, LENSMETERS, SHOP, SLOT, booked, booking, checked_in, customer

BODILESS = ("/api/v1/tickets/{id}/cancel",)
OFFER = "/api/v1/halls/{hall}/offer"
PERSONS = "/api/v1/halls/{hall}/persons"
INLINE = re.compile(
    r"""<script(?![^>]*\b(?:src=|type="application/json"))|<style\b|\sstyle=|\son[a-z]+=|javascript:""", re.I
)
"""What the policy would not run: a page that needs it is broken."""
SIGN_OUT = ("DELETE", "/api/v1/sessions/current")


@pytest.fixture(scope="module")
def tokens(shared: ServerThread) -> dict[Role, str]:
    devices = shared.credentials["devices"]
    manager = shared.sign_in("manager")
    partner = {"name": "partner-1", "kind": "partner"}
    return {
        "partner": shared.ask("POST", "/halls/main/devices", partner, manager)["token"],
        "anonymous": "",
        "display": devices["display-1"],
        "kiosk": devices["kiosk-1"],
        "east-kiosk": devices["east-kiosk-1"],
        "clerk": shared.sign_in("clerk1"),
        "lab": shared.sign_in("verifier1"),
        "manager": shared.sign_in("manager"),
        "admin": shared.sign_in("admin"),
        "east-clerk": shared.sign_in("east-clerk1"),
        "east-manager": shared.sign_in("east-manager"),
    }


def routes(routers: list[BaseRoute]) -> set[tuple[str, str]]:
    """What these serve over HTTP, by method and path; files apart."""
    found: set[tuple[str, str]] = set()
    for route in routers:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            found |= routes(inner.routes)
        elif not isinstance(route, Mount | WebSocketRoute):
            assert isinstance(route, Route), route
            found |= {(method, route.path) for method in route.methods or () if method != "HEAD"}
    return found


def test_the_table_names_every_route_and_no_other(shared: ServerThread) -> None:
    # Mistyped addresses are answered to everyone, by a page that says so.
    known = {(method, path) for method, path in routes(shared.app.router.routes) if "{anything" not in path}
    assert known == set(API) | set(PAGES)


class Walk:
    """Well-formed requests to every route, of a ticket and people that are there."""

    def __init__(self, server: ServerThread) -> None:
        self._server = server
        admin = server.sign_in("admin")
        self._ticket = server.take_number("accept")

        def first(part: str) -> Any:
            return server.ask("GET", f"/halls/main/{part}", token=admin)[0]

        self._device = {"name": "display-1", "kind": "display"}
        self._bodies: dict[str, object] = {
            "call": {"ticket": "0" * 32},
            "transfer": {"service": "submit"},
            "prints": {"outcome": "printed"},
            "status": {"printer": "ready"},
            "emergency": {"text": None},
            "sessions": {"user": "nobody", "password": "nothing"},
            "tickets": {"service": "accept"},
            "services": first("services"),
            "counters": first("counters"),
            "staff": {"user": "clerk2", "name": "李", "roles": ["clerk"]},
            "devices": self._device,
            "settings": server.ask("GET", "/halls/main/settings", token=admin),
            "slots": (asked := {"lines": LENSMETERS, "customer": "company"}),
            "verdicts": asked,
            "walk-ins": asked,
            "appointments": booking(),
            "find": (proof := {"code": "999999999951", "tail": "0000"}),
            "cancel": proof,
            "reschedule": proof | {"day": DAY, "slot": SLOT},
            **{step: {"code": proof["code"]} for step in ("arrivals", "check-ins", "labels")},
            "/api/v1/orders/{id}/prints": {"outcome": "printed", "codes": []},
            "customers": {"customer": SHOP, "consent": "1"},
            "bind": {"foreign": "PRE-PRINTED-1"},
            "hold": (asking := {"fault": "示值不稳", "options": ["repair_and_retest"]}),
            "propose": asking,
            "result": {},
            "test": {"conclusion": "qualified"},
            "send-back": {"reason": "重测"},
            "correct": {"reason": "重测"},
            "climate": {"section": "光学室", "celsius": 20, "humidity": 50},
            "results": {"sample": "none", "verifier": "verifier1"},
            "answer": {"option": "decline", "code": "999999999951", "tail": "0000"},
            "sign": {"role": "customer"},
            "equipment": (piece := {"number": "X-1", "section": "光学室", "name": {"zh": "量块"}}),
            "/api/v1/halls/{hall}/lab/equipment/{code}": piece,
            "state": {"state": "in_use", "reason": "核查合格"},
            "checks": {"good": True},
            "factors": {"since": "2026-11-20", "values": [{"where": "1", "value": "0.1"}]},
            "credentials": (
                held := {
                    "user": "verifier1",
                    "kind": "training",
                    "title": "培训",
                    "since": "2026-01-01",
                    "until": "2026-12-31",
                }
            ),
            "/api/v1/halls/{hall}/lab/credentials/{id}": held,
            "pickups": proof,
            "/api/v1/halls/{hall}/pickups/tickets": proof,
            "progress": proof,
            "releases": {"code": proof["code"], "samples": ["none"]},
            "reissue": {"order": proof["code"], "proof": "identity_card"},
            "/api/v1/certificates/{id}/prints": proof,
            "/api/v1/prints/{id}": {"outcome": "printed"},
            "links": proof,
            "revoke": {"reason": "编号写错"},
            "exports": {
                "kind": "tickets",
                "from": "2026-11-20",
                "to": "2026-11-20",
                "purpose": "核对取号记录",
            },
            "retention": {"contact_days": 180, "photo_days": 365},
            f"{PERSONS}/find": {"phone": "13900000009"},
            f"{PERSONS}/copy": {"phone": "13900000009", "purpose": "客户查阅"},
            "erasures": {"phone": "13900000009", "reason": "客户要求"},
            "upkeep": {"device": "kiosk-1", "kind": "paper", "remark": "换了一卷纸"},
            "errands": {"kind": "restart"},
            "/api/v1/devices/self/errands/{id}": {"outcome": "done"},
            "password": {"old": "not-the-old-one", "new": "a-new-one-of-mine"},
            "/api/v1/pairings": {"kind": "kiosk"},
            "/api/v1/pairings/{id}/token": {"secret": "0" * 43},
            "/api/v1/halls/{hall}/pairings": {"code": "00000000", "name": "kiosk-9"},
            "return": {"device": "display-1"},
            "offline-tickets": {
                "tickets": [
                    {
                        "id": "0" * 32,
                        "code": "0" * 16,
                        "lease": "0" * 32,
                        "n": 901,
                        "issued_at": "2026-11-20T04:00:00Z",
                    }
                ]
            },
            "papers": server.ask("GET", "/halls/main/papers", token=admin),
            "due-items": {
                "item": "lensmeter",
                "due_on": "2027-01-31",
                "company": "眼镜店",
                "phone": "13812345678",
            },
        }
        self._bodies |= self._offered(server, admin) | self._counter(server, admin)
        self._bodies |= {
            "{service}": self._bodies["services"],
            "{counter}": self._bodies["counters"],
            "{user}": self._bodies["staff"],
        }

    def _counter(self, server: ServerThread, admin: str) -> dict[str, object]:
        """The bodies of acceptance and custody."""
        cases, handovers = (f"/api/v1/halls/{{hall}}/{part}" for part in ("cases", "handovers"))
        case = f"{cases}/{{order}}"
        places = server.ask("GET", "/halls/main/cases/places", token=admin)
        shelves = [{"id": one["id"], **one["name"], "fragile": one["fragile"]} for one in places["shelves"]]
        sites = [{"id": one["id"], **one["name"], "kind": one["kind"]} for one in places["sites"]]
        scanned = {"samples": ["S0000000000"], "careful": True}
        return {
            cases: {"lines": LENSMETERS, "customer": SHOP, "consent": "1"},
            f"{cases}/open": {"code": "999999999951"},
            f"{cases}/places": {"shelves": shelves, "sites": sites},
            f"{case}/sheet": {"version": 0, "counted": {}},
            f"{case}/customer": {"customer": SHOP, "consent": "1"},
            f"{case}/fulfilment": {"way": "collect"},
            f"{case}/handler": {"user": "clerk2", "section": "受理", "reason": "调岗"},
            f"{case}/pieces": {"item": "lensmeter", "pieces": 1},
            f"{case}/sign": {"version": 1},
            f"{case}/reject": {"reason": "不在范围"},
            f"{case}/pieces/{{code}}/give-back": {"reason": "量程超出"},
            f"{case}/notices": {"missing": ["铭牌"]},
            f"{case}/sent": {"tracking": "SF1"},
            handovers: scanned | {"taker": "clerk2"},
            f"{handovers}/whose": {"code": "S0000000000"},
            **{f"{handovers}/{step}": scanned | {"shelf": "SHELF-A1"} for step in ("shelve", "fetch")},
            f"{handovers}/{{id}}/take": scanned,
            "/api/v1/halls/{hall}/referrals": {
                "way": "institution",
                "to": "省院",
                "reason": "量程超出",
                "due": "2026-12-01",
            },
            "/api/v1/halls/{hall}/referrals/{id}/close": {"outcome": "已受理"},
        }

    def _offered(self, server: ServerThread, admin: str) -> dict[str, object]:
        """The bodies that leave the offer as it is."""
        offer = server.ask("GET", "/halls/main/offer", token=admin)
        item = server.ask("GET", "/halls/main/offer/items", token=admin)[0]
        item = {name: value for name, value in item.items() if name != "authorised_until"}
        item["notice"] = item["notice"]["text"]
        slot = server.ask("GET", "/halls/main/offer/slots", token=admin)[0]
        kept = {
            f"{OFFER}/{part}": offer[part] for part in ("authorisations", "fields", "terms", "rules", "lab")
        }
        promises = [{part: one[part] for part in ("id", "title", "body")} for one in offer["promises"]]
        return kept | {
            f"{OFFER}/promises": promises,
            f"{OFFER}/items": item,
            f"{OFFER}/slots": slot,
            "{item}": item,
            "{slot}": slot,
            "{day}": {"works": False},
            "{year}": {"announced": False},
        }

    def ask(self, method: str, path: str, token: str, **headers: str) -> requests.Response:
        ticket, bodies = self._ticket, self._bodies
        filled = path.format(
            hall="main",
            id=ticket["id"],
            code=ticket["code"],
            number=ticket["number"],
            counter="1",
            service="accept",
            user="clerk2",
            order="0",
            name="none",
            item="lensmeter",
            slot="accept-0830",
            day="2027-12-25",
            year="2027",
        )
        known = bodies.get(path) or bodies.get(path.rsplit("/", 1)[1])
        body = known if method in ("POST", "PUT") and path not in BODILESS else None
        key = str(uuid.uuid4())
        return self._server.request(method, filled, body, token, Idempotency_Key=key, **headers)


@pytest.fixture(scope="module")
def voucher(shared: ServerThread) -> str:
    code: str = booked(shared, slot="accept-1600", customer=customer(1))["code"]
    return code


class Certified(NamedTuple):
    sample: str
    token: str
    """Of a link that opens its certificate."""
    case: str
    """The code of its order."""


@pytest.fixture(scope="module")
def certified(shared: ServerThread, voucher: str) -> Certified:
    lines = [{"item": "lensmeter", "pieces": 1}]
    one = booked(shared, slot="accept-1600", customer=customer(2), lines=lines)
    order = checked_in(shared, one["code"])["order"]
    drafted = certify(shared, order["id"])
    assert isinstance(drafted, Certificate)
    until("the certificate", lambda: shared.request("GET", f"/api/v1/certificates/{drafted.code}").ok)
    proof = {"code": one["code"], "tail": customer(2)["phone"][-4:]}
    url = shared.ask("POST", f"/certificates/{drafted.id}/links", proof)["url"]
    return Certified(drafted.sample, url.rpartition("/")[2], order["code"])


@pytest.fixture(scope="module")
def notice(shared: ServerThread) -> tuple[str, str]:
    """(order, one-time notice of it)."""
    clerk = shared.sign_in("clerk1")
    cases = "/halls/main/cases"
    made = {"lines": LENSMETERS, "customer": customer(3), "consent": "1"}
    order = shared.ask("POST", cases, made, clerk)["id"]
    told = shared.ask("POST", f"{cases}/{order}/notices", {"missing": ["铭牌"]}, clerk)
    return order, told["demands"][0]["id"]


@pytest.fixture(scope="module")
def walk(shared: ServerThread, voucher: str, certified: Certified, notice: tuple[str, str]) -> Walk:
    """After the voucher: on its way the walk takes items out of the catalogue."""
    return Walk(shared)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_comes_in_where_the_table_says(walk: Walk, tokens: dict[Role, str], role: Role) -> None:
    # Signing out comes last, for it ends the walk.
    for (method, path), let_in in sorted(API.items(), key=lambda one: one[0] == SIGN_OUT):
        answer = walk.ask(method, path, tokens[role])
        where = f"{role}: {method} {path}: {answer.status_code} {answer.text}"
        assert answer.status_code < 500, where
        guarded(answer, where)
        refused = answer.status_code >= 400
        code = answer.json()["code"] if refused else ""
        assert code != "bad_request", where
        if role in let_in:
            assert code not in ("not_signed_in", "forbidden"), where
        elif role == "anonymous":
            assert (answer.status_code, code) == (401, "not_signed_in"), where
        else:
            assert (answer.status_code, code) == (403, "forbidden"), where


def guarded(answer: requests.Response, where: str) -> None:
    """What every answer says to browsers: run nothing of others, tell nobody, keep nothing."""
    headers = answer.headers
    assert headers["X-Content-Type-Options"] == "nosniff", where
    assert headers["X-Frame-Options"] == "DENY", where
    assert headers["Referrer-Policy"] in ("no-referrer", "same-origin"), where
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin", where
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin", where
    assert headers["Permissions-Policy"].count("=()") >= 3, where
    # The booking's steps may be gone back through; nothing but the browser keeps them.
    kept = "private, no-cache" if "/book/" in where and answer.ok else "no-store"
    assert kept in headers["Cache-Control"] or "no-store" in headers["Cache-Control"], where
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy, where
    assert "frame-ancestors 'none'" in policy, where
    assert "unsafe" not in policy, where
    names = [name.lower() for name in answer.raw.headers if name.lower() != "set-cookie"]
    assert len(names) == len(set(names)), where
    if headers.get("Content-Type", "").startswith("text/html"):
        assert not INLINE.search(answer.text), where


@pytest.mark.parametrize("user", ["clerk1", "manager", "admin"])
def test_a_cookie_alone_changes_nothing(
    walk: Walk, shared: ServerThread, tokens: dict[Role, str], user: str
) -> None:
    cookie = f"liqu_session={shared.sign_in(user)}"
    changes = [(method, path) for method, path in API if method not in ("GET", "HEAD")]
    assert len(changes) > 80
    for method, path in changes:
        answer = walk.ask(method, path, "", Cookie=cookie)
        where = f"{user}: {method} {path}: {answer.status_code} {answer.text}"
        code = answer.json()["code"] if answer.status_code >= 400 else ""
        if "anonymous" not in API[method, path]:
            assert (answer.status_code, code) == (403, "csrf_failed"), where
        else:
            # Open to everybody: who comes without the page's token is nobody in particular.
            assert code != "csrf_failed", where
    assert shared.request("GET", "/api/v1/sessions/current", token=cookie.partition("=")[2]).ok


@pytest.mark.parametrize("token", ["device.kiosk-1.wrong", "device.none.x", "device.", "nonsense", "é"])
def test_a_wrong_token_is_nobody_anywhere(walk: Walk, shared: ServerThread, token: str) -> None:
    for (method, path), let_in in API.items():
        if "anonymous" not in let_in:
            answer = walk.ask(method, path, token)
            assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in"), (method, path)
            assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("role", ROLES)
def test_each_page_opens_for_whom_the_table_says(
    shared: ServerThread,
    tokens: dict[Role, str],
    voucher: str,
    certified: Certified,
    notice: tuple[str, str],
    role: Role,
) -> None:
    users = {"clerk": "clerk1", "lab": "verifier1", "east-clerk": "east-clerk1"}
    browser = Browser(shared)
    if role in ("clerk", "lab", "manager", "admin", "east-clerk", "east-manager"):
        browser.sign_in(users.get(role, role))
    elif tokens[role]:
        browser.cookies.set("liqu_session", tokens[role])
    ticket = shared.take_number()["code"]
    for (method, path), let_in in PAGES.items():
        if method == "POST":
            continue
        of_certificates = path.startswith("/certificates")
        of_a_piece = of_certificates or path.startswith("/again")
        code = voucher if path.startswith("/v/") else certified.sample if of_a_piece else ticket
        code = certified.case if path.startswith("/c/") else code
        filled = path.format(
            name="main",
            hall="main",
            counter="1",
            code=code,
            part="staff",
            what="labels" if of_certificates else "orders",
            token=certified.token,
            which="day",
            order=notice[0],
            notice=f"{notice[1]}.pdf",
        )
        answer = browser.see("GET", filled)
        where = f"{role}: {path}: {answer.status_code}"
        guarded(answer, where)
        if role in let_in:
            onward = path == "/sign-in" and "liqu_session" in browser.cookies
            assert answer.status_code in ((200, 303) if onward else (200,)), where
        elif ("-" in role and role != "east-kiosk") or role in ("clerk", "lab"):
            assert answer.status_code == 403, where
        else:
            assert answer.headers["Location"].startswith("/sign-in?next=%2F"), where
