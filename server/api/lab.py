"""Work at the benches: lists and sheets, rooms, results with their signatures, and what partners send in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from server.protocol import lab as l
from server.protocol import lab_book as k
from server.protocol.words import SampleState

from .asking import LAB, core, known_in, once
from .problems import RESPONSES
from .tickets import json

router = APIRouter(prefix="/api/v1/halls/{hall}", tags=["lab"], responses=RESPONSES)

Hall = Annotated[str, Path(max_length=32)]
Code = Annotated[str, Path(max_length=64)]
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{1,32}$")]
Section = Annotated[str, Query(max_length=64, pattern=r"^[^\x00]*$")]
States = Annotated[list[SampleState] | None, Query(max_length=14)]


@router.get("/lab/bench", response_model=l.BenchView)
async def bench(request: Request, hall: Hall, section: Section = "", state: States = None) -> l.BenchView:
    """What is at the benches of a section (or of all): green channel first, then what is due first."""
    who = await known_in(request, hall, *LAB)
    return await core(request).lab.bench(hall, section, tuple(state or ()), who)


@router.get("/lab/samples/{code}", response_model=l.SheetView)
async def sheet(request: Request, hall: Hall, code: Code) -> l.SheetView:
    """One piece by any of its codes, with its form, and what may be done with it now."""
    who = await known_in(request, hall, *LAB)
    return await core(request).lab.sheet(hall, code, who)


@router.get("/lab/orders/{code}", response_model=l.LabOrderView)
async def order(request: Request, hall: Hall, code: Code) -> l.LabOrderView:
    """A case in its sections' parts; done only when every part is."""
    who = await known_in(request, hall, "clerk", *LAB)
    return await core(request).lab.order(hall, code, who)


@router.post("/lab/samples/{code}/rest", response_model=l.SheetView)
async def rest(request: Request, hall: Hall, code: Code) -> l.SheetView:
    """It stands in the lab's air from now on (静置)."""
    who = await known_in(request, hall, *LAB)
    await core(request).lab.rest(hall, code, who, once(request, who))
    return await core(request).lab.sheet(hall, code, who)


@router.post("/lab/samples/{code}/start", response_model=l.SheetView)
async def start(request: Request, hall: Hall, code: Code) -> l.SheetView:
    """Its test begins: who asks has it, or it is on their section's bench, and its rest is over."""
    who = await known_in(request, hall, *LAB)
    await core(request).lab.start(hall, code, who, once(request, who))
    return await core(request).lab.sheet(hall, code, who)


@router.post("/lab/samples/{code}/hold", response_model=l.SheetView)
async def hold(request: Request, hall: Hall, code: Code, body: l.Hold) -> l.SheetView:
    """A fault was found: the sample is held and the customer is asked."""
    who = await known_in(request, hall, *LAB)
    await core(request).negotiations.hold(hall, code, body, who, once(request, who, body.model_dump_json()))
    return await core(request).lab.sheet(hall, code, who)


@router.put("/lab/samples/{code}/result", response_model=l.SheetView)
async def save(request: Request, hall: Hall, code: Code, body: l.ResultBody) -> l.SheetView:
    """The draft of its result; may be unfinished."""
    who = await known_in(request, hall, *LAB)
    await core(request).results.save(hall, code, body, who, once(request, who, body.model_dump_json()))
    return await core(request).lab.sheet(hall, code, who)


@router.post("/lab/samples/{code}/correct", response_model=l.SheetView)
async def correct(request: Request, hall: Hall, code: Code, body: l.SendBack) -> l.SheetView:
    """Begin a new version of an approved result; the old one holds until the new one is approved."""
    who = await known_in(request, hall, *LAB)
    await core(request).results.correct(hall, code, body, who, once(request, who, body.model_dump_json()))
    return await core(request).lab.sheet(hall, code, who)


@router.get("/lab/signing", response_model=list[l.SigningRow])
async def signing(request: Request, hall: Hall) -> list[l.SigningRow]:
    """The results that wait for a signature of who asks."""
    who = await known_in(request, hall, *LAB)
    return await core(request).results.signing(hall, who)


@router.post("/lab/results/{id}/test", response_model=l.SheetView)
async def sign_test(request: Request, hall: Hall, id: Id, body: l.SignTest) -> l.SheetView:
    """检定员 signs, and confirms the conclusion."""
    who = await known_in(request, hall, *LAB)
    key = once(request, who, body.model_dump_json())
    code = await core(request).results.sign_test(hall, id, body, who, key)
    return await core(request).lab.sheet(hall, code, who)


@router.post("/lab/results/{id}/review", response_model=l.SheetView)
async def review(request: Request, hall: Hall, id: Id) -> l.SheetView:
    """核验员 signs: another person than the 检定员."""
    who = await known_in(request, hall, *LAB)
    code = await core(request).results.review(hall, id, who, once(request, who))
    return await core(request).lab.sheet(hall, code, who)


@router.post("/lab/results/{id}/approve", response_model=l.SheetView)
async def approve(request: Request, hall: Hall, id: Id) -> l.SheetView:
    """批准人 signs: the result is final, and its certificate is made."""
    who = await known_in(request, hall, *LAB)
    code = await core(request).results.approve(hall, id, who, once(request, who))
    return await core(request).lab.sheet(hall, code, who)


@router.post("/lab/results/{id}/send-back", response_model=l.SheetView)
async def send_back(request: Request, hall: Hall, id: Id, body: l.SendBack) -> l.SheetView:
    """Whoever would sign next wants it tested again, and says why."""
    who = await known_in(request, hall, *LAB)
    key = once(request, who, body.model_dump_json())
    code = await core(request).results.send_back(hall, id, body, who, key)
    return await core(request).lab.sheet(hall, code, who)


@router.get("/lab/climate", response_model=k.ClimateView)
async def climate(request: Request, hall: Hall, section: Section = "") -> k.ClimateView:
    """The rooms' air as it was recorded last, and the records of one section."""
    who = await known_in(request, hall, *LAB)
    return await core(request).lab.climate(hall, section, who)


@router.post("/lab/climate", status_code=201, response_model=k.ClimateView)
async def record_climate(request: Request, hall: Hall, body: k.ClimateBody) -> k.ClimateView:
    """Write down a section's temperature and humidity as they are now."""
    who = await known_in(request, hall, *LAB)
    await core(request).lab.record_climate(hall, body, who, once(request, who, body.model_dump_json()))
    return await core(request).lab.climate(hall, body.section, who)


@router.get("/lab/people", response_model=k.PeopleView)
async def people(request: Request, hall: Hall) -> k.PeopleView:
    """The people at the benches, what they may sign, their training, and what lapses soon."""
    await known_in(request, hall, *LAB)
    return await core(request).credentials.people(hall)


@router.post("/lab/credentials", status_code=201, response_model=k.PeopleView)
async def add_credential(request: Request, hall: Hall, body: k.CredentialBody) -> k.PeopleView:
    who = await known_in(request, hall, "manager", "admin")
    await core(request).credentials.put(hall, "", body, who, once(request, who, body.model_dump_json()))
    return await core(request).credentials.people(hall)


@router.put("/lab/credentials/{id}", response_model=k.PeopleView)
async def change_credential(request: Request, hall: Hall, id: Id, body: k.CredentialBody) -> k.PeopleView:
    who = await known_in(request, hall, "manager", "admin")
    await core(request).credentials.put(hall, id, body, who, once(request, who, body.model_dump_json()))
    return await core(request).credentials.people(hall)


@router.delete("/lab/credentials/{id}", status_code=204)
async def remove_credential(request: Request, hall: Hall, id: Id) -> Response:
    who = await known_in(request, hall, "manager", "admin")
    await core(request).credentials.remove(hall, id, who, once(request, who))
    return Response(status_code=204)


@router.post("/results", status_code=201, response_model=l.ResultTaken)
async def take(request: Request, hall: Hall, body: l.PartnerResult) -> Response:
    """A result from another system: a draft, or signed by a named 检定员; reviewed and approved only here."""
    who = await known_in(request, hall, "partner")
    key = once(request, who, body.model_dump_json())
    return json(await core(request).results.take(hall, body, who, key))
