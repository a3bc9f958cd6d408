"""``GET /metrics``: Prometheus text, for this machine only."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.process_collector import ProcessCollector

from server.services.machine import LOW, last_backup
from server.services.refused import refuse

from .asking import Core, core

router = APIRouter()

PASSED_ON = ("x-forwarded-for", "forwarded", "x-real-ip", "via")


class Figures:
    """Read from the core when asked; nothing is counted twice."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def collect(self) -> Iterable[Metric]:
        halls, hub = self._core.halls, self._core.hub
        waiting = GaugeMetricFamily("liqu_waiting", "Tickets waiting", labels=["hall", "service"])
        counters = GaugeMetricFamily("liqu_counters_open", "Counters manned", labels=["hall"])
        issued = GaugeMetricFamily("liqu_tickets_today", "Tickets issued this business day", labels=["hall"])
        queue = GaugeMetricFamily("liqu_commands_waiting", "Commands in the writer's queue", labels=["hall"])
        groups = CounterMetricFamily("liqu_commits", "Transactions written", labels=["hall"])
        works = CounterMetricFamily("liqu_commands", "Commands written", labels=["hall"])
        lent = GaugeMetricFamily("liqu_numbers_lent", "Numbers lent to kiosks today", labels=["hall"])
        handed_in = GaugeMetricFamily(
            "liqu_numbers_handed_in", "Numbers given without the server and handed in today", labels=["hall"]
        )
        for hall in halls.ids():
            writer = halls.writer(hall)
            floor = writer.standing.floor
            for service in floor.hall.services:
                waiting.add_metric([hall, service], len(floor.queue(service)))
            manned = sum(1 for post in floor.posts.values() if post.staff)
            counters.add_metric([hall], manned)
            issued.add_metric([hall], floor.orders)
            queue.add_metric([hall], writer.waiting)
            blocks = floor.lent.values()
            lent.add_metric([hall], sum(one.last - one.first + 1 for one in blocks))
            handed_in.add_metric([hall], sum(len(one.used) for one in blocks))
            groups.add_metric([hall], writer.groups)
            works.add_metric([hall], writer.works)
        yield from (waiting, counters, issued, queue, lent, handed_in, groups, works)
        yield GaugeMetricFamily("liqu_live_clients", "Live connections", value=len(hub.clients))
        yield CounterMetricFamily("liqu_frames", "Frames put into slots", value=hub.sent)
        yield CounterMetricFamily("liqu_frames_conflated", "Frames replaced unsent", value=hub.conflated)
        machine = self._core.machine
        free = machine.disk_free()
        if free is not None:
            yield GaugeMetricFamily("liqu_disk_free_bytes", "Room beside the data", value=free)
            yield GaugeMetricFamily("liqu_disk_low", "1: it is time to make room", value=float(free < LOW))
        damaged = float(machine.damage is not None)
        yield GaugeMetricFamily("liqu_database_damaged", "1: restore the last backup", value=damaged)
        off = machine.clock_off
        yield GaugeMetricFamily(
            "liqu_clock_off_seconds",
            "The machine's clock is ahead of the halls', or jumped",
            value=off or 0.0,
        )
        backup = last_backup(machine.folder)
        if backup is not None:
            at = backup.timestamp()
            yield GaugeMetricFamily("liqu_backup_timestamp_seconds", "The last good backup", value=at)


def _local(address: str) -> bool:
    """This machine itself."""
    try:
        return ipaddress.ip_address(address.removeprefix("::ffff:")).is_loopback
    except ValueError:
        return False


@router.get("/metrics", include_in_schema=False)
async def metrics(request: Request) -> Response:
    # Also behind a proxy on this machine that nobody has named: what it passes on comes from elsewhere.
    passed_on = any(name in request.headers for name in PASSED_ON)
    if passed_on or not _local(request.client.host if request.client else ""):
        raise refuse("forbidden")
    registry = CollectorRegistry()
    registry.register(Figures(core(request)))
    ProcessCollector(registry=registry)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
