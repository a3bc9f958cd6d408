"""Certificates: one made and signed, warm, beside Typst alone; a thousand in a batch."""

from __future__ import annotations

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import psutil
import typst

from server.certificates.keys import make_demo_key
from server.certificates.making import Maker
from server.certificates.settings import read_signer
from server.certificates.typeset import FONTS, TEMPLATE, Typesetter, told
from server.domain.certificates import Sheet
from server.services.press import Press
from tests.integration.server.test_server_press import drafted, halls_at, seen
from tests.servers import Clock, furnished_copy
from tests.unit.certificates.certificate_samples import sheet

from .figures import Figure, ms, percentile

WARM, ROUNDS = 20, 100
BATCH = 1000
PARTS = 10
FLAT = 1.1
"""Memory after the last part against memory after the second, at most."""


def run() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="liqu-bench-") as folder:
        return [*_one(Path(folder)), *asyncio.run(_batch(Path(folder)))]


def _sheets() -> Sequence[Sheet]:
    """Each with a number of its own, so that nothing comes out of a cache as a whole."""
    return [sheet(number=f"JD2026-{count:05}", rows=6) for count in range(WARM + ROUNDS)]


def _signing(folder: Path) -> Maker:
    key = folder / "key.pem"
    key.write_bytes(make_demo_key("Bench", datetime.now(UTC)))
    key.chmod(0o600)
    (folder / "certificates.toml").write_text('[key]\ndriver = "file"\nfile = "key.pem"\n')
    return Maker(Typesetter(), read_signer(folder))


def _one(folder: Path) -> list[Figure]:
    maker = _signing(folder)
    compiler = typst.Compiler(
        str(TEMPLATE), root=str(TEMPLATE.parent), font_paths=[str(FONTS)], ignore_system_fonts=True
    )

    def alone(one: Sheet) -> None:
        data = json.dumps(told(one, specimen=False), ensure_ascii=False)
        compiler.compile(format="pdf", sys_inputs={"data": data}, pdf_standards="a-2b", timestamp=0)

    bare = _timed(alone)
    whole = _timed(maker.make)
    return [
        Figure(
            f"certificate made and signed, warm, {name}",
            ms(measure(whole)),
            f"Typst alone {ms(measure(bare))}",
            measure(whole) / measure(bare),
        )
        for name, measure in (("median", statistics.median), ("p95", lambda times: percentile(times, 0.95)))
    ]


def _timed(make: Callable[[Sheet], object]) -> list[float]:
    times = []
    for one in _sheets():
        began = time.perf_counter()
        make(one)
        times.append(time.perf_counter() - began)
    return times[WARM:]


async def _batch(folder: Path) -> list[Figure]:
    """A thousand drafts through the press, in parts: made, signed, stored and issued."""
    database, _ = furnished_copy(folder)
    process = psutil.Process()
    memory: list[float] = []
    spent = 0.0
    async with halls_at(database, Clock()) as halls:
        press = Press(halls, _signing(folder))
        for _ in range(PARTS):
            await drafted(halls, BATCH // PARTS)
            began = time.perf_counter()
            await press.settle()
            spent += time.perf_counter() - began
            memory.append(process.memory_info().rss / 2**20)
        states, files, _numbers = seen(halls)
        if states != {"issued": BATCH} or set(files.values()) != {1}:
            raise AssertionError(f"not each was issued once: {states}")
    grown = memory[-1] / memory[1]
    return [
        Figure(f"certificates a second in a batch of {BATCH}, stored and issued", f"{BATCH / spent:.1f}"),
        Figure(
            f"memory after {BATCH} certificates",
            f"{memory[-1]:.0f} MiB",
            f"after {2 * BATCH // PARTS}: {memory[1]:.0f} MiB",
            grown,
            at_most=FLAT,
        ),
    ]
