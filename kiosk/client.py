"""The server over HTTP: numbers, check-ins, look-ups, what became of paper, this kiosk's own status.

Blocking on purpose (``requests``); the app calls it from threads. A try that brought no answer is repeated
with the same key: the server remembers keys, so a lost answer gives the same ticket again.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable
from typing import Any

import requests
from pydantic import ValidationError

from server.device.duty import tasks_of
from server.device.keys import Keys, fixed
from server.device.secure import distrust
from server.protocol.booking import CatalogueView, LabelPrinted
from server.protocol.commands import DeviceStatus, Printed
from server.protocol.devices import DeviceTasks
from server.protocol.errors import Problem
from server.protocol.pickup import PrintEnded
from server.protocol.views import TicketIssued
from server.protocol.words import Language

from . import collecting as c
from . import model as m
from . import questions
from . import visit as v
from .config import ServerPart
from .label_memory import Report
from .sending import never_left

log = logging.getLogger(__name__)

PAUSES = (0.3, 0.8, 2.0)
"""Seconds between the tries of one command: four tries in all."""
TIME_OUT = (2.0, 4.0)
"""Seconds to connect, and to wait for the answer."""
AGAIN = frozenset({425, 429, 500, 502, 503, 504})
"""Answers after which the same request may do better a moment later."""

FOR_PEOPLE = frozenset(
    {
        *("hall_closed", "service_closed", "service_unknown", "queue_full", "priority_forbidden"),
        *("too_many_requests", "busy", "unavailable"),
        *("appointment_unknown", "proof_wrong", "code_unreadable", "code_torn", "code_mistyped"),
        *("code_foreign", "wrong_day", "wrong_hall", "already_checked_in", "appointment_cancelled"),
        *("appointment_over", "not_booked", "lines_bad", "not_taken", "item_unknown", "notices_unread"),
        *("slot_unknown", "slot_full", "slot_begun", "too_far"),
        *("order_unknown", "ticket_unknown", "sample_unknown"),
        *("phone_bad", "consent_needed", "name_needed", "company_needed", "too_many_open"),
        *("pickup_unknown", "pickup_not_valid", "pickup_used", "pickup_revoked", "pickup_expired"),
        *("not_checked_in", "not_ready", "nothing_ready", "certificate_unknown", "certificate_not_issued"),
        *("certificate_over", "quota_used", "print_unknown", "print_over", "link_over"),
    }
)
"""Refusals that concern the person; the others (a wrong token, say) concern the technician."""

_END: dict[c.End, str] = {
    "printed": "printed",
    "stopped": "failed",
    "failed": "failed",
    "unknown": "unknown",
}
LARGEST = 30_000_000
"""Bytes of a certificate; more is none."""

_OUTCOME: dict[m.Paper, str] = {"printed": "printed", "unknown": "unknown"}


class HttpServer:
    """``ports.Server`` over HTTP. ``sleep``, ``pauses`` and ``time_out`` are for tests."""

    def __init__(
        self,
        part: ServerPart,
        keys: Keys | None = None,
        *,
        pauses: tuple[float, ...] = PAUSES,
        time_out: tuple[float, float] = TIME_OUT,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        self._base = part.url
        self._hall = part.hall
        self._keys = keys or fixed(part)
        self._ca_file = part.ca_file
        self._distrusted = ""
        self.on_tasks: Callable[[DeviceTasks], None] = lambda tasks: None
        """Hears, from a thread, what the server asks in its answer to a report."""
        self._pauses = pauses
        self._time_out = time_out
        self._hurried = threading.Event()
        self._sleep = sleep if sleep is not None else self._hurried.wait
        self._threads = threading.local()
        self._sessions: list[requests.Session] = []
        self._opening = threading.Lock()

    def issue(self, press: m.Said) -> m.Input:
        path, body, understand = questions.about(press, self._hall)
        self._threads.sent = False
        # A question that changes nothing has a key of its own kiosk only: the server's must be unique.
        changes = isinstance(press, m.Changing)
        answer = self._tries(
            "POST",
            path,
            body=body.model_dump(mode="json"),
            key=press.key if changes else str(uuid.uuid4()),
            language=press.language,
        )
        if answer is None:
            return m.Unanswered(press.key, self._threads.sent)
        if answer.status_code in (200, 201):
            try:
                return understand(press.key, answer.content)
            except ValidationError as error:
                log.error("the server's answer can't be understood: %s", error)
                return m.Unanswered(press.key)
        if answer.status_code in AGAIN:
            return m.Unanswered(press.key)
        problem = problem_in(answer)
        if problem.code not in FOR_PEOPLE:
            log.error("the server refuses this kiosk: %s", problem.code)
            return m.WasRefused(press.key, problem.code, "", "")
        return m.WasRefused(press.key, problem.code, problem.title, problem.detail)

    def catalogue(self) -> v.CatalogueSeen | None:
        answer = self._try("GET", f"/api/v1/halls/{self._hall}/catalogue")
        if answer is None or answer.status_code in AGAIN:
            return None
        if answer.status_code != 200:
            return v.CatalogueSeen(None)
        try:
            return v.CatalogueSeen(CatalogueView.model_validate_json(answer.content))
        except ValidationError as error:
            log.error("the server's catalogue can't be understood: %s", error)
            return v.CatalogueSeen(None)

    def tell_labels(self, report: Report) -> bool:
        body = LabelPrinted(outcome=report.outcome, codes=report.codes, reprint=report.reprint)
        answer = self._tries(
            "POST",
            f"/api/v1/orders/{report.order}/prints",
            body=body.model_dump(mode="json"),
            key=report.key,
        )
        if answer is None or answer.status_code in AGAIN:
            return False
        if not answer.ok:
            log.error("the server does not take what became of labels: %s", problem_in(answer).code)
        return True

    def document(self, path: str) -> bytes | None:
        # Only of the server that gave the address: what it tells is a path, and is used as one.
        if not path.startswith("/") or path.startswith("//"):
            log.error("the server's address of a certificate is none of its own")
            return None
        answer = self._tries("GET", path, accept="application/pdf")
        if answer is None or answer.status_code != 200:
            log.error("a certificate could not be fetched: %s", answer.status_code if answer else "no answer")
            return None
        if len(answer.content) > LARGEST or not answer.content.startswith(b"%PDF-"):
            log.error("what the server gave is no certificate")
            return None
        return answer.content

    def tell_print(self, effect: c.TellPrint) -> bool:
        body = PrintEnded.model_validate({"outcome": _END[effect.end], "reason": effect.reason[:64]})
        answer = self._tries(
            "POST",
            f"/api/v1/prints/{effect.job}",
            body=body.model_dump(mode="json"),
            key=f"{effect.job}-{effect.end}",
        )
        if answer is None or answer.status_code in AGAIN:
            return False
        if not answer.ok:
            log.error("the server does not take how a print ended: %s", problem_in(answer).code)
        return True

    def look_up(self, number: str) -> m.LookedUp:
        answer = self._tries("GET", f"/api/v1/halls/{self._hall}/tickets/{number}")
        if answer is None or answer.status_code in AGAIN:
            return m.LookedUp(number, None, "unreached")
        if answer.status_code == 200:
            try:
                return m.LookedUp(number, TicketIssued.model_validate_json(answer.content))
            except ValidationError as error:
                log.error("the server's ticket can't be understood: %s", error)
                return m.LookedUp(number, None, "unreached")
        return m.LookedUp(number, None, "not_found")

    def tell_paper(self, effect: m.TellPaper) -> None:
        outcome = _OUTCOME.get(effect.paper, "failed")
        body = Printed.model_validate({"outcome": outcome, "reprint": effect.reprint})
        answer = self._tries(
            "POST",
            f"/api/v1/tickets/{effect.ticket}/prints",
            body=body.model_dump(mode="json"),
            key=str(uuid.uuid4()),
        )
        if answer is None or not answer.ok:
            log.warning("could not tell the server that a paper ended %s", outcome)

    def tell_status(self, status: DeviceStatus) -> bool:
        answer = self._try(
            "POST", "/api/v1/devices/self/status", body=status.model_dump(mode="json"), key=str(uuid.uuid4())
        )
        if answer is None or not answer.ok:
            return False
        tasks = tasks_of(answer.content) if answer.content else None
        if tasks is not None:
            self.on_tasks(tasks)
        return True

    def well(self) -> bool:
        answer = self._try("GET", "/healthz")
        return answer is not None and answer.status_code == 200

    def hurry(self) -> None:
        self._hurried.set()

    def close(self) -> None:
        with self._opening:
            for session in self._sessions:
                session.close()
            self._sessions.clear()

    def once(
        self, method: str, path: str, *, body: dict[str, Any] | None = None, key: str | None = None
    ) -> requests.Response | None:
        """The answer to one try of a request of this kiosk; None when none came."""
        return self._try(method, path, body=body, key=key)

    def _tries(self, method: str, path: str, **more: Any) -> requests.Response | None:
        """The answer of the first try that brought a final one, else of the last; None when none came."""
        answer = self._try(method, path, **more)
        for pause in self._pauses:
            if answer is not None and answer.status_code not in AGAIN:
                return answer
            if not self._hurried.is_set():
                self._sleep(pause)
            if self._hurried.is_set():
                return answer
            answer = self._try(method, path, **more)
        return answer

    def _try(
        self,
        method: str,
        path: str,
        *,
        body: dict[str, Any] | None = None,
        key: str | None = None,
        language: Language = "zh",
        accept: str = "application/json, application/problem+json",
    ) -> requests.Response | None:
        """The answer of one try; with the token before, where the server does not know the newest."""
        headers = {"Accept": accept, "Accept-Language": language}
        if key is not None:
            headers["Idempotency-Key"] = key
        try:
            while True:
                token = self._keys.token
                headers["Authorization"] = f"Bearer {token}"
                answer = self._session().request(
                    method,
                    self._base + path,
                    json=body,
                    headers=headers,
                    timeout=self._time_out,
                    allow_redirects=False,
                )
                if answer.status_code == 401 and self._keys.unknown(token):
                    continue
                if answer.status_code not in (401, *AGAIN):
                    self._keys.worked(token)
                self._distrusted = ""
                self._threads.sent = True
                return answer
        except requests.RequestException as error:
            self._threads.sent = getattr(self._threads, "sent", False) or not never_left(error)
            self._no_answer(method, error)
            return None
        except OSError as error:
            # The file of the hall's authority is gone: nothing is asked without it.
            log.error("the server can't be asked: %s", error)
            return None

    def _no_answer(self, method: str, error: requests.RequestException) -> None:
        fault = distrust(error)
        if fault and fault != self._distrusted:
            log.error("%s", fault)
        self._distrusted = fault
        log.debug("%s brought no answer: %s", method, type(error).__name__)

    def _session(self) -> requests.Session:
        """This thread's session: ``requests`` does not share one between threads safely."""
        session: requests.Session | None = getattr(self._threads, "session", None)
        if session is None:
            session = requests.Session()
            # The hall's own network: no proxy, no .netrc from whoever set up the machine.
            session.trust_env = False
            if self._ca_file is not None:
                session.verify = str(self._ca_file)
            self._threads.session = session
            with self._opening:
                self._sessions.append(session)
        return session


def problem_in(answer: requests.Response) -> Problem:
    """The problem that ``answer`` tells; an unnamed one when it tells none."""
    try:
        return Problem.model_validate_json(answer.content)
    except ValidationError:
        return Problem(
            type="about:blank",
            title="",
            status=answer.status_code,
            code=f"http_{answer.status_code}",
            detail="",
        )
