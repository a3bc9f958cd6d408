"""Who may ask for what: every route of the server, and the roles that it lets in."""

from __future__ import annotations

from typing import Literal, TypeAlias

Role: TypeAlias = Literal[
    "anonymous",
    "display",
    "kiosk",
    "partner",
    "clerk",
    "lab",
    "manager",
    "admin",
    "east-clerk",
    "east-manager",
    "east-kiosk",
]

ROLES: tuple[Role, ...] = (
    "anonymous",
    "display",
    "kiosk",
    "partner",
    "clerk",
    "lab",
    "manager",
    "admin",
    "east-clerk",
    "east-manager",
    "east-kiosk",
)
EVERYONE = frozenset(ROLES)
SIGNED_IN = EVERYONE - {"anonymous"}
STAFF: frozenset[Role] = frozenset({"clerk", "manager", "admin"})
LAB: frozenset[Role] = frozenset({"lab", "manager", "admin"})
MANAGERS: frozenset[Role] = frozenset({"manager", "admin"})
PEOPLE: frozenset[Role] = STAFF | LAB | {"east-clerk", "east-manager"}
GIVE: frozenset[Role] = STAFF | {"kiosk"}
EAST: frozenset[Role] = frozenset({"east-clerk", "east-manager", "east-kiosk"})
DEVICES: frozenset[Role] = frozenset({"display", "kiosk", "east-kiosk"})

HALL = "/api/v1/halls/{hall}"
TICKET = "/api/v1/tickets/{id}"
LABS = f"{HALL}/lab"

API: dict[tuple[str, str], frozenset[Role]] = {
    ("GET", "/healthz"): EVERYONE,
    ("GET", "/metrics"): EVERYONE,
    ("GET", "/api/openapi.json"): EVERYONE,
    ("POST", "/api/v1/sessions"): EVERYONE,
    ("GET", "/api/v1/sessions/current"): SIGNED_IN,
    ("DELETE", "/api/v1/sessions/current"): SIGNED_IN,
    ("GET", "/api/v1/sessions"): PEOPLE,
    **{("DELETE", f"/api/v1/sessions/{which}"): PEOPLE for which in ("others", "{name}")},
    ("GET", f"{HALL}/sessions"): MANAGERS,
    ("DELETE", f"{HALL}/sessions/{{name}}"): MANAGERS,
    ("POST", "/api/v1/staff/self/password"): PEOPLE,
    ("GET", HALL): EVERYONE,
    ("POST", f"{HALL}/tickets"): GIVE,
    ("GET", f"{HALL}/tickets/{{number}}"): GIVE,
    ("GET", "/api/v1/tickets/{code}"): EVERYONE,
    **{
        ("POST", f"{HALL}/counters/{{counter}}/{step}"): STAFF
        for step in ("open", "close", "pause", "resume", "call-next", "call")
    },
    **{
        ("POST", f"{TICKET}/{step}"): STAFF
        for step in ("recall", "start", "done", "miss", "park", "resume", "cancel", "transfer", "undo")
    },
    ("POST", f"{TICKET}/prints"): GIVE,
    ("GET", f"{HALL}/catalogue"): EVERYONE,
    ("POST", f"{HALL}/slots"): EVERYONE,
    ("POST", f"{HALL}/verdicts"): EVERYONE,
    ("POST", f"{HALL}/appointments"): GIVE | {"anonymous", "partner"},
    ("GET", f"{HALL}/appointments"): STAFF,
    **{
        ("POST", f"/api/v1/appointments/{step}"): EVERYONE - {"display"}
        for step in ("find", "reschedule", "cancel")
    },
    **{("POST", f"{HALL}/{step}"): GIVE for step in ("arrivals", "check-ins", "walk-ins", "labels")},
    ("POST", f"{HALL}/customers"): STAFF,
    **{("POST", f"{HALL}/fleets/{step}"): STAFF for step in ("check", "import")},
    **{("GET", f"{HALL}/{part}"): STAFF for part in ("orders", "sources")},
    ("GET", f"{HALL}/orders/{{order}}/labels"): GIVE,
    ("POST", "/api/v1/orders/{id}/prints"): GIVE | EAST,
    ("GET", "/api/v1/samples/{code}"): STAFF | {"east-clerk", "east-manager"},
    ("POST", "/api/v1/samples/{code}/bind"): STAFF | {"east-clerk", "east-manager"},
    ("GET", f"{HALL}/messages"): MANAGERS,
    ("POST", f"{HALL}/messages/{{id}}/retry"): MANAGERS,
    ("GET", f"{HALL}/due-items"): STAFF,
    ("POST", f"{HALL}/due-items"): STAFF,
    ("POST", f"{HALL}/due-items/{{id}}/done"): STAFF,
    ("POST", f"{HALL}/due-items/check"): MANAGERS,
    ("POST", f"{HALL}/due-items/import"): MANAGERS,
    **{(method, f"{HALL}/cases"): STAFF for method in ("GET", "POST")},
    ("POST", f"{HALL}/cases/open"): STAFF,
    ("GET", f"{HALL}/cases/places"): STAFF | LAB,
    ("PUT", f"{HALL}/cases/places"): MANAGERS,
    ("GET", f"{HALL}/cases/late-notices"): MANAGERS,
    ("GET", f"{HALL}/cases/{{order}}"): STAFF,
    **{
        ("PUT", f"{HALL}/cases/{{order}}/{part}"): STAFF
        for part in ("sheet", "customer", "fulfilment", "handler")
    },
    **{
        ("POST", f"{HALL}/cases/{{order}}/{step}"): STAFF
        for step in ("pieces", "sign", "reject", "notices", "notices/{id}/answered", "sent", "close")
    },
    ("DELETE", f"{HALL}/cases/{{order}}/pieces/{{code}}"): STAFF,
    ("POST", f"{HALL}/cases/{{order}}/pieces/{{code}}/give-back"): STAFF,
    ("POST", f"{HALL}/cases/{{order}}/pieces/{{code}}/photos"): STAFF,
    ("GET", f"{HALL}/cases/{{order}}/photos/{{id}}"): STAFF | LAB,
    **{(method, f"{HALL}/handovers"): STAFF | LAB for method in ("GET", "POST")},
    **{
        ("POST", f"{HALL}/handovers/{step}"): STAFF | LAB
        for step in ("whose", "shelve", "fetch", "{id}/take", "{id}/withdraw")
    },
    ("GET", f"{HALL}/referrals"): STAFF | LAB,
    ("POST", f"{HALL}/referrals"): STAFF,
    **{("POST", f"{HALL}/referrals/{{id}}/{step}"): STAFF | LAB for step in ("receipt", "close")},
    ("GET", f"{LABS}/bench"): LAB,
    ("GET", f"{LABS}/samples/{{code}}"): LAB,
    ("GET", f"{LABS}/orders/{{code}}"): LAB | STAFF,
    **{("POST", f"{LABS}/samples/{{code}}/{step}"): LAB for step in ("rest", "start", "hold", "correct")},
    ("PUT", f"{LABS}/samples/{{code}}/result"): LAB,
    ("GET", f"{LABS}/signing"): LAB,
    **{("POST", f"{LABS}/results/{{id}}/{step}"): LAB for step in ("test", "review", "approve", "send-back")},
    **{(method, f"{LABS}/climate"): LAB for method in ("GET", "POST")},
    ("GET", f"{LABS}/people"): LAB,
    ("POST", f"{LABS}/credentials"): MANAGERS,
    **{(method, f"{LABS}/credentials/{{id}}"): MANAGERS for method in ("PUT", "DELETE")},
    ("POST", f"{HALL}/results"): frozenset({"partner"}),
    ("POST", "/api/v1/negotiations/{id}/answer"): EVERYONE - {"display"},
    ("GET", f"{LABS}/negotiations"): LAB | STAFF,
    ("POST", f"{LABS}/negotiations/{{id}}/sign"): LAB | STAFF,
    **{("POST", f"{LABS}/negotiations/{{id}}/{step}"): LAB for step in ("propose", "execute")},
    ("GET", f"{LABS}/equipment"): LAB,
    ("GET", f"{LABS}/equipment/{{code}}"): LAB | STAFF,
    ("POST", f"{LABS}/equipment"): MANAGERS,
    ("PUT", f"{LABS}/equipment/{{code}}"): MANAGERS,
    **{("POST", f"{LABS}/equipment/{{code}}/{step}"): LAB for step in ("state", "checks")},
    ("POST", f"{LABS}/equipment/{{code}}/factors"): MANAGERS,
    **{("POST", f"{HALL}/pickups{step}"): GIVE for step in ("", "/tickets")},
    **{("POST", f"{HALL}/{step}"): STAFF for step in ("releases", "pickups/reissue")},
    ("POST", f"{HALL}/progress"): EVERYONE - {"display"},
    ("POST", f"{HALL}/certificates/find"): EVERYONE - {"display"},
    ("POST", "/api/v1/certificates/{id}/prints"): frozenset({"kiosk", "east-kiosk"}),
    ("GET", "/api/v1/prints/{id}/pdf"): frozenset({"kiosk", "east-kiosk"}),
    ("POST", "/api/v1/prints/{id}"): frozenset({"kiosk", "east-kiosk"}),
    ("POST", "/api/v1/certificates/{id}/links"): EVERYONE - {"display"},
    ("GET", "/api/v1/certificates/{code}"): EVERYONE,
    ("GET", f"{HALL}/certificates"): STAFF | LAB,
    ("GET", f"{HALL}/certificates/{{id}}/pdf"): STAFF | LAB,
    ("POST", f"{HALL}/certificates/{{id}}/revoke"): MANAGERS,
    ("POST", f"{HALL}/certificates/{{id}}/retry"): STAFF | LAB,
    ("GET", f"{HALL}/papers"): MANAGERS,
    ("PUT", f"{HALL}/papers"): MANAGERS,
    ("GET", f"{HALL}/status-labels/{{code}}"): GIVE | LAB,
    ("POST", "/api/v1/devices/self/status"): DEVICES,
    ("POST", "/api/v1/devices/self/errands/{id}"): DEVICES,
    ("PUT", "/api/v1/devices/self/errands/{id}/picture"): DEVICES,
    **{("GET", f"{HALL}/{part}"): MANAGERS for part in ("health", "today", "alarms", "upkeep.csv")},
    **{(method, f"{HALL}/upkeep"): MANAGERS for method in ("GET", "POST")},
    ("POST", f"{HALL}/alarms/{{id}}/seen"): MANAGERS,
    **{(method, f"{HALL}/devices/{{name}}/errands"): MANAGERS for method in ("GET", "POST")},
    ("GET", f"{HALL}/errands/{{id}}/picture"): MANAGERS,
    ("POST", "/api/v1/devices/self/token"): DEVICES | {"partner"},
    ("POST", "/api/v1/pairings"): EVERYONE,
    ("POST", "/api/v1/pairings/{id}/token"): EVERYONE,
    ("POST", f"{HALL}/pairings"): MANAGERS,
    ("POST", f"{HALL}/leases"): frozenset({"kiosk"}),
    ("GET", f"{HALL}/leases"): STAFF,
    ("POST", f"{HALL}/leases/return"): MANAGERS,
    ("POST", f"{HALL}/offline-tickets"): frozenset({"kiosk"}),
    ("GET", f"{HALL}/day-list"): frozenset({"kiosk"}),
    ("POST", f"{HALL}/emergency"): MANAGERS,
    **{
        (method, f"{HALL}/{part}"): MANAGERS
        for part in ("services", "counters", "staff", "devices")
        for method in ("GET", "POST")
    },
    ("PUT", f"{HALL}/services/{{service}}"): MANAGERS,
    ("PUT", f"{HALL}/counters/{{counter}}"): MANAGERS,
    ("PUT", f"{HALL}/staff/{{user}}"): MANAGERS,
    ("DELETE", f"{HALL}/devices/{{name}}"): MANAGERS,
    ("GET", f"{HALL}/settings"): MANAGERS,
    ("PUT", f"{HALL}/settings"): MANAGERS,
    ("GET", f"{HALL}/offer"): MANAGERS,
    **{
        (method, f"{HALL}/offer/{part}"): MANAGERS
        for part in ("items", "slots")
        for method in ("GET", "POST")
    },
    ("PUT", f"{HALL}/offer/items/{{item}}"): MANAGERS,
    ("DELETE", f"{HALL}/offer/items/{{item}}"): MANAGERS,
    ("PUT", f"{HALL}/offer/slots/{{slot}}"): MANAGERS,
    ("GET", f"{HALL}/offer/week"): MANAGERS,
    ("GET", f"{HALL}/offer/calendar"): MANAGERS,
    **{("GET", f"{HALL}/{part}"): MANAGERS for part in ("seals", "seals.json", "seals/{day}")},
    **{
        (method, f"{HALL}/{part}"): MANAGERS for part in ("exports", "erasures") for method in ("GET", "POST")
    },
    **{(method, f"{HALL}/retention"): MANAGERS for method in ("GET", "PUT")},
    **{("POST", f"{HALL}/persons/{step}"): MANAGERS for step in ("find", "copy")},
    ("PUT", f"{HALL}/offer/calendar/days/{{day}}"): MANAGERS,
    ("PUT", f"{HALL}/offer/calendar/years/{{year}}"): MANAGERS,
    **{
        ("PUT", f"{HALL}/offer/{part}"): MANAGERS
        for part in ("authorisations", "fields", "terms", "rules", "lab", "promises")
    },
    ("GET", f"{HALL}/offer/sheet.csv"): MANAGERS,
    ("GET", f"{HALL}/offer/sheet.xlsx"): MANAGERS,
    ("POST", f"{HALL}/offer/sheet"): MANAGERS,
}
"""Method and path → who is let in; the people of ``east`` ask for the hall ``main`` here."""

PAGES: dict[tuple[str, str], frozenset[Role]] = {
    ("GET", "/"): EVERYONE,
    ("GET", "/board/{name}"): EVERYONE,
    ("GET", "/about/{hall}"): EVERYONE,
    ("GET", "/counter/{counter}"): EVERYONE,
    ("GET", "/t/{code}"): EVERYONE,
    **{(method, f"/book/{{hall}}{step}"): EVERYONE for step in ("", "/find") for method in ("GET", "POST")},
    **{("GET", f"/v/{{code}}{kind}"): EVERYONE for kind in ("", ".pdf", ".png", ".ics")},
    ("GET", "/sign-in"): EVERYONE,
    ("POST", "/sign-in"): EVERYONE,
    ("POST", "/sign-out"): EVERYONE,
    ("GET", "/desk"): STAFF | {"east-clerk", "east-manager"},
    ("GET", "/desk/{hall}/{counter}"): STAFF,
    ("GET", "/account"): STAFF | LAB | {"east-clerk", "east-manager"},
    ("GET", "/manage"): MANAGERS | {"east-manager"},
    ("GET", "/manage/{part}"): MANAGERS | {"east-manager"},
    **{
        ("GET", f"/lab{part}"): LAB | {"east-manager"}
        for part in (
            "",
            "/sample/{code}",
            "/order/{code}",
            "/sign",
            "/questions",
            "/equipment",
            "/climate",
            "/people",
        )
    },
    ("GET", "/visits/{hall}"): STAFF,
    ("GET", "/visits/{hall}/{what}"): STAFF,
    ("GET", "/cases/{hall}"): STAFF | LAB,
    ("GET", "/cases/{hall}/{which}"): STAFF,
    ("GET", "/cases/{hall}/orders/{order}"): STAFF,
    ("GET", "/cases/{hall}/notices/{notice}"): STAFF,
    ("GET", "/certificates/{hall}"): STAFF | LAB,
    ("GET", "/certificates/{hall}/labels/{code}.pdf"): STAFF | LAB,
    ("GET", "/certificates/{hall}/{what}"): STAFF | LAB,
    **{(method, page): EVERYONE for page in ("/c/{code}", "/again/{code}") for method in ("GET", "POST")},
    ("GET", "/pickup"): STAFF | {"east-clerk", "east-manager"},
    ("GET", "/pickup/{hall}"): STAFF,
    ("GET", "/check"): EVERYONE,
    ("POST", "/check"): EVERYONE,
    ("GET", "/check/{code}"): EVERYONE,
    ("GET", "/d/{token}"): EVERYONE,
}
"""The pages go by cookie: a device has none, and is nobody to them."""
