"""One piece at the bench as its people see it: form, results, questions, and what may be done now."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from server.domain import lab as rules
from server.domain.acceptance import Piece
from server.domain.catalogue import Item
from server.domain.equipment import usable
from server.domain.hall import Hall
from server.domain.lab import ClimateRecord
from server.domain.negotiation import WAITING
from server.domain.refusal import Refusal
from server.domain.results import Result
from server.protocol import lab as l
from server.protocol import offer
from server.protocol.views import Text
from server.protocol.words import Conclusion, SampleState
from server.store import acceptances, climate, credentials, equipment, negotiations, orders, results

from . import sentences, signing
from .bench import Looked
from .equipment import standard_view
from .negotiations import views
from .offer import reading_body

STARTS: Final[tuple[SampleState, ...]] = ("received", "acclimatising", "queued")
SIGNED_NEXT: Final[dict[str, tuple[rules.CredentialKind, l.Act]]] = {
    "tested": ("reviewer", "review"),
    "reviewed": ("approver", "approve"),
}


def sheet(at: Connection, of: Hall, sample: orders.Sample, item: Item, looked: Looked) -> l.SheetView:
    today = of.day(looked.now)
    record = climate.last(at, of.id, sample.section, looked.now)
    found = list(reversed(results.of_sample(at, sample.code)))
    asked = list(reversed(negotiations.of_sample(at, sample.code)))
    may, why = allowed(at, of, sample, item, found, looked)
    limits = item.climate
    accepted = acceptances.find(at, sample.order)
    plate = accepted.sheet.piece(sample.code) if accepted else Piece()
    calibrates = item.kind == "calibration"
    conclusions: tuple[Conclusion, ...] = ("calibrated",) if calibrates else ("qualified", "unqualified")
    return l.SheetView(
        row=looked.row(sample),
        flow=sample.flow,
        regulation=item.regulation(today) or "",
        readings=tuple(offer.ReadingBody.model_validate(reading_body(one)) for one in item.readings),
        climate=(*limits.celsius, *limits.humidity) if limits else None,
        room=room_view(of, sample.section, record, looked),
        least_standards=item.standards,
        offered=tuple(
            standard_view(one, today)
            for one in equipment.of_hall(at, of.id)
            if one.standard and one.section == sample.section and usable(one, today) is None
        ),
        results=tuple(result_view(one, item, looked) for one in found),
        questions=tuple(views(at, of, asked)),
        maker=plate.maker,
        model=plate.model,
        fragile=item.fragile,
        conclusions=conclusions,
        may=tuple(may),
        why=why,
    )


def allowed(
    at: Connection,
    of: Hall,
    sample: orders.Sample,
    item: Item,
    found: list[Result],
    looked: Looked,
) -> tuple[list[l.Act], Text | None]:
    """What ``who`` may do with the piece now; and why not more, as a sentence."""
    today = of.day(looked.now)
    held = credentials.of_hall(at, of.id, looked.who.user)
    last = found[0] if found else None

    def holds(kind: rules.CredentialKind) -> bool:
        on = last.tested_on if last and kind != "verifier" else today
        return rules.holds(held, kind, item.id, on)

    acts: list[l.Act] = []
    why: Refusal | None = None
    if sample.state in STARTS:
        against = may_start(of, sample, item, looked)
        if against is None:
            acts.append("rest" if must_rest(sample, item) else "start")
        why = against
    if sample.state == "testing" or (last is not None and last.version > 1 and last.state == "draft"):
        if holds("verifier"):
            acts += ["save", "sign"]
            record = climate.last(at, of.id, sample.section, looked.now)
            why = rules.air(record, item.climate, sample.section, looked.now, of.offer.lab)
        else:
            why = signing.may_sign(at, of, looked.who.user, "verifier", item, today)
        if sample.state == "testing":
            acts.append("hold")
    if last is not None and last.state in SIGNED_NEXT:
        kind, act = SIGNED_NEXT[last.state]
        if holds(kind):
            acts += ([act] if last.verifier != looked.who.user else []) + ["send_back"]
            why = Refusal("same_person") if last.verifier == looked.who.user else None
        else:
            why = signing.may_sign(at, of, looked.who.user, kind, item, last.tested_on)
    if last is not None and last.state == "approved" and holds("verifier"):
        acts.append("correct")
    if sample.state == "fault_hold":
        state = looked.questions.get(sample.code)
        acts += ["execute"] if state == "agreed" else ["propose"] if state != "proposed" else []
        why = Refusal("negotiation_open") if state in WAITING else None
    return acts, sentence(why)


def may_start(of: Hall, sample: orders.Sample, item: Item, looked: Looked) -> Refusal | None:
    """Why ``who`` can't begin with the piece. Refused: wrong_custodian, still_resting."""
    if looked.holder(sample) not in ("me", "bench"):
        return Refusal("wrong_custodian", {"holder": looked.called.holder(sample.holder).name})
    if rules.resting(sample.state, sample.rests_until, looked.now):
        return resting_refused(of, sample.rests_until or looked.now)
    return None


def room_view(of: Hall, section: str, record: ClimateRecord | None, looked: Looked) -> l.RoomView:
    if record is None:
        return l.RoomView(section=section, celsius=None, humidity=None, at=None, fresh=False)
    fresh = rules.air(record, None, section, looked.now, of.offer.lab) is None
    by = looked.called.staff.get(record.by, record.by)
    return l.RoomView(
        section=section,
        celsius=record.celsius,
        humidity=record.humidity,
        at=record.at,
        fresh=fresh,
        by=by,
    )


def result_view(one: Result, item: Item, looked: Looked) -> l.ResultView:
    said = one.content
    marks = (
        ("verifier", one.verifier, one.verified_at),
        ("reviewer", one.reviewer, one.reviewed_at),
        ("approver", one.approver, one.approved_at),
    )
    return l.ResultView(
        id=one.id,
        version=one.version,
        state=one.state,
        regulation=one.regulation,
        tested_on=one.tested_on,
        values=tuple(
            l.ValueView(
                reading=value.reading,
                name=value.name,
                text=value.text,
                unit=value.unit,
                limits=value.limits,
                good=value.good,
            )
            for value in said.values
        ),
        standards=tuple(
            l.StandardView(
                code=used.code,
                number=used.number,
                name=used.name,
                model=used.model,
                uncertainty=used.uncertainty,
                certificate=used.certificate,
                until=used.until,
                factors=used.factors,
            )
            for used in said.standards
        ),
        celsius=said.room.celsius if said.room else None,
        humidity=said.room.humidity if said.room else None,
        place=said.place,
        remark=said.remark,
        maker=said.maker,
        model=said.model,
        interval=said.interval,
        proposed=rules.proposal(item, said.values),
        conclusion=one.conclusion,
        source=one.source,
        signatures=tuple(
            l.SignatureView.model_validate(
                {"role": role, "by": looked.called.staff.get(user, user), "at": at}
            )
            for role, user, at in marks
            if user and at
        ),
    )


def must_rest(sample: orders.Sample, item: Item) -> bool:
    return sample.state == "received" and item.rest_minutes > 0


def resting_refused(of: Hall, until: datetime) -> Refusal:
    return Refusal("still_resting", {"until": f"{of.local(until):%H:%M}"})


def sentence(against: Refusal | None) -> Text | None:
    """A refusal as a sentence in both languages."""
    if against is None:
        return None
    zh, en = (sentences.refusal(against, language) for language in ("zh", "en"))
    return Text(zh=f"{zh[0]}：{zh[1]}", en=f"{en[0]}. {en[1]}")
