"""Refusals as ``application/problem+json``, in the asked language."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError, SQLAlchemyError
from starlette.exceptions import HTTPException

from server.domain.refusal import Refusal
from server.protocol.errors import Problem, RefusalCode
from server.protocol.language import wished
from server.protocol.words import Language
from server.services import sentences
from server.services.refused import Refused
from server.store.faults import fault_of

log = logging.getLogger(__name__)

MEDIA = "application/problem+json"
SAID_AGAIN = 10.0
"""Seconds between two lines of the log that tell of a database that cannot be used."""
FIELD = re.compile(r"[A-Za-z_-]{1,40}")

STATUS: Mapping[RefusalCode, int] = {
    "bad_request": 422,
    "not_signed_in": 401,
    "wrong_password": 401,
    "too_many_attempts": 429,
    "too_many_requests": 429,
    "forbidden": 403,
    "not_your_counter": 403,
    "csrf_failed": 403,
    "priority_forbidden": 403,
    "not_found": 404,
    "hall_unknown": 404,
    "service_unknown": 404,
    "counter_unknown": 404,
    "ticket_unknown": 404,
    "staff_unknown": 404,
    "device_unknown": 404,
    "appointment_unknown": 404,
    "slot_unknown": 404,
    "order_unknown": 404,
    "customer_unknown": 404,
    "sample_unknown": 404,
    "message_unknown": 404,
    "due_item_unknown": 404,
    "item_unknown": 404,
    **dict.fromkeys(
        (
            "handover_unknown",
            "referral_unknown",
            "result_unknown",
            "standard_unknown",
            "equipment_unknown",
            "credential_unknown",
            "negotiation_unknown",
            "certificate_unknown",
            "print_unknown",
            "pickup_unknown",
            "pairing_unknown",
            "session_unknown",
            "errand_unknown",
            "alarm_unknown",
        ),
        404,
    ),
    **dict.fromkeys(
        (
            "code_unreadable",
            "code_torn",
            "code_mistyped",
            "code_foreign",
            "lines_bad",
            "consent_needed",
            "name_needed",
            "phone_bad",
            "email_bad",
            "company_needed",
            "uscc_bad",
            "notices_unread",
            "reason_needed",
            "sheet_bad",
            "check_missing",
            "fragile_not_ticked",
            "customer_needed",
            "file_bad",
            "values_bad",
            "climate_bad",
            "standard_needed",
            "option_unknown",
            "signature_needed",
            "taker_bad",
            "old_password_wrong",
            "password_weak",
        ),
        422,
    ),
    "file_too_large": 413,
    "link_over": 410,
    "idempotency_key_needed": 422,
    "idempotency_key_bad": 422,
    **dict.fromkeys(
        ("busy", "unavailable", "stopping", "disk_full", "disk_read_only", "database_damaged"), 503
    ),
}
"""Every other refusal is a conflict with the state of things: 409."""


def language_of(request: Request) -> Language:
    """The language asked for; Chinese when it is neither of ours."""
    return wished(request.headers.get("accept-language", "")) or "zh"


def problem_of(refusal: Refusal, language: Language) -> Problem:
    title, detail = sentences.refusal(refusal, language)
    return Problem(
        type=f"urn:liqu:problem:{refusal.code}",
        title=title,
        status=STATUS.get(refusal.code, 409),
        code=refusal.code,
        detail=detail,
    )


def answer(request: Request, refusal: Refusal) -> Response:
    problem = problem_of(refusal, language_of(request))
    headers: dict[str, str] = {"Content-Language": language_of(request)}
    if problem.status in (429, 503):
        headers["Retry-After"] = str(refusal.places.get("seconds", "2"))
    if problem.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    body = problem.model_dump_json()
    return Response(body, problem.status, headers, MEDIA)


def where(errors: Sequence[Any]) -> str:
    """Which fields were wrong, without repeating what was in them, nor a name that cannot be one of ours."""
    fields = {".".join(_step(step) for step in error.get("loc", ()) if step != "body") for error in errors}
    return ", ".join(sorted(field for field in fields if field)[:8]) or "JSON"


def _step(step: object) -> str:
    return str(step) if isinstance(step, int) or FIELD.fullmatch(str(step)) else "…"


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)  # noqa: S101 - the handler is registered for this type
    return answer(request, error.refusal)


async def _bad_body(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - as above
    return answer(request, Refusal("bad_request", {"where": where(error.errors())}))


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - as above
    if error.status_code == 404:
        return answer(request, Refusal("not_found"))
    if error.status_code == 401:
        return answer(request, Refusal("not_signed_in"))
    if error.status_code == 400:
        return answer(request, Refusal("bad_request", {"where": "JSON"}))
    language = language_of(request)
    problem = problem_of(Refusal("bad_request", {"where": request.method}), language)
    problem = problem.model_copy(update={"status": error.status_code})
    headers = {"Content-Language": language, **(error.headers or {})}
    return Response(problem.model_dump_json(), error.status_code, headers, MEDIA)


async def _no_database(request: Request, error: Exception) -> Response:
    """The tables could not be asked: nothing was changed, and it may go well in a moment."""
    if isinstance(error, DataError):
        # What no column can hold, such as a NUL in a name, is the asker's to put right.
        return answer(request, Refusal("bad_request", {"where": "NUL"}))
    told = getattr(request.app.state, "lamented", None)
    if told is None or time.monotonic() - told > SAID_AGAIN:
        # A disk that is full is not to be filled with news of it.
        request.app.state.lamented = time.monotonic()
        log.error("%s: the database cannot be used: %s", request.url.path, error.__cause__ or error)
    return answer(request, Refusal(fault_of(error)))


async def _broken(request: Request, error: Exception) -> Response:
    """What nobody foresaw: the log has it, the person is told that nothing is lost."""
    problem = problem_of(Refusal("unavailable"), language_of(request)).model_copy(update={"status": 500})
    return Response(problem.model_dump_json(), 500, media_type=MEDIA)


def install(app: FastAPI) -> None:
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _bad_body)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(SQLAlchemyError, _no_database)
    app.add_exception_handler(Exception, _broken)


RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"description": text, "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    for status, text in (
        (401, "Not signed in"),
        (403, "Not allowed"),
        (404, "Unknown"),
        (409, "Refused by the rules"),
        (411, "The body's length must be told"),
        (413, "The body is too large"),
        (422, "Bad request"),
        (429, "Too many attempts"),
        (503, "Busy or unavailable"),
    )
}
