"""Two hundred customers ask at once for the last ten places: ten have one, and how soon each is told."""

from __future__ import annotations

import asyncio
import tempfile
import time
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from .figures import Figure, ms, percentile
from .http_load import Line
from .servers import Running, liqu_server

ASKERS = 200
PLACES = 10
CAP = 12
"""Of price scales in one slot of the demo hall."""
ROUNDS = 3


def _body(n: int, day: str, slot: str, pieces: int = 1) -> dict[str, Any]:
    customer = {"type": "sole_trader", "name": "某", "company": "某某商店", "phone": f"139{n:08d}"}
    return {
        "day": day,
        "slot": slot,
        "lines": [{"item": "price-scale", "pieces": pieces}],
        "customer": customer,
        "acknowledged": {"price-scale": 1},
        "consent": "1",
    }


async def _ask(line: Line, body: object, headers: dict[str, str]) -> tuple[bool, float]:
    """(whether the place was had, seconds until the answer)."""
    began = time.perf_counter()
    try:
        await line.post("/api/v1/halls/main/appointments", body, headers)
        had = True
    except RuntimeError as refused:
        if "slot_full" not in str(refused):
            raise
        had = False
    return had, time.perf_counter() - began


async def _rush(running: Running) -> list[Figure]:
    token = running.credentials["devices"]["kiosk-1"]
    lines = [await Line.open(running.port) for _ in range(ASKERS)]

    def headers() -> dict[str, str]:
        return {"Authorization": f"Bearer {token}", "Idempotency-Key": uuid.uuid4().hex}

    asked = {"lines": [{"item": "price-scale", "pieces": 1}]}
    shown = await lines[0].post("/api/v1/halls/main/slots", asked)
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    free = [
        (day["day"], slot["id"]) for day in shown["days"] if day["day"] >= tomorrow for slot in day["slots"]
    ]
    winners: list[int] = []
    took: list[float] = []
    for number in range(ROUNDS):
        day, slot = free[number]
        await _ask(lines[0], _body(10**6 + number, day, slot, CAP - PLACES), headers())
        bodies = [_body(number * ASKERS + n, day, slot) for n in range(ASKERS)]
        answers = await asyncio.gather(
            *(_ask(line, body, headers()) for line, body in zip(lines, bodies, strict=True))
        )
        winners.append(sum(had for had, _ in answers))
        took += [seconds for _, seconds in answers]
    for line in lines:
        line.close()
    if set(winners) != {PLACES}:
        raise RuntimeError(f"of {ASKERS} who asked for {PLACES} places {winners} had one")
    return [
        Figure(f"{ASKERS} at once for the last {PLACES} places: who had one", f"{winners[0]} of {ASKERS}"),
        Figure(
            "answer to each of them, p50 / p99",
            f"{ms(percentile(took, 0.5))} / {ms(percentile(took, 0.99))}",
        ),
    ]


def run() -> Sequence[Figure]:
    with tempfile.TemporaryDirectory() as folder, liqu_server(Path(folder)) as running:
        return asyncio.run(_rush(running))
