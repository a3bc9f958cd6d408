"""What a kiosk asks when somebody comes back, answered by the wire's own types: part of a hall for trying."""

from __future__ import annotations

from dataclasses import dataclass, field

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from server.protocol import pickup as p
from tests.ipp import minimal_pdf
from tests.ui import kiosk_returning as back
from tests.ui import kiosk_visits as visits
from tests.ui.kiosk_states import TICKET


@dataclass
class Returning:
    """Everything a test wants to know, and what it may set."""

    on: bool = False
    """Whether the hall has a catalogue, and with it the tiles for coming back."""
    lose: int = 0
    """So many next answers to "print this" are lost after the copy was set aside."""
    refuse: str = ""
    """Refuses "print this" with this code."""
    copies: dict[str, p.PrintJob] = field(default_factory=dict)
    """Copies set aside, by idempotency key."""
    ends: list[tuple[str, str]] = field(default_factory=list)
    """Copy and outcome, as the kiosk told them."""

    def add_to(self, app: FastAPI) -> None:
        at = "/api/v1/halls/main"

        def say(path: str, answer: BaseModel, status: int = 200) -> None:
            async def told() -> Response:
                return JSONResponse(answer.model_dump(mode="json"), status)

            app.post(path)(told)

        say(f"{at}/pickups", back.pickup())
        say(f"{at}/pickups/tickets", p.CollectNumber(ticket=TICKET, pickup=back.pickup()), 201)
        say(f"{at}/progress", back.progress())
        say(f"{at}/certificates/find", back.certificates())
        say("/api/v1/certificates/c1/links", back.LINK, 201)
        say(f"{at}/verdicts", visits.VERDICT)
        say(f"{at}/slots", back.SLOTS)
        say(f"{at}/appointments", back.VOUCHER, 201)

        @app.get(f"{at}/catalogue")
        async def catalogue() -> Response:
            if not self.on:
                return JSONResponse({"detail": "none"}, 404)
            return JSONResponse(visits.CATALOGUE.model_dump(mode="json"))

        @app.post("/api/v1/certificates/{certificate}/prints")
        async def copy(certificate: str, request: Request) -> Response:
            if self.refuse:
                told = {"title": "不能打印", "detail": "请找工作人员。", "status": 409, "code": self.refuse}
                return JSONResponse({"type": "about:blank", **told}, 409)
            key = request.headers["Idempotency-Key"]
            name = f"p{len(self.copies) + 1}"
            made = p.PrintJob(id=name, pdf=f"/api/v1/prints/{name}/pdf", number=certificate, pages=1)
            job = self.copies.setdefault(key, made)
            if self.lose:
                self.lose -= 1
                return Response(status_code=504)
            return JSONResponse(job.model_dump(mode="json"), 201)

        @app.get("/api/v1/prints/{job}/pdf")
        async def pdf(job: str) -> Response:
            return Response(minimal_pdf(job), media_type="application/pdf")

        @app.post("/api/v1/prints/{job}")
        async def ended(job: str, request: Request) -> Response:
            self.ends.append((job, (await request.json())["outcome"]))
            return Response(status_code=204)
