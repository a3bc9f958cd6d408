"""The tables. Instants are whole microseconds since 1970 in UTC, the same on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def microseconds(instant: datetime) -> int:
    """Whole microseconds since 1970 in UTC."""
    return (instant - EPOCH) // MICROSECOND


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept as whole microseconds since 1970 in UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else microseconds(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        return None if value is None else EPOCH + timedelta(microseconds=value)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

halls = Table(
    "halls",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("settings", Text, nullable=False),  # JSON: server.store.halls
    Column("version", BigInteger, nullable=False),  # grows with every change of the hall
    Column("day", Date, nullable=False),
    Column("since_green", Integer, nullable=False),
    Column("orders", Integer, nullable=False),
    Column("journal_seq", BigInteger, nullable=False),
    Column("journal_hash", String(64), nullable=False),
    Column("setup", BigInteger, nullable=False, server_default="0"),  # grows with every change of the set-up
)

services = Table(
    "services",
    metadata,
    Column("hall", String(32), ForeignKey("halls.id"), primary_key=True),
    Column("id", String(32), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("prefix", String(1), nullable=False),
    Column("minutes", Float, nullable=False),
    Column("green", Boolean, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("texts", Text, nullable=False),  # JSON: name, bring, about in both languages
)

counters = Table(
    "counters",
    metadata,
    Column("hall", String(32), ForeignKey("halls.id"), primary_key=True),
    Column("number", String(8), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("name", Text, nullable=False),  # JSON: both languages
    Column("functions", Text, nullable=False),  # JSON: [[service, tier], …]
    Column("active", Boolean, nullable=False),
)

posts = Table(
    "posts",
    metadata,
    Column("hall", String(32), ForeignKey("halls.id"), primary_key=True),
    Column("counter", String(8), primary_key=True),
    Column("staff", String(64)),
    Column("staff_name", String(64), nullable=False),
    Column("badge", String(32), nullable=False),
    Column("duty_zh", String(200), nullable=False),
    Column("duty_en", String(200), nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("ticket", String(32)),
    Column("since", Instant),
    UniqueConstraint("hall", "staff", name="uq_posts_one_counter_a_person"),
    UniqueConstraint("hall", "ticket", name="uq_posts_one_counter_a_ticket"),
)

numbers = Table(
    "numbers",
    metadata,
    Column("hall", String(32), ForeignKey("halls.id"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("prefix", String(1), primary_key=True),
    Column("last", Integer, nullable=False),
)

tickets = Table(
    "tickets",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("hall", String(32), ForeignKey("halls.id"), nullable=False),
    Column("day", Date, nullable=False),
    Column("code", String(26), nullable=False, unique=True),
    Column("number", String(8), nullable=False),
    Column("prefix", String(1), nullable=False),
    Column("order", Integer, nullable=False),
    Column("service", String(32), nullable=False),
    Column("later", Text, nullable=False),  # JSON: service ids
    Column("state", String(16), nullable=False),
    Column("priority", String(16), nullable=False),
    Column("language", String(8), nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("callable_at", Instant, nullable=False),
    Column("ranked_at", Instant, nullable=False),
    Column("promised_low", Integer, nullable=False),
    Column("promised_high", Integer, nullable=False),
    Column("skip", Integer, nullable=False),
    Column("counter", String(8)),
    Column("called_at", Instant),
    Column("started_at", Instant),
    Column("recalls", Integer, nullable=False),
    Column("returns", Integer, nullable=False),
    Column("hold", String(16)),
    Column("held_since", Instant),
    Column("held_seconds", Integer, nullable=False),
    Column("missed_at", Instant),
    Column("ended_at", Instant),
    Column("undo", String(8)),
    Column("undo_until", Instant),
    Column("undo_counter", String(8)),
    Column("handed_in_at", Instant),  # given by a kiosk that was cut off
    UniqueConstraint("hall", "day", "number", name="uq_tickets_number_once_a_day"),
    Index("ix_tickets_open", "hall", "day", "state"),
)

calls = Table(
    "calls",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("hall", String(32), ForeignKey("halls.id"), nullable=False),
    Column("ticket", String(32), nullable=False),
    Column("number", String(8), nullable=False),
    Column("counter", String(8), nullable=False),
    Column("at", Instant, nullable=False),
    Column("language", String(8), nullable=False),
    Column("service", String(32), nullable=False),
    Index("ix_calls_when", "hall", "at"),
)

paces = Table(
    "paces",
    metadata,
    Column("hall", String(32), ForeignKey("halls.id"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("service", String(32), primary_key=True),
    Column("visits", Integer, nullable=False),
    Column("total", Float, nullable=False),
    Column("squares", Float, nullable=False),
)

journal = Table(
    "journal",
    metadata,
    Column("hall", String(32), ForeignKey("halls.id"), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("kind", String(48), nullable=False),
    Column("subject", String(64), nullable=False),  # the id of what it is about
    Column("payload", Text, nullable=False),  # canonical JSON
    Column("hash", String(64), nullable=False),
    Index("ix_journal_subject", "hall", "subject", "seq"),
)

answers = Table(
    "answers",
    metadata,
    Column("actor", String(80), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_answers_at", "at"),
)

staff = Table(
    "staff",
    metadata,
    Column("user", String(64), primary_key=True),
    Column("hall", String(32), ForeignKey("halls.id"), nullable=False),
    Column("name", String(64), nullable=False),
    Column("badge", String(32), nullable=False),
    Column("duty", Text, nullable=False),  # JSON: both languages
    Column("roles", Text, nullable=False),  # JSON list
    Column("password", Text, nullable=False),  # argon2
    Column("active", Boolean, nullable=False),
)

devices = Table(
    "devices",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("hall", String(32), ForeignKey("halls.id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("token", Text, nullable=False),  # argon2
    Column("active", Boolean, nullable=False),
    Column("seen_at", Instant),
    Column("status", Text, nullable=False),  # JSON: DeviceStatus
    Column("token_at", Instant),  # since when the token is in use
    Column("token_next", Text, nullable=False, server_default=""),  # argon2; made, not used yet
    Column("part_since", Text, nullable=False, server_default="{}"),  # JSON: part → since when it is so
)

sessions = Table(
    "sessions",
    metadata,
    Column("token", String(64), primary_key=True),  # SHA-256 of a 256-bit random token
    Column("user", String(64), ForeignKey("staff.user"), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("name", String(32), nullable=False, server_default=""),  # what the session is called in lists
    Column("client", String(128), nullable=False, server_default=""),  # where and with what it was begun
    Column("seen_at", Instant),
    Index("ix_sessions_ends_at", "ends_at"),
)

offers = Table(
    "offers",
    metadata,
    Column("hall", String(32), ForeignKey("halls.id"), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("content", Text, nullable=False),  # JSON: server.store.offers
)

customers = Table(
    "customers",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("hall", String(32), ForeignKey("halls.id"), nullable=False),
    Column("type", String(16), nullable=False),
    Column("name", String(64), nullable=False),
    Column("company", String(128), nullable=False),
    Column("uscc", String(18), nullable=False),
    Column("phone", String(16), nullable=False),
    Column("email", String(128), nullable=False, server_default=""),
    Column("language", String(8), nullable=False, server_default="zh"),
    Column("consent_at", Instant, nullable=False),
    Column("consent_to", String(64), nullable=False),  # the version of the purpose that was agreed to
    Column("erased_at", Instant),  # names, phone and address are gone
    Column("erased_why", String(16), nullable=False, server_default=""),  # asked, retention
    Index("ix_customers_phone", "hall", "phone"),
)

appointments = Table(
    "appointments",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("code", String(24), nullable=False, unique=True),
    Column("number", String(12), nullable=False, unique=True),
    Column("hall", String(32), ForeignKey("halls.id"), nullable=False),
    Column("service", String(32), nullable=False),
    Column("day", Date, nullable=False),
    Column("slot", String(32), nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("customer", String(32), ForeignKey("customers.id"), nullable=False),
    Column("customer_type", String(16), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("notices", Text, nullable=False),  # JSON: item -> version acknowledged
    Column("ticket", String(32)),
    Column("moved", Integer, nullable=False),
    Index("ix_appointments_day", "hall", "day", "state"),
    Index("ix_appointments_customer", "customer"),
)

appointment_lines = Table(
    "appointment_lines",
    metadata,
    Column("appointment", String(32), ForeignKey("appointments.id"), primary_key=True),
    Column("item", String(64), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("pieces", Integer, nullable=False),
)

orders = Table(
    "orders",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("hall", String(32), ForeignKey("halls.id"), nullable=False),
    Column("number", String(12), nullable=False, unique=True),  # that of the appointment, where there is one
    Column("day", Date, nullable=False),
    Column("appointment", String(32), ForeignKey("appointments.id"), unique=True),
    Column("ticket", String(32)),
    Column("customer", String(32), ForeignKey("customers.id")),
    Column("customer_type", String(16), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("service", String(32), nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("while_you_wait", Boolean, nullable=False),
    Column("due", Date),
    Column("made_at", Instant, nullable=False),
    Column("labelled_at", Instant),
    Column("code", String(24), unique=True),  # to follow the case; orders of before have none
    Column("state", String(24), nullable=False, server_default="registered"),
    Column("handler", String(64), nullable=False, server_default=""),  # 首问责任人: staff user
    Column("handler_section", String(64), nullable=False, server_default=""),
    Column("accepted_at", Instant),
    Column("mode", String(16), nullable=False, server_default="hall"),
    Column("site", String(32), nullable=False, server_default=""),
    Column("ecqs", String(64), nullable=False, server_default=""),  # its number in e-CQS
    Index("ix_orders_day", "hall", "day"),
    Index("ix_orders_state", "hall", "state"),
    Index("ix_orders_ticket", "ticket"),
    Index("ix_orders_customer", "customer"),
)

order_lines = Table(
    "order_lines",
    metadata,
    Column("order", String(32), ForeignKey("orders.id"), primary_key=True),
    Column("item", String(64), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("pieces", Integer, nullable=False),
    Column("regulation", String(64), nullable=False),
)

samples = Table(
    "samples",
    metadata,
    Column("code", String(16), primary_key=True),  # identity code (样品标识码)
    Column("flow", String(16), nullable=False, unique=True),  # flow code (流转码)
    Column("hall", String(32), ForeignKey("halls.id"), nullable=False),
    Column("order", String(32), ForeignKey("orders.id"), nullable=False),
    Column("item", String(64), nullable=False),
    Column("position", Integer, nullable=False),  # of the order's pieces, from 1
    Column("serial", String(64), nullable=False, server_default=""),  # the maker's number
    Column("foreign", String(128)),  # a pre-printed label that names it too
    Column("state", String(24), nullable=False),
    Column("section", String(64), nullable=False, server_default=""),  # the lab section that tests it
    Column("conclusion", String(16)),
    Column("holder", String(80), nullable=False, server_default="customer"),  # server.domain.custody
    Column("held_since", Instant),
    Column("rests_until", Instant),  # 静置
    Column("received_at", Instant),
    Column("due", Date),
    Column("changed_at", Instant),
    Index("ix_samples_bench", "hall", "section", "state"),
    UniqueConstraint("hall", "foreign", name="uq_samples_foreign_once"),
    UniqueConstraint("order", "position", name="uq_samples_place_once"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("hall", String(32), ForeignKey("halls.id"), nullable=False),
    Column("kind", String(24), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("customer", String(32), nullable=False),
    Column("parameters", Text, nullable=False),  # JSON: facts, no name and no phone number
    Column("due_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("state", String(16), nullable=False),
    Column("next_at", Instant, nullable=False),  # when it may be tried; while claimed: when the lease ends
    Column("tries", Integer, nullable=False),
    Column("claim", String(32)),
    Column("channel", String(32), nullable=False),
    Column("reason", String(80), nullable=False),
    Column("ended_at", Instant),
    Index("ix_outbox_waiting", "state", "next_at"),
    Index("ix_outbox_subject", "subject"),
    Index("ix_outbox_claim", "claim"),
    Index("ix_outbox_hall", "hall", "made_at"),
)

due_items = Table(
    "due_items",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("hall", String(32), ForeignKey("halls.id"), nullable=False),
    Column("digest", String(64), nullable=False),  # of what makes it the same item: server.store.due
    Column("customer", String(32), ForeignKey("customers.id")),
    Column("name", String(64), nullable=False),
    Column("company", String(128), nullable=False),
    Column("phone", String(16), nullable=False),
    Column("email", String(128), nullable=False),
    Column("item", String(64), nullable=False),
    Column("pieces", Integer, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("reference", String(64), nullable=False),
    Column("source", String(64), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("done_at", Instant),
    UniqueConstraint("hall", "digest", name="uq_due_items_once"),
    Index("ix_due_items_when", "hall", "due_on"),
)

acceptances = Table(
    "acceptances",
    metadata,
    Column("order", String(32), ForeignKey("orders.id"), primary_key=True),
    Column("hall", String(32), ForeignKey("halls.id"), nullable=False),
    Column("state", String(24), nullable=False),
    Column("sheet", Text, nullable=False),  # JSON: what was counted, looked at and agreed
    Column("version", Integer, nullable=False),  # of the sheet
    Column("changed_at", Instant, nullable=False),
    Column("changed_by", String(64), nullable=False),
    Column("signed_at", Instant),
    Column("signed_by", String(64), nullable=False, server_default=""),
)

demands = Table(  # 一次性告知
    "demands",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("hall", String(32), ForeignKey("halls.id"), nullable=False),
    Column("order", String(32), ForeignKey("orders.id"), nullable=False),
    Column("missing", Text, nullable=False),  # JSON list
    Column("late", Boolean, nullable=False),  # asked for something that an earlier notice did not name
    Column("at", Instant, nullable=False),
    Column("by", String(64), nullable=False),
    Column("answered_at", Instant),
    Index("ix_demands_order", "order"),
)

fulfilments = Table(
    "fulfilments",
    metadata,
    Column("order", String(32), ForeignKey("orders.id"), primary_key=True),
    Column("hall", String(32), ForeignKey("halls.id"), nullable=False),
    Column("way", String(16), nullable=False),  # collect, post, deliver, electronic
    Column("address", Text, nullable=False),
    Column("carrier", String(64), nullable=False),
    Column("tracking", String(64), nullable=False),
    Column("sent_at", Instant),
    Column("received_at", Instant),
)

referrals = Table(
    "referrals",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("hall", String(32), ForeignKey("halls.id"), nullable=False),
    Column("order", String(32), ForeignKey("orders.id")),
    Column("way", String(16), nullable=False),  # section, institution, matter
    Column("to", String(128), nullable=False),
    Column("reason", Text, nullable=False),
    Column("due", Date, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("receipt_at", Instant),
    Column("receipt_by", String(64), nullable=False, server_default=""),
    Column("outcome", Text, nullable=False, server_default=""),
    Column("closed_at", Instant),
    Index("ix_referrals_open", "hall", "closed_at"),
)

pauses = Table(  # of a promise's clock
    "pauses",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("hall", String(32), ForeignKey("halls.id"), nullable=False),
    Column("order", String(32), ForeignKey("orders.id"), nullable=False),
    Column("sample", String(16)),  # null: all of the order
    Column("reason", String(24), nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant),
    Index("ix_pauses_order", "order"),
)

handovers = Table(
    "handovers",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("hall", String(32), ForeignKey("halls.id"), nullable=False),
    Column("giver", String(80), nullable=False),
    Column("taker", String(80), nullable=False),
    Column("samples", Text, nullable=False),  # JSON list of identity codes
    Column("state", String(16), nullable=False),  # offered, taken, withdrawn
    Column("offered_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Index("ix_handovers_open", "hall", "state"),
)

files = Table(
    "files",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("hall", String(32), ForeignKey("halls.id"), nullable=False),
    Column("kind", String(24), nullable=False),  # photo, certificate
    Column("subject", String(64), nullable=False),
    Column("media", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("made_by", String(64), nullable=False),
    Index("ix_files_subject", "hall", "subject"),
)

results = Table(
    "results",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("hall", String(32), ForeignKey("halls.id"), nullable=False),
    Column("sample", String(16), ForeignKey("samples.code"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String(16), nullable=False),  # draft, tested, reviewed, approved, superseded
    Column("source", String(64), nullable=False),  # "" or the partner's device name
    Column("content", Text, nullable=False),  # JSON: values, environment, standards, factors
    Column("regulation", String(64), nullable=False),
    Column("tested_on", Date, nullable=False),
    Column("conclusion", String(16)),
    Column("verifier", String(64), nullable=False),
    Column("verified_at", Instant),
    Column("reviewer", String(64), nullable=False),
    Column("reviewed_at", Instant),
    Column("approver", String(64), nullable=False),
    Column("approved_at", Instant),
    Column("made_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    UniqueConstraint("sample", "version", name="uq_results_version_once"),
    Index("ix_results_state", "hall", "state"),
)

climate = Table(  # temperature and humidity of a section's rooms
    "climate",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("hall", String(32), ForeignKey("halls.id"), nullable=False),
    Column("section", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("celsius", Float, nullable=False),
    Column("humidity", Float, nullable=False),
    Column("by", String(80), nullable=False),
    Index("ix_climate_when", "hall", "section", "at"),
)

negotiations = Table(
    "negotiations",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("hall", String(32), ForeignKey("halls.id"), nullable=False),
    Column("order", String(32), ForeignKey("orders.id"), nullable=False),
    Column("sample", String(16), ForeignKey("samples.code"), nullable=False),
    Column("state", String(16), nullable=False),
    Column("fault", Text, nullable=False),
    Column("options", Text, nullable=False),  # JSON list
    Column("answer", String(24), nullable=False),
    Column("remark", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("opened_by", String(64), nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("escalated_at", Instant),
    Column("answered_at", Instant),
    Column("answered_by", String(80), nullable=False),  # customer, or the staff user who took the call
    Column("ended_at", Instant),
    Column("signatures", Text, nullable=False),  # JSON
    Index("ix_negotiations_open", "hall", "state"),
    Index("ix_negotiations_sample", "sample"),
)

equipment = Table(
    "equipment",
    metadata,
    Column("code", String(16), primary_key=True),
    Column("hall", String(32), ForeignKey("halls.id"), nullable=False),
    Column("number", String(64), nullable=False),  # the institution's own
    Column("section", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("content", Text, nullable=False),  # JSON: server.store.equipment
    UniqueConstraint("hall", "number", name="uq_equipment_number"),
)

credentials = Table(
    "credentials",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("hall", String(32), ForeignKey("halls.id"), nullable=False),
    Column("user", String(64), ForeignKey("staff.user"), nullable=False),
    Column("kind", String(16), nullable=False),  # verifier, reviewer, approver, training
    Column("number", String(64), nullable=False),
    Column("items", Text, nullable=False),  # JSON list; empty: all
    Column("title", String(128), nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date, nullable=False),
    Index("ix_credentials_user", "hall", "user"),
)

sequences = Table(
    "sequences",
    metadata,
    Column("hall", String(32), ForeignKey("halls.id"), primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("last", Integer, nullable=False),
)

certificates = Table(
    "certificates",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("hall", String(32), ForeignKey("halls.id"), nullable=False),
    Column("order", String(32), ForeignKey("orders.id"), nullable=False),
    Column("sample", String(16), ForeignKey("samples.code"), nullable=False),
    Column("result", String(32), ForeignKey("results.id"), nullable=False),
    Column("number", String(64), nullable=False),
    Column("code", String(24), nullable=False, unique=True),  # Z…: to check it
    Column("kind", String(24), nullable=False),
    Column("state", String(16), nullable=False),
    Column("content", Text, nullable=False),  # JSON: all that stands on it
    Column("file", String(32), ForeignKey("files.id")),
    Column("signed", Boolean, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("issued_at", Instant),
    Column("valid_until", Date),
    Column("ended_at", Instant),
    Column("reason", Text, nullable=False),
    Column("successor", String(32)),
    Column("tries", Integer, nullable=False, server_default="0"),  # to make and sign it
    Column("next_at", Instant),  # when it may be tried; while claimed: when the lease ends
    Column("claim", String(32)),
    Column("fault", String(80), nullable=False, server_default=""),
    Column("pages", Integer, nullable=False, server_default="0"),
    UniqueConstraint("hall", "number", name="uq_certificates_number"),
    Index("ix_certificates_sample", "sample"),
    Index("ix_certificates_order", "order"),
    Index("ix_certificates_state", "hall", "state"),
)

pickups = Table(
    "pickups",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("hall", String(32), ForeignKey("halls.id"), nullable=False),
    Column("order", String(32), ForeignKey("orders.id"), nullable=False),
    Column("code", String(24), nullable=False, unique=True),  # P…
    Column("number", String(12), nullable=False, unique=True),
    Column("state", String(16), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("active_at", Instant),
    Column("ended_at", Instant),
    Column("reason", Text, nullable=False),
    Column("ticket", String(32)),  # the number that was taken with it
    Index("ix_pickups_order", "order"),
    Index("ix_pickups_state", "hall", "state"),
)

prints = Table(  # of certificates, on a kiosk's printer
    "prints",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("hall", String(32), ForeignKey("halls.id"), nullable=False),
    Column("certificate", String(32), ForeignKey("certificates.id"), nullable=False),
    Column("device", String(80), nullable=False),
    Column("outcome", String(16), nullable=False),  # printing, printed, failed, unknown
    Column("reason", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("ended_at", Instant),
    Index("ix_prints_certificate", "certificate"),
)

links = Table(  # addresses that open a certificate for a while
    "links",
    metadata,
    Column("token", String(64), primary_key=True),  # SHA-256 of a 128-bit random token
    Column("certificate", String(32), ForeignKey("certificates.id"), nullable=False),
    Column("ends_at", Instant, nullable=False),
    Index("ix_links_ends_at", "ends_at"),
)

leases = Table(
    "leases",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("hall", String(32), ForeignKey("halls.id"), nullable=False),
    Column("day", Date, nullable=False),
    Column("device", String(32), ForeignKey("devices.name"), nullable=False),
    Column("service", String(32), nullable=False),
    Column("prefix", String(8), nullable=False),
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("used", Text, nullable=False),  # JSON: the numbers handed in so far
    Column("returned_at", Instant),
    UniqueConstraint("hall", "day", "prefix", "first"),
)

seals = Table(
    "seals",
    metadata,
    Column("hall", String(32), ForeignKey("halls.id"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("seq", Integer, nullable=False),  # the journal's last line of that day
    Column("hash", String(64), nullable=False),  # that line's hash
    Column("before", String(64), nullable=False),  # SHA-256 of the seal before it
    Column("made_at", Instant, nullable=False),
    Column("key", String(64), nullable=False),  # SHA-256 of the public key
    Column("signature", String(128), nullable=False),  # Ed25519, hex
)

alarms = Table(
    "alarms",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("hall", String(32), ForeignKey("halls.id"), nullable=False),
    Column("device", String(32), nullable=False),
    Column("part", String(16), nullable=False),  # printer, labels, certificates, scanner, screen, link
    Column("kind", String(24), nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant),
    Column("told_at", Instant),
    Column("seen_by", String(80)),  # who has taken care of it
    Column("seen_at", Instant),
    Index("ix_alarms_open", "hall", "until"),
)

upkeep = Table(
    "upkeep",  # the maintenance log
    metadata,
    Column("id", String(32), primary_key=True),
    Column("hall", String(32), ForeignKey("halls.id"), nullable=False),
    Column("device", String(32), nullable=False),
    Column("kind", String(24), nullable=False),
    Column("remark", String(200), nullable=False),
    Column("by", String(80), nullable=False),
    Column("at", Instant, nullable=False),
    Column("alarm", String(32)),
    Index("ix_upkeep_device", "hall", "device", "at"),
)

errands = Table(
    "errands",  # what a manager asks a device to do
    metadata,
    Column("id", String(32), primary_key=True),
    Column("hall", String(32), ForeignKey("halls.id"), nullable=False),
    Column("device", String(32), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("by", String(80), nullable=False),
    Column("at", Instant, nullable=False),
    Column("state", String(16), nullable=False),
    Column("ended_at", Instant),
    Column("remark", String(200), nullable=False),
    Column("picture", LargeBinary),  # PNG of a screenshot, kept for a while
    Index("ix_errands_device", "device", "state"),
)

pairings = Table(
    "pairings",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("code", String(16), nullable=False, unique=True),  # shown on the device's screen
    Column("secret", String(64), nullable=False),  # SHA-256 of what only the device knows
    Column("kind", String(16), nullable=False),
    Column("version", String(32), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("hall", String(32)),
    Column("device", String(32)),
    Column("token", Text, nullable=False),  # half of what the token is made from; emptied once it was used
    Column("state", String(16), nullable=False),
    Index("ix_pairings_ends_at", "ends_at"),
)
