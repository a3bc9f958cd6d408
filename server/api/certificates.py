"""Certificates: for their customers by proof, for whoever checks one, and for staff."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from server.protocol import booking as b
from server.protocol import certificates as c
from server.protocol import pickup as p
from server.protocol.words import CertificateState, Role

from .asking import LAB, MANAGERS, STAFF, asker, core, known, known_in, once, once_for
from .problems import RESPONSES
from .tickets import json

router = APIRouter(prefix="/api/v1", tags=["certificates"], responses=RESPONSES)

Hall = Annotated[str, Path(max_length=32)]
Id = Annotated[str, Path(max_length=64)]
Number = Annotated[str, Query(max_length=64, pattern=r"^[^\x00-\x1f]*$")]
READERS: tuple[Role, ...] = (*STAFF, *LAB)
PDF: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/pdf": {}}, "description": "The certificate"}
}


def pdf(number: str, content: bytes, *, download: bool = False) -> Response:
    """The file, named by its certificate's number."""
    way = "attachment" if download else "inline"
    name = "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in number)
    headers = {
        "Content-Disposition": f'{way}; filename="{name}.pdf"',
        "Cache-Control": "no-store",
        "X-Robots-Tag": "noindex, noarchive",
    }
    return Response(content, 200, headers, "application/pdf")


# The customer's ----------------------------------------------------------------------------------


@router.post("/halls/{hall}/certificates/find", response_model=p.CertificatesView)
async def find(request: Request, hall: Hall, body: b.Proof) -> p.CertificatesView:
    """The certificates of a case, for who has its code and the phone's last four digits."""
    return await core(request).certificate_prints.find(hall, body, await asker(request))


@router.post("/certificates/{id}/prints", status_code=201, response_model=p.PrintJob)
async def ask(request: Request, id: Id, body: p.PrintAsked) -> Response:
    """Print it on this kiosk's printer: one copy of the quota is set aside."""
    who = await known(request, "kiosk")
    key = once(request, who, body.model_dump_json())
    return json(await core(request).certificate_prints.ask(id, body, who, key))


@router.get("/prints/{id}/pdf", response_class=Response, responses=PDF)
async def sheet(request: Request, id: Id) -> Response:
    """The file of a copy that this kiosk set aside, until it has told what became of it."""
    who = await known(request, "kiosk")
    found = await core(request).certificate_prints.sheet(id, who)
    return pdf(found.number, found.content)


@router.post("/prints/{id}", status_code=204)
async def ended(request: Request, id: Id, body: p.PrintEnded) -> Response:
    """What became of a copy: printed, failed (the quota gets it back), or nobody knows."""
    who = await known(request, "kiosk")
    key = once(request, who, body.model_dump_json())
    await core(request).certificate_prints.ended(id, body, who, key)
    return Response(status_code=204)


@router.post("/certificates/{id}/links", status_code=201, response_model=p.DownloadLink)
async def link(request: Request, id: Id, body: b.Proof) -> Response:
    """An address that opens the certificate for a while without any further proof."""
    by = await asker(request)
    key = once_for(request, by, body.model_dump_json())
    return json(await core(request).certificate_prints.link(id, body, by, key))


@router.get("/certificates/{code}", response_model=c.CertificateStatus)
async def status(request: Request, code: Annotated[str, Path(max_length=64)]) -> c.CertificateStatus:
    """What the certificate with this check code is worth now, and the SHA-256 of its file."""
    return await core(request).checking.status(code, request.client.host if request.client else "")


# Staff's -----------------------------------------------------------------------------------------


@router.get("/halls/{hall}/certificates", response_model=c.CertificatesList)
async def listed(
    request: Request,
    hall: Hall,
    day: date | None = None,
    state: CertificateState | None = None,
    number: Number = "",
) -> c.CertificatesList:
    """Certificates by the day of their drafting, state or part of their number; the newest first."""
    await known_in(request, hall, *READERS)
    return await core(request).certificates.listed(hall, day, state, number)


@router.get("/halls/{hall}/certificates/{id}/pdf", response_class=Response, responses=PDF)
async def file(request: Request, hall: Hall, id: Id) -> Response:
    """The file of a certificate of any state, for staff."""
    await known_in(request, hall, *READERS)
    return pdf(*await core(request).certificates.file(hall, id))


@router.post("/halls/{hall}/certificates/{id}/revoke", response_model=c.CertificateLine)
async def revoke(request: Request, hall: Hall, id: Id, body: c.Revoke) -> Response:
    """Withdraw a certificate for ever, with the reason."""
    who = await known_in(request, hall, *MANAGERS)
    key = once(request, who, body.model_dump_json())
    return json(await core(request).certificates.revoke(hall, id, body, who, key))


@router.post("/halls/{hall}/certificates/{id}/retry", status_code=204)
async def retry(request: Request, hall: Hall, id: Id) -> Response:
    """Try at once to make what could not be made so far."""
    who = await known_in(request, hall, *READERS)
    await core(request).certificates.retry(hall, id, who, once(request, who))
    return Response(status_code=204)


@router.get("/halls/{hall}/papers", response_model=c.PapersBody)
async def papers(request: Request, hall: Hall) -> c.PapersBody:
    """What certificates say of the institution, and how many copies a kiosk prints."""
    await known_in(request, hall, *MANAGERS)
    return core(request).certificates.papers(hall)


@router.put("/halls/{hall}/papers", status_code=204)
async def put_papers(request: Request, hall: Hall, body: c.PapersBody) -> Response:
    """Change it, for certificates that are drafted from now on."""
    who = await known_in(request, hall, *MANAGERS)
    key = once(request, who, body.model_dump_json())
    await core(request).certificates.put_papers(hall, body, who, key)
    return Response(status_code=204)


# Status labels -----------------------------------------------------------------------------------

Code = Annotated[str, Path(max_length=64)]


@router.get("/halls/{hall}/status-labels/{code}", response_model=c.StatusLabelView)
async def status_label_of(request: Request, hall: Hall, code: Code) -> c.StatusLabelView:
    """What the status label of a sample or of a piece of equipment says now."""
    await known_in(request, hall, "kiosk", *READERS)
    return await core(request).status_labels.of(hall, code)
