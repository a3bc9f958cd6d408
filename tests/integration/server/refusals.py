"""Every refusal that a hall can give, as the request that meets it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from server.protocol.errors import RefusalCode
from tests.integration.server.stage import Stage
from tests.integration.server.visits import booked


@dataclass(frozen=True)
class Ask:
    """One request; ``token`` is the asker's."""

    method: str
    path: str
    token: str = ""
    body: object = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """``prepare`` brings the hall to where the request it answers is refused."""

    code: RefusalCode
    status: int
    prepare: Callable[[Stage], Ask]

    def __str__(self) -> str:
        return self.prepare.__name__


CASES: list[Case] = []
KEY = "a-key-of-a-kiosk"
API = "/api/v1"
HALL = f"{API}/halls/main"


def case(code: RefusalCode, status: int) -> Callable[[Callable[[Stage], Ask]], Callable[[Stage], Ask]]:
    def add(prepare: Callable[[Stage], Ask]) -> Callable[[Stage], Ask]:
        CASES.append(Case(code, status, prepare))
        return prepare

    return add


def take(stage: Stage, **body: object) -> Ask:
    """A kiosk takes a number."""
    return Ask("POST", f"{HALL}/tickets", stage.kiosk, {"service": "accept"} | body, {"Idempotency-Key": KEY})


def step(stage: Stage, ticket: str, name: str, body: object = None, user: str = "clerk1") -> Ask:
    return Ask("POST", f"{API}/tickets/{ticket}/{name}", stage.as_(user), body)


def counter(stage: Stage, name: str, number: str = "1", user: str = "clerk1", body: object = None) -> Ask:
    return Ask("POST", f"{HALL}/counters/{number}/{name}", stage.as_(user), body)


@case("bad_request", 422)
def a_body_that_is_none(stage: Stage) -> Ask:
    return take(stage, service=5)


@case("not_signed_in", 401)
def nobody(stage: Stage) -> Ask:
    return Ask("POST", f"{HALL}/tickets", "", {"service": "accept"})


@case("wrong_password", 401)
def a_wrong_password(stage: Stage) -> Ask:
    return Ask("POST", f"{API}/sessions", "", {"user": "clerk1", "password": "wrong"})


@case("too_many_attempts", 429)
def five_wrong_passwords(stage: Stage) -> Ask:
    body = {"user": "clerk1", "password": "wrong"}
    for _ in range(5):
        assert stage.server.request("POST", f"{API}/sessions", body).status_code == 401
    right = stage.server.credentials["users"]["clerk1"]
    return Ask("POST", f"{API}/sessions", "", {"user": "clerk1", "password": right})


@case("forbidden", 403)
def a_clerk_at_the_settings(stage: Stage) -> Ask:
    return Ask("GET", f"{HALL}/settings", stage.as_("clerk1"))


@case("not_your_counter", 403)
def a_colleagues_counter(stage: Stage) -> Ask:
    stage.counter("open")
    return counter(stage, "call-next", user="clerk2")


@case("csrf_failed", 403)
def a_page_without_its_token(stage: Stage) -> Ask:
    cookie = {"Cookie": f"liqu_session={stage.as_('clerk1')}"}
    return Ask("POST", f"{HALL}/counters/1/open", "", None, cookie)


@case("csrf_failed", 403)
def a_page_with_another_scheme_in_its_header(stage: Stage) -> Ask:
    headers = {"Cookie": f"liqu_session={stage.as_('clerk1')}", "Authorization": "Basic x"}
    return Ask("POST", f"{HALL}/counters/1/open", "", None, headers)


@case("not_found", 404)
def an_address_of_nothing(stage: Stage) -> Ask:
    return Ask("GET", f"{API}/nothing")


@case("hall_unknown", 404)
def no_such_hall(stage: Stage) -> Ask:
    return Ask("GET", f"{API}/halls/none")


@case("service_unknown", 404)
def no_such_service(stage: Stage) -> Ask:
    return take(stage, service="none")


@case("counter_unknown", 404)
def no_such_counter(stage: Stage) -> Ask:
    return counter(stage, "open", "9")


@case("ticket_unknown", 404)
def no_such_code(stage: Stage) -> Ask:
    return Ask("GET", f"{API}/tickets/0123456789ABCDEF")


@case("ticket_unknown", 404)
def no_such_ticket(stage: Stage) -> Ask:
    return step(stage, "0" * 32, "start")


@case("ticket_unknown", 404)
def no_such_number(stage: Stage) -> Ask:
    return Ask("GET", f"{HALL}/tickets/A999", stage.kiosk)


@case("staff_unknown", 404)
def no_such_colleague(stage: Stage) -> Ask:
    body = {"user": "none", "name": "无", "roles": ["clerk"]}
    return Ask("PUT", f"{HALL}/staff/none", stage.as_("manager"), body)


@case("staff_unknown", 404)
def a_colleague_of_another_hall(stage: Stage) -> Ask:
    body = {"user": "east-clerk1", "name": "无", "roles": ["clerk"]}
    return Ask("PUT", f"{HALL}/staff/east-clerk1", stage.as_("manager"), body)


@case("device_unknown", 404)
def a_device_of_another_hall(stage: Stage) -> Ask:
    return Ask("DELETE", f"{HALL}/devices/east-kiosk-1", stage.as_("manager"))


@case("hall_closed", 409)
def out_of_hours(stage: Stage) -> Ask:
    stage.settings(hours={"opens": "08:30", "closes": "17:00", "weekdays": [0, 1, 2, 3, 4]})
    stage.server.clock.advance(hours=6)
    return take(stage)


@case("hall_closed", 409)
def at_the_weekend(stage: Stage) -> Ask:
    stage.settings(hours={"opens": "08:30", "closes": "17:00", "weekdays": [0, 1, 2, 3]})
    return take(stage)


@case("hall_closed", 409)
def closed_by_hand(stage: Stage) -> Ask:
    stage.settings(shut=True)
    return take(stage)


@case("service_closed", 409)
def a_service_not_offered_now(stage: Stage) -> Ask:
    stage.service("submit", active=False)
    return take(stage, service="submit")


@case("queue_full", 409)
def more_than_may_wait(stage: Stage) -> Ask:
    stage.settings(rules={"most_waiting": 1})
    stage.take()
    return take(stage)


@case("counter_busy", 409)
def a_busy_counter(stage: Stage) -> Ask:
    stage.called()
    return counter(stage, "call-next")


@case("counter_busy", 409)
def closing_with_a_customer(stage: Stage) -> Ask:
    stage.called()
    return counter(stage, "close")


@case("counter_closed", 409)
def a_counter_nobody_sits_at(stage: Stage) -> Ask:
    return counter(stage, "call-next")


@case("counter_paused", 409)
def calling_in_a_pause(stage: Stage) -> Ask:
    stage.counter("open")
    stage.counter("pause")
    return counter(stage, "call-next")


@case("counter_not_paused", 409)
def no_pause_to_end(stage: Stage) -> Ask:
    stage.counter("open")
    return counter(stage, "resume")


@case("counter_taken", 409)
def a_taken_counter(stage: Stage) -> Ask:
    stage.counter("open")
    return counter(stage, "open", user="clerk2")


@case("staff_elsewhere", 409)
def a_second_counter(stage: Stage) -> Ask:
    stage.counter("open")
    return counter(stage, "open", "2")


@case("ticket_not_waiting", 409)
def giving_up_a_called_ticket(stage: Stage) -> Ask:
    return step(stage, stage.called(), "cancel")


@case("ticket_not_called", 409)
def starting_what_waits(stage: Stage) -> Ask:
    return step(stage, stage.take(), "start")


@case("ticket_not_serving", 409)
def done_before_the_start(stage: Stage) -> Ask:
    return step(stage, stage.called(), "done")


@case("ticket_not_missed", 409)
def missed_too_long_ago(stage: Stage) -> Ask:
    stage.settings(rules={"missed_kept": 1})
    first = stage.step(stage.called(), "miss")
    stage.step(stage.call(stage.take()), "miss")
    return counter(stage, "call", body={"ticket": first})


@case("ticket_not_parked", 409)
def bringing_back_what_waits(stage: Stage) -> Ask:
    return step(stage, stage.take(), "resume")


@case("ticket_over", 409)
def done_twice(stage: Stage) -> Ask:
    return step(stage, stage.step(stage.called(), "start", "done"), "done")


@case("recall_limit", 409)
def a_fourth_recall(stage: Stage) -> Ask:
    return step(stage, stage.step(stage.called(), "recall", "recall", "recall"), "recall")


@case("return_limit", 409)
def a_third_return(stage: Stage) -> Ask:
    stage.settings(rules={"most_returns": 0})
    return step(stage, stage.step(stage.called(), "miss"), "resume")


@case("undo_too_late", 409)
def an_undo_after_ten_seconds(stage: Stage) -> Ask:
    ticket = stage.step(stage.called(), "miss")
    stage.server.clock.advance(seconds=11)
    return step(stage, ticket, "undo")


@case("same_service", 409)
def a_transfer_to_where_it_is(stage: Stage) -> Ask:
    return step(stage, stage.step(stage.called(), "start"), "transfer", {"service": "accept"})


@case("priority_forbidden", 403)
def a_kiosk_gives_the_green_channel(stage: Stage) -> Ask:
    return take(stage, priority="green")


@case("priority_forbidden", 403)
def an_appointment_without_its_voucher(stage: Stage) -> Ask:
    return take(stage, priority="appointment")


@case("idempotency_key_needed", 422)
def a_kiosk_without_a_key(stage: Stage) -> Ask:
    return Ask("POST", f"{HALL}/tickets", stage.kiosk, {"service": "accept"})


@case("idempotency_key_bad", 422)
def a_key_that_is_none(stage: Stage) -> Ask:
    return Ask("POST", f"{HALL}/tickets", stage.kiosk, {"service": "accept"}, {"Idempotency-Key": "x y"})


@case("idempotency_key_reused", 409)
def a_key_for_another_wish(stage: Stage) -> Ask:
    ask = take(stage)
    answer = stage.server.request(ask.method, ask.path, ask.body, ask.token, **ask.headers)
    assert answer.status_code == 201
    return take(stage, service="submit")


@case("already_exists", 409)
def a_service_that_is_there(stage: Stage) -> Ask:
    one = stage.do("GET", "/halls/main/services", user="manager")[0]
    return Ask("POST", f"{HALL}/services", stage.as_("manager"), one)


@case("already_exists", 409)
def a_user_of_another_hall(stage: Stage) -> Ask:
    body = {"user": "east-clerk1", "name": "无", "roles": ["clerk"]}
    return Ask("POST", f"{HALL}/staff", stage.as_("manager"), body)


@case("already_exists", 409)
def a_device_that_is_there(stage: Stage) -> Ask:
    body = {"name": "display-1", "kind": "display"}
    return Ask("POST", f"{HALL}/devices", stage.as_("manager"), body)


@case("in_use", 409)
def taking_away_a_counter_with_somebody_at_it(stage: Stage) -> Ask:
    stage.counter("open")
    one = stage.do("GET", "/halls/main/counters", user="manager")[0]
    return Ask("PUT", f"{HALL}/counters/1", stage.as_("manager"), one | {"active": False})


@case("in_use", 409)
def sending_away_somebody_at_a_counter(stage: Stage) -> Ask:
    stage.counter("open")
    body = {"user": "clerk1", "name": "王", "roles": ["clerk"], "active": False}
    return Ask("PUT", f"{HALL}/staff/clerk1", stage.as_("manager"), body)


@case("item_unknown", 404)
def an_item_that_is_not_there(stage: Stage) -> Ask:
    return Ask("DELETE", f"{HALL}/offer/items/none", stage.as_("manager"))


@case("still_used", 409)
def a_field_that_instruments_belong_to(stage: Stage) -> Ask:
    fields = stage.do("GET", "/halls/main/offer", user="manager")["fields"]
    return Ask("PUT", f"{HALL}/offer/fields", stage.as_("manager"), fields[1:])


@case("sheet_bad", 422)
def an_empty_sheet(stage: Stage) -> Ask:
    return Ask("POST", f"{HALL}/offer/sheet", stage.as_("manager"))


@case("message_unknown", 404)
def a_message_that_is_not_there(stage: Stage) -> Ask:
    return Ask("POST", f"{HALL}/messages/none/retry", stage.as_("manager"))


@case("message_not_over", 409)
def sending_once_more_what_still_waits(stage: Stage) -> Ask:
    booked(stage.server)
    waiting = stage.do("GET", "/halls/main/messages", user="manager")["messages"][0]["id"]
    return Ask("POST", f"{HALL}/messages/{waiting}/retry", stage.as_("manager"))


@case("due_item_unknown", 404)
def a_due_item_that_is_not_there(stage: Stage) -> Ask:
    return Ask("POST", f"{HALL}/due-items/none/done", stage.as_("clerk1"))
