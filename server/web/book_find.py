"""Finding an appointment (查询) by its code or number with the phone's tail; moving it, giving it up.

Each page posts code and tail again: there is nobody signed in, and neither stands in an address.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from server.protocol import topics
from server.protocol.booking import (
    AppointmentView,
    Ask,
    CatalogueView,
    GiveUp,
    ItemView,
    LineBody,
    Proof,
    Reschedule,
)
from server.protocol.errors import Problem
from server.protocol.language import catalogue as speech
from server.protocol.views import HallHead
from server.protocol.words import Language

from . import book_words as words
from .book import address_of, booking_page, from_elsewhere, own_headers
from .book_form import KEY, PLACES, Form, local_form, read, sent
from .book_ports import BookingServices
from .render import language_of, local, missing

STEP = {"book_mine.html": "find", "book_change.html": "change", "book_move.html": "to"}
"""Template → what its form sends to see it again, as when the language is changed."""


def _(sentence: str) -> str:
    """Marks a sentence for the catalogue."""
    return sentence


@dataclass(frozen=True, slots=True)
class Shown:
    """Who asks for which appointment, with what they have typed."""

    request: Request
    view: CatalogueView
    head: HallHead | None
    proof: Proof
    form: Form
    key: str

    @property
    def language(self) -> Language:
        return language_of(self.request)

    def page(
        self, template: str, one: AppointmentView, problem: Problem | None = None, **facts: object
    ) -> Response:
        """A page about the appointment ``one`` that was proved to be theirs."""
        carried = [("code", self.proof.code), ("tail", self.proof.tail)]
        if template in ("book_move.html", "book_cancel.html"):
            carried.append(("key", self.key or secrets.token_urlsafe(24)))
        if template == "book_move.html":
            carried.append(("when", self.form.when))
        errors = facts.get("errors")
        return booking_page(
            self.request,
            template,
            self.view,
            self.head,
            status=problem.status if problem else 422 if errors else 200,
            one=one,
            one_hours=hours_of(one),
            hours_of=hours_of,
            problem=problem,
            carried=carried,
            contacts=contacts(one, self.view),
            switch_by_form=True,
            step=STEP.get(template, "cancel"),
            enter="",
            here=f"/book/{self.view.hall}/find",
            form=self.form,
            **facts,
        )


def hours_of(one: AppointmentView) -> str:
    return f"{local(one.starts_at, one.zone)}–{local(one.ends_at, one.zone)}"


def contacts(one: AppointmentView, view: CatalogueView) -> list[str]:
    """Whom to call about it: the labs of its instruments, then the hall; each number once."""
    lines = {line.item for line in one.lines}
    told = [item.contact for item in view.items if item.id in lines] + [one.complaint_phone]
    return list(dict.fromkeys(phone for phone in told if phone))


def renewed(one: AppointmentView, view: CatalogueView) -> list[ItemView]:
    """Items whose notice has changed since it was acknowledged: to be read again before moving."""
    read_then = {line.item: line.notice.version for line in one.lines if line.notice}
    lines = {line.item for line in one.lines}
    return [
        item
        for item in view.items
        if item.id in lines and item.notice and read_then.get(item.id) != item.notice.version
    ]


def acknowledged(one: AppointmentView, view: CatalogueView, form: Form) -> dict[str, int]:
    """Item → version, of those read before and of those ticked now."""
    before = {line.item: line.notice.version for line in one.lines if line.notice}
    lines = {line.item for line in one.lines}
    return before | {item: version for item, version in form.read.items() if item in lines}


def routes(services: BookingServices) -> APIRouter:
    router = APIRouter()

    async def catalogue_of(hall: str) -> CatalogueView | None:
        return await services.catalogue(hall) if topics.NAME.fullmatch(hall) else None

    def form_page(
        request: Request,
        view: CatalogueView,
        code: str = "",
        tail: str = "",
        problem: Problem | None = None,
        errors: dict[str, str] | None = None,
    ) -> Response:
        status = problem.status if problem else 422 if errors else 200
        return booking_page(
            request,
            "book_find.html",
            view,
            services.head(view.hall),
            status=status,
            code=code,
            tail=tail,
            problem=problem,
            errors=errors or {},
            switch_by_form=bool(code or tail),
            step="language",
            enter="find",
            here=f"/book/{view.hall}/find",
        )

    @router.get("/book/{hall}/find", response_class=HTMLResponse)
    async def ask(request: Request, hall: str) -> Response:
        view = await catalogue_of(hall)
        return form_page(request, view) if view else missing(request, language_of(request))

    @router.post("/book/{hall}/find", response_class=HTMLResponse)
    async def answer(request: Request, hall: str) -> Response:
        language = language_of(request)
        view = await catalogue_of(hall)
        if view is None:
            return missing(request, language)
        if not local_form(request):
            return form_page(request, view, problem=from_elsewhere(language))
        data = await sent(request)
        code, tail = data.get("code", "")[:64], data.get("tail", "")[:16]
        if data.get("go") == "language":
            return form_page(request, view, code, tail)
        wrong = unproved(code, tail, language)
        if wrong:
            return form_page(request, view, code, tail, errors=wrong)
        proof = Proof(code=code, tail=plain_tail(tail))
        one = await services.find(proof, address_of(request), language)
        if isinstance(one, Problem):
            return form_page(request, view, code, tail, one)
        here = (view if one.hall == hall else await services.catalogue(one.hall)) or view
        key = data.get("key", "")
        key = key if KEY.fullmatch(key) else ""
        shown = Shown(request, here, services.head(here.hall), proof, read(data), key)
        wish = data.get("go") or ("to" if "when" in data else "find")
        # Sent with a key, it is done or refused by the core, also where this is the second press of it.
        if wish == "give-up" and shown.key:
            return await give_up(shown, one)
        if wish == "move" and shown.key and shown.form.place:
            return await move(shown, one)
        if one.may_change and wish in ("change", "to", "move"):
            return await choose(shown, one, confirming=wish != "change")
        if one.may_change and wish in ("cancel", "give-up"):
            return shown.page("book_cancel.html", one)
        return shown.page("book_mine.html", one)

    async def choose(
        shown: Shown,
        one: AppointmentView,
        problem: Problem | None = None,
        *,
        confirming: bool = False,
        unread: Sequence[ItemView] = (),
    ) -> Response:
        """The slots to choose from; ``confirming``: what was chosen, if it is there, to be confirmed."""
        lines = tuple(LineBody(item=line.item, pieces=line.pieces) for line in one.lines)
        ask = Ask(lines=lines, customer=one.customer_type)
        slots = await services.slots(one.hall, ask, shown.language)
        if isinstance(slots, Problem):
            return shown.page("book_mine.html", one, slots)
        place = words.place_of(slots, shown.form.when)
        if confirming and place is not None and place.slot.free:
            unread_sentence = speech("web", shown.language)(_("请阅读并勾选送检注意事项。"))
            return shown.page(
                "book_move.html",
                one,
                place=place,
                renewed=renewed(one, shown.view),
                errors={f"r.{item.id}": unread_sentence for item in unread},
            )
        gone = {"days": speech("web", shown.language)(_("刚才选的时段已不能预约，请另选一个。"))}
        return shown.page(
            "book_change.html",
            one,
            problem,
            errors=gone if confirming else {},
            days=words.laid_out(slots, present=f"{one.day.isoformat()}/{one.slot}"),
        )

    async def move(shown: Shown, one: AppointmentView) -> Response:
        place = shown.form.place
        read_now = acknowledged(one, shown.view, shown.form)
        unread = [
            item
            for item in renewed(one, shown.view)
            if item.notice and read_now.get(item.id) != item.notice.version
        ]
        if unread or place is None:
            return await choose(shown, one, confirming=True, unread=unread)
        wish = Reschedule(
            code=shown.proof.code,
            tail=shown.proof.tail,
            day=place[0],
            slot=place[1],
            acknowledged=read_now,
        )
        answer = await services.reschedule(wish, shown.key, address_of(shown.request), shown.language)
        if not isinstance(answer, Problem):
            return done(shown.request, answer, "moved")
        if answer.code in PLACES and PLACES[answer.code][0] == "when":
            return await choose(shown, one, answer)
        return shown.page("book_mine.html", one, answer)

    async def give_up(shown: Shown, one: AppointmentView) -> Response:
        wish = GiveUp(code=shown.proof.code, tail=shown.proof.tail)
        answer = await services.cancel(wish, shown.key, address_of(shown.request), shown.language)
        if isinstance(answer, Problem):
            return shown.page("book_mine.html", one, answer)
        return done(shown.request, answer, "cancelled")

    return router


def done(request: Request, one: AppointmentView, what: str) -> RedirectResponse:
    return RedirectResponse(f"/v/{one.code}?done={what}", 303, own_headers(request))


def plain_tail(tail: str) -> str:
    """The digits of a typed tail; full-width digits are digits too."""
    return "".join(str(int(sign)) for sign in tail if sign.isdecimal())


def unproved(code: str, tail: str, language: Language) -> dict[str, str]:
    """What is wrong with the proof before anybody is asked: field → sentence."""
    say = speech("web", language)
    found = {}
    if not code:
        found["code"] = say(_("请填写凭证码或编号。"))
    if not re.fullmatch(r"[0-9]{4}", plain_tail(tail)):
        found["tail"] = say(_("请填写预约手机号的后四位数字。"))
    return found
