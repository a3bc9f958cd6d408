"""Ten thousand samples in work: how soon benches are listed, progress is told, a pick-up code answered for,
and a piece handed out.

The yardstick is a server of the same libraries that finds the same order by its code in the same tables,
over a connection of the same kind: an indexed SELECT and nothing else. What is handed out is written for good
before it is answered for, so its yardstick writes one row of that order as well, and waits for the disk too.
A page of a bench's list holds many pieces; its yardstick finds the same pieces, and tells of each a line.
"""

from __future__ import annotations

import asyncio
import secrets
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import insert

from server.protocol import codes
from server.store import tables as t
from server.store.engine import open_engine, sqlite_url

from .figures import Figure, ms, percentile
from .http_load import Line
from .servers import Running, liqu_server, yardstick

ORDERS = 5_000
PIECES = 2
ROUNDS = 300
WARM = 30
PHONE = "13812345678"
SECTION = "力学"
IN_WORK = ("received", "queued", "testing", "tested", "reviewed")


@dataclass(frozen=True, slots=True)
class Case:
    code: str
    pickup: str
    samples: tuple[str, ...]


def fill(database: str) -> list[Case]:
    """``ORDERS`` orders of ``PIECES`` samples in every state of work; the first ``ROUNDS`` of them ready."""
    now = datetime.now(UTC)
    today = date.today()  # noqa: DTZ011 - the day of the orders, of no importance here
    cases: list[Case] = []
    rows: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("orders", "samples", "results", "certificates", "pickups", "journal")
    }
    customer = uuid.uuid4().hex
    for n in range(ORDERS):
        done = n < ROUNDS + WARM
        order, case = uuid.uuid4().hex, codes.code_of("C", secrets.randbits(80))
        rows["orders"].append(
            {
                "id": order,
                "hall": "main",
                "number": codes.number_of(10**9 + n),
                "day": today,
                "customer": customer,
                "customer_type": "resident",
                "channel": "counter",
                "service": "submit",
                "complete": True,
                "while_you_wait": False,
                "due": today + timedelta(days=7),
                "made_at": now,
                "code": case,
                "state": "ready" if done else "in_progress",
                "accepted_at": now,
            }
        )
        names = [codes.code_of("S", secrets.randbits(64)) for _ in range(PIECES)]
        for position, name in enumerate(names, 1):
            rows["samples"].append(
                {
                    "code": name,
                    "flow": codes.code_of("F", secrets.randbits(64)),
                    "hall": "main",
                    "order": order,
                    "item": "price-scale",
                    "position": position,
                    "state": "ready" if done else IN_WORK[(n + position) % len(IN_WORK)],
                    "section": SECTION,
                    "conclusion": "qualified" if done else None,
                    "holder": "shelf:a1",
                    "held_since": now,
                    "received_at": now,
                    "due": today + timedelta(days=7),
                    "changed_at": now,
                }
            )
            if done:
                _certify(rows, order, name, now, today)
        pickup = codes.code_of("P", secrets.randbits(80))
        rows["pickups"].append(
            {
                "id": uuid.uuid4().hex,
                "hall": "main",
                "order": order,
                "code": pickup,
                "number": codes.number_of(2 * 10**9 + n),
                "state": "active" if done else "issued",
                "made_at": now,
                "made_by": "bench",
                "reason": "",
            }
        )
        cases.append(Case(case, pickup, tuple(names)))
    engine = open_engine(database)
    with engine.begin() as connection:
        connection.execute(
            insert(t.customers).values(
                id=customer,
                hall="main",
                type="resident",
                name="某",
                company="",
                uscc="",
                phone=PHONE,
                consent_at=now,
                consent_to="1",
            )
        )
        for name in ("orders", "samples", "results", "certificates", "pickups"):
            connection.execute(insert(t.metadata.tables[name]), rows[name])
    engine.dispose()
    return cases


def _certify(
    rows: dict[str, list[dict[str, Any]]], order: str, sample: str, now: datetime, day: date
) -> None:
    result = uuid.uuid4().hex
    rows["results"].append(
        {
            "id": result,
            "hall": "main",
            "sample": sample,
            "version": 1,
            "state": "approved",
            "source": "",
            "content": "{}",
            "regulation": "",
            "tested_on": day,
            "conclusion": "qualified",
            "verifier": "verifier1",
            "reviewer": "reviewer1",
            "approver": "approver1",
            "made_at": now,
            "changed_at": now,
        }
    )
    rows["certificates"].append(
        {
            "id": uuid.uuid4().hex,
            "hall": "main",
            "order": order,
            "sample": sample,
            "result": result,
            "number": f"B-{sample}",
            "code": codes.code_of("Z", secrets.randbits(80)),
            "kind": "verification",
            "state": "issued",
            "content": "{}",
            "signed": False,
            "made_at": now,
            "issued_at": now,
            "valid_until": day + timedelta(days=365),
            "reason": "",
        }
    )


async def _times(rounds: Sequence[Sequence[Callable[[], Awaitable[object]]]]) -> list[list[float]]:
    """Seconds of each kind of request, one of each in turn: what else the machine does meets all alike.

    The first ``WARM`` rounds are not counted.
    """
    took: list[list[float]] = [[] for _ in rounds[0]]
    for n, asks in enumerate(rounds):
        for kind, ask in enumerate(asks):
            began = time.perf_counter()
            await ask()
            if n >= WARM:
                took[kind].append(time.perf_counter() - began)
    return took


async def _measure(running: Running, least: Running, cases: list[Case]) -> list[Figure]:
    line, other = await Line.open(running.port), await Line.open(least.port)
    kiosk = {"Authorization": f"Bearer {running.credentials['devices']['kiosk-1']}"}
    body = {"user": "clerk1", "password": running.credentials["users"]["clerk1"]}
    clerk = {"Authorization": f"Bearer {(await line.post('/api/v1/sessions', body))['token']}"}
    body = {"user": "verifier1", "password": running.credentials["users"]["verifier1"]}
    lab = {"Authorization": f"Bearer {(await line.post('/api/v1/sessions', body))['token']}"}
    section = urlencode({"section": SECTION})
    some = cases[-(ROUNDS + WARM) :]
    ready = cases[: ROUNDS + WARM]
    hall = "/api/v1/halls/main"

    def asks(case: Case, done: Case) -> list[Callable[[], Awaitable[object]]]:
        """One of each kind: of a case in work, and of one that is ready."""
        by_code, collect = {"code": case.code}, {"code": done.pickup, "tail": PHONE[-4:]}
        out = {"code": done.pickup, "samples": done.samples}
        key = {"Idempotency-Key": uuid.uuid4().hex}
        return [
            lambda: other.post("/order", by_code),
            lambda: line.post(f"{hall}/progress", by_code),
            lambda: line.post(f"{hall}/pickups", collect, kiosk),
            lambda: other.post("/order/written", by_code),
            lambda: line.post(f"{hall}/releases", out, clerk | key),
            lambda: other.get(f"/bench?{section}"),
            lambda: line.get(f"{hall}/lab/bench?{section}", lab),
        ]

    rounds = [asks(case, done) for case, done in zip(some, ready, strict=True)]
    select, told, scanned, written, out, found, listed = await _times(rounds)
    line.close()
    other.close()
    base = percentile(select, 0.95)

    def figure(name: str, took: list[float], at_most: float | None = 3.0) -> Figure:
        p95 = percentile(took, 0.95)
        value = f"{ms(percentile(took, 0.5))} / {ms(p95)}"
        return Figure(name, value, f"indexed SELECT alone {ms(base)}", p95 / base, at_most=at_most)

    work = f"{ORDERS * PIECES:,} samples in work"
    least_written, p95 = percentile(written, 0.95), percentile(out, 0.95)
    return [
        Figure(
            f"{work}: a page of a section's bench list, p50 / p95",
            f"{ms(percentile(listed, 0.5))} / {ms(percentile(listed, 0.95))}",
            f"SELECT of the same pieces {ms(percentile(found, 0.95))}",
            percentile(listed, 0.95) / percentile(found, 0.95),
            at_most=3.0,
        ),
        Figure(
            f"{work}: a page of a section's bench list beside the SELECT of one row, p95",
            ms(percentile(listed, 0.95)),
            f"indexed SELECT alone {ms(base)}",
            percentile(listed, 0.95) / base,
        ),
        figure(f"{work}: progress of a case, p50 / p95", told),
        figure("pick-up code scanned → what there is to collect, p50 / p95", scanned, None),
        Figure(
            f"{work}: release of {PIECES} pieces, p50 / p95",
            f"{ms(percentile(out, 0.5))} / {ms(p95)}",
            f"the SELECT and one row written for good {ms(least_written)}",
            p95 / least_written,
            at_most=3.0,
        ),
        Figure(
            f"{work}: release of {PIECES} pieces beside the SELECT that writes nothing, p95",
            ms(p95),
            f"indexed SELECT alone {ms(base)}",
            p95 / base,
        ),
    ]


def run() -> Sequence[Figure]:
    with tempfile.TemporaryDirectory() as folder, liqu_server(Path(folder)) as running:
        database = sqlite_url(Path(folder))
        cases = fill(database)
        with yardstick("select", database) as least:
            return asyncio.run(_measure(running, least, cases))
