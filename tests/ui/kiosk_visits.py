"""What the server says of appointments, instruments and labels: for the kiosk's screens and its flow.

The catalogue is that of the demo hall, as the wire carries it.
"""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from kiosk import visit as v
from server.protocol import booking as b
from server.protocol.codes import code_of, number_of
from server.protocol.views import Text, WaitRange
from server.protocol.words import Arrival

ZONE = timezone(timedelta(hours=8))
TODAY = date(2026, 11, 20)
OFFER = Path(__file__).resolve().parents[2] / "assets" / "demo" / "offer.json"

CODE = code_of("V", 0x1F2E3D4C5B6A79880)
NUMBER = number_of(4203571986)
SAMPLE = code_of("S", 987654321987)

CUSTOMERS: dict[Any, Text] = {
    "small_company": Text(zh="小微企业", en="Small company"),
    "sole_trader": Text(zh="个体工商户", en="Sole trader"),
    "resident": Text(zh="居民", en="Resident"),
    "company": Text(zh="企业", en="Company"),
    "government": Text(zh="机关事业单位", en="Public body"),
}
FREE = b.FeeView(
    full="0.00",
    due="0.00",
    saved="0.00",
    reason=Text(zh="强制检定免费", en="Compulsory verification is free"),
)


CHARGED = Text(zh="按公示标准收费", en="Charged as published")


def fee(yuan: str, reason: Text = CHARGED) -> b.FeeView:
    return b.FeeView(full=yuan, due=yuan, saved="0.00", reason=reason)


def _item(told: dict[str, Any]) -> b.ItemView:
    yuan = told["fees"][0]["value"]["yuan"]
    on_site = told.get("mode") == "on_site"
    return b.ItemView(
        id=told["id"],
        name=told["name"],
        field=told["field"],
        section=told["section"],
        regulation=told["regulations"][0]["value"],
        compulsory=yuan == "0",
        mode=told.get("mode", "hall"),
        while_you_wait=told.get("while_you_wait", True),
        cycle_months=told.get("cycle_months", 12),
        rest_minutes=told.get("rest_minutes", 0),
        promise_days=5,
        most_in_order=told["caps"]["order"],
        for_whom=told.get("for_whom", tuple(CUSTOMERS)),
        fragile=told.get("fragile", False),
        accessories=told.get("accessories", ()),
        notice=told.get("notice"),
        fee=FREE if yuan == "0" else fee(yuan),
        contact="",
        taken=not on_site,
        why=Text(zh="只在现场检定，请电话约定上门时间。", en="On site only: please arrange a visit by phone.")
        if on_site
        else None,
    )


def _catalogue() -> b.CatalogueView:
    told = json.loads(OFFER.read_text(encoding="utf-8"))
    items = tuple(_item(item) for item in told["items"])
    return b.CatalogueView(
        hall="main",
        hall_name=Text(zh="计量检定服务大厅", en="Metrology Service Hall"),
        zone="Asia/Shanghai",
        today=TODAY,
        complaint_phone="12345",
        fields=tuple(b.FieldView(id=id_, name=name) for id_, name in told["fields"].items()),
        items=items,
        terms=tuple(b.Term(word=word, note=note) for word, note in told["terms"]),
        customer_types=CUSTOMERS,
        consent=b.Consent(
            version="1",
            text=Text(
                zh="我们登记您的手机号，只用来通知预约、进度和取件；办结满一年后删除。"
                "您可以随时要求查看、更正或删除，投诉电话 12345。",
                en="We keep your phone number to tell you about your appointment, progress and pick-up, "
                "and delete it a year after the case is closed. You may ask to see, correct or delete it.",
            ),
        ),
        rules=b.BookingRulesView(horizon_days=30, cut_off_minutes=60, callable_before=10, most_lines=10),
        kinds=len(items),
        regulations=len(items),
    )


CATALOGUE = _catalogue()
ITEMS = {item.id: item for item in CATALOGUE.items}


def line(name: str, pieces: int) -> b.LineView:
    item = ITEMS[name]
    return b.LineView(
        item=name,
        name=item.name,
        pieces=pieces,
        regulation=item.regulation,
        fragile=item.fragile,
        accessories=item.accessories,
        notice=item.notice,
        fee=item.fee,
    )


def verdict(*lines: b.LineView, wait: bool = True, total: b.FeeView = FREE) -> b.Verdict:
    return b.Verdict(
        while_you_wait=wait,
        reasons=()
        if wait
        else (
            Text(
                zh="血压计/血压表须在实验室静置 120 分钟",
                en="Sphygmomanometer: must stand in the lab for 120 minutes",
            ),
        ),
        ready=WaitRange(low=30, high=45),
        promise_days=5,
        promise_by=date(2026, 11, 27),
        provisional=False,
        service="accept" if wait else "submit",
        service_name=Text(zh="立等受理", en="While-you-wait") if wait else Text(zh="普通受理", en="Drop-off"),
        lines=lines,
        total=total,
    )


LINES = (line("price-scale", 2), line("electronic-sphygmomanometer", 1))
LEFT = (line("sphygmomanometer", 10), line("trial-lenses", 1), line("pressure-gauge", 24), line("balance", 2))
VERDICT = verdict(*LINES)
VERDICT_LEFT = verdict(*LEFT, wait=False, total=fee("480.00"))


def appointment(lines: tuple[b.LineView, ...] = LINES, said: b.Verdict = VERDICT) -> b.AppointmentView:
    return b.AppointmentView(
        code=CODE,
        number=NUMBER,
        hall="main",
        hall_name=CATALOGUE.hall_name,
        zone="Asia/Shanghai",
        service=said.service,
        service_name=said.service_name,
        day=TODAY,
        slot="accept-0930",
        starts_at=datetime(2026, 11, 20, 9, 30, tzinfo=ZONE),
        ends_at=datetime(2026, 11, 20, 10, 0, tzinfo=ZONE),
        state="booked",
        channel="web",
        customer_type="sole_trader",
        who="张*",
        phone="138****5678",
        lines=lines,
        verdict=said,
        made_at=datetime(2026, 11, 18, 20, 11, tzinfo=ZONE),
        moved=0,
        may_change=False,
        change_until=datetime(2026, 11, 20, 8, 30, tzinfo=ZONE),
        timeline=(),
        url=f"https://hall.example/v/{CODE}",
        complaint_phone="12345",
    )


SAID: dict[Arrival, tuple[Text, Text]] = {
    "on_time": (
        Text(zh="预约有效", en="Your appointment is valid"),
        Text(
            zh="核对件数后签到，马上给您出号。",
            en="Check the pieces, then check in: your number comes at once.",
        ),
    ),
    "early": (
        Text(zh="您来早了", en="You are early"),
        Text(
            zh="预约在09:30。可以先签到，到时间前10分钟起叫号。",
            en="Your appointment is at 09:30. Check in now; you are called from 10 minutes before.",
        ),
    ),
    "late": (
        Text(zh="预约时段已过", en="Your time has passed"),
        Text(
            zh="预约的时段是09:30–10:00。可以按现场取号办理，不再优先。",
            en="You booked 09:30–10:00. You may take a number as a walk-in, without the head start.",
        ),
    ),
    "wrong_day": (
        Text(zh="预约不是今天", en="It is not for today"),
        Text(
            zh="预约在2026-11-23 09:30。请当天再来，或今天取号排队。",
            en="You booked 2026-11-23, 09:30. Come that day, or take a number today.",
        ),
    ),
    "wrong_hall": (
        Text(zh="预约在另一个大厅", en="It is for another hall"),
        Text(
            zh="请到城北计量检定服务大厅，或在这里取号办理。",
            en="Please go to the North Metrology Hall, or take a number here.",
        ),
    ),
    "already_used": (
        Text(zh="这个凭证已用过", en="This voucher was used"),
        Text(
            zh="您的号是A017，请留意叫号。小票丢了请找工作人员。",
            en="Your number is A017: please wait for its call. Lost the ticket? Ask the staff.",
        ),
    ),
    "cancelled": (
        Text(zh="这个预约已取消", en="This appointment was cancelled"),
        Text(zh="可以重新预约，或今天取号排队。", en="Book again, or take a number today."),
    ),
    "over": (
        Text(zh="这个预约已过期", en="This appointment is over"),
        Text(
            zh="预约在2026-11-18。可以重新预约，或今天取号排队。",
            en="It was on 2026-11-18. Book again, or take a number today.",
        ),
    ),
}
WELCOME = ("on_time", "early", "late")


def arrival(kind: Arrival, one: b.AppointmentView | None = None) -> b.ArrivalView:
    title, detail = SAID[kind]
    return b.ArrivalView(
        arrival=kind,
        title=title,
        detail=detail,
        may_check_in=kind in WELCOME,
        appointment=None if kind == "wrong_hall" else one or appointment(),
    )


def arrived(kind: Arrival, one: b.AppointmentView | None = None, **more: Any) -> v.Arrived:
    view = arrival(kind, one)
    lines = view.appointment.lines if view.appointment else ()
    said = view.appointment.verdict if view.appointment else None
    given: dict[str, Any] = {
        "picks": tuple(v.Pick(line.item, line.pieces) for line in lines),
        "verdict": said,
        **more,
    }
    return v.Arrived(CODE, view, **given)


def order(lines: tuple[b.LineView, ...] = LINES, *, again: bool = False, id_: str = "o1") -> b.OrderView:
    count = sum(line.pieces for line in lines)
    pieces = [line for line in lines for _ in range(line.pieces)]
    said = verdict(*lines)
    return b.OrderView(
        id=id_,
        number=NUMBER,
        lines=lines,
        verdict=said,
        labels=tuple(
            b.LabelView(
                code=code_of("S", 7919 * 10**9 * index),
                order=NUMBER,
                item=piece.name,
                index=index,
                count=count,
                hall=Text(zh="计量检定服务大厅", en="Metrology Service Hall"),
                due=date(2026, 11, 27),
                fragile=piece.fragile,
            )
            for index, piece in enumerate(pieces, 1)
        ),
        again=again,
    )


ORDER = order()
CODES = tuple(label.code for label in ORDER.labels)


@cache
def glimpse() -> SimpleNamespace:
    """What a camera sees: a phone with the voucher's code, held a little askew before a dim room."""
    import zxingcpp
    from PIL import Image

    room = Image.linear_gradient("L").resize((1280, 720)).point(lambda level: 60 + level // 3).convert("RGB")
    symbol = zxingcpp.create_barcode(CODE, zxingcpp.BarcodeFormat.QRCode).to_image(scale=9)
    code = Image.fromarray(np.array(symbol, copy=False)).convert("RGB")
    phone = Image.new("RGB", (380, 620), (24, 26, 30))
    phone.paste(Image.new("RGB", (350, 560), (250, 250, 252)), (15, 30))
    code = code.resize((300, 300))
    phone.paste(code, (40, 120))
    turned = phone.convert("RGBA").rotate(9, expand=True, resample=Image.Resampling.BICUBIC)
    room.paste(turned, (410, 20), turned)
    return SimpleNamespace(frame=np.asarray(room)[:, :, ::-1], at=0.0, unread=False)
