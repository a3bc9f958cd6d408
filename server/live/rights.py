"""Live links end when the right to them does: signed out, revoked, or the role changed."""

from __future__ import annotations

import logging

from sqlalchemy.exc import SQLAlchemyError

from server.live.hub import Hub
from server.services.people import People
from server.services.waking import news

log = logging.getLogger(__name__)

LOOK = 10.0
"""Seconds between two looks; what happens at this process is looked at in the same moment."""


async def watch_rights(hub: Hub, people: People) -> None:
    """Dismiss those who may follow no longer, until cancelled."""
    while True:
        await news(people.rights_changed, LOOK)
        people.rights_changed.clear()
        known = [(client, client.who) for client in hub.clients if client.who is not None]
        if not known:
            continue
        try:
            gone = await people.gone(who for _, who in known)
        except SQLAlchemyError:
            continue  # No database, no news; the poll logs it.
        for client, who in known:
            if who.token in gone:
                log.info("the live link of %s ends with its right", who.id)
                client.dismiss()
