"""Tells systemd that the app is up and still turns (``Type=notify`` with ``WatchdogSec``).

The beat comes from the loop that draws: when it hangs, the beat stops and systemd starts the app anew.
"""

from __future__ import annotations

import asyncio
import os
import socket

EVERY = 5.0


def notify(message: str, *, address: str | None = None) -> bool:
    """Send ``message`` to systemd; False where nobody listens."""
    where = address if address is not None else os.environ.get("NOTIFY_SOCKET", "")
    if not where:
        return False
    if where.startswith("@"):
        where = "\0" + where[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        try:
            line.sendto(message.encode(), where)
        except OSError:
            return False
    return True


async def beat(every: float = EVERY) -> None:
    """Tell that the app is ready, then that it lives, for ever; at once nothing where nobody listens."""
    if not notify("READY=1"):
        return
    while True:
        notify("WATCHDOG=1")
        await asyncio.sleep(every)
