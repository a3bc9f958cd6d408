"""Every state that the kiosk can show, as values: for the gallery and the checks of its screens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone

from kiosk import appointing as b
from kiosk import collecting as c
from kiosk import model as m
from kiosk import visit as v
from server.protocol.views import (
    Call,
    HallHead,
    KioskHome,
    Notice,
    ServiceView,
    Text,
    TicketIssued,
    WaitRange,
)
from server.protocol.words import Language
from tests.ui import kiosk_alone as cut_off
from tests.ui import kiosk_returning as back
from tests.ui import kiosk_visits as visits

ZONE = timezone(timedelta(hours=8))
WALL = datetime(2026, 11, 20, 9, 41, tzinfo=ZONE)


@dataclass(frozen=True, slots=True)
class Shape:
    width: int
    height: int
    language: Language
    large: bool

    @property
    def name(self) -> str:
        side = "portrait" if self.height > self.width else "landscape"
        return f"{side}-{self.language}-{'large' if self.large else 'normal'}"


def shapes() -> Iterator[Shape]:
    languages: tuple[Language, ...] = ("zh", "en")
    for width, height in ((1080, 1920), (1920, 1080)):
        for language in languages:
            for large in (False, True):
                yield Shape(width, height, language, large)


def service(
    name: str, prefix: str, zh: str, en: str, waiting: int, low: int, high: int, counters: int = 2
) -> ServiceView:
    return ServiceView(
        id=name,
        name=Text(zh=zh, en=en),
        prefix=prefix,
        waiting=waiting,
        wait=WaitRange(low=low, high=high),
        open_counters=counters,
    )


HALL = HallHead(
    id="main",
    name=Text(zh="计量检定服务大厅", en="Metrology Service Hall"),
    state="open",
    zone="Asia/Shanghai",
    hours="08:30–17:00",
    complaint_phone="12345",
)
SERVICES = (
    service("accept", "A", "立等受理", "While-you-wait", 6, 15, 25),
    service("submit", "B", "普通受理", "Drop-off", 3, 10, 15),
    service("pickup", "C", "取件", "Pick-up", 0, 0, 0, 1),
    service("consult", "D", "咨询", "Enquiries", 1, 0, 5, 1),
    service("green", "G", "绿色通道", "Green channel", 0, 0, 5, 0),
)
CALLS = tuple(
    Call(id=str(index), number=number, counter=counter, at=WALL)
    for index, (number, counter) in enumerate((("B007", "2"), ("C004", "3"), ("A013", "1")))
)
HOME = KioskHome(
    hall=HALL,
    services=SERVICES,
    bring={
        "accept": Text(
            zh="请备好：送检器具、铭牌清晰、联系电话。",
            en="Have ready: the instrument, a legible nameplate, your phone number.",
        ),
    },
    about={
        "accept": Text(zh="器具当场检定，当天取走", en="Verified on the spot, taken home today"),
        "submit": Text(zh="留下器具，检完通知来取", en="Leave the instrument, collect it later"),
        "pickup": Text(zh="领取检完的器具和证书", en="Collect instruments and certificates"),
        "consult": Text(zh="检定、收费、预约等问题", en="Verification, fees, booking"),
        "green": Text(zh="抢险、医疗、民生急用", en="Emergency, medical and urgent public needs"),
    },
    now_serving=CALLS,
    notices=(
        Notice(
            title=Text(zh="收费标准", en="Fees"),
            body=Text(
                zh="强制检定免费；校准按公示标准收费。",
                en="Compulsory verification is free; calibration is charged as published.",
            ),
        ),
        Notice(
            title=Text(zh="服务范围", en="Scope"),
            body=Text(zh="焦度计、血压计、电子秤、压力表等。", en="Lensmeters, scales and more."),
        ),
        Notice(title=Text(zh="办理流程", en="How it works"), body=Text(zh="取号 → 受理", en="Take a number")),
    ),
    guidance=(
        Notice(
            title=Text(zh="怎样取号", en="Taking a number"),
            body=Text(
                zh="点选要办的业务，取走小票，听到叫号后到窗口办理。不需要手机。",
                en="Touch your service, take the ticket, and go to the counter when called. "
                "No phone is needed.",
            ),
        ),
        Notice(
            title=Text(zh="过号了怎么办", en="If you miss your call"), body=Text(zh="告诉窗口。", en="Ask.")
        ),
    ),
    url="https://hall.example",
)
LONG = HOME.model_copy(
    update={
        "hall": HALL.model_copy(
            update={
                "name": Text(
                    zh="市质量技术监督检验检测研究院计量业务受理服务大厅（东区）",
                    en="Municipal Institute of Quality and Metrology, "
                    "Verification Acceptance Service Hall, East",
                )
            }
        ),
        "services": (
            service(
                "accept",
                "A",
                "医疗卫生计量器具立等受理",
                "Medical instruments, while you wait",
                128,
                125,
                240,
            ),
            *SERVICES[1:],
            service(
                "taxi", "H", "出租汽车计价器检定与更换铅封", "Taxi meter verification and sealing", 12, 40, 60
            ),
            service("tank", "K", "加油机", "Fuel dispensers", 2, 5, 10),
            service("water", "L", "水表首次检定", "Water meters, first verification", 4, 15, 20),
        ),
        "about": {
            **HOME.about,
            "accept": Text(
                zh="血压计、血压表、电子血压计、红外耳温计等医疗器具当场检定",
                en="Blood-pressure gauges and thermometers, on the spot",
            ),
        },
        "bring": {
            "accept": Text(
                zh="请备好：送检器具和全部附件、铭牌清晰、单位名称、统一社会信用代码、联系电话、上次的检定证书。",
                en="Have ready: the instrument with all accessories, a legible nameplate, company name, "
                "its unified social credit code, a phone number, and the last verification certificate.",
            )
        },
    }
)
CLOSED = HOME.model_copy(
    update={
        "hall": HALL.model_copy(
            update={
                "state": "closed",
                "closed_reason": Text(zh="今天的办理时间已经结束。", en="Today's opening hours are over."),
            }
        )
    }
)
EMERGENCY = HOME.model_copy(
    update={
        "hall": HALL.model_copy(
            update={
                "emergency": Text(
                    zh="请立即从最近的安全出口有序离开大厅",
                    en="Please leave the hall calmly by the nearest exit now",
                )
            }
        )
    }
)
TICKET = TicketIssued(
    id="t1",
    code="ABCDEFGHJK0123456789AB",
    number="A017",
    service="accept",
    service_name=SERVICES[0].name,
    state="waiting",
    priority="ordinary",
    language="zh",
    ahead=6,
    wait=WaitRange(low=15, high=25),
    issued_at=WALL,
    url="https://hall.example/t/ABCDEFGHJK0123456789AB",
    hall_name=HALL.name,
    bring=HOME.bring["accept"],
    missed_rule=Text(zh="过号请找窗口工作人员。", en="If you miss your call, tell the staff."),
    complaint_phone="12345",
)
PRESS = m.Press("key", "accept", "ordinary", "zh")
RULES = m.Rules(pin="246810", voice_offered=True)
BASE = m.State(RULES, home=HOME, link="live", heard_at=1000.0, touched_at=1000.0, printer="ready")
EQUIPPED = replace(
    BASE,
    rules=replace(RULES, labels="own", viewfinder=True),
    label_printer="ready",
    scanner="ready",
    documents="ready",
    catalogue=visits.CATALOGUE,
)
"""With a catalogue, a camera, a label printer and a printer of certificates."""


def on(screen: m.Screen, **more: object) -> m.State:
    return replace(BASE, screen=screen, **more)  # type: ignore[arg-type]


def at(screen: m.Screen, **more: object) -> m.State:
    return replace(EQUIPPED, screen=screen, **more)  # type: ignore[arg-type]


DRAFT = v.Draft("sole_trader", (v.Pick("price-scale", 2), v.Pick("electronic-sphygmomanometer", 1, False)))
MANY = v.Draft("company", tuple(v.Pick(line.item, line.pieces) for line in visits.LEFT))
ROLLING = v.Labelling(visits.ORDER, visits.CODES, "printing", 999.0, TICKET)
OUT = tuple(v.LabelEnd(code, "printed") for code in visits.CODES)


VISITS: dict[str, m.State] = {
    "a0-home": EQUIPPED,
    "a1-home-stale": replace(EQUIPPED, link="lost", label_printer="out_of_paper", scanner="offline"),
    "a1-home-ill": replace(EQUIPPED, label_printer="cover_open", scanner="error"),
    "a2-services": at(v.Services()),
    "a3-services-long": at(v.Services(), home=LONG),
    "b0-showing": at(v.Showing("check_in")),
    "b1-showing-typed": at(v.Showing("check_in", visits.NUMBER[:9])),
    **{
        f"b2-showing-{fault}": at(v.Showing("check_in", visits.NUMBER, fault))
        for fault in ("empty", "foreign", "torn", "mistyped", "sample")
    },
    "b3-showing-no-scanner": at(v.Showing("check_in"), scanner="none"),
    "b4-showing-scanner-gone": at(v.Showing("check_in", "4203"), scanner="offline"),
    "b5-showing-reader": at(v.Showing("check_in"), rules=replace(EQUIPPED.rules, viewfinder=False)),
    "b6-showing-labels": at(v.Showing("labels")),
    "b7-showing-labels-foreign": at(v.Showing("labels", "", "foreign")),
    "b8-looking": at(m.Issuing(v.Look("k", visits.CODE, "zh"), 999.0, 1)),
    "b9-look-unreached": at(m.Unreached(v.Look("k", visits.CODE, "zh"))),
    "ba-look-refused": at(
        m.Refused("appointment_unknown", "没有查到这个预约", "请核对号码，或者请工作人员帮助。", gives=False)
    ),
    "c0-on-time": at(visits.arrived("on_time")),
    "c1-early": at(visits.arrived("early")),
    "c2-late": at(visits.arrived("late")),
    "c3-wrong-day": at(visits.arrived("wrong_day")),
    "c4-wrong-hall": at(visits.arrived("wrong_hall")),
    "c5-already-used": at(visits.arrived("already_used")),
    "c6-cancelled": at(visits.arrived("cancelled")),
    "c7-over": at(visits.arrived("over")),
    "c8-on-time-many": at(
        visits.arrived("on_time", visits.appointment(visits.LEFT, visits.VERDICT_LEFT), page=1)
    ),
    "c9-fewer-weighing": at(
        visits.arrived(
            "on_time",
            picks=(v.Pick("price-scale", 1), v.Pick("electronic-sphygmomanometer", 0)),
            verdict=None,
            weighing="k",
        )
    ),
    "ca-not-taken": at(
        visits.arrived("on_time", verdict=None, why="电子计价秤一单最多 10 件，请分单或与窗口约定。")
    ),
    "cb-incomplete": at(visits.arrived("early", picks=(v.Pick("price-scale", 2, False),))),
    "d0-customer": at(v.ChoosingCustomer()),
    "d1-fields": at(v.ChoosingField(v.Draft("company"))),
    "d2-items": at(v.ChoosingItem(v.Draft("resident"), "medical")),
    "d3-items-not-taken": at(v.ChoosingItem(v.Draft("resident"), "fuel")),
    "d4-items-optometry": at(v.ChoosingItem(v.Draft("company"), "optometry")),
    "d5-counting": at(v.Counting(v.Draft("company"), "trial-lenses")),
    "d6-counting-standing": at(v.Counting(v.Draft("company"), "sphygmomanometer", 3, True)),
    "d7-counting-many": at(v.Counting(v.Draft("company"), "water-meter", 24, True)),
    "d8-term": at(v.Counting(v.Draft("company"), "water-meter", 24, True, 4)),
    "d0-priority": at(v.ChoosingPriority(DRAFT)),
    "d9-basket-first": at(v.Basket(replace(DRAFT, priority="expectant"), visits.VERDICT)),
    "d9-basket": at(v.Basket(DRAFT, visits.VERDICT)),
    "da-basket-many": at(v.Basket(MANY, visits.VERDICT_LEFT)),
    "db-basket-weighing": at(v.Basket(DRAFT, None, "k")),
    "dc-basket-not-taken": at(v.Basket(DRAFT, None, "", "电子计价秤一单最多 10 件，请分单或与窗口约定。")),
    "dd-basket-unknown": at(v.Basket(DRAFT)),
    "e0-printing": at(ROLLING),
    "e1-printing-second": at(replace(ROLLING, left=visits.CODES[1:], ends=OUT[:1])),
    "e2-out-of-paper": at(
        replace(ROLLING, left=visits.CODES[2:], ends=OUT[:2], paper="out_of_paper"),
        label_printer="out_of_paper",
    ),
    "e3-cover-open": at(replace(ROLLING, paper="cover_open"), label_printer="cover_open"),
    "e4-offline": at(replace(ROLLING, paper="offline", ticket=None), label_printer="offline"),
    "e5-error": at(replace(ROLLING, paper="error"), label_printer="error"),
    "e6-unknown": at(replace(ROLLING, left=visits.CODES[1:], ends=OUT[:1], paper="unknown")),
    "e7-done": at(replace(ROLLING, left=(), ends=OUT, paper="printed")),
    "e8-reprinting": at(replace(ROLLING, left=visits.CODES[1:], ends=OUT[:1], ticket=None, reprint=True)),
    "e9-reprinted": at(replace(ROLLING, left=(), ends=OUT, paper="printed", ticket=None, reprint=True)),
    "ea-labels-found": at(v.LabelsFound(visits.ORDER)),
    "eb-labels-again": at(v.LabelsFound(visits.order(again=True))),
    "ec-labels-rest": at(v.LabelsFound(visits.order(again=True), visits.CODES[:2])),
    "ed-labels-long": at(v.LabelsFound(visits.order(visits.LEFT, again=True))),
    "ee-many": at(
        v.Labelling(
            (long := visits.order(visits.LEFT)),
            tuple(label.code for label in long.labels)[11:],
            "printing",
            999.0,
            TICKET,
            ends=tuple(v.LabelEnd(label.code, "printed") for label in long.labels[:11]),
        )
    ),
    "f0-holding-visit": at(m.Holding(TICKET, "printing", 999.0, visit=v.Visit(visits.ORDER))),
    "f0-holding-no-labels": at(
        m.Holding(TICKET, "printed", 999.0, visit=v.Visit(visits.ORDER)),
        rules=replace(EQUIPPED.rules, labels="none"),
    ),
    "ef-labels-too-many": at(v.LabelsFound(visits.order((visits.line("water-meter", 150),)))),
    "f1-still-there-labels": at(
        m.StillThere(replace(ROLLING, paper="out_of_paper"), 1012.0, 12), label_printer="out_of_paper"
    ),
    "f2-staff-menu": at(
        m.StaffMenu((("printer", "bad"), ("link", "good"))), label_printer="out_of_paper", scanner="offline"
    ),
}
"""The screens of a visit: checking in, registering, labels."""


def printing(**more: object) -> c.Printing:
    return replace(back.PRINTING, **more)  # type: ignore[arg-type]


def ended(*stages: str) -> tuple[c.CertificateEnd, ...]:
    return tuple(c.CertificateEnd(f"c{index}", stage) for index, stage in enumerate(stages, 1))  # type: ignore[arg-type]


RETURNING: dict[str, m.State] = {
    "g0-home-no-documents": replace(EQUIPPED, documents="none"),
    "g1-home-documents-ill": replace(EQUIPPED, documents="out_of_paper"),
    "g2-home-less": replace(
        EQUIPPED, rules=replace(EQUIPPED.rules, errands=("pickup", "progress"), booking=False)
    ),
    "g3-home-many-long": replace(EQUIPPED, home=LONG),
    "h0-showing-pickup": at(v.Showing("pickup")),
    "h1-showing-pickup-typed": at(v.Showing("pickup", back.PICKUP_NUMBER), scanner="none"),
    "h2-showing-pickup-other": at(v.Showing("pickup", "", "other")),
    "h3-showing-pickup-sample": at(v.Showing("pickup", "", "sample")),
    "h4-showing-progress": at(v.Showing("progress")),
    "h5-showing-progress-foreign": at(v.Showing("progress", "", "foreign")),
    "h6-showing-certificates": at(v.Showing("certificates"), rules=replace(EQUIPPED.rules, viewfinder=False)),
    "h7-tail": at(c.Tail("pickup", back.PICKUP)),
    "h8-tail-typed": at(c.Tail("pickup", back.PICKUP, "567")),
    "h9-tail-short": at(c.Tail("certificates", back.PICKUP, "56", short=True)),
    "ha-pickup-looking": at(m.Issuing(c.FindPickup("k", back.PROOF, "zh"), 999.0, 1)),
    "hb-pickup-unreached": at(m.Unreached(c.FindPickup("k", back.PROOF, "zh"))),
    **{
        f"hc-refused-{code}": at(
            m.Refused(
                code,
                "查不到，或手机尾号不对",
                "请核对取件码和登记手机号的后四位。",
                False,
                v.Showing("pickup"),
            )
        )
        for code in ("pickup_unknown", "pickup_used", "pickup_revoked", "pickup_expired", "nothing_ready")
    },
    "hc-refused-not-checked-in": at(
        m.Refused(
            "not_checked_in",
            "这个预约还没有签到",
            "预约时间：11月23日（星期一）14:00–14:30。请届时带器具到大厅，扫凭证签到；签到后就能查进度。",
            False,
            v.Showing("progress"),
        )
    ),
    "hd-too-many-tries": at(
        m.Refused(
            "too_many_requests", "试的次数太多了", "请 10 分钟后再试，或者请工作人员帮助。", gives=False
        )
    ),
    "i0-all-ready": at(c.Collecting(back.PROOF, back.pickup())),
    "i1-some-ready": at(c.Collecting(back.PROOF, back.pickup(back.SOME, why=back.NOT_YET))),
    "i2-none-ready": at(c.Collecting(back.PROOF, back.pickup(back.NONE, why=back.NOT_YET))),
    "i3-ready-many": at(c.Collecting(back.PROOF, back.pickup(back.MANY), page=1)),
    "i4-has-ticket": at(c.Collecting(back.PROOF, back.pickup(ticket="C005"))),
    "i5-taking": at(m.Issuing(c.CollectPress("k", back.PROOF, "zh"), 999.0, 1)),
    "i6-holding": at(m.Holding(TICKET, "printed", 999.0, visit=c.Collection(back.pickup()))),
    "j0-progress": at(c.Following(back.PROOF, back.progress())),
    "j1-progress-question": at(
        c.Following(back.PROOF, back.progress(back.NONE, promise=back.PAUSED, questions=(back.QUESTION,)))
    ),
    "j2-progress-answering": at(
        c.Following(back.PROOF, back.progress(back.NONE, questions=(back.QUESTION,)), question="n1")
    ),
    "j3-progress-late-many": at(c.Following(back.PROOF, back.progress(back.MANY, promise=back.LATE))),
    "j4-progress-ready": at(
        c.Following(back.PROOF, back.progress(back.ALL, promise=back.DONE, pickup_code=back.PICKUP))
    ),
    "k0-certificates": at(back.CERTIFICATES),
    "k1-certificates-mixed": at(c.Certificates(back.PROOF, back.certificates(back.MIXED, 2))),
    "k2-certificates-no-printer": at(back.CERTIFICATES, documents="none"),
    "k3-certificates-out-of-paper": at(back.CERTIFICATES, documents="out_of_paper"),
    "k4-certificates-none": at(c.Certificates(back.PROOF, back.certificates((), 3))),
    "k5-certificates-page": at(c.Certificates(back.PROOF, back.certificates(back.MIXED), page=1)),
    "k6-downloading": at(c.Downloading(back.CERTIFICATES, back.LIST[0], "", back.LINK)),
    "k7-downloading-asking": at(c.Downloading(back.CERTIFICATES, back.LIST[0], "k")),
    "k8-downloading-failed": at(c.Downloading(back.CERTIFICATES, back.LIST[0])),
    "k9-downloading-refused": at(
        c.Downloading(back.CERTIFICATES, back.LIST[0], why="签发后才能领取、打印和下载。")
    ),
    **{
        f"l-printing-{stage}": at(printing(stage=stage, pages=0 if stage in ("asking", "sending") else 1))
        for stage in (
            *("asking", "sending", "waiting", "printing", "out_of_paper", "cover_open", "jam", "offline"),
            *("error", "stopping"),
        )
    },
    "l-printing-second": at(printing(left=("c2", "c3"), ends=ended("printed"))),
    **{
        f"m-print-{stage}": at(printing(left=("c2", "c3"), stage=stage, ends=ended("printed", stage)))
        for stage in ("stopped", "failed", "unknown", "unreached")
    },
    "m-print-refused": at(
        printing(
            stage="refused",
            title="自助打印次数已用完",
            why="每份证书可自助打印3次；需要更多请找工作人员。",
            ends=ended("refused"),
        )
    ),
    "m-print-failed-one": at(printing(left=("c1",), stage="failed", ends=ended("failed"))),
    "n0-print-done": at(printing(left=(), stage="printed", ends=ended("printed", "printed", "printed"))),
    "n1-still-there-printing": at(m.StillThere(printing(stage="out_of_paper"), 1012.0, 12)),
    "o0-book-customer": at(v.ChoosingCustomer(booking=True)),
    "o1-book-basket": at(v.Basket(back.DRAFT, visits.VERDICT)),
    "o2-book-days": at(back.DAY),
    "o3-book-days-page": at(replace(back.DAY, page=1)),
    "o4-book-no-days": at(replace(back.DAY, slots=back.SLOTS.model_copy(update={"days": ()}))),
    "o5-book-slots": at(back.SLOT),
    "o6-book-phone": at(b.Phoning(back.SLOT, back.FREE)),
    "o7-book-phone-typed": at(b.Phoning(back.SLOT, back.FREE, "1391234")),
    "o8-book-phone-short": at(b.Phoning(back.SLOT, back.FREE, "1391234", "short")),
    "o9-book-phone-wrong": at(b.Phoning(back.SLOT, back.FREE, "11912345678", "wrong")),
    "oa-book-notice": at(back.AGREEING),
    "ob-book-consent": at(replace(back.AGREEING, page=2)),
    "oc-book-confirm": at(back.CONFIRMING),
    "od-booking": at(m.Issuing(back.BOOK, 999.0, 1)),
    "oe-book-unreached": at(m.Unreached(back.BOOK)),
    "of-book-full": at(
        m.Refused("slot_full", "这个时段刚约满", "请另选一个时间。", False, v.Basket(back.DRAFT))
    ),
    **{
        f"p-booked-{paper}": at(b.Appointed(back.VOUCHER, paper, 999.0))  # type: ignore[arg-type]
        for paper in ("printing", "printed", "out_of_paper", "unknown", "none")
    },
    "q-still-there-booked": at(m.StillThere(b.Appointed(back.VOUCHER, "none", 900.0), 1012.0, 12)),
}
"""Coming back: collecting, following, certificates; and booking."""


STATES: dict[str, m.State] = {
    "01-home": BASE,
    "02-home-printer-out": replace(BASE, printer="out_of_paper"),
    "03-home-stale": replace(BASE, link="lost"),
    "04-home-many-long": replace(BASE, home=LONG),
    "05-loading": replace(BASE, home=None, link="connecting", printer="offline"),
    "06-no-server": replace(BASE, home=None, link="lost"),
    "07-hall-closed": replace(BASE, home=CLOSED),
    "08-emergency": replace(BASE, home=EMERGENCY),
    "10-choosing": on(m.Choosing("accept")),
    "11-choosing-priority": on(m.Choosing("accept", "elderly")),
    "12-choosing-long-no-paper": on(m.Choosing("accept"), home=LONG, printer="out_of_paper"),
    "13-choosing-stale-no-printer": on(m.Choosing("accept"), link="lost", printer="none"),
    "20-issuing": on(m.Issuing(PRESS, 999.0, 1)),
    "21-issuing-slow": on(m.Issuing(PRESS, 990.0, 2)),
    "22-unreached": on(m.Unreached(PRESS), link="lost"),
    "23-refused": on(
        m.Refused("queue_full", "今天这项业务的号已经取完", "请明天再来，或者到咨询窗口询问其他办法。")
    ),
    "30-printing": on(m.Holding(TICKET, "printing", 999.0)),
    "31-printed": on(m.Holding(TICKET, "printed", 999.0)),
    "32-out-of-paper": on(m.Holding(TICKET, "out_of_paper", 999.0), printer="out_of_paper"),
    "33-cover-open": on(m.Holding(TICKET, "cover_open", 999.0), printer="cover_open"),
    "34-printer-offline": on(m.Holding(TICKET, "offline", 999.0), printer="offline"),
    "35-printer-error": on(m.Holding(TICKET, "error", 999.0), printer="error"),
    "36-print-unknown": on(m.Holding(TICKET, "unknown", 999.0), printer="offline"),
    "37-no-printer": on(m.Holding(TICKET, "none", 999.0), printer="none"),
    "40-still-there": on(m.StillThere(m.Choosing("accept"), 1012.0, 12)),
    "41-still-there-number": on(m.StillThere(m.Holding(TICKET, "out_of_paper", 900.0), 1012.0, 12)),
    "50-notices": on(m.Notices(0)),
    "51-guidance": on(m.Guidance(0)),
    "60-staff-pin": on(m.StaffSignIn("2468")),
    "61-staff-pin-wrong": on(m.StaffSignIn("", wrong=True), pin_wrong=2),
    "62-staff-pin-locked": on(m.StaffSignIn("", wrong=True), pin_wrong=5, pin_locked_until=1240.0),
    "63-staff-menu": on(m.StaffMenu((("printer", "bad"), ("link", "good"), ("speaker", "busy")))),
    "63-staff-menu-untrusted": on(m.StaffMenu(), link="lost", link_fault="certificate"),
    "63-staff-menu-unknown": on(m.StaffMenu(), link="lost", link_fault="token"),
    "64-staff-reprint": on(m.Reprinting("A", "017")),
    "65-staff-reprint-not-found": on(m.Reprinting("A", "917", "not_found")),
    "66-staff-screen": on(m.ScreenTest(0)),
    "67-staff-close": on(m.Closing()),
    **VISITS,
    **RETURNING,
    **cut_off.states(BASE, EQUIPPED, TICKET, PRESS),
}
