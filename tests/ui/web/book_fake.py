"""A hall that can be booked, as a test has set it: small rules of its own, real views, a memory of keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from server.domain import customers
from server.protocol import booking as b
from server.protocol.codes import code_of, number_of, spaced
from server.protocol.codes import read as read_code
from server.protocol.errors import Problem
from server.protocol.views import Text, WaitRange
from server.protocol.words import CustomerType, Language

from .fake import CHINA, FakeHall, text

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 20, 30, tzinfo=CHINA)
SLOTS = (
    ("am-1", time(8, 30), time(9, 30)),
    ("am-2", time(9, 30), time(10, 30)),
    ("am-3", time(10, 30), time(11, 30)),
    ("pm-1", time(13, 30), time(14, 30)),
    ("pm-2", time(14, 30), time(15, 30)),
)
EVERYBODY: tuple[CustomerType, ...] = ("resident", "sole_trader", "small_company", "company", "government")
TYPES: dict[CustomerType, Text] = {
    "resident": text("居民", "Resident"),
    "sole_trader": text("个体工商户", "Sole trader"),
    "small_company": text("小微企业", "Small company"),
    "company": text("企业", "Company"),
    "government": text("机关事业单位", "Public body"),
}
FREE = b.FeeView(
    full="0.00", due="0.00", saved="0.00", reason=text("强制检定免费。", "Compulsory verification is free.")
)


def fee(full: int, due: int, zh: str = "", en: str = "") -> b.FeeView:
    return b.FeeView(full=f"{full}.00", due=f"{due}.00", saved=f"{full - due}.00", reason=text(zh, en))


HALF = fee(
    60,
    30,
    "小微企业和居民减半收费，至 2026 年底。",
    "Half price for small companies until the end of 2026.",
)


def item(id: str, zh: str, en: str, of: str, **facts: object) -> b.ItemView:
    plain = b.ItemView(
        id=id,
        name=text(zh, en),
        field=of,
        section="medical",
        regulation="JJG 270-2008",
        compulsory=True,
        mode="hall",
        while_you_wait=True,
        cycle_months=12,
        rest_minutes=0,
        promise_days=5,
        most_in_order=20,
        for_whom=EVERYBODY,
        fragile=False,
        accessories=(),
        notice=None,
        fee=FREE,
        contact="0571-85022000",
        taken=True,
    )
    return plain.model_copy(update=facts)


PRESSURE = item(
    "sphyg",
    "血压计",
    "Sphygmomanometer",
    "health",
    most_in_order=10,
    accessories=(text("袖带", "Cuff"), text("说明书", "Manual")),
    notice=b.NoticeView(
        version=3,
        text=text(
            "请清洁袖带，取出电池；送检前在室温下静置 2 小时。",
            "Clean the cuff and take the batteries out; let it acclimatise for two hours.",
        ),
    ),
)
LENSES = item(
    "lens-box",
    "验光镜片箱",
    "Trial lens case",
    "health",
    fragile=True,
    compulsory=True,
    regulation="JJG 579-2010",
    next_regulation="JJG 579-2026",
    next_since=date(2027, 1, 1),
    while_you_wait=False,
    accessories=(text("全部镜片", "All lenses"), text("试镜架", "Trial frame")),
    notice=b.NoticeView(
        version=1, text=text("镜片易损，请原箱送检并清点数量。", "Bring the lenses in their case, counted.")
    ),
)
ITEMS = (
    PRESSURE,
    item("thermometer", "体温计", "Clinical thermometer", "health", fragile=True),
    LENSES,
    item("scale", "电子秤", "Electronic scale", "trade", accessories=(text("电源适配器", "Power adapter"),)),
    item(
        "taxi",
        "出租车计价器",
        "Taximeter",
        "trade",
        taken=False,
        mode="vehicle_lane",
        why=text(
            "这种器具在车道检定，请直接到车道。", "It is verified in the vehicle lane: go there directly."
        ),
    ),
    item(
        "pump",
        "燃油加油机",
        "Fuel dispenser",
        "trade",
        taken=False,
        mode="on_site",
        why=text(
            "这种器具在现场检定，请打电话预约上门。", "It is verified where it stands: call us to come."
        ),
    ),
    item(
        "caliper",
        "游标卡尺",
        "Vernier caliper",
        "industry",
        compulsory=False,
        fee=HALF,
        regulation="JJF 1002-2010",
    ),
    item(
        "gauge",
        "一般压力表",
        "Pressure gauge",
        "industry",
        for_whom=("small_company", "company", "government"),
        regulation="JJG 52-2013",
    ),
    item(
        "multimeter",
        "数字多用表",
        "Digital multimeter",
        "industry",
        compulsory=False,
        fee=fee(180, 180),
        while_you_wait=False,
        taken=False,
        why=text("授权已到期，正在复审，暂不受理。", "The authorisation has run out and is being renewed."),
    ),
)
TERMS = (
    b.Term(
        word=text("强制检定", "Compulsory verification"),
        note=text(
            "法律规定必须做的检定，例如看病、买卖、安全用的器具。不收费。",
            "A check that the law demands, for instance of what doctors and shops use. It is free.",
        ),
    ),
    b.Term(
        word=text("校准", "Calibration"),
        note=text(
            "把器具与标准比一比，告诉您差多少。自愿做，按标准收费。",
            "Compares the instrument with a standard and tells how far it is off. Voluntary, for a fee.",
        ),
    ),
    b.Term(
        word=text("静置", "acclimatise"),
        note=text("放在那里不动，让器具和房间的温度一样。", "Left standing until it is as warm as the room."),
    ),
    b.Term(
        word=text("立等可取", "While you wait"),
        note=text("交件后在厅里等，做完当场取走。", "You wait in the hall and take it home."),
    ),
    b.Term(
        word=text("检定规程", "Regulation"),
        note=text("国家规定的检定方法。", "The method that the state prescribes."),
    ),
)
CATALOGUE = b.CatalogueView(
    hall="main",
    hall_name=text("计量检定服务大厅", "Metrology Service Hall"),
    zone="Asia/Shanghai",
    today=TODAY,
    complaint_phone="0571-12345",
    fields=(
        b.FieldView(id="health", name=text("医疗卫生", "Health care")),
        b.FieldView(id="trade", name=text("集贸和商超", "Markets and shops")),
        b.FieldView(id="industry", name=text("工业生产", "Industry")),
    ),
    items=ITEMS,
    terms=TERMS,
    customer_types=TYPES,
    consent=b.Consent(
        version="2026-11",
        text=text(
            "姓名和电话只用于这次送检：联系您、核对取件。不用于其他，按规定期限删除。",
            "Your name and phone number serve this visit only. They are deleted in time.",
        ),
    ),
    rules=b.BookingRulesView(horizon_days=14, cut_off_minutes=60, callable_before=10, most_lines=4),
    kinds=6,
    regulations=5,
)
EMPTY = CATALOGUE.model_copy(update={"items": (), "fields": ()})


def problem(code: str, title: str = "不行", detail: str = "请换一个再试。", status: int = 409) -> Problem:
    return Problem(type="about:blank", title=title, status=status, code=code, detail=detail)


@dataclass
class Kept:
    view: b.AppointmentView
    phone: str
    name: str


@dataclass
class BookingHall(FakeHall):
    """``refuse``: method name → the problem it answers with."""

    offered: b.CatalogueView | None = CATALOGUE
    full: bool = False
    refuse: dict[str, Problem] = field(default_factory=dict)
    made: dict[str, Kept] = field(default_factory=dict)
    """Code → what was booked."""
    keys: dict[str, b.AppointmentView] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    past_cut_off: bool = False

    async def catalogue(self, hall: str) -> b.CatalogueView | None:
        return self.offered if hall == "main" else None

    async def slots(self, hall: str, ask: b.Ask, language: Language) -> b.SlotsView | Problem:
        if "slots" in self.refuse:
            return self.refuse["slots"]
        pieces = sum(line.pieces for line in ask.lines)
        days = []
        for ahead in range(15):
            day = TODAY + timedelta(days=ahead)
            works = day.weekday() < 5
            slots = [self._slot(day, at, pieces) for at in range(len(SLOTS))] if works else []
            days.append(b.DayView(day=day, works=works, slots=tuple(slots)))
        return b.SlotsView(
            service="accept", service_name=text("立等受理", "While-you-wait"), days=tuple(days)
        )

    def _slot(self, day: date, at: int, pieces: int) -> b.SlotView:
        id, opens, closes = SLOTS[at]
        left = 0 if self.full or (day.day + at) % 3 == 2 else 12 - at
        if day == date(2026, 11, 24):
            left = 0
        free = left >= pieces
        return b.SlotView(
            id=id,
            opens=f"{opens:%H:%M}",
            closes=f"{closes:%H:%M}",
            starts_at=datetime.combine(day, opens, CHINA),
            free=free,
            left=left,
            why=None
            if free
            else text("已约满", "Full")
            if left == 0
            else text(f"只能再收 {left} 件", f"Room for {left} more only"),
        )

    async def verdict(self, hall: str, ask: b.Ask, language: Language) -> b.Verdict | Problem:
        if "verdict" in self.refuse:
            return self.refuse["verdict"]
        return self._verdict(ask.lines)

    def _verdict(self, asked: tuple[b.LineBody, ...]) -> b.Verdict:
        known = {one.id: one for one in ITEMS}
        lines = tuple(self._line(known[line.item], line.pieces) for line in asked)
        left = [known[line.item] for line in asked if not known[line.item].while_you_wait]
        full, due = (sum(Decimal(getattr(line.fee, name)) for line in lines) for name in ("full", "due"))
        return b.Verdict(
            while_you_wait=not left,
            reasons=tuple(
                text(
                    f"{one.name.zh}要在实验室逐片检查，不能立等可取。",
                    f"{one.name.en}: every lens is measured in the lab.",
                )
                for one in left
            ),
            ready=WaitRange(low=20, high=35) if not left else WaitRange(low=240, high=300),
            promise_days=5,
            promise_by=date(2026, 11, 30),
            provisional=False,
            service="accept",
            service_name=text("立等受理", "While-you-wait"),
            lines=lines,
            total=b.FeeView(full=str(full), due=str(due), saved=str(full - due), reason=text("", "")),
        )

    def _line(self, one: b.ItemView, pieces: int) -> b.LineView:
        full, due = Decimal(one.fee.full) * pieces, Decimal(one.fee.due) * pieces
        return b.LineView(
            item=one.id,
            name=one.name,
            pieces=pieces,
            regulation=one.regulation,
            fragile=one.fragile,
            accessories=one.accessories,
            notice=one.notice,
            fee=b.FeeView(full=str(full), due=str(due), saved=str(full - due), reason=one.fee.reason),
        )

    async def book(
        self, hall: str, book: b.Book, key: str, address: str, language: Language
    ) -> b.AppointmentView | Problem:
        self.calls.append(("book", key))
        if key in self.keys:
            return self.keys[key]
        if "book" in self.refuse:
            return self.refuse["book"]
        seed = 987_654_321_123 + len(self.made)
        who = book.customer
        phone = customers.phone(who.phone) or ""
        found = next(slot for slot in SLOTS if slot[0] == book.slot)
        view = b.AppointmentView(
            code=code_of("V", seed * 7_919_777),
            number=number_of(seed),
            hall=hall,
            hall_name=CATALOGUE.hall_name,
            zone="Asia/Shanghai",
            service="accept",
            service_name=text("立等受理", "While-you-wait"),
            day=book.day,
            slot=book.slot,
            starts_at=datetime.combine(book.day, found[1], CHINA),
            ends_at=datetime.combine(book.day, found[2], CHINA),
            state="booked",
            channel="web",
            customer_type=who.type,
            who=customers.mask_company(who.company) if who.company else customers.mask_person(who.name),
            phone=customers.mask_phone(phone),
            lines=self._verdict(book.lines).lines,
            verdict=self._verdict(book.lines),
            made_at=NOW,
            moved=0,
            may_change=not self.past_cut_off,
            change_until=datetime.combine(book.day, found[1], CHINA) - timedelta(minutes=60),
            timeline=(
                b.Step(kind="booked", at=NOW, text=text("已预约", "Booked")),
                b.Step(kind="checked_in", at=None, text=text("到厅签到", "Check in")),
                b.Step(kind="ready", at=None, text=text("检定完成", "Work done")),
                b.Step(kind="collected", at=None, text=text("取件", "Collected")),
            ),
            url=f"https://hall.example/v/{code_of('V', seed * 7_919_777)}",
            complaint_phone="0571-12345",
        )
        self.keys[key] = view
        self.made[view.code] = Kept(view, phone, who.name)
        return view

    async def voucher(self, code: str) -> b.AppointmentView | None:
        return self.made[code].view if code in self.made else None

    async def find(self, proof: b.Proof, address: str, language: Language) -> b.AppointmentView | Problem:
        if "find" in self.refuse:
            return self.refuse["find"]
        told = getattr(read_code(proof.code), "text", "")
        for kept in self.made.values():
            if told in (kept.view.code, kept.view.number):
                if customers.tail(kept.phone) == proof.tail:
                    return kept.view.model_copy(update={"may_change": self._open(kept.view)})
                return problem("proof_wrong", "后四位不对", "请填写预约时所留手机号的后四位。", 403)
        return problem("appointment_unknown", "没有找到这次预约", "请对照凭证检查后再试。", 404)

    def _open(self, view: b.AppointmentView) -> bool:
        return view.state == "booked" and not self.past_cut_off

    def _changed(self, proof: b.Proof, key: str, **facts: object) -> b.AppointmentView:
        told = getattr(read_code(proof.code), "text", "")
        kept = next(one for one in self.made.values() if told in (one.view.code, one.view.number))
        if key not in self.keys:
            kept.view = kept.view.model_copy(update=facts)
            self.keys[key] = kept.view
        return self.keys[key]

    async def reschedule(
        self, wish: b.Reschedule, key: str, address: str, language: Language
    ) -> b.AppointmentView | Problem:
        self.calls.append(("reschedule", key))
        if "reschedule" in self.refuse:
            return self.refuse["reschedule"]
        found = next(slot for slot in SLOTS if slot[0] == wish.slot)
        return self._changed(
            wish,
            key,
            day=wish.day,
            slot=wish.slot,
            starts_at=datetime.combine(wish.day, found[1], CHINA),
            ends_at=datetime.combine(wish.day, found[2], CHINA),
            moved=1,
        )

    async def cancel(
        self, wish: b.GiveUp, key: str, address: str, language: Language
    ) -> b.AppointmentView | Problem:
        self.calls.append(("cancel", key))
        if "cancel" in self.refuse:
            return self.refuse["cancel"]
        return self._changed(wish, key, state="cancelled", may_change=False)


def number_text(view: b.AppointmentView) -> str:
    return spaced(view.number)
