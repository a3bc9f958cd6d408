"""Booking at home (预约): four short steps as plain forms, from what to bring to the voucher.

``GET`` shows steps 1 to 3 from an address that says nothing about a person. Every button posts; a post that
found nothing wrong and has nothing personal in it answers with that address, so that going back in the
browser works. What a person typed is in the bodies of forms only, and in every answer again.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from server.protocol import topics
from server.protocol.booking import CatalogueView, SlotsView, Verdict
from server.protocol.errors import Problem
from server.protocol.language import catalogue as speech
from server.protocol.views import HallHead
from server.protocol.words import LANGUAGES, Language

from . import book_words as words
from . import sentences
from .book_form import (
    LASTING,
    PLACES,
    STEPS,
    Fault,
    Form,
    Step,
    chosen,
    faults,
    fields,
    local_form,
    read,
    sent,
)
from .book_ports import BookingServices
from .render import headers, language_of, missing, page


def _(sentence: str) -> str:
    """Marks a sentence for the catalogue."""
    return sentence


NEXT: Mapping[Step, Step] = {"what": "when", "when": "who", "who": "check", "check": "check"}


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page of the form shows: its step, and what was learnt on the way to it."""

    step: Step
    form: Form
    faults: tuple[Fault, ...] = ()
    problem: Problem | None = None
    slots: SlotsView | None = None
    verdict: Verdict | None = None

    @property
    def fine(self) -> bool:
        return not self.faults and self.problem is None


def address_of(request: Request) -> str:
    return request.client.host if request.client else ""


def own_headers(request: Request) -> dict[str, str]:
    """As other pages, but that a form may tell us, and nobody else, where it came from."""
    return headers(request) | {"Referrer-Policy": "same-origin"}


def booking_page(
    request: Request,
    template: str,
    view: CatalogueView,
    head: HallHead | None,
    /,
    *,
    status: int = 200,
    **facts: object,
) -> HTMLResponse:
    """A page that can say days, sums and the words of the trade of the hall of ``view`` and ``head``."""
    language = language_of(request)
    glossary = words.Glossary(view.terms, language)
    response = page(
        request,
        template,
        language,
        status=status,
        zone=view.zone,
        head=head,
        follows=False,
        view=view,
        explain=glossary.link,
        glossary=glossary,
        day_text=lambda day, today=None: words.day_text(day, language, today),
        moment=lambda at: words.moment_text(at, view.zone, language),
        yuan=lambda sum: words.yuan(sum, language),
        span=lambda span: words.span_text(span, language),
        free_of_charge=words.free_of_charge,
        reduced=words.reduced,
        saving=words.saving,
        namer=lambda types: [name.in_(language) for one, name in view.customer_types.items() if one in types],
        sentences=sentences.BOOK,
        verbatim=None,
        **{"problem": None, "errors": {}, "switch_by_form": False, "here": "", **facts},
    )
    response.headers.update(own_headers(request))
    return response


def address(hall: str, form: Form, step: Step) -> str:
    """Where ``step`` of ``form`` is found again, less what is personal."""
    return f"/book/{hall}?{urlencode([*form.address(), ('step', step)])}"


def onward(request: Request, hall: str, form: Form, step: Step) -> RedirectResponse:
    """To the address of ``step``: nothing personal is in it."""
    lang = request.query_params.get("lang")
    also = f"&lang={lang}" if lang in LANGUAGES else ""
    return RedirectResponse(address(hall, form, step) + also, 303, own_headers(request))


def from_elsewhere(language: Language) -> Problem:
    say = speech("web", language)
    return Problem(
        type="about:blank",
        title=say(_("页面已过期")),
        status=403,
        code="csrf_failed",
        detail=say(_("请在本页重新填写。")),
    )


def routes(services: BookingServices) -> APIRouter:
    router = APIRouter()

    async def reach(hall: str, view: CatalogueView, form: Form, wanted: Step, language: Language) -> Shown:
        """As near to ``wanted`` as the form allows: the first step with a fault is where it stops."""
        found = faults(form, view, wanted)
        step = min((fault.step for fault in found), key=STEPS.index, default=wanted)
        if step == "what":
            return Shown("what", form, found)
        slots = await services.slots(hall, form.ask(), language)
        verdict = await services.verdict(hall, form.ask(), language)
        if isinstance(slots, Problem):
            return Shown("what", form, found, slots)
        if isinstance(verdict, Problem):
            return Shown("what", form, found, verdict)
        shown = Shown(step, form, found, None, slots, verdict)
        if step == "when":
            return shown
        place = words.place_of(slots, form.when)
        if place is None or not place.slot.free:
            gone = Fault("when", "days", _("刚才选的时段已不能预约，请另选一个。"))
            return replace(shown, step="when", faults=(gone, *found))
        return shown

    def show(request: Request, hall: str, view: CatalogueView, shown: Shown) -> HTMLResponse:
        language = language_of(request)
        here = [fault for fault in shown.faults if fault.step == shown.step]
        errors: dict[str, str] = {}
        for fault in here:
            errors.setdefault(fault.at, fault.said(language))
        status = shown.problem.status if shown.problem else 422 if here else 200
        place = words.place_of(shown.slots, shown.form.when) if shown.slots else None
        response = booking_page(
            request,
            f"book_{shown.step}.html",
            view,
            services.head(hall),
            status=status,
            hall=hall,
            step=shown.step,
            steps=STEPS,
            form=shown.form,
            carried=list(shown.form.carried(shown.step)),
            errors=errors,
            problem=shown.problem,
            slots=shown.slots,
            days=words.laid_out(shown.slots, shown.form.when) if shown.slots else None,
            place=place,
            verdict=shown.verdict,
            chosen=chosen(shown.form, view),
            switch_by_form=True,
            enter={"what": "when", "who": "check"}.get(shown.step, ""),
            here=address(hall, shown.form, "who" if shown.step == "check" else shown.step),
            contacts=list(dict.fromkeys(one.contact for one in chosen(shown.form, view) if one.contact)),
        )
        if request.method == "GET":
            # Nothing personal is in it: a browser may keep it for going back, with what was typed there.
            response.headers["Cache-Control"] = "private, no-cache"
        return response

    async def catalogue_of(hall: str) -> CatalogueView | None:
        return await services.catalogue(hall) if topics.NAME.fullmatch(hall) else None

    @router.get("/book/{hall}", response_class=HTMLResponse)
    async def begin(request: Request, hall: str) -> Response:
        view = await catalogue_of(hall)
        if view is None:
            return missing(request, language_of(request))
        if not view.items:
            return booking_page(request, "book_none.html", view, services.head(hall), hall=hall)
        data = fields(request.scope["query_string"].decode("latin-1"))
        form = read(
            {name: value for name, value in data.items() if name in ("as", "when") or name[:2] == "p."}
        )
        step = data.get("step", "what")
        wanted: Step = "when" if step == "when" else "who" if step == "who" else "what"
        return show(request, hall, view, await reach(hall, view, form, wanted, language_of(request)))

    @router.post("/book/{hall}", response_class=HTMLResponse)
    async def go(request: Request, hall: str) -> Response:
        language = language_of(request)
        view = await catalogue_of(hall)
        if view is None:
            return missing(request, language)
        if not view.items:
            return booking_page(request, "book_none.html", view, services.head(hall), hall=hall)
        if not local_form(request):
            return show(request, hall, view, Shown("what", Form(), problem=from_elsewhere(language)))
        data = await sent(request)
        form = read(data)
        at: Step = next((one for one in STEPS if one == data.get("at")), "what")
        wish = data.get("go") or NEXT[at]
        if wish == "book":
            return await book(request, hall, view, form, language)
        wanted: Step = next((one for one in STEPS if one == wish), at)
        shown = await reach(hall, view, form, wanted, language)
        if shown.fine and shown.step != "check" and not form.personal:
            return onward(request, hall, form, shown.step)
        if shown.step == "check":
            # A new key: whatever was sent before with the old one was another wish.
            shown = replace(shown, form=replace(form, key=secrets.token_urlsafe(24)))
        return show(request, hall, view, shown)

    async def book(
        request: Request, hall: str, view: CatalogueView, form: Form, language: Language
    ) -> Response:
        found = faults(form, view, "check")
        if found or not form.key:
            shown = await reach(hall, view, form, "check", language)
            return show(
                request, hall, view, replace(shown, form=replace(form, key=secrets.token_urlsafe(24)))
            )
        # Not looked up beforehand whether its slot is free: this may be the second press of a booking that
        # took the last place.
        answer = await services.book(hall, form.booking(language), form.key, address_of(request), language)
        if not isinstance(answer, Problem):
            return RedirectResponse(f"/v/{answer.code}?done=booked", 303, own_headers(request))
        step, field = PLACES.get(answer.code, ("check", ""))
        if step == "when":
            form = replace(form, when="")
        shown = await reach(hall, view, form, step, language)
        if shown.step == "check" and answer.code in LASTING:
            shown = replace(shown, form=replace(form, key=secrets.token_urlsafe(24)))
        if shown.step == step and field not in ("", "items", "days", "notices"):
            shown = replace(
                shown, faults=(Fault(step, field, "{said}", {"said": answer.detail}), *shown.faults)
            )
        return show(request, hall, view, replace(shown, problem=answer))

    return router
