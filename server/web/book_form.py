"""The booking form (固定表单) as it was sent, whatever was sent: reading it, carrying it on, judging it.

Everything a person typed is kept as typed. Steps 1 and 2 say nothing about a person and may stand in an
address; what step 3 asks travels in the bodies of forms only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal, TypeAlias
from urllib.parse import parse_qsl

from fastapi import Request

from server.domain import customers
from server.protocol.booking import MOST_LINES, Ask, Book, CatalogueView, CustomerBody, ItemView, LineBody
from server.protocol.language import catalogue as catalogue_of
from server.protocol.views import Text
from server.protocol.words import CUSTOMER_TYPES, CustomerType, Language

Step: TypeAlias = Literal["what", "when", "who", "check"]
STEPS: tuple[Step, ...] = ("what", "when", "who", "check")

LARGEST_FORM = 32 * 1024
MOST_FIELDS = 1000
ITEM: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
SLOT: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})/([a-z0-9][a-z0-9-]{0,31})")
KEY: Final = re.compile(r"[A-Za-z0-9_-]{20,64}")
PERSONAL: Final = ("name", "phone", "company", "uscc", "email")
EMAIL: Final = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
MOST_PIECES = 9999


def _(sentence: str) -> str:
    """Marks a sentence for the catalogue; it is translated when a page is made."""
    return sentence


async def sent(request: Request) -> dict[str, str]:
    """The fields of a posted form; of anything that is none, nothing. A name sent twice: the last one."""
    size = request.headers.get("content-length", "")
    if not size.isdigit() or int(size) > LARGEST_FORM:
        return {}
    return fields((await request.body()).decode("utf-8", "replace"))


def fields(body: str) -> dict[str, str]:
    """The fields of an urlencoded text. Control characters become spaces: a line is a line."""
    try:
        pairs = parse_qsl(body, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="replace")
    except ValueError:
        return {}
    return {name: re.sub(r"[\x00-\x1f\x7f]+", " ", value).strip() for name, value in pairs}


def local_form(request: Request) -> bool:
    """Whether a posted form came from a page of ours.

    Nobody is signed in here, so a foreign form could do no more than its maker can do alone; it is turned
    away all the same. Browsers that say neither ``Sec-Fetch-Site`` nor ``Origin`` are too old to ask.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is None or origin.partition("://")[2] == request.headers.get("host", "")


@dataclass(frozen=True, slots=True)
class Form:
    """The whole form, at whichever step. ``pieces``: item → what was typed beside it."""

    customer: CustomerType = "resident"
    pieces: Mapping[str, str] = field(default_factory=dict)
    when: str = ""
    """``2026-11-23/am-1``: a day and a slot; empty: none chosen yet."""
    name: str = ""
    phone: str = ""
    company: str = ""
    uscc: str = ""
    email: str = ""
    read: Mapping[str, int] = field(default_factory=dict)
    """Item → version of its notice that was ticked."""
    consent: str = ""
    key: str = ""

    @property
    def personal(self) -> bool:
        """Whether anything of step 3 is filled in: it belongs into no address."""
        told = self.name, self.phone, self.company, self.uscc, self.email, self.consent
        return any(told) or bool(self.read)

    @property
    def place(self) -> tuple[date, str] | None:
        """(day, slot) that was chosen; None for nothing or nonsense."""
        found = SLOT.fullmatch(self.when)
        if not found:
            return None
        try:
            return date.fromisoformat(found[1]), found[2]
        except ValueError:
            return None

    def lines(self) -> tuple[LineBody, ...]:
        """The instruments whose numbers can be read."""
        return tuple(
            LineBody(item=item, pieces=count)
            for item, typed in self.pieces.items()
            if (count := number(typed)) is not None and 1 <= count <= MOST_PIECES
        )

    def ask(self) -> Ask:
        """Only for a form whose step 1 was found good."""
        return Ask(lines=self.lines(), customer=self.customer)

    def carried(self, step: Step) -> Iterator[tuple[str, str]]:
        """(name, value) of all that the page of ``step`` does not itself ask for."""
        if step != "what":
            yield from self.address()
        elif self.when:
            yield "when", self.when
        if step != "who":
            yield from ((name, value) for name in PERSONAL if (value := str(getattr(self, name))))
            yield from ((f"r.{item}", str(version)) for item, version in self.read.items())
            if self.consent:
                yield "consent", self.consent
        if step == "check":
            yield "key", self.key

    def address(self) -> Iterator[tuple[str, str]]:
        """(name, value) of what may stand in an address: instruments, customer type, slot."""
        yield "as", self.customer
        yield from ((f"p.{item}", typed) for item, typed in self.pieces.items())
        if self.when:
            yield "when", self.when

    def booking(self, language: Language) -> Book:
        """Only for a form of which ``faults`` found nothing. Parts that its customer type has not are left
        out, though they were typed."""
        place = self.place
        if place is None:
            raise ValueError("no slot is chosen")
        alone = self.customer in customers.PERSONAL
        return Book(
            day=place[0],
            slot=place[1],
            lines=self.lines(),
            customer=CustomerBody(
                type=self.customer,
                name=self.name,
                phone=self.phone,
                company="" if alone else self.company,
                uscc="" if alone else self.uscc,
                email=self.email,
            ),
            acknowledged={item: version for item, version in self.read.items() if item in self.pieces},
            consent=self.consent,
            language=language,
        )


def number(typed: str) -> int | None:
    """A number of pieces; empty is none of them. Full-width digits are digits too. None: not a number."""
    if not typed:
        return 0
    return int(typed) if re.fullmatch(r"\d{1,6}", typed) else None


def read(data: Mapping[str, str]) -> Form:
    """The form in ``data``; what it does not know is left out, too long texts are cut."""

    def told(name: str) -> str:
        return data.get(name, "")[:64].strip()

    customer: CustomerType = next((one for one in CUSTOMER_TYPES if one == data.get("as")), "resident")
    pieces = {
        name[2:]: value[:12]
        for name, value in data.items()
        if name.startswith("p.") and ITEM.fullmatch(name[2:]) and value.strip() and number(value) != 0
    }
    ticks = {
        name[2:]: int(value)
        for name, value in data.items()
        if name.startswith("r.") and ITEM.fullmatch(name[2:]) and re.fullmatch(r"[0-9]{1,6}", value)
    }
    when = data.get("when", "")
    key = data.get("key", "")
    return Form(
        customer=customer,
        pieces=pieces,
        when=when if SLOT.fullmatch(when) else "",
        name=told("name"),
        phone=told("phone"),
        company=told("company"),
        uscc=told("uscc"),
        email=told("email"),
        read=ticks,
        consent=data.get("consent", "")[:32],
        key=key if KEY.fullmatch(key) else "",
    )


# Judging ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fault:
    """Something to mend. ``at``: the id of what it stands beside; ``places`` fill the sentence."""

    step: Step
    at: str
    sentence: str
    places: Mapping[str, Text | str | int] = field(default_factory=dict)

    def said(self, language: Language) -> str:
        places = {name: of.in_(language) if isinstance(of, Text) else of for name, of in self.places.items()}
        return catalogue_of("web", language)(self.sentence).format(**places)


def faults(form: Form, catalogue: CatalogueView, step: Step) -> tuple[Fault, ...]:
    """All that is wrong in the steps before ``step``, as far as the form alone tells."""
    found = list(_what(form, catalogue))
    if step in ("who", "check") and form.place is None:
        found.append(Fault("when", "days", _("请选择一个时段。")))
    if step == "check":
        found.extend(_who(form, catalogue))
    return tuple(found) if step != "what" else ()


def _what(form: Form, catalogue: CatalogueView) -> Iterator[Fault]:
    items = {item.id: item for item in catalogue.items}
    if not form.pieces:
        yield Fault("what", "items", _("请至少填写一种器具的件数。"))
    most = min(catalogue.rules.most_lines, MOST_LINES)
    if len(form.pieces) > most:
        yield Fault("what", "items", _("一次最多预约 {most} 种器具，请分次预约。"), {"most": most})
    for id, typed in form.pieces.items():
        item, count = items.get(id), number(typed)
        if item is None:
            yield Fault("what", "items", _("有一种器具已不在目录中，请重新选择。"))
            continue
        named: dict[str, Text | str | int] = {"name": item.name}
        if not item.taken:
            yield Fault("what", f"p.{id}", _("{name}现在不能预约，请把件数清空。"), named)
        elif form.customer not in item.for_whom:
            yield Fault("what", f"p.{id}", _("{name}不面向您选择的客户类型，请把件数清空或更改类型。"), named)
        elif count is None:
            yield Fault("what", f"p.{id}", _("{name}的件数请用数字填写。"), named)
        elif count > item.most_in_order:
            yield Fault(
                "what", f"p.{id}", _("{name}一次最多 {most} 件。"), named | {"most": item.most_in_order}
            )


def _who(form: Form, catalogue: CatalogueView) -> Iterator[Fault]:
    if form.customer not in customers.PERSONAL:
        if not form.company:
            yield Fault("who", "company", _("请填写单位名称。"))
        if form.uscc and customers.uscc(form.uscc) is None:
            yield Fault("who", "uscc", _("统一社会信用代码不对：应为 18 位，请对照营业执照检查。"))
    if not form.name:
        yield Fault("who", "name", _("请填写送检人姓名。"))
    if not form.phone:
        yield Fault("who", "phone", _("请填写手机号码。"))
    elif customers.phone(form.phone) is None:
        yield Fault("who", "phone", _("号码不对：手机号是 11 位数字；固定电话请带区号。"))
    if form.email and not EMAIL.fullmatch(form.email):
        yield Fault("who", "email", _("邮箱地址不对，请检查或留空。"))
    for item in chosen(form, catalogue):
        if item.notice and form.read.get(item.id) != item.notice.version:
            yield Fault("who", f"r.{item.id}", _("请阅读并勾选{name}的注意事项。"), {"name": item.name})
    if form.consent != catalogue.consent.version:
        yield Fault("who", "consent", _("需要您同意后才能预约。"))


def chosen(form: Form, catalogue: CatalogueView) -> tuple[ItemView, ...]:
    """The items with a number of pieces, in the catalogue's order."""
    return tuple(item for item in catalogue.items if item.id in form.pieces)


# Refusals ---------------------------------------------------------------------------------------

PLACES: Final[dict[str, tuple[Step, str]]] = {
    "not_taken": ("what", "items"),
    "lines_bad": ("what", "items"),
    "item_unknown": ("what", "items"),
    "authorisation_bad": ("what", "items"),
    "slot_unknown": ("when", "days"),
    "slot_not_held": ("when", "days"),
    "slot_full": ("when", "days"),
    "slot_begun": ("when", "days"),
    "too_far": ("when", "days"),
    "name_needed": ("who", "name"),
    "phone_bad": ("who", "phone"),
    "company_needed": ("who", "company"),
    "uscc_bad": ("who", "uscc"),
    "email_bad": ("who", "email"),
    "notices_unread": ("who", "notices"),
    "consent_needed": ("who", "consent"),
}
"""Refusal code → the step and the field that it is about; any other is about the booking as a whole."""

LASTING: Final = frozenset({"idempotency_key_bad", "idempotency_key_reused"})
"""Refusals that the same key would meet again."""
