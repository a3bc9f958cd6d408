"""What a hall offers, as everybody may see it: catalogue, days with their slots, and the verdict on lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from server.domain.booking import Not
from server.domain.catalogue import FeeLine, Item
from server.domain.eligibility import Refused, Verdict, refused, verdict
from server.domain.floor import Floor
from server.domain.hall import Hall
from server.domain.refusal import Refusal
from server.domain.slots import Line, Slot, Timetable
from server.protocol import booking as b
from server.protocol.language import both
from server.protocol.views import Text, WaitRange
from server.protocol.words import CUSTOMER_TYPES, CustomerType

from . import sentences as s

EMPTY = Text(zh="", en="")
OTHERS = 3
"""Alternatives named where a slot is full."""


def joined(texts: Iterable[Text], between: tuple[str, str] = ("", " ")) -> Text:
    """Whole sentences one after another."""
    told = list(texts)
    return Text(
        zh=between[0].join(one.zh for one in told),
        en=between[1].join(one.en or one.zh for one in told),
    )


def both_with(sentence: str, **places: Text | str | int) -> Text:
    """``sentence`` in both languages, with places that differ by language."""

    def filled(language: int) -> dict[str, object]:
        return {
            name: ((place.zh, place.en or place.zh)[language] if isinstance(place, Text) else place)
            for name, place in places.items()
        }

    return Text(zh=both("server", sentence, **filled(0)).zh, en=both("server", sentence, **filled(1)).en)


def yuan(amount: Decimal) -> str:
    return f"{amount:.2f}"


def fee(line: FeeLine, compulsory: bool) -> b.FeeView:
    reason = line.reason
    if compulsory and not reason.zh:
        reason = both("server", s.COMPULSORY_FREE)
    return b.FeeView(full=yuan(line.full), due=yuan(line.due), saved=yuan(line.saved), reason=reason)


def total(lines: Sequence[FeeLine]) -> b.FeeView:
    full = sum((one.full for one in lines), Decimal(0))
    due = sum((one.due for one in lines), Decimal(0))
    reasons = {one.reason.zh: one.reason for one in lines if one.reason.zh and one.saved}
    return b.FeeView(full=yuan(full), due=yuan(due), saved=yuan(full - due), reason=joined(reasons.values()))


def item_name(hall: Hall, item: str) -> Text:
    known = hall.offer.catalogue.items.get(item)
    return known.name if known else Text(zh=item, en=item)


def against(hall: Hall, one: Refused, customer: CustomerType) -> Text:
    """Why one line can't be taken, as a sentence."""
    return both_with(
        s.AGAINST[one.why],
        item=item_name(hall, one.item),
        customer=both("server", s.CUSTOMERS[customer]),
        most=one.most,
    )


def item_view(hall: Hall, item: Item, day: date) -> b.ItemView:
    catalogue = hall.offer.catalogue
    line = Line(item.id, 1)
    # What stands against the item itself; whom it is for is told beside it.
    who: CustomerType = next(iter(sorted(item.for_whom)), "resident")
    stands = refused(catalogue, [line], who, day)
    coming = min(
        (one for one in item.regulations if one.since > day), key=lambda one: one.since, default=None
    )
    return b.ItemView(
        id=item.id,
        name=item.name,
        field=item.field,
        section=item.section,
        regulation=item.regulation(day) or "",
        next_regulation=coming.value if coming else "",
        next_since=coming.since if coming else None,
        compulsory=item.kind == "compulsory",
        mode=item.mode,
        while_you_wait=item.while_you_wait,
        cycle_months=item.cycle_months,
        rest_minutes=item.rest_minutes,
        promise_days=item.days_promised(day),
        most_in_order=item.caps.order,
        for_whom=tuple(one for one in CUSTOMER_TYPES if one in item.for_whom),
        fragile=item.fragile,
        accessories=item.accessories,
        notice=notice_view(item),
        fee=fee(item.fee(1, day), item.kind == "compulsory"),
        contact=item.contact,
        taken=not stands,
        why=against(hall, stands[0], who) if stands else None,
    )


def notice_view(item: Item) -> b.NoticeView | None:
    return b.NoticeView(version=item.notice.version, text=item.notice.text) if item.notice else None


def catalogue_view(hall: Hall, now: datetime) -> b.CatalogueView:
    catalogue, rules = hall.offer.catalogue, hall.offer.rules
    today = hall.day(now)
    items = tuple(item_view(hall, one, today) for one in catalogue.items.values() if one.active)
    offered = [one for one in items if catalogue.authorised(one.id, today)]
    return b.CatalogueView(
        hall=hall.id,
        hall_name=hall.name,
        zone=hall.zone,
        today=today,
        complaint_phone=hall.complaint_phone,
        fields=tuple(b.FieldView(id=id, name=name) for id, name in catalogue.fields.items()),
        items=items,
        terms=tuple(b.Term(word=word, note=note) for word, note in catalogue.terms),
        customer_types={one: both("server", s.CUSTOMERS[one]) for one in CUSTOMER_TYPES},
        consent=b.Consent(version=s.CONSENT_VERSION, text=both("server", s.CONSENT)),
        rules=b.BookingRulesView(
            horizon_days=rules.horizon_days,
            cut_off_minutes=rules.cut_off_minutes,
            callable_before=rules.callable_before,
            most_lines=rules.most_lines,
        ),
        kinds=catalogue.published(today),
        regulations=len({one.regulation for one in offered if one.regulation}),
    )


def line_view(hall: Hall, line: Line, day: date, regulation: str = "") -> b.LineView:
    item = hall.offer.catalogue.items.get(line.item)
    if item is None:  # It has left the catalogue since.
        nothing = b.FeeView(full="0.00", due="0.00", saved="0.00", reason=EMPTY)
        return b.LineView(
            item=line.item,
            name=Text(zh=line.item, en=line.item),
            pieces=line.pieces,
            regulation=regulation,
            fragile=False,
            accessories=(),
            notice=None,
            fee=nothing,
        )
    return b.LineView(
        item=item.id,
        name=item.name,
        pieces=line.pieces,
        regulation=regulation or item.regulation(day) or "",
        fragile=item.fragile,
        accessories=item.accessories,
        notice=notice_view(item),
        fee=fee(item.fee(line.pieces, day), item.kind == "compulsory"),
    )


def service_for(hall: Hall, lines: Sequence[Line], said: Verdict) -> str:
    """The service whose counter takes these lines: what is waited for has its own."""
    if said.while_you_wait:
        return hall.offer.rules.while_you_wait
    items = hall.offer.catalogue.items
    left = [item for item, _ in said.reasons if item in items]
    return items[left[0] if left else lines[0].item].service


def judge(
    hall: Hall, lines: Sequence[Line], bench: float, now: datetime, complete: bool, *, today: bool
) -> Verdict:
    """The verdict on lines that were not refused. ``today``: handed in now, so that closing time counts."""
    closes = None
    if today and hall.hours is not None:
        closes = datetime.combine(hall.day(now), hall.hours.closes, hall.local(now).tzinfo)
    return verdict(hall.offer.catalogue, lines, bench, now, closes, complete)


def verdict_view(hall: Hall, lines: Sequence[Line], said: Verdict, day: date) -> b.Verdict:
    """``day``: when they are handed in. The promise starts on the next working day; the longest counts."""
    offer = hall.offer
    items = offer.catalogue.items
    days = max((items[line.item].days_promised(day) for line in lines if line.item in items), default=1)
    by = offer.calendar.after(day, max(1, days))
    service = service_for(hall, lines, said)
    known = hall.services.get(service)
    reasons = {
        sentence.zh: sentence
        for item, why in said.reasons
        for sentence in [
            both_with(
                s.LEFT[why],
                item=item_name(hall, item),
                rest=items[item].rest_minutes if item in items else 0,
            )
        ]
    }
    fees = [items[line.item].fee(line.pieces, day) for line in lines if line.item in items]
    return b.Verdict(
        while_you_wait=said.while_you_wait,
        reasons=tuple(reasons.values()),
        ready=WaitRange(low=said.ready[0], high=said.ready[1]),
        promise_days=days,
        promise_by=by,
        provisional=offer.calendar.provisional(day, by),
        service=service,
        service_name=known.name if known else Text(zh=service, en=service),
        lines=tuple(line_view(hall, line, day) for line in lines),
        total=total(fees),
    )


# Slots -------------------------------------------------------------------------------------------


def slots_view(
    hall: Hall, table: Timetable, lines: Sequence[Line], customer: CustomerType, service: str, now: datetime
) -> b.SlotsView:
    """Every day of the horizon on which a slot of ``service`` is held, with what fits.

    What can't be taken on a day, such as after the last day of an authorisation, is not free on it.
    """
    today = hall.day(now)
    days = []
    for ahead in range(hall.offer.rules.horizon_days + 1):
        day = today + timedelta(days=ahead)
        held = [one for one in table.slots.values() if one.service == service]
        stands = refused(hall.offer.catalogue, lines, customer, day)
        why = joined(against(hall, one, customer) for one in stands) if stands else None
        shown = tuple(
            slot_view(table, day, slot, lines, now, why)
            for slot in sorted(held, key=lambda one: (one.opens, one.id))
            if slot.held_on(day, table.calendar)
        )
        days.append(b.DayView(day=day, works=table.calendar.works(day), slots=shown))
    known = hall.services.get(service)
    return b.SlotsView(
        service=service,
        service_name=known.name if known else Text(zh=service, en=service),
        days=tuple(days),
    )


def slot_view(
    table: Timetable, day: date, slot: Slot, lines: Sequence[Line], now: datetime, why: Text | None = None
) -> b.SlotView:
    """``why``: what stands against the whole day."""
    start, _ = slot.span(day, table.zone)
    if start <= now:
        why = both("server", s.BEGUN)
    elif why is None and (burst := table.full(day, slot, lines)) is not None:
        why = both("server", s.FULL[burst])
    return b.SlotView(
        id=slot.id,
        opens=f"{slot.opens:%H:%M}",
        closes=f"{slot.closes:%H:%M}",
        starts_at=start,
        free=why is None,
        left=max(0, slot.pieces - table.load(day, slot.id).count),
        why=why,
    )


# Refusals ----------------------------------------------------------------------------------------


def refusal_of(
    hall: Hall, no: Not, customer: CustomerType, table: Timetable, lines: Sequence[Line], now: datetime
) -> Refusal:
    """The refusal that tells a person why not, and what else there is."""
    rules = hall.offer.rules
    match no.why:
        case "nothing_chosen":
            return Refusal("lines_bad", {"most": str(rules.most_lines)})
        case "not_taken":
            return not_taken(hall, no.lines, customer)
        case "notices_not_read":
            names = joined((item_name(hall, one) for one in no.items), ("、", ", "))
            return Refusal("notices_unread", {"items": names})
        case "slot_full":
            why = both("server", s.FULL[no.full]) if no.full else EMPTY
            return Refusal(
                "slot_full", {"why": why, "others": alternatives(hall, table, lines, customer, now)}
            )
        case "too_far":
            return Refusal("too_far", {"days": str(rules.horizon_days)})
        case "cut_off":
            minutes = str(rules.cut_off_minutes)
            return Refusal("cut_off", {"minutes": minutes, "phone": hall.complaint_phone})
        case "slot_unknown" | "slot_not_held" | "slot_begun" | "not_booked" | "reason_needed":
            return Refusal(no.why)


def not_taken(hall: Hall, stands: Sequence[Refused], customer: CustomerType) -> Refusal:
    """All that stands against the lines at once (一次性告知)."""
    return Refusal("not_taken", {"lines": joined(against(hall, one, customer) for one in stands)})


def alternatives(
    hall: Hall, table: Timetable, lines: Sequence[Line], customer: CustomerType, now: datetime
) -> Text:
    """The next few places that hold the lines, on days on which they are taken."""
    service = service_for(hall, lines, judge(hall, lines, 0, now, True, today=False))
    today = hall.day(now)
    last = today + timedelta(days=hall.offer.rules.horizon_days)
    found: list[Text] = []
    for day, slot in table.free(service, lines, now, today, last):
        if refused(hall.offer.catalogue, lines, customer, day):
            continue
        when = f"{day:%m-%d} {slot.opens:%H:%M}"
        found.append(Text(zh=when, en=when))
        if len(found) == OTHERS:
            break
    return joined(found, ("、", ", ")) if found else both("server", s.NONE_FREE)


def bench_of(
    floor: Floor, work: Sequence[tuple[datetime, str, int]]
) -> dict[str, list[tuple[datetime, float]]]:
    """The day's jobs by lab section."""
    items = floor.hall.offer.catalogue.items
    jobs: dict[str, list[tuple[datetime, float]]] = {}
    for at, item, pieces in work:
        if item in items:
            jobs.setdefault(items[item].section, []).append((at, items[item].work_minutes(pieces)))
    return jobs
