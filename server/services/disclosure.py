"""What the hall discloses (公示): its promise in its own words, and what the records say of it today.

The same lines stand on the web in full, and in pages that fit on the kiosk and at the foot of the board.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from server.domain.catalogue import Dated, Fee, Item
from server.domain.eligibility import ready_in
from server.domain.hall import Hall
from server.domain.offer import Offer
from server.protocol.language import both
from server.protocol.offer import AboutView, AuthorisationBody, Chapter
from server.protocol.views import HallHead, Notice, Text

from .offering import both_with, catalogue_view, joined, yuan


def _(sentence: str) -> str:
    """Mark a sentence for the catalogue."""
    return sentence


TAKES = _("立等用时（一件，不含叫号等候）")
TERM, SCOPE, FEES, COUNTS = _("办理期限"), _("服务范围"), _("收费标准"), _("检定能力")
WAITED = _("立等可取：{items}。")
LEFT = _("{days}个工作日：{items}。")
TAKES_SO_LONG = _("约{low}–{high}分钟可取：{items}。")
LATER_DAYS = _("{since}起，{items}为{days}个工作日。")
IN_FIELD = _("{field}：{items}。")
ON_SITE = _("只上门检定：{items}。")
FREE = _("强制检定免费：{items}。")
FULL_FEE = _("{item}：每件{due}元。")
REDUCED = _("{item}：每件{due}元，原价{full}元。{reason}。")
LATER_FEE = _("{item}：{since}起每件{due}元。")
KINDS = _("可检定、校准器具{kinds}种，依据现行检定规程{regulations}部。")
HELD = _("授权有效期至{until}。")
PART = _("{title}（{part}/{parts}）")
LIST = ("、", ", ")


@dataclass(frozen=True, slots=True)
class Room:
    """How much fits on one page: so many lines, and so many Chinese characters (two letters count as one)."""

    lines: int
    characters: int
    between: tuple[str, str] = ("\n", "\n")
    """What parts two lines."""


KIOSK = Room(3, 76)
BOARD = Room(3, 44, ("", " "))


def offered(hall: Hall, day: date) -> list[Item]:
    """What may be said to be offered on ``day``: active, with a regulation in force, and authorised."""
    catalogue = hall.offer.catalogue
    return [
        one
        for one in catalogue.items.values()
        if one.active and one.regulation(day) is not None and catalogue.authorised(one.id, day)
    ]


def names(items: Iterable[Item]) -> Text:
    return joined((one.name for one in items), LIST)


# The chapters -----------------------------------------------------------------------------------


def chapters(hall: Hall, day: date) -> tuple[Chapter, ...]:
    """All subjects in the order in which they are told; those without anything to say are left out."""
    items = offered(hall, day)
    told = [
        *_written(hall),
        _chapter("term", TERM, _terms(items, day)),
        _chapter("takes", TAKES, _takes(items)),
        _chapter("scope", SCOPE, _scope(hall, items)),
        _chapter("fees", FEES, _fees(items, day)),
        _chapter("counts", COUNTS, _counts(hall, items, day)),
    ]
    return tuple(one for one in told if one.lines)


def _written(hall: Hall) -> Iterator[Chapter]:
    for page in hall.offer.promises:
        zh, en = page.body.zh.splitlines(), page.body.en.splitlines()
        if len(en) == len(zh):
            lines = tuple(Text(zh=one, en=other) for one, other in zip(zh, en, strict=True))
        else:
            # No line of one belongs to a line of the other: each language is one piece.
            lines = (Text(zh="".join(zh), en=" ".join(en)),)
        yield Chapter(id=page.id, title=page.title, lines=lines, version=page.version)


def _chapter(id: str, title: str, lines: Iterable[Text]) -> Chapter:
    return Chapter(id=id, title=both("server", title), lines=tuple(lines))


def _terms(items: Sequence[Item], day: date) -> Iterator[Text]:
    waited = [one for one in items if one.while_you_wait and one.mode != "on_site"]
    if waited:
        yield both_with(WAITED, items=names(waited))
    left = [one for one in items if not one.while_you_wait and one.mode != "on_site"]
    for days in sorted({one.days_promised(day) for one in left}):
        yield both_with(LEFT, days=days, items=names(one for one in left if one.days_promised(day) == days))
    for since, days in sorted({(one.since, one.value) for item in left for one in item.promise_days}):
        if since > day:
            changing = [one for one in left if Dated(since, days) in one.promise_days]
            yield both_with(LATER_DAYS, since=since.isoformat(), days=days, items=names(changing))


def _takes(items: Sequence[Item]) -> Iterator[Text]:
    """From handing in until ready, for one piece at a free bench: beside it stands the wait for a call."""
    waited = [one for one in items if one.while_you_wait and one.mode != "on_site"]
    ranges = {one.id: ready_in([(one, 1)], 0) for one in waited}
    for low, high in sorted(set(ranges.values())):
        alike = names(one for one in waited if ranges[one.id] == (low, high))
        yield both_with(TAKES_SO_LONG, low=low, high=high, items=alike)


def _scope(hall: Hall, items: Sequence[Item]) -> Iterator[Text]:
    for id, name in hall.offer.catalogue.fields.items():
        here = [one for one in items if one.field == id and one.mode != "on_site"]
        if here:
            yield both_with(IN_FIELD, field=name, items=names(here))
    out = [one for one in items if one.mode == "on_site"]
    if out:
        yield both_with(ON_SITE, items=names(out))


def _fees(items: Sequence[Item], day: date) -> Iterator[Text]:
    free = [one for one in items if one.kind == "compulsory"]
    if free:
        yield both_with(FREE, items=names(free))
    for item in items:
        if item.kind == "compulsory":
            continue
        line = item.fee(1, day)
        sentence = REDUCED if line.saved and line.reason.zh else FULL_FEE
        yield both_with(
            sentence, item=item.name, due=yuan(line.due), full=yuan(line.full), reason=line.reason
        )
        for coming in sorted((one for one in item.fees if one.since > day), key=_since):
            due = yuan(item.fee(1, coming.since).due)
            yield both_with(LATER_FEE, item=item.name, since=coming.since.isoformat(), due=due)


def _since(one: Dated[Fee]) -> date:
    return one.since


def _counts(hall: Hall, items: Sequence[Item], day: date) -> Iterator[Text]:
    if items:
        yield both("server", KINDS, kinds=len(items), regulations=regulations(items, day))
        until = [one.until for one in hall.offer.catalogue.authorisations if one.since <= day <= one.until]
        yield both("server", HELD, until=min(until).isoformat())


def regulations(items: Iterable[Item], day: date) -> int:
    """By how many regulations they are verified on ``day``."""
    return len({one.regulation(day) for one in items})


# On a screen ------------------------------------------------------------------------------------


def _size(line: Text) -> int:
    return max(len(line.zh), (len(line.en) + 1) // 2)


def _pieces(line: Text, most: int) -> Iterator[Text]:
    """A line too long for a page, in pieces that part between its entries; whole where it cannot part."""
    zh, en = line.zh.split(LIST[0]), line.en.split(LIST[1])
    if _size(line) <= most or len(zh) != len(en):
        yield line
        return
    begun = 0
    for end in range(1, len(zh) + 1):
        last = end == len(zh)
        if last or _size(_run(zh, en, begun, end + 1)) >= most:
            run = _run(zh, en, begun, end)
            yield run if last else Text(zh=run.zh + LIST[0], en=run.en + LIST[1].rstrip())
            begun = end


def _run(zh: list[str], en: list[str], begun: int, end: int) -> Text:
    return Text(zh=LIST[0].join(zh[begun:end]), en=LIST[1].join(en[begun:end]))


def paged(chapter: Chapter, room: Room) -> tuple[Notice, ...]:
    """The chapter's lines in their order, on as few pages as its lines fill one after another."""
    pages: list[list[Text]] = []
    for line in chapter.lines:
        for piece in _pieces(line, room.characters):
            last = pages[-1] if pages else []
            fits = len(last) < room.lines and sum(map(_size, [*last, piece])) <= room.characters
            if last and fits:
                last.append(piece)
            else:
                pages.append([piece])
    return tuple(
        Notice(title=_titled(chapter.title, part, len(pages)), body=joined(lines, room.between))
        for part, lines in enumerate(pages, start=1)
    )


def _titled(title: Text, part: int, parts: int) -> Text:
    return title if parts == 1 else both_with(PART, title=title, part=part, parts=parts)


class Pages:
    """The pages of each hall as they were made last: they change with the offer and the day alone."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, Room], tuple[Offer, date, tuple[Notice, ...]]] = {}

    def of(self, hall: Hall, day: date, room: Room) -> tuple[Notice, ...]:
        known = self._made.get((hall.id, room))
        if known is not None and known[0] is hall.offer and known[1] == day:
            return known[2]
        pages = tuple(page for chapter in chapters(hall, day) for page in paged(chapter, room))
        self._made[hall.id, room] = (hall.offer, day, pages)
        return pages


def about(hall: Hall, head: HallHead, now: datetime) -> AboutView:
    """Everything disclosed, in full."""
    day = hall.day(now)
    items = offered(hall, day)
    return AboutView(
        hall=head,
        today=day,
        kinds=len(items),
        regulations=regulations(items, day),
        chapters=chapters(hall, day),
        catalogue=catalogue_view(hall, now),
        authorisations=tuple(
            AuthorisationBody(
                number=one.number, items=tuple(sorted(one.items)), since=one.since, until=one.until
            )
            for one in hall.offer.catalogue.authorisations
            if one.since <= day <= one.until
        ),
    )
