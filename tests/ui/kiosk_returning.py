"""What the server says of cases, certificates and free times: for the kiosk's screens and its flow."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from kiosk import appointing as b
from kiosk import collecting as c
from kiosk import visit as v
from server.protocol import booking as w
from server.protocol import pickup as p
from server.protocol.codes import code_of, number_of
from server.protocol.views import Text
from server.protocol.words import CertificateState, Conclusion, PickupState, SampleState
from tests.ui import kiosk_visits as visits

PICKUP = code_of("P", 0x2A3B4C5D6E7F8091A)
PICKUP_NUMBER = number_of(7310284455)
CASE = code_of("C", 0x3B4C5D6E7F8091A2B)
CERTIFICATE = code_of("Z", 0x4C5D6E7F8091A2B3C)
PROOF = c.Proof(PICKUP, "5678")
WHO = "张*"

STATES: dict[SampleState, Text] = {
    "queued": Text(zh="待检", en="Waiting for its test"),
    "testing": Text(zh="检定中", en="Being tested"),
    "fault_hold": Text(zh="故障待协商", en="Fault, waiting for an answer"),
    "concluded": Text(zh="已结论，正在出证书", en="Concluded, certificate being made"),
    "ready": Text(zh="可取件", en="Ready for pick-up"),
    "released": Text(zh="已取走", en="Collected"),
    "returned_untested": Text(zh="未检退回", en="Returned untested"),
}
CONCLUSIONS: dict[Conclusion, Text] = {
    "qualified": Text(zh="合格", en="Pass"),
    "unqualified": Text(zh="不合格", en="Fail"),
    "calibrated": Text(zh="校准完成", en="Calibrated"),
}
DUE = date(2026, 11, 27)


def piece(
    index: int, count: int, item: str, state: SampleState, conclusion: Conclusion | None = None
) -> p.PieceView:
    return p.PieceView(
        index=index,
        count=count,
        item=visits.ITEMS[item].name,
        state=state,
        state_text=STATES[state],
        conclusion=conclusion,
        conclusion_text=CONCLUSIONS[conclusion] if conclusion else None,
        ready=state == "ready",
        certificate=f"2026-{1000 + index}" if conclusion else "",
        due=DUE,
    )


ALL = (
    piece(1, 3, "price-scale", "ready", "qualified"),
    piece(2, 3, "price-scale", "ready", "qualified"),
    piece(3, 3, "electronic-sphygmomanometer", "ready", "unqualified"),
)
SOME = (
    piece(1, 3, "price-scale", "released", "qualified"),
    piece(2, 3, "price-scale", "ready", "qualified"),
    piece(3, 3, "electronic-sphygmomanometer", "testing"),
)
NONE = (
    piece(1, 3, "price-scale", "queued"),
    piece(2, 3, "price-scale", "testing"),
    piece(3, 3, "electronic-sphygmomanometer", "fault_hold"),
)
MANY = tuple(
    piece(
        index,
        24,
        ("pressure-gauge", "trial-lenses", "electronic-sphygmomanometer")[index % 3],
        ("ready", "concluded", "testing", "returned_untested")[index % 4],  # type: ignore[arg-type]
        "qualified" if index % 4 == 0 else None,
    )
    for index in range(1, 25)
)
NOT_YET = Text(
    zh="还有 1 件在检，预计 11月27日 前完成，完成后再来取。",
    en="1 is still being tested, expected by 27 November. Please collect it then.",
)


def pickup(
    pieces: tuple[p.PieceView, ...] = ALL,
    *,
    why: Text | None = None,
    ticket: str = "",
    state: PickupState = "active",
) -> p.PickupView:
    ready = sum(one.ready for one in pieces)
    return p.PickupView(
        order="o1",
        number=visits.NUMBER,
        who=WHO,
        state=state,
        pieces=pieces,
        ready=ready,
        complete=ready == len(pieces),
        may_collect=ready > 0,
        why=why,
        ticket=ticket,
    )


def certificate(
    index: int,
    item: str = "price-scale",
    conclusion: Conclusion = "qualified",
    *,
    left: int = 3,
    state: CertificateState = "issued",
    why: Text | None = None,
    specimen: bool = False,
) -> p.CertificateView:
    kinds = {
        "qualified": ("verification", Text(zh="检定证书", en="Verification certificate")),
        "unqualified": ("failure_notice", Text(zh="检定结果通知书", en="Notice of verification result")),
        "calibrated": ("calibration", Text(zh="校准证书", en="Calibration certificate")),
    }
    kind, name = kinds[conclusion]
    return p.CertificateView.model_validate(
        {
            "id": f"c{index}",
            "number": f"LZ-2026-{1000 + index:05}",
            "kind": kind,
            "kind_name": name,
            "state": state,
            "item": visits.ITEMS[item].name,
            "serial": f"SN{88410 + index}",
            "index": index,
            "conclusion": conclusion,
            "conclusion_name": CONCLUSIONS[conclusion],
            "issued_at": datetime(2026, 11, 19, 15, 20, tzinfo=visits.ZONE),
            "valid_until": date(2027, 11, 18),
            "specimen": specimen,
            "prints_left": left,
            "may_print": left > 0 and state == "issued",
            "why": why,
        }
    )


USED = Text(
    zh="每份证书可自助打印3次；需要更多请找工作人员。",
    en="Each certificate can be printed 3 times here; ask the staff for more.",
)
OVER = Text(zh="它已被替代，请使用现行的证书。", en="It was superseded: please use the present one.")
LIST = (
    certificate(1),
    certificate(2),
    certificate(3, "electronic-sphygmomanometer", "unqualified"),
)
MIXED = (
    certificate(1, left=0, why=USED),
    certificate(2, state="superseded", why=OVER),
    certificate(3, "trial-lenses", "calibrated", specimen=True),
    certificate(4, "electronic-sphygmomanometer", "unqualified"),
    certificate(5),
    certificate(6),
    certificate(7),
)


def certificates(some: tuple[p.CertificateView, ...] = LIST, pending: int = 0) -> p.CertificatesView:
    return p.CertificatesView(number=visits.NUMBER, who=WHO, certificates=some, pending=pending)


CERTIFICATES = c.Certificates(PROOF, certificates())
JOB = p.PrintJob(id="p1", pdf="/api/v1/prints/p1/pdf", number=LIST[0].number, pages=3)
LINK = p.DownloadLink(
    url="https://hall.example/d/5f0c2b7e9a1d4c36",
    expires_at=datetime(2026, 11, 20, 9, 56, tzinfo=visits.ZONE),
)
PRESS = c.AskPrint("k", "c1", PROOF, "zh")
PRINTING = c.Printing(CERTIFICATES, ("c1", "c2", "c3"), "printing", 999.0, PRESS, JOB, 1)

STEPS = (
    p.ProgressStep(
        kind="registered",
        at=datetime(2026, 11, 18, 9, 12, tzinfo=visits.ZONE),
        text=Text(zh="已登记", en="Registered"),
    ),
    p.ProgressStep(
        kind="received",
        at=datetime(2026, 11, 18, 9, 40, tzinfo=visits.ZONE),
        text=Text(zh="已受理，交由计量室检定", en="Accepted and passed to the laboratory"),
    ),
    p.ProgressStep(
        kind="testing",
        at=datetime(2026, 11, 19, 10, 5, tzinfo=visits.ZONE),
        text=Text(zh="检定中", en="Being tested"),
    ),
    p.ProgressStep(kind="concluded", at=None, text=Text(zh="出结论", en="Concluded")),
    p.ProgressStep(kind="issued", at=None, text=Text(zh="出证书", en="Certificate issued")),
    p.ProgressStep(kind="ready", at=None, text=Text(zh="可以取件", en="Ready for pick-up")),
)
PROMISE = p.PromiseView(
    due=DUE,
    provisional=False,
    gross_days=3,
    net_days=2,
    limit_days=5,
    paused=False,
    colour="green",
    text=Text(zh="承诺 11月27日 前完成", en="Promised by 27 November"),
)
QUESTION = p.QuestionView(
    id="n1",
    piece=3,
    item=visits.ITEMS["electronic-sphygmomanometer"].name,
    fault="袖带漏气，示值超差",
    options=("repair", "return"),
    option_texts=(
        Text(zh="修理后再检", en="Repair it, then test again"),
        Text(zh="不检，退回", en="Return it untested"),
    ),
    due_at=datetime(2026, 11, 22, 17, 0, tzinfo=visits.ZONE),
    answer="",
)


def progress(
    pieces: tuple[p.PieceView, ...] = SOME,
    *,
    promise: p.PromiseView = PROMISE,
    questions: tuple[p.QuestionView, ...] = (),
    pickup_code: str = "",
) -> p.ProgressView:
    return p.ProgressView(
        hall="main",
        hall_name=visits.CATALOGUE.hall_name,
        zone="Asia/Shanghai",
        code=CASE,
        number=visits.NUMBER,
        who=WHO,
        state="in_progress",
        state_text=Text(zh="检定中", en="Being tested"),
        steps=STEPS,
        pieces=pieces,
        parts=(),
        promise=promise,
        questions=questions,
        pickup_code=pickup_code,
        pickup_number=PICKUP_NUMBER if pickup_code else "",
        url=f"https://hall.example/c/{CASE}",
        complaint_phone="12345",
    )


LATE = PROMISE.model_copy(
    update={
        "colour": "red",
        "net_days": 6,
        "gross_days": 8,
        "text": Text(zh="已超过承诺日期 1 个工作日", en="1 working day past the promised date"),
    }
)
PAUSED = PROMISE.model_copy(
    update={
        "colour": "amber",
        "paused": True,
        "text": Text(zh="等您答复，时钟已暂停", en="Waiting for your answer, the clock stands"),
    }
)
DONE = PROMISE.model_copy(update={"colour": "done", "text": Text(zh="已按时完成", en="Completed in time")})

FULL = Text(zh="这个时段已约满。", en="This time is fully booked.")


def _day(day: date, free: int) -> w.DayView:
    opens = ["08:30", "09:00", "09:30", "10:00", "10:30", "11:00", "13:30", "14:00", "14:30", "15:00"]
    return w.DayView(
        day=day,
        works=day.weekday() < 5,
        slots=tuple(
            w.SlotView(
                id=f"accept-{start.replace(':', '')}",
                opens=start,
                closes=f"{int(start[:2]) + (start[3:] == '30'):02}:{'00' if start[3:] == '30' else '30'}",
                starts_at=datetime.combine(day, datetime.min.time(), visits.ZONE)
                + timedelta(hours=int(start[:2]), minutes=int(start[3:])),
                free=index < free,
                left=12 - index if index < free else 0,
                why=None if index < free else FULL,
            )
            for index, start in enumerate(opens)
        )
        if day.weekday() < 5
        else (),
    )


SLOTS = w.SlotsView(
    service="accept",
    service_name=Text(zh="立等受理", en="While-you-wait"),
    days=tuple(_day(visits.TODAY + timedelta(days=ahead), (8, 0, 3, 10)[ahead % 4]) for ahead in range(31)),
)
DRAFT = v.Draft(
    "sole_trader",
    (v.Pick("price-scale", 2), v.Pick("electronic-sphygmomanometer", 1)),
    booking=True,
)
DAY = b.ChoosingDay(DRAFT, SLOTS)
MONDAY = date(2026, 11, 23)
SLOT = b.ChoosingSlot(DAY, MONDAY)
FREE = next(one for one in SLOTS.days if one.day == MONDAY).slots[1]
PHONE = "13912345678"
PHONING = b.Phoning(SLOT, FREE, PHONE)
AGREEING = b.Agreeing(PHONING)
CONFIRMING = b.Confirming(b.Agreeing(PHONING, 0, ("price-scale", "electronic-sphygmomanometer", b.CONSENT)))
VOUCHER = visits.appointment().model_copy(
    update={
        "day": MONDAY,
        "starts_at": datetime(2026, 11, 23, 9, 0, tzinfo=visits.ZONE),
        "ends_at": datetime(2026, 11, 23, 9, 30, tzinfo=visits.ZONE),
        "change_until": datetime(2026, 11, 23, 8, 0, tzinfo=visits.ZONE),
        "channel": "kiosk",
        "who": "",
        "phone": "139****5678",
    }
)
BOOK = b.BookPress("k", DRAFT.picks, "sole_trader", MONDAY, FREE.id, PHONE, (), "1", "zh")
