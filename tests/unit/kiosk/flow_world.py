"""A person, a server and a printer around the kiosk's flow, and what must hold after every event."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import get_args

from hypothesis import strategies as st

from kiosk import alone as a
from kiosk import appointing as b
from kiosk import collecting as c
from kiosk import devices, flow
from kiosk import model as m
from kiosk import visit as v
from server.protocol.booking import CatalogueView, OrderView
from server.protocol.pickup import PrintJob
from server.protocol.views import KioskHome, TicketIssued
from tests.ui import kiosk_alone as cut_off
from tests.ui import kiosk_returning as back
from tests.ui import kiosk_visits as visits
from tests.ui.kiosk_states import CLOSED, EMERGENCY, HOME, RULES, TICKET

PAPERS: tuple[m.Paper, ...] = get_args(m.Paper)
ENDS: tuple[m.Paper, ...] = ("printed", "out_of_paper", "cover_open", "offline", "error", "unknown")
PRINTERS: tuple[m.PrinterState, ...] = get_args(m.PrinterState)
LINKS: tuple[m.Link, ...] = get_args(m.Link)


def held(screen: m.Screen) -> TicketIssued | None:
    """The ticket that the person in front holds, also beneath help and beneath "still there?"."""
    while isinstance(screen, m.StillThere | m.Guidance):
        screen = screen.under
    return screen.ticket if isinstance(screen, m.Holding | v.Labelling) else None


def paper(screen: m.Screen) -> m.Paper | None:
    while isinstance(screen, m.StillThere | m.Guidance):
        screen = screen.under
    return screen.paper if isinstance(screen, m.Holding | v.Labelling) else None


def ticket(number: int) -> TicketIssued:
    return TICKET.model_copy(update={"id": f"t{number}", "number": f"A{number:03}"})


# ---- any state, any input --------------------------------------------------------------------------

times = st.floats(0, 1000, allow_nan=False)
texts = st.sampled_from(["", "key", "accept", "pickup", "nothing-such", "t1", "A017"])
presses = st.builds(m.Press, texts, texts, st.sampled_from(m.CHOICES), st.sampled_from(["zh", "en"]))
VISIT = v.Visit(visits.ORDER)
holdings = st.builds(
    m.Holding,
    st.just(TICKET),
    st.sampled_from(PAPERS),
    times,
    st.booleans(),
    st.sampled_from([None, VISIT, c.Collection(back.pickup())]),
)
pages = st.integers(-3, 9)
scans = st.sampled_from(
    [
        visits.CODE,
        visits.NUMBER,
        visits.SAMPLE,
        back.PICKUP,
        back.CASE,
        back.CERTIFICATE,
        visits.CODE[:-1],
        "",
        "https://hall.example/t/7K3M9QX2ABCDEFGH",
    ]
)
keys = st.sampled_from(["", "key", "k", "question-1", "question-2"])
item_ids = st.sampled_from([*visits.ITEMS, "nothing-such"])
picks = st.lists(
    st.builds(v.Pick, item_ids, st.integers(0, 12), st.booleans()),
    max_size=4,
    unique_by=lambda pick: pick.item,
).map(tuple)
drafts = st.builds(v.Draft, st.none() | st.sampled_from(list(visits.CUSTOMERS)), picks, booking=st.booleans())
verdicts = st.sampled_from([None, visits.VERDICT, visits.VERDICT_LEFT])
fields = st.sampled_from(["optometry", "fuel", "nothing-such"])
questions = st.one_of(
    st.builds(v.Look, keys, scans, st.just("zh")),
    st.builds(v.FindLabels, keys, scans, st.just("zh")),
    st.builds(v.CheckInPress, keys, scans, st.none() | picks, st.booleans(), st.just("en")),
    st.builds(v.RegisterPress, keys, picks, st.just("resident"), st.just("ordinary"), st.just("zh")),
    st.builds(c.FindPickup, keys, st.just(back.PROOF), st.just("zh")),
    st.builds(c.FindProgress, keys, st.just(back.PROOF), st.just("zh")),
    st.builds(c.FindCertificates, keys, st.just(back.PROOF), st.just("en")),
    st.builds(c.CollectPress, keys, st.just(back.PROOF), st.just("zh")),
    st.builds(b.FindSlots, keys, drafts, st.just("company"), st.just("zh")),
    st.builds(replace, st.just(back.BOOK), key=keys),
)
arrivals = st.sampled_from([visits.arrival(kind) for kind in visits.SAID])
labellings = st.builds(
    v.Labelling,
    st.just(visits.ORDER),
    st.integers(0, 3).map(lambda done: visits.CODES[done:]),
    st.sampled_from(PAPERS),
    times,
    st.none() | st.just(TICKET),
    st.booleans(),
    st.lists(st.builds(v.LabelEnd, st.sampled_from(visits.CODES), st.sampled_from(PAPERS)), max_size=3).map(
        tuple
    ),
)
visit_screens = st.one_of(
    st.builds(v.Services, st.integers(0, 5)),
    st.builds(
        v.Showing,
        st.sampled_from(get_args(v.Purpose)),
        st.text("0123456789", max_size=12),
        st.none() | st.sampled_from(get_args(v.ShownFault)),
    ),
    st.builds(v.Arrived, scans, arrivals, picks, verdicts, keys, st.sampled_from(["", "why"])),
    st.builds(
        a.ArrivedAlone,
        scans,
        st.sampled_from([None, cut_off.listed(TICKET.issued_at)]),
        st.sampled_from(["", "A017"]),
    ),
    st.builds(v.ChoosingCustomer, st.integers(0, 5), st.booleans()),
    st.builds(v.ChoosingPriority, drafts),
    st.builds(v.ChoosingField, drafts),
    st.builds(v.ChoosingItem, drafts, fields),
    st.builds(v.Counting, drafts, item_ids, st.integers(1, 30), st.none() | st.booleans(), st.none() | pages),
    st.builds(v.Basket, drafts, verdicts, keys, st.sampled_from(["", "why"])),
    st.builds(v.LabelsFound, st.just(visits.ORDER), st.sampled_from([(), visits.CODES[:1], visits.CODES])),
    labellings,
)
document_stages = st.sampled_from(get_args(devices.PrintStage))
certificate_lists = st.sampled_from(
    [back.CERTIFICATES, c.Certificates(back.PROOF, back.certificates(back.MIXED, 2))]
)
printings = st.builds(
    c.Printing,
    st.just(back.CERTIFICATES),
    st.integers(0, 2).map(lambda done: ("c1", "c2", "c3")[done:]),
    document_stages,
    times,
    st.builds(replace, st.just(back.PRESS), key=keys),
    st.none() | st.just(back.JOB),
    ends=st.lists(st.builds(c.CertificateEnd, st.just("c1"), document_stages), max_size=2).map(tuple),
)
pickups = st.sampled_from([back.pickup(), back.pickup(back.SOME), back.pickup(ticket="C005")])
progresses = st.sampled_from([back.progress(), back.progress(back.NONE, questions=(back.QUESTION,))])
phonings = st.builds(
    b.Phoning,
    st.just(back.SLOT),
    st.just(back.FREE),
    st.text("0123456789", max_size=11) | st.just(back.PHONE),
    st.none() | st.sampled_from(["short", "wrong"]),
)
agreeings = st.builds(
    b.Agreeing, phonings, pages, st.sampled_from([(), (b.CONSENT,), ("price-scale", b.CONSENT)])
)
returning_screens = st.one_of(
    st.builds(
        c.Tail,
        st.sampled_from(c.ERRANDS),
        scans,
        st.text("0123456789", max_size=4),
        st.booleans(),
    ),
    st.builds(c.Collecting, st.just(back.PROOF), pickups, pages),
    st.builds(
        c.Following,
        st.just(back.PROOF),
        progresses,
        pages,
        keys,
        st.sampled_from([None, "n1", "nothing-such"]),
    ),
    certificate_lists,
    st.builds(
        c.Downloading, certificate_lists, st.just(back.LIST[0]), keys, st.none() | st.just(back.LINK), texts
    ),
    printings,
    st.just(back.DAY),
    st.sampled_from([back.SLOT, b.ChoosingSlot(back.DAY, visits.TODAY)]),
    phonings,
    agreeings,
    st.builds(b.Confirming, agreeings),
    st.builds(b.Appointed, st.just(back.VOUCHER), st.sampled_from(PAPERS), times, st.booleans()),
)
returning_touches = st.one_of(
    st.builds(c.PrintTouched, texts, st.none() | st.sampled_from(["c1", "c9"])),
    st.builds(c.DownloadTouched, st.sampled_from(["c1", "c9"])),
    st.builds(c.NextTouched, texts),
    st.builds(c.AgainTouched, texts),
    st.builds(c.QuestionTouched, st.none() | st.sampled_from(["n1", "n9"])),
    st.sampled_from([c.StopTouched(), b.BookTouched(), b.TimesTouched()]),
    st.builds(b.DayTouched, st.sampled_from([back.MONDAY, visits.TODAY])),
    st.builds(b.SlotTouched, st.sampled_from([back.FREE.id, "nothing-such"])),
    st.builds(b.TickTouched, st.sampled_from(["price-scale", b.CONSENT, "nothing-such"])),
)
job_ids = st.sampled_from(["p1", "nothing-such"])
returning_inputs = st.one_of(
    st.builds(c.PickupFound, keys, pickups),
    st.builds(c.ProgressFound, keys, progresses),
    st.builds(c.ProgressSeen, st.sampled_from([back.CASE, "nothing-such"]), progresses),
    st.builds(c.CertificatesFound, keys, st.just(back.certificates())),
    st.builds(c.LinkGiven, keys, st.just(back.LINK)),
    st.builds(c.PrintGranted, keys, st.just(back.JOB)),
    st.builds(c.DocumentStaged, job_ids, document_stages, st.integers(0, 3)),
    st.builds(c.DocumentEnded, job_ids, st.sampled_from(get_args(c.End))),
    st.builds(c.DocumentPrinterChanged, st.sampled_from(PRINTERS)),
    st.builds(b.SlotsFound, keys, st.just(back.SLOTS)),
    st.builds(b.Booked, keys, st.just(back.VOUCHER)),
    st.builds(b.VoucherEnded, st.just(back.VOUCHER.code), st.sampled_from(ENDS)),
)
visit_touches = st.one_of(
    st.sampled_from(
        [
            *(v.ServicesTouched(), v.RegisterTouched(), v.AddTouched(), v.MoreTouched(), v.FirstTouched()),
            *(v.ContinueTouched(), v.SkipTouched()),
        ]
    ),
    st.builds(v.PurposeTouched, st.sampled_from(get_args(v.Purpose))),
    st.builds(v.CustomerTouched, st.sampled_from(list(visits.CUSTOMERS))),
    st.builds(v.FieldTouched, fields),
    st.builds(v.ItemTouched, item_ids),
    st.builds(v.PiecesTouched, item_ids, st.integers(-10, 10)),
    st.builds(v.CompleteTouched, item_ids | st.just(""), st.booleans()),
    st.builds(v.TermTouched, st.none() | pages),
    st.builds(v.PrintLabelsTouched, st.booleans()),
)
visit_inputs = st.one_of(
    st.builds(v.Scanned, scans),
    st.builds(v.ScannerChanged, st.sampled_from(["none", "ready", "offline", "error"])),
    st.builds(v.LabelPrinterChanged, st.sampled_from(PRINTERS)),
    st.builds(v.CatalogueSeen, st.sampled_from([None, visits.CATALOGUE])),
    st.builds(v.Looked, keys, arrivals),
    st.builds(v.Weighed, keys, st.just(visits.VERDICT)),
    st.builds(v.Found, keys, st.just(visits.ORDER)),
    st.builds(v.LabelEnded, st.sampled_from(visits.CODES), st.sampled_from(ENDS)),
)
unders = st.one_of(
    st.builds(m.Home, st.integers(0, 5)),
    st.builds(m.Choosing, texts, st.sampled_from(m.CHOICES)),
    st.builds(m.Unreached, presses | questions),
    st.builds(m.Refused, texts, texts, texts),
    holdings,
    visit_screens,
    returning_screens,
)
public = st.one_of(
    unders,
    st.builds(m.Issuing, presses | questions, times, st.integers(0, 2), alone=st.booleans()),
    st.builds(m.Notices, st.integers(0, 5)),
    st.builds(m.Guidance, st.integers(0, 5), unders),
)
tests_ = st.sampled_from(get_args(m.Test))
results = st.lists(st.tuples(tests_, st.sampled_from(get_args(m.Result))), max_size=3).map(tuple)
digits = st.text("0123456789", max_size=12)
notes = st.sampled_from(["", "looking", "not_found", "unreached", *PAPERS])
staff_screens = st.one_of(
    st.builds(m.StaffSignIn, digits, st.booleans()),
    st.builds(m.StaffMenu, results),
    st.builds(m.Reprinting, st.sampled_from(["", "A", "C"]), st.text("0123456789", max_size=4), notes),
    st.builds(m.ScreenTest, st.integers(0, 9)),
    st.just(m.Closing()),
)
screens: st.SearchStrategy[m.Screen] = st.one_of(
    public, staff_screens, st.builds(m.StillThere, public, times, st.integers(1, 20))
)
STANDING = cut_off.standing(TICKET.issued_at)
standings = st.sampled_from(
    [
        a.Standing(),
        STANDING,
        replace(STANDING, services=("pickup",), vouchers=False),
        replace(STANDING, services=(), left=0),
        replace(STANDING, over=True),
    ]
)
homes: st.SearchStrategy[KioskHome | None] = st.sampled_from([HOME, CLOSED, EMERGENCY, None])
states = st.builds(
    m.State,
    st.sampled_from(
        [
            RULES,
            replace(RULES, language="en", voice_offered=False, labels="own", viewfinder=True),
            replace(RULES, labels="tickets"),
        ]
    ),
    screen=screens,
    screen_since=times,
    language=st.sampled_from(["zh", "en"]),
    large=st.booleans(),
    voice=st.booleans(),
    touched_at=times,
    corner_since=st.none() | times,
    home=homes,
    link=st.sampled_from(LINKS),
    heard_at=times,
    printer=st.sampled_from(PRINTERS),
    label_printer=st.sampled_from(PRINTERS),
    scanner=st.sampled_from(["none", "ready", "offline", "error"]),
    documents=st.sampled_from(PRINTERS),
    catalogue=st.sampled_from([None, visits.CATALOGUE]),
    alone=standings,
    kept=homes,
    questions=st.integers(0, 5),
    pin_wrong=st.integers(0, 6),
    pin_locked_until=st.none() | times,
)
touches: st.SearchStrategy[m.Touch] = st.one_of(
    st.builds(m.ServiceTouched, texts),
    st.builds(m.PriorityTouched, st.sampled_from(m.CHOICES)),
    st.builds(m.TakeTouched, texts),
    st.sampled_from(
        [
            *(m.RetryTouched(), m.PrintAgainTouched(), m.DoneTouched(), m.HomeTouched(), m.BackTouched()),
            *(m.NoticesTouched(), m.HelpTouched(), m.LanguageTouched(), m.LargeTouched(), m.VoiceTouched()),
            *(m.StayTouched(), m.EnterTouched()),
        ]
    ),
    st.builds(m.PageTouched, pages),
    st.builds(m.KeyTouched, st.sampled_from([*"0123456789", "delete", "clear", "x", ""])),
    st.builds(m.PrefixTouched, st.sampled_from(["A", "Z"])),
    st.builds(m.TestTouched, tests_),
    st.builds(m.StaffTouched, st.sampled_from(["menu", "reprint", "screen", "close", "closed"])),
    visit_touches,
    returning_touches,
)
inputs: st.SearchStrategy[m.Input] = st.one_of(
    touches,
    visit_inputs,
    returning_inputs,
    st.sampled_from(
        [m.Tick(), m.Touched(), m.CornerPressed(), m.CornerReleased(), m.Heard(), m.LinkBroken()]
    ),
    st.builds(m.Issued, texts, st.sampled_from([TICKET, cut_off.given(TICKET)])),
    st.builds(a.AloneStands, standings),
    st.builds(
        a.VouchedAlone,
        keys,
        st.sampled_from([None, cut_off.listed(TICKET.issued_at)]),
        st.sampled_from(["", "A017"]),
    ),
    st.just(a.AloneTouched()),
    st.builds(m.WasRefused, texts, texts, texts, texts),
    st.builds(m.Unanswered, texts, st.booleans()),
    st.builds(m.PaperEnded, texts, st.sampled_from(PAPERS)),
    st.builds(m.PrinterChanged, st.sampled_from(PRINTERS)),
    st.builds(m.HomeSeen, st.sampled_from([HOME, CLOSED, EMERGENCY])),
    st.builds(
        m.LookedUp, texts, st.none() | st.just(TICKET), st.sampled_from(["", "not_found", "unreached"])
    ),
    st.builds(m.Tested, tests_, st.booleans()),
)


# ---- a day at the kiosk ----------------------------------------------------------------------------


def sensible(screen: m.Screen) -> list[m.Touch]:
    """What a person may well touch on ``screen``: a storm of these gets deep into every path."""
    match screen:
        case m.Home():
            return [
                *(v.ServicesTouched(), m.ServiceTouched("accept"), m.HelpTouched()),
                *(v.PurposeTouched("check_in"), v.PurposeTouched("labels")),
                *(v.PurposeTouched("pickup"), v.PurposeTouched("progress"), v.PurposeTouched("certificates")),
                b.BookTouched(),
            ]
        case v.Services():
            return [m.ServiceTouched("accept"), v.RegisterTouched(), v.RegisterTouched()]
        case v.Showing():
            return [*(m.KeyTouched(key) for key in visits.NUMBER), m.EnterTouched()]
        case v.Arrived():
            return [m.TakeTouched(""), m.TakeTouched(""), v.PiecesTouched("price-scale", -1)]
        case v.ChoosingCustomer():
            return [v.CustomerTouched("company"), m.BackTouched()]
        case v.ChoosingField():
            return [v.FieldTouched("trade"), v.FieldTouched("fuel")]
        case v.ChoosingItem():
            return [v.ItemTouched("price-scale"), m.BackTouched()]
        case v.Counting():
            return [v.CompleteTouched("price-scale", True), v.AddTouched(), v.PiecesTouched("price-scale", 1)]
        case v.Basket(draft=v.Draft(booking=True)):
            return [b.TimesTouched(), b.TimesTouched(), v.MoreTouched()]
        case v.Basket():
            return [m.TakeTouched(""), m.TakeTouched(""), v.MoreTouched(), v.PiecesTouched("price-scale", -1)]
        case c.Tail():
            return [m.KeyTouched("5"), m.KeyTouched("5"), m.EnterTouched()]
        case c.Collecting():
            return [m.TakeTouched(""), m.TakeTouched(""), m.BackTouched()]
        case c.Certificates():
            return [c.PrintTouched("k1"), c.PrintTouched("k2", "c2"), c.DownloadTouched("c1")]
        case c.Printing():
            return [c.StopTouched(), c.AgainTouched("k3"), c.NextTouched("k4"), m.DoneTouched()]
        case b.ChoosingDay():
            return [b.DayTouched(back.MONDAY), m.BackTouched()]
        case b.ChoosingSlot():
            return [b.SlotTouched(back.FREE.id), m.BackTouched()]
        case b.Phoning():
            return [*(m.KeyTouched(digit) for digit in back.PHONE), m.EnterTouched()]
        case b.Agreeing():
            return [b.TickTouched("price-scale"), b.TickTouched(b.CONSENT)]
        case b.Confirming():
            return [m.TakeTouched(""), m.TakeTouched(""), m.BackTouched()]
        case b.Appointed():
            return [m.PrintAgainTouched(), m.DoneTouched()]
        case v.LabelsFound():
            return [v.PrintLabelsTouched(all=True), v.PrintLabelsTouched(all=False)]
        case v.Labelling():
            return [v.ContinueTouched(), v.SkipTouched(), m.DoneTouched()]
        case m.Choosing():
            return [m.TakeTouched(""), m.TakeTouched(""), m.PriorityTouched("elderly"), m.HomeTouched()]
        case m.Unreached():
            return [m.RetryTouched(), m.RetryTouched(), m.HelpTouched(), m.HomeTouched()]
        case m.Holding():
            return [m.PrintAgainTouched(), m.DoneTouched(), m.HelpTouched(), m.LargeTouched()]
        case m.Guidance():
            return [m.BackTouched(), m.HomeTouched(), m.PageTouched(1)]
        case m.StillThere():
            return [m.StayTouched(), m.HomeTouched()]
        case m.StaffSignIn():
            return [*(m.KeyTouched(key) for key in RULES.pin), m.EnterTouched()]
        case m.StaffMenu():
            return [m.StaffTouched("reprint"), m.TestTouched("printer"), m.HomeTouched()]
        case m.Reprinting():
            return [m.KeyTouched("1"), m.EnterTouched(), m.StaffTouched("menu")]
        case _:
            return [m.HomeTouched(), m.StaffTouched("menu")]


class World:
    """The flow with its surroundings. Every event is checked as it goes in."""

    def __init__(
        self,
        printer: m.PrinterState = "ready",
        *,
        rules: m.Rules = RULES,
        catalogue: CatalogueView | None = None,
    ) -> None:
        self.now = 1000.0
        self.state = m.State(
            rules,
            home=HOME,
            link="live",
            heard_at=1000.0,
            touched_at=1000.0,
            printer=printer,
            documents="ready",
            catalogue=catalogue,
        )
        self.asking: list[m.Asked] = []
        """Asked of the server and not answered yet."""
        self.printing: list[m.Print] = []
        self.weighing: list[v.Weigh] = []
        self.rolling: list[v.PrintLabel] = []
        self.stuck: dict[str, int] = {}
        """How many labels of a code came out, or may have, that do not say to be one again."""
        self.looking: list[m.LookUp] = []
        self.copying: list[c.AskPrint] = []
        """Copies asked for and not answered yet."""
        self.copies: dict[str, PrintJob] = {}
        """The server's memory of copies set aside: one a key."""
        self.pressing: list[PrintJob] = []
        """In the printer, or on the way to it."""
        self.printed: set[str] = set()
        """Jobs of which the printer said that they have completed."""
        self.told: dict[str, c.End] = {}
        self.vouchers: list[b.PrintVoucher] = []
        self.given: dict[str, TicketIssued] = {}
        """The server's memory: one ticket a key."""
        self.remembered: list[TicketIssued] = []
        self.pressed: set[str] = set()
        self._keys = count(1)
        self._numbers = count(1)

    def touch(self, event: m.Touch) -> None:
        if isinstance(event, m.TakeTouched | c.PrintTouched | c.AgainTouched | c.NextTouched):
            event = replace(event, key=f"key-{next(self._keys)}")
        self.feed(event)

    def wait(self, seconds: float) -> None:
        """Time goes on, with the ticks that an app makes of it."""
        end = self.now + seconds
        while self.now < end:
            self.now = min(end, self.now + 1.0)
            self.feed(m.Tick())

    def answer(self, kind: str) -> None:
        """The server answers the oldest question: with a number, a refusal, or it stays lost."""
        if not self.asking:
            return
        press = self.asking.pop(0)
        if kind in ("refused", "lost") and isinstance(press, v.Look | v.FindLabels):
            lost: m.Input = m.WasRefused(press.key, "appointment_unknown", "无", "")
            self.feed(lost if kind == "refused" else m.Unanswered(press.key))
            return
        if isinstance(press, c.Question | b.FindSlots | b.BookPress):
            self._answer_returning(press, kind)
            return
        if isinstance(press, v.Look):
            self.feed(v.Looked(press.key, visits.arrival("on_time")))
            return
        if isinstance(press, v.FindLabels):
            self.feed(v.Found(press.key, visits.order(again=True)))
            return
        if kind == "refused":
            self.feed(m.WasRefused(press.key, "queue_full", "满", ""))
            return
        if press.key not in self.given:
            self.given[press.key] = ticket(next(self._numbers))
        if kind == "lost":
            self.feed(m.Unanswered(press.key))
        elif isinstance(press, c.CollectPress):
            self.feed(c.NumberGiven(press.key, self.given[press.key], back.pickup()))
        else:
            self.feed(m.Issued(press.key, self.given[press.key], self._order(press)))

    def _answer_returning(self, press: c.Question | b.FindSlots | b.BookPress, kind: str) -> None:
        answers: dict[type, m.Input] = {
            c.FindPickup: c.PickupFound(press.key, back.pickup()),
            c.FindProgress: c.ProgressFound(press.key, back.progress()),
            c.FindCertificates: c.CertificatesFound(press.key, back.certificates()),
            b.FindSlots: b.SlotsFound(press.key, back.SLOTS),
            b.BookPress: b.Booked(press.key, back.VOUCHER),
        }
        if kind == "refused":
            self.feed(m.WasRefused(press.key, "pickup_unknown", "无", ""))
        else:
            self.feed(m.Unanswered(press.key) if kind == "lost" else answers[type(press)])

    def copy(self, kind: str) -> None:
        """The server answers the oldest question for a copy."""
        if not self.copying:
            return
        press = self.copying.pop(0)
        if kind == "refused":
            self.feed(m.WasRefused(press.key, "quota_used", "满", ""))
            return
        job = self.copies.setdefault(
            press.key, back.JOB.model_copy(update={"id": f"p{len(self.copies) + 1}"})
        )
        self.feed(m.Unanswered(press.key) if kind == "lost" else c.PrintGranted(press.key, job))

    def document(self, how: str) -> None:
        """The printer says how the oldest job stands, or how it has ended."""
        if not self.pressing:
            return
        job = self.pressing[0]
        if how in get_args(c.End):
            self.pressing.pop(0)
            if how == "printed":
                self.printed.add(job.id)
            self.feed(c.DocumentEnded(job.id, how))  # type: ignore[arg-type]
        else:
            self.feed(c.DocumentStaged(job.id, how, 1))  # type: ignore[arg-type]

    def end_voucher(self, how: m.Paper) -> None:
        if self.vouchers:
            self.feed(b.VoucherEnded(self.vouchers.pop(0).view.code, how))

    def _order(self, press: m.Asked) -> OrderView | None:
        return None if isinstance(press, m.Press) else visits.order(id_=f"o-{press.key}")

    def weigh(self) -> None:
        if self.weighing:
            self.feed(v.Weighed(self.weighing.pop(0).key, visits.VERDICT))

    def end_label(self, how: m.Paper) -> None:
        if self.rolling:
            effect = self.rolling.pop(0)
            if how in ("printed", "unknown") and not effect.reprint:
                name = f"{effect.order} {effect.label.code}"
                self.stuck[name] = self.stuck.get(name, 0) + 1
            self.feed(v.LabelEnded(effect.label.code, how))

    def end_paper(self, how: m.Paper) -> None:
        if self.printing:
            self.feed(m.PaperEnded(self.printing.pop(0).ticket.id, how))

    def look_up(self) -> None:
        if self.looking:
            self.feed(m.LookedUp(self.looking.pop(0).number, ticket(1)))

    def feed(self, event: m.Input) -> None:
        before = self.state
        after, effects = flow.step(before, event, self.now)
        self._check_asking(before, event, effects)
        self._check_number(before, event, after, effects)
        self._check_shown(after)
        self.state = after
        for effect in effects:
            match effect:
                case m.Issue(press=v.Weigh() as weigh):
                    self.weighing.append(weigh)
                case m.Issue(press=c.AskPrint() as copy):
                    self.copying.append(copy)
                case c.PrintDocument():
                    assert effect.job not in self.pressing
                    assert effect.job.id not in self.told, "a copy that was told of is printed"
                    self.pressing.append(effect.job)
                case c.TellPrint():
                    assert effect.job not in self.told, "told twice"
                    self.told[effect.job] = effect.end
                    if effect.end == "printed":
                        assert effect.job in self.printed, "told as printed, and the printer did not say so"
                case b.PrintVoucher():
                    self.vouchers.append(effect)
                case m.Issue(press=press) if not isinstance(press, v.Weigh | c.Beside):
                    self.asking.append(press)
                    self.pressed.add(press.key)
                case v.PrintLabel():
                    self.rolling.append(effect)
                case m.Print():
                    self.printing.append(effect)
                case m.LookUp():
                    self.looking.append(effect)
                case m.Remember():
                    self.remembered.append(effect.ticket)

    def _check_asking(self, before: m.State, event: m.Input, effects: tuple[m.Effect, ...]) -> None:
        asked = [
            effect.press
            for effect in effects
            if isinstance(effect, m.Issue) and isinstance(effect.press, m.Giving)
        ]
        if not asked:
            return
        assert len(asked) == 1
        still = [press for press in self.asking if isinstance(press, m.Giving)]
        assert not still, "asked again while an answer was still awaited"
        if isinstance(event, m.TakeTouched):
            assert asked[0].key == event.key
            assert event.key not in self.pressed
        else:
            assert event == m.RetryTouched()
            assert isinstance(before.screen, m.Unreached)
            assert asked[0] == before.screen.press
            assert asked[0].key in self.pressed

    def _check_number(
        self, before: m.State, event: m.Input, after: m.State, effects: tuple[m.Effect, ...]
    ) -> None:
        if isinstance(event, m.Issued | c.NumberGiven):
            assert m.Remember(event.ticket) in effects
            assert held(after.screen) == event.ticket
        mine = held(before.screen)
        if mine is None or held(after.screen) == mine:
            return
        assert paper(before.screen) != "printing", "the number went while its paper was under way"
        match event:
            case m.DoneTouched():
                assert isinstance(before.screen, m.Holding | v.Labelling)
            case m.HomeTouched():
                assert isinstance(before.screen, m.StillThere)
            case m.Tick() if isinstance(before.screen, m.StillThere):
                assert self.now >= before.screen.until
            case m.Tick():
                assert paper(before.screen) == "printed"
                assert self.now - before.touched_at >= flow.farewell(before)
            case _:
                raise AssertionError(f"{event} took the number {mine.number} from sight")

    def _check_shown(self, after: m.State) -> None:
        shown = flow.shown(after)
        staff = isinstance(after.screen, m.StaffScreen)
        if after.home is not None and after.home.hall.emergency is not None and not staff:
            assert shown == flow.Emergency()
        elif held(after.screen) is not None:
            assert shown == after.screen
